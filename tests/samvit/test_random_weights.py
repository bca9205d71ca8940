"""Random weights that bite: measured spread of the scores' three terms, determinism, a picture in every block."""

from dataclasses import dataclass, replace

import pytest
import torch
from torch import Tensor

from samvit.encoder import Attention, ImageEncoderViT, build_encoder
from samvit.random_weights import fill_random
from samvit.rel_pos import decomposed_rel_pos
from tests.small import SMALL


@dataclass
class ScoreStd:
    """Standard deviation of the three terms of one block's attention scores, over all its queries and keys."""

    content: float
    rel_h: float
    rel_w: float


def measure_scores(encoder: ImageEncoderViT, image: Tensor) -> list[ScoreStd]:
    """The spread of each block's scores, computed from what enters its attention by the plain formula."""
    measured: list[ScoreStd] = []

    def hook(attn: Attention, args: tuple[Tensor], _output: Tensor) -> None:
        batch, rows, cols, _ = args[0].shape
        qkv = attn.qkv(args[0]).reshape(batch, rows * cols, 3, attn.num_heads, -1)
        q, k, _v = qkv.permute(2, 0, 3, 1, 4).flatten(1, 2)
        content = attn.scale * q @ k.transpose(1, 2)
        rel_h, rel_w = decomposed_rel_pos(q, attn.rel_pos_h, attn.rel_pos_w, (rows, cols), (rows, cols))
        measured.append(ScoreStd(content.std().item(), rel_h.std().item(), rel_w.std().item()))

    handles = [block.attn.register_forward_hook(hook) for block in encoder.blocks]
    with torch.no_grad():
        encoder(image)
    for handle in handles:
        handle.remove()
    return measured


def test_content_and_rel_pos_terms_spread_in_windowed_and_global_blocks(small_encoder, small_image):
    measured = measure_scores(small_encoder, small_image)
    assert len(measured) == SMALL.depth
    for std in measured:
        assert 1.9 < std.content < 3.5
        assert 1.4 < std.rel_h < 3.0
        assert 1.4 < std.rel_w < 3.0


def test_torchs_own_initial_weights_do_not_bite(small_image):
    # What the module is for; and the measurement above can come out small.
    for std in measure_scores(build_encoder(SMALL), small_image):
        assert std.content < 0.5
        assert std.rel_h == std.rel_w == 0


def test_score_std_scales_the_scores(small_image):
    gentle = measure_scores(fill_random(build_encoder(SMALL), score_std=0.5), small_image)
    strong = measure_scores(fill_random(build_encoder(SMALL), score_std=4.0), small_image)
    for low, high in zip(gentle, strong, strict=True):
        assert 4 < high.content / low.content < 16
        assert 4 < high.rel_h / low.rel_h < 16


def test_same_seed_gives_the_same_weights_and_another_seed_others():
    first, again, other = (fill_random(build_encoder(SMALL), seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def test_every_parameter_is_drawn_and_varies(small_encoder):
    for name, parameter in small_encoder.named_parameters():
        assert parameter.isfinite().all(), name
        assert parameter.std() > 0.01, name
        assert (parameter == 0).sum() == 0, name


def test_every_block_shows_a_picture(small_encoder, small_image):
    streams: list[Tensor] = []
    for block in small_encoder.blocks:
        block.register_forward_hook(lambda _module, _args, output: streams.append(output))
    with torch.no_grad():
        embedding = small_encoder(small_image)
    assert len(streams) == SMALL.depth
    for stream in [*streams, embedding.permute(0, 2, 3, 1)]:
        assert stream.isfinite().all()
        assert (stream.std(dim=(1, 2)) > 0.1).all()  # each channel differs from place to place
        assert stream.std() < 10


@pytest.mark.parametrize("off", ["qkv_bias", "use_abs_pos", "use_rel_pos"])
def test_parts_an_encoder_lacks_are_left_out(off, small_image):
    encoder = fill_random(build_encoder(replace(SMALL, **{off: False})))
    with torch.no_grad():
        assert encoder(small_image).isfinite().all()


@pytest.mark.parametrize("score_std", [0.0, -1.0, float("nan")])
def test_a_spread_that_is_not_positive_is_refused(score_std, small_encoder):
    with pytest.raises(ValueError, match="score_std must be above 0, got"):
        fill_random(small_encoder, score_std=score_std)
