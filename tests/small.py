"""The encoder most tests use: small, with a window that does not divide its grid, so that border bugs show."""

from samvit.config import EncoderConfig

SMALL = EncoderConfig(
    "small",
    embed_dim=36,
    depth=4,
    num_heads=3,
    global_attn_indexes=(1, 3),
    img_size=160,
    patch_size=16,
    out_chans=16,
    window_size=4,
)
