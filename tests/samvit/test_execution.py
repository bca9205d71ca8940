"""An encoder outside float32, and one that gradients flow through."""

import copy

import pytest
import torch

from samvit.execution import encoder_as_seen
from samvit.tracing import trace

WINDOWED, GLOBAL = 0, 1
HALF = [torch.bfloat16, torch.float16]


def traced_in(encoder, image, dtype, autocast):
    """A trace of an encoder in another format, and what its plain forward pass gives."""
    encoder = encoder if autocast else copy.deepcopy(encoder).to(dtype)
    with torch.no_grad(), torch.autocast("cpu", dtype, enabled=autocast):
        plain = encoder(image if autocast else image.to(dtype))[0]
        return trace(encoder, image), plain


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("autocast", [False, True])
def test_a_trace_in_another_format_is_the_plain_forward_in_float32(small_encoder, small_image, dtype, autocast):
    traced, plain = traced_in(small_encoder, small_image, dtype, autocast)
    assert plain.dtype == dtype or autocast
    assert torch.equal(traced.embedding, plain.float())
    assert traced.execution.dtype == dtype
    for info in traced.tensors():
        tensor = traced[info.name]
        assert tensor.dtype == torch.float32 and tuple(tensor.shape) == info.shape and tensor.nbytes == info.nbytes
    steps = traced.block_steps(GLOBAL)  # rebuilt outside autocast, and still what the forward pass computed
    residual = steps["residual"] + steps["mlp"]
    assert torch.equal(residual.to(traced.execution.stream_dtype).float(), traced.stream[GLOBAL + 1])
    assert torch.equal(traced.neck_steps()["3"], traced.embedding)


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("autocast", [False, True])
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_the_proof_is_judged_by_the_precision_of_the_format(small_encoder, small_image, dtype, autocast, block):
    traced, _ = traced_in(small_encoder, small_image, dtype, autocast)
    assert all(traced.proof(block, (row, col)).holds for row in range(10) for col in (0, 4, 9))
    other = trace(small_encoder, small_image.flip(3))
    object.__setattr__(traced, "k", other.k)  # keys of another image: the row is wrong
    assert not any(traced.proof(block, (row, col)).holds for row in range(10) for col in (0, 9))


def test_the_weights_looked_at_are_the_encoder_s_own_and_follow_them(small_encoder, small_image):
    assert encoder_as_seen(small_encoder) is small_encoder
    half = copy.deepcopy(small_encoder).to(torch.bfloat16)
    seen = encoder_as_seen(half)
    assert torch.equal(seen.blocks[0].attn.qkv.weight, half.blocks[0].attn.qkv.weight.float())
    assert encoder_as_seen(half) is seen
    with torch.no_grad():
        half.blocks[0].attn.qkv.weight.mul_(2)
    assert torch.equal(encoder_as_seen(half).blocks[0].attn.qkv.weight, half.blocks[0].attn.qkv.weight.float())


def test_gradients_reach_the_pixels_from_a_row_a_rebuilt_step_and_the_embedding(small_encoder, small_image):
    chosen = torch.randn(small_image.shape, generator=torch.Generator().manual_seed(2))

    def value(image, grad):
        traced = trace(small_encoder.double(), image, grad=grad)
        row = traced.attention(3, (4, 7)).weights[1, 2, 3].log()
        band = next(traced.attention_rows(0)).weights[1, 4].nan_to_num().square().sum()
        step = traced["blocks.2.mlp.act"][5, 5].square().sum()
        return traced, row + band + step + traced["neck.3"][0, 4, 4]

    image = small_image.double()
    traced, result = value(image, grad=True)
    result.backward()
    slope = float((traced.model_image().grad * chosen).sum())
    with torch.no_grad():
        step = 1e-5
        difference = value(image + step * chosen, False)[1] - value(image - step * chosen, False)[1]
    assert slope == pytest.approx(float(difference) / (2 * step), rel=1e-3)
    assert abs(slope) > 1e-3


def test_a_tensor_that_asks_for_gradients_itself_gets_them(small_encoder, small_image):
    image = small_image.clone().requires_grad_()
    trace(small_encoder, image, grad=True).attention(1, (0, 0)).weights.square().sum().backward()
    assert image.grad.abs().max() > 0


def test_without_grad_nothing_asks_for_gradients_and_inference_mode_leaves_no_mark(small_encoder, small_image):
    with torch.inference_mode():
        traced = trace(small_encoder, small_image)
        row = traced.attention(1, (0, 0))
    assert traced.model_image().grad is None
    for tensor in (traced.embedding, traced.stream[1], row.weights, traced["blocks.1.mlp"]):
        assert not tensor.requires_grad and not tensor.is_inference()
