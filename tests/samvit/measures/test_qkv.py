"""q, k and v equal what left the qkv layer of a real forward pass, cut by head."""

import pytest
import torch

from samvit.measures.qkv import head_outputs, head_qkv, qkv_difference, token_qkv
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, forward_pass, fresh_scene, on_grid, scene

HEADS, HEAD_DIM = 3, 12


def layer_output(made, block):
    """What left the qkv layer, patch by patch: (grid_h, grid_w, 3·dim)."""
    output = forward_pass(made)[f"blocks.{block}.attn.qkv"][1]
    return on_grid(output, made.encoder.blocks[block].window_size, made.grid)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_a_tokens_parts_laid_end_to_end_are_the_layers_output(name, block):
    made = scene(name)

    torch.testing.assert_close(token_qkv(made, block, QUERY).flatten(), layer_output(made, block)[QUERY])
    assert qkv_difference(made, block, QUERY) < 1e-5


@pytest.mark.parametrize("head", range(HEADS))
def test_a_heads_own_outputs_are_its_q_its_k_and_its_v(head):
    made = scene()
    output, parts = layer_output(made, WINDOWED), head_qkv(made, WINDOWED, head)

    for own, part in zip(head_outputs(head, HEADS, HEAD_DIM), parts, strict=True):
        assert len(own) == HEAD_DIM
        torch.testing.assert_close(output[..., own.start : own.stop], part)
    assert torch.equal(parts[:, QUERY[0], QUERY[1]], token_qkv(made, WINDOWED, QUERY)[:, head])


def test_the_proof_fails_when_the_layer_is_another_than_the_one_that_ran():
    made = fresh_scene("landscape photo")
    assert qkv_difference(made, WINDOWED, QUERY) < 1e-5
    with torch.no_grad():
        made.encoder.blocks[WINDOWED].attn.qkv.bias[40] += 0.5
    assert qkv_difference(made, WINDOWED, QUERY) > 0.4
