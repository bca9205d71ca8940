"""Reach and influence: against what a changed patch moves, and against plain autograd through the whole encoder."""

import pytest
import torch

import samvit.measures.reach as reach
from samvit.encoder import resize_pos_embed
from samvit.measures.reach import first_reached, influence, within_reach
from tests.viz.views.forward import QUERY, fresh_scene, scene
from tests.viz.views.plain_scores import corner_patch


def moved(made, patch, block):
    """Which patches of the input, changed one at a time, move one patch's output of a block."""
    rows, cols = made.grid
    x = made.stream[0].repeat(rows * cols, 1, 1, 1)  # one copy for each patch that is changed
    for index in range(rows * cols):
        x[index, index // cols, index % cols] += torch.linspace(-3, 3, x.shape[-1])
    with torch.no_grad():
        for index in range(block + 1):
            x = made.encoder.blocks[index](x)
    return ((x[:, patch[0], patch[1]] - made.stream[block + 1][patch]).abs().amax(1) > 1e-6).view(rows, cols)


@pytest.mark.parametrize("block", [0, 1])
def test_only_what_is_within_reach_moves_a_patch(block):
    made = scene()
    for patch in (QUERY, corner_patch(made)):
        expected = moved(made, patch, block)
        assert torch.equal(within_reach(made, patch, block), expected) and bool(expected.all()) == (block == 1)


def test_the_first_block_that_lets_a_patch_in():
    first = first_reached(scene(), QUERY)
    assert first[QUERY] == -1 and (first[4:8, 4:8] <= 0).all()
    assert int((first == 0).sum()) == 15 and int((first == 1).sum()) == 84


def test_without_a_global_block_the_rest_is_never_reached():
    made = fresh_scene("landscape photo")
    for block in (1, 3):
        made.encoder.blocks[block].window_size = 4
    first = first_reached(made, QUERY)
    assert int(first.isnan().sum()) == 84 and first[0, 0].isnan()


def by_autograd(made, patch):
    """The whole encoder up to the neck in one graph, by its own forward functions."""
    encoder = made.encoder
    image = made.model_image().clone().requires_grad_()
    x = encoder.patch_embed(image)
    if encoder.pos_embed is not None:
        x = x + resize_pos_embed(encoder.pos_embed, made.grid)
    for block in encoder.blocks:
        x = block(x)
    x[0][patch].norm().backward()
    rows, cols = made.grid
    side = made.patch_size
    return torch.stack(
        [
            torch.stack(
                [image.grad[0, :, r * side : (r + 1) * side, c * side : (c + 1) * side].norm() for c in range(cols)]
            )
            for r in range(rows)
        ]
    )


@pytest.mark.parametrize(
    ("name", "entries"),
    [("landscape photo", 4000), ("a tensor, not square", 2**21), ("no rel-pos, position or qkv bias", 2**21)],
)  # 4000: a row of queries of a global block at a time
def test_influence_is_the_gradient_that_autograd_finds(name, entries, monkeypatch):
    monkeypatch.setattr(reach, "BAND_ENTRIES", entries)
    made = fresh_scene(name)
    for patch in (QUERY, corner_patch(made)):
        expected = by_autograd(made, patch)
        torch.testing.assert_close(influence(made, patch), expected, rtol=1e-3, atol=1e-4 * float(expected.max()))


def test_influence_leaves_no_gradient_behind_and_tells_each_block_once():
    made, told = fresh_scene("landscape photo"), []
    influence(made, QUERY, lambda name, done, total: told.append((name, done, total)))
    assert told == [("block 3", 1, 4), ("block 2", 2, 4), ("block 1", 3, 4), ("block 0", 4, 4)]
    assert all(parameter.grad is None for parameter in made.encoder.parameters())
    assert not any(tokens.requires_grad for tokens in made.stream)


def test_a_patch_off_the_grid_is_refused():
    for measure in (influence, first_reached):
        with pytest.raises(ValueError, match=r"^col must be in 0\.\.9, got 10$"):
            measure(scene(), (0, 10))
