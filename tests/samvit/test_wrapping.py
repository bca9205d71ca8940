"""A model in memory becomes an encoder of ours that computes the same, or is refused."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from samvit.wrapping import wrap
from tests.samvit.reference import segment_anything_encoder, transformers_encoder


class Low(nn.Module):
    """LoRA as PEFT lays it around a layer: base(x) + scale · B(A(x)), with dropout while training."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base_layer, self.dropout = base, nn.Dropout(0.5)
        self.lora_a = nn.Linear(base.in_features, 2, bias=False)
        self.lora_b = nn.Linear(2, base.out_features, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.base_layer(x) + 2.0 * self.lora_b(self.lora_a(self.dropout(x)))


class LowQV(nn.Module):
    """LoRA as SAMed lays it around qkv: low-rank updates of q and of v, tokens as batch × rows × cols × dim."""

    def __init__(self, qkv: nn.Linear) -> None:
        super().__init__()
        self.qkv, dim = qkv, qkv.in_features
        self.a_q, self.b_q = nn.Linear(dim, 2, bias=False), nn.Linear(2, dim, bias=False)
        self.a_v, self.b_v = nn.Linear(dim, 2, bias=False), nn.Linear(2, dim, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        qkv, dim = self.qkv(x), self.qkv.in_features
        qkv[:, :, :, :dim] += self.b_q(self.a_q(x))
        qkv[:, :, :, -dim:] += self.b_v(self.a_v(x))
        return qkv


class Bent(nn.Module):
    """A layer that isn't linear."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.base(x))


def agrees(ours, theirs, image):
    """Whether two encoders compute the same for one image."""
    with torch.no_grad():
        expected = theirs(image)
        expected = expected if isinstance(expected, torch.Tensor) else expected.last_hidden_state
        return torch.allclose(ours(image), expected, atol=1e-4 * float(expected.abs().max()))


@pytest.fixture
def segment_anything(small_encoder):
    """segment-anything's encoder, with memory of its own."""
    return copy.deepcopy(segment_anything_encoder(small_encoder))


def test_our_own_encoder_is_itself(small_encoder):
    assert wrap(small_encoder) is small_encoder
    assert wrap(nn.Sequential(small_encoder)) is small_encoder


def test_segment_anything_s_encoder_is_wrapped_wherever_it_lies_and_its_weights_are_shared(
    segment_anything, small_image
):
    whole = nn.Module()
    whole.image_encoder = segment_anything
    ours = wrap(whole)
    assert ours.config.window_size == 4 and ours.config.global_attn_indexes == (1, 3)
    assert agrees(ours, segment_anything, small_image)
    with torch.no_grad():
        segment_anything.blocks[1].attn.rel_pos_h.mul_(3)
        segment_anything.blocks[0].mlp.lin1.weight.mul_(2)
    assert agrees(ours, segment_anything, small_image)


def test_transformers_encoder_is_wrapped(small_encoder, small_image):
    theirs = transformers_encoder(small_encoder)
    assert agrees(wrap(theirs), theirs, small_image)


def test_a_norm_with_another_eps_keeps_it(segment_anything, small_image):
    segment_anything.blocks[2].norm1.eps = 0.1
    assert agrees(wrap(segment_anything), segment_anything, small_image)


def test_lora_is_merged_and_training_goes_on(segment_anything, small_image):
    for block in segment_anything.blocks:
        block.attn.qkv = LowQV(block.attn.qkv)
        block.mlp.lin1 = Low(block.mlp.lin1)
    segment_anything.blocks[0].attn.proj = Low(segment_anything.blocks[0].attn.proj)
    segment_anything.train()
    segment_anything.blocks[1].eval()
    ours = wrap(segment_anything)
    assert segment_anything.blocks[0].training and not segment_anything.blocks[1].training
    assert not ours.training
    assert agrees(ours, segment_anything.eval(), small_image)


def test_a_layer_that_is_not_linear_is_refused_by_its_name(segment_anything):
    segment_anything.blocks[2].mlp.lin2 = Bent(segment_anything.blocks[2].mlp.lin2)
    with pytest.raises(ValueError, match=r"^blocks\.2\.mlp\.lin2 must be linear, .* got Bent"):
        wrap(segment_anything)


def test_a_block_that_computes_something_else_is_refused_by_its_number(segment_anything):
    block, plain = segment_anything.blocks[3], segment_anything.blocks[3].forward
    block.forward = lambda x: plain(x) * 1.01  # as an adapter would
    with pytest.raises(ValueError, match=r"^block 3 must compute what SAM's does"):
        wrap(segment_anything)


def test_a_model_without_such_an_encoder_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="^module must hold SAM's image encoder .*, got Sequential without one$"):
        wrap(nn.Sequential(nn.Linear(2, 2)))
