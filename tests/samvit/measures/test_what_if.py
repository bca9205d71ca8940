"""What if: each layer of a changed forward pass against the true one."""

import pytest
import torch
import torch.nn.functional as F

from samvit.measures.what_if import cosines_with_true, true_attention
from samvit.tracing import trace
from samvit.what_if import WhatIf
from tests.viz.views.forward import GLOBAL, QUERY, WINDOWED, scene


def changed(text, name="landscape photo"):
    made = scene(name)
    return trace(made.encoder, made.image, what_if=WhatIf.parse(text))


@pytest.mark.parametrize("text", ["rel_pos_off", "windows_8,grey,block_off.1", "covered.2.2"])
def test_cosines_compare_each_layer_with_the_true_one(text):
    true, made, told = scene(), changed(text), []
    cosines = cosines_with_true(made, lambda name, done, total: told.append((name, done, total)))
    for block in range(made.depth):
        expected = F.cosine_similarity(made.stream[block + 1], true.stream[block + 1], dim=-1)
        torch.testing.assert_close(cosines[block], expected, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(
        cosines[-1], F.cosine_similarity(made.embedding, true.embedding, dim=0), atol=1e-4, rtol=0
    )
    assert told == [*((f"block {block}", block + 1, 5) for block in range(4)), ("neck", 5, 5)]
    assert cosines_with_true(made) is cosines


def test_layers_before_a_change_stay_as_they_are():
    cosines = cosines_with_true(changed("block_off.2"))
    assert cosines[:2].min() > 1 - 1e-5 and cosines[2].min() < 0.999


def test_where_there_is_nothing_to_take_away_nothing_changes():
    assert cosines_with_true(changed("rel_pos_off", "no rel-pos, position or qkv bias")).min() > 1 - 1e-5
    assert torch.equal(cosines_with_true(scene()), torch.ones(5, 10, 10))


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL, 3])
@pytest.mark.parametrize("name", ["landscape photo", "no rel-pos, position or qkv bias"])
def test_the_true_attention_is_that_of_a_true_trace(name, block):
    made, true, told = changed("windows_8,shifted.4.4", name), scene(name), []
    row = true_attention(made, block, QUERY, lambda name, done, total: told.append((name, done, total)))
    expected = true.attention(block, QUERY)
    for part in ("weights", "window_padding", "image_padding"):
        torch.testing.assert_close(getattr(row, part), getattr(expected, part), rtol=1e-4, atol=1e-6, equal_nan=True)
    assert row.span == expected.span
    assert told == [(f"block {index}", index, block + 1) for index in range(block + 1)]
    assert true_attention(true, block, QUERY) is expected


def test_a_block_that_is_not_there_has_no_true_attention():
    with pytest.raises(ValueError, match=r"^block must be in 0\.\.3, got 4$"):
        true_attention(changed("grey"), 4, QUERY)
