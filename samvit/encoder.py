"""SAM's image encoder, leaf to root; names, arguments and parameter names are those of segment-anything."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from samvit.common import LayerNorm2d, MLPBlock
from samvit.config import CONFIGS, LAYER_NORM_EPS, EncoderConfig
from samvit.errors import SaidError
from samvit.provenance import Provenance
from samvit.rel_pos import add_decomposed_rel_pos, decomposed_rel_pos
from samvit.windows import window_partition, window_unpartition

# Bias entries that fused attention holds at once: 8 query rows of one head of a global block at 1024 px (8 MB).
# Small enough to stay in the processor's cache between being written and being read.
BIAS_BUDGET = 8 * 64 * 4096


class PatchEmbed(nn.Module):
    """Image to patch embeddings: one convolution whose stride is its kernel size.

    Source: segment-anything image_encoder.py, PatchEmbed.
    """

    def __init__(
        self,
        kernel_size: tuple[int, int] = (16, 16),
        stride: tuple[int, int] = (16, 16),
        padding: tuple[int, int] = (0, 0),
        in_chans: int = 3,
        embed_dim: int = 768,
    ) -> None:
        super().__init__()
        self.proj = nn.Conv2d(in_chans, embed_dim, kernel_size=kernel_size, stride=stride, padding=padding)

    def forward(self, x: Float[Tensor, "batch in_chans img_h img_w"]) -> Float[Tensor, "batch grid_h grid_w dim"]:
        x = self.proj(x.to(self.proj.weight.dtype))  # photos come as torch's default type, whatever the encoder's is
        # (batch, dim, grid_h, grid_w) -> (batch, grid_h, grid_w, dim), in memory too: LayerNorm reads it so
        return x.permute(0, 2, 3, 1).contiguous()


class Attention(nn.Module):
    """Multi-head self-attention with decomposed relative position.

    Fused: scores never exist for all heads at once; only the relative position bias of a few heads does.
    Equal to softmax(q·kᵀ/√head_dim + rel_h + rel_w)·v. Source: segment-anything image_encoder.py, Attention.

    Args:
        input_size: Grid (rows, cols) in tokens that the relative position tables are made for.
        rel_pos_zero_init: Tables start at zero; otherwise truncated normal, std 0.02. (The original never reads it.)

    Raises:
        ValueError: If num_heads doesn't divide dim, or use_rel_pos comes without input_size.
    """

    def __init__(
        self,
        dim: int,
        num_heads: int = 8,
        qkv_bias: bool = True,
        use_rel_pos: bool = False,
        rel_pos_zero_init: bool = True,
        input_size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        if dim % num_heads:
            raise ValueError(f"dim must be a multiple of num_heads, got {dim} and {num_heads}")
        self.num_heads = num_heads
        head_dim = dim // num_heads
        self.scale = head_dim**-0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim)
        self.use_rel_pos = use_rel_pos
        if use_rel_pos:
            if input_size is None:
                raise ValueError("use_rel_pos needs input_size (rows, cols), got None")
            self.rel_pos_h = nn.Parameter(torch.zeros(2 * input_size[0] - 1, head_dim))
            self.rel_pos_w = nn.Parameter(torch.zeros(2 * input_size[1] - 1, head_dim))
            if not rel_pos_zero_init:
                nn.init.trunc_normal_(self.rel_pos_h, std=0.02)
                nn.init.trunc_normal_(self.rel_pos_w, std=0.02)

    def forward(self, x: Float[Tensor, "batch rows cols dim"]) -> Float[Tensor, "batch rows cols dim"]:
        batch, rows, cols, _ = x.shape
        # (batch, tokens, 3·dim) -> (3, batch·heads, tokens, head_dim)
        qkv = self.qkv(x).reshape(batch, rows * cols, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.reshape(3, batch * self.num_heads, rows * cols, -1).unbind(0)
        attend = self.plain_attention if is_captured(q) else self.fused_attention
        x = attend(q, k, v, (rows, cols))
        x = x.reshape(batch, self.num_heads, rows, cols, -1).permute(0, 2, 3, 1, 4)  # heads beside head_dim
        return self.proj(x.reshape(batch, rows, cols, -1))

    def fused_attention(
        self,
        q: Float[Tensor, "batch_heads tokens head_dim"],
        k: Float[Tensor, "batch_heads tokens head_dim"],
        v: Float[Tensor, "batch_heads tokens head_dim"],
        size: tuple[int, int],
    ) -> Float[Tensor, "batch_heads tokens head_dim"]:
        """Attention output of every head; the bias exists for as few heads and query rows as fit in `BIAS_BUDGET`.

        Args:
            size: Grid (rows, cols) of the tokens.
        """
        if not self.use_rel_pos:
            return F.scaled_dot_product_attention(q[None], k[None], v[None], scale=self.scale)[0]
        batch_heads, tokens = q.shape[:2]
        rows, cols = size
        heads_at_once = min(batch_heads, max(1, BIAS_BUDGET // tokens**2))
        rows_at_once = min(rows, max(1, BIAS_BUDGET // (cols * tokens)))
        # Autograd needs every bias kept; without it one buffer serves all (fresh pages cost 10 × its reuse).
        buffer = None if torch.is_grad_enabled() else q.new_empty(heads_at_once, rows_at_once, cols, *size)
        outputs = []
        for head in range(0, batch_heads, heads_at_once):
            heads = slice(head, head + heads_at_once)
            rel_h, rel_w = decomposed_rel_pos(q[heads], self.rel_pos_h, self.rel_pos_w, size, size)
            bands = []  # of query rows: each query's softmax is its own, so that bands don't see one another
            for row in range(0, rows, rows_at_once):
                band_h, band_w = (rel[:, row : row + rows_at_once] for rel in (rel_h, rel_w))
                out = None if buffer is None else buffer[: band_h.shape[0], : band_h.shape[1]]
                bias = torch.add(band_h[:, :, :, :, None], band_w[:, :, :, None, :], out=out)
                band = q[None, heads, row * cols : (row + rows_at_once) * cols]
                bias = bias.reshape(1, band.shape[1], band.shape[2], tokens)  # a view of the buffer; else maybe a copy
                bands.append(
                    F.scaled_dot_product_attention(
                        band, k[None, heads], v[None, heads], attn_mask=bias, scale=self.scale
                    )[0]
                )
            outputs.append(torch.cat(bands, dim=1))
        return torch.cat(outputs)

    def plain_attention(
        self,
        q: Float[Tensor, "batch_heads tokens head_dim"],
        k: Float[Tensor, "batch_heads tokens head_dim"],
        v: Float[Tensor, "batch_heads tokens head_dim"],
        size: tuple[int, int],
    ) -> Float[Tensor, "batch_heads tokens head_dim"]:
        """The same by the formula as it is written, all heads at once: no loop over a fixed batch, nothing in place.

        Takes more memory than `fused_attention`. Args as there.
        """
        scores = (q * self.scale) @ k.transpose(-2, -1)
        if self.use_rel_pos:
            scores = add_decomposed_rel_pos(scores, q, self.rel_pos_h, self.rel_pos_w, size, size)
        return scores.softmax(dim=-1) @ v


def is_captured(x: Tensor) -> bool:
    """Whether operations are being recorded as a program or transformed, instead of simply run.

    So it is inside torch.compile, torch.export, torch.jit.trace, torch.onnx.export and torch.func's transforms.
    """
    recorded = torch.compiler.is_compiling() or torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    return recorded or torch._C._functorch.is_functorch_wrapped_tensor(x)


class Block(nn.Module):
    """Transformer block: windowed attention (global when window_size is 0), then the MLP, each added to the stream.

    Args:
        window_size: Side of a window in tokens; 0 attends over the whole grid.
        input_size: Grid (rows, cols) in tokens that the relative position tables are made for.

    Source: segment-anything image_encoder.py, Block.
    """

    def __init__(
        self,
        dim: int,
        num_heads: int,
        mlp_ratio: float = 4.0,
        qkv_bias: bool = True,
        norm_layer: Callable[..., nn.Module] = nn.LayerNorm,
        act_layer: type[nn.Module] = nn.GELU,
        use_rel_pos: bool = False,
        rel_pos_zero_init: bool = True,
        window_size: int = 0,
        input_size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self.norm1 = norm_layer(dim)
        self.attn = Attention(
            dim,
            num_heads=num_heads,
            qkv_bias=qkv_bias,
            use_rel_pos=use_rel_pos,
            rel_pos_zero_init=rel_pos_zero_init,
            input_size=input_size if window_size == 0 else (window_size, window_size),
        )
        self.norm2 = norm_layer(dim)
        self.mlp = MLPBlock(embedding_dim=dim, mlp_dim=int(dim * mlp_ratio), act=act_layer)
        self.window_size = window_size

    def forward(self, x: Float[Tensor, "batch grid_h grid_w dim"]) -> Float[Tensor, "batch grid_h grid_w dim"]:
        shortcut = x
        x = self.norm1(x)
        if self.window_size > 0:  # padding comes after the norm: padded tokens are exact zeros
            hw = (x.shape[1], x.shape[2])
            x, pad_hw = window_partition(x, self.window_size)
        x = self.attn(x)
        if self.window_size > 0:
            x = window_unpartition(x, self.window_size, pad_hw, hw)
        x = shortcut + x
        return x + self.mlp(self.norm2(x))


class ImageEncoderViT(nn.Module):
    """The image encoder of Segment Anything: a plain ViT with windowed and global blocks, and a convolutional neck.

    Args:
        img_size: Side in pixels of the square image that position tables are made for.
        patch_size: Side of a patch in pixels.
        mlp_ratio: Hidden width of the MLP over embed_dim.
        out_chans: Channels of the image embedding.
        window_size: Side of a window in tokens; 0 makes every block global.
        global_attn_indexes: Blocks, counted from 0, that attend over the whole grid.

    Source: segment-anything image_encoder.py, ImageEncoderViT; ViTDet, arXiv 2203.16527.
    """

    config: EncoderConfig | None = None  # set by `build_encoder`
    provenance: Provenance | None = None  # set where weights are loaded

    def __init__(
        self,
        img_size: int = 1024,
        patch_size: int = 16,
        in_chans: int = 3,
        embed_dim: int = 768,
        depth: int = 12,
        num_heads: int = 12,
        mlp_ratio: float = 4.0,
        out_chans: int = 256,
        qkv_bias: bool = True,
        norm_layer: Callable[..., nn.Module] = nn.LayerNorm,
        act_layer: type[nn.Module] = nn.GELU,
        use_abs_pos: bool = True,
        use_rel_pos: bool = False,
        rel_pos_zero_init: bool = True,
        window_size: int = 0,
        global_attn_indexes: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.img_size = img_size
        self.patch_embed = PatchEmbed(
            kernel_size=(patch_size, patch_size),
            stride=(patch_size, patch_size),
            in_chans=in_chans,
            embed_dim=embed_dim,
        )
        grid_size = img_size // patch_size
        self.pos_embed: nn.Parameter | None = None
        if use_abs_pos:
            self.pos_embed = nn.Parameter(torch.zeros(1, grid_size, grid_size, embed_dim))
        blocks = nn.ModuleList(
            Block(
                dim=embed_dim,
                num_heads=num_heads,
                mlp_ratio=mlp_ratio,
                qkv_bias=qkv_bias,
                norm_layer=norm_layer,
                act_layer=act_layer,
                use_rel_pos=use_rel_pos,
                rel_pos_zero_init=rel_pos_zero_init,
                window_size=0 if index in global_attn_indexes else window_size,
                input_size=(grid_size, grid_size),
            )
            for index in range(depth)
        )
        self.blocks = cast("Sequence[Block]", blocks)  # for type checkers: a ModuleList doesn't say of what
        self.neck = nn.Sequential(
            nn.Conv2d(embed_dim, out_chans, kernel_size=1, bias=False),
            LayerNorm2d(out_chans),
            nn.Conv2d(out_chans, out_chans, kernel_size=3, padding=1, bias=False),
            LayerNorm2d(out_chans),
        )

    def forward(self, x: Float[Tensor, "batch in_chans img_h img_w"]) -> Float[Tensor, "batch out_chans grid_h grid_w"]:
        """Encode model images; any height and width that are multiples of the patch size.

        Raises:
            ValueError: If the image's channels or sides don't fit the encoder.
        """
        self.check_image(x)
        x = self.patch_embed(x)
        if self.pos_embed is not None:
            x = x + resize_pos_embed(self.pos_embed, (x.shape[1], x.shape[2]))
        for block in self.blocks:
            x = block(x)
        return self.neck(x.permute(0, 3, 1, 2))

    def check_image(self, x: Tensor) -> None:
        """Raise ValueError unless `x` is (batch, in_chans, rows, cols) with sides that are multiples of the patch."""
        conv = self.patch_embed.proj
        patch = conv.kernel_size[0]
        if x.ndim != 4 or x.shape[1] != conv.in_channels or x.shape[2] % patch or x.shape[3] % patch or 0 in x.shape:
            got = " × ".join(map(str, x.shape))
            raise SaidError("image.shape", channels=conv.in_channels, patch=patch, got=got)


def resize_pos_embed(
    pos_embed: Float[Tensor, "1 table_h table_w dim"], grid: tuple[int, int]
) -> Float[Tensor, "1 grid_h grid_w dim"]:
    """The absolute position table at another grid size (rows, cols), bicubic; the same tensor if it fits.

    Source: detectron2 modeling/backbone/utils.py, get_abs_pos (ViTDet).
    """
    if tuple(pos_embed.shape[1:3]) == tuple(grid):
        return pos_embed
    table = pos_embed.permute(0, 3, 1, 2)  # (1, dim, table_h, table_w)
    table = F.interpolate(table, size=grid, mode="bicubic", align_corners=False)
    return table.permute(0, 2, 3, 1)


def build_encoder(config: EncoderConfig | str) -> ImageEncoderViT:
    """An encoder of the given sizes with torch's initial weights, in evaluation mode.

    Args:
        config: Sizes, or the name of one of `vit_tiny`, `vit_b`, `vit_l`, `vit_h`.

    Raises:
        ValueError: If the name is unknown.

    Source: segment-anything build_sam.py, _build_sam.
    """
    if isinstance(config, str):
        if config not in CONFIGS:
            raise ValueError(f"encoder must be one of {', '.join(CONFIGS)}, got {config!r}")
        config = CONFIGS[config]
    arguments = dict(config.encoder_arguments())
    encoder = ImageEncoderViT(**arguments, norm_layer=partial(nn.LayerNorm, eps=LAYER_NORM_EPS)).eval()
    encoder.config = config
    return encoder
