"""Attention across depth: equal to sums over all rows of the plain softmax, query by query."""

import math
from dataclasses import fields

import pytest
import torch
import torch.nn.functional as F

from samvit.measures.depth import KINDS, HeadFacts, head_facts, head_kinds, weights_through_depth
from tests.viz.views.forward import QUERY, fresh_scene, scene
from tests.viz.views.plain_scores import plain_scores


def plain_facts(made, block):
    """The same means, one photo query after the other; in the order of `HeadFacts`."""
    rows, cols = made.photo_grid
    photo = ~made.image_padding()
    places = torch.cartesian_prod(*(torch.arange(side).float() for side in made.grid)).view(*made.grid, 2)
    tokens = made.stream[block] - made.stream[block][:rows, :cols].mean((0, 1))
    found = []
    for query in ((row, col) for row in range(rows) for col in range(cols)):
        plain = plain_scores(made, block, query)
        full, content = plain.weights(), plain.weights("c")
        seen = photo & ~plain.on_grid(full)[0].isnan()
        distance = (places - places[query]).norm(dim=-1)[seen] * made.patch_size
        cosine = F.cosine_similarity(tokens, tokens[query], dim=-1)[seen]
        facts = []
        for weights in (full, content):
            on_photo = plain.on_grid(weights)[:, seen]
            entropy = torch.distributions.Categorical(probs=weights.flatten(1)).entropy() / math.log(2)
            facts += [(on_photo * distance).sum(1) / on_photo.sum(1), entropy]
        on_photo = plain.on_grid(full)[:, seen]
        moved = (full - content).clamp_min(0).flatten(1).sum(1)
        likeness = (on_photo * cosine).sum(1) / on_photo.sum(1) - cosine.mean()
        of_heads = torch.stack([*facts, moved, 1 - on_photo.sum(1), likeness])
        keys = full[0].numel()
        of_block = torch.tensor([distance.mean(), math.log2(keys), distance.max()])
        found.append((of_heads, of_block))
    return [torch.stack(part).mean(0) for part in zip(*found, strict=True)]


def test_the_facts_are_means_over_every_row_of_the_softmax():
    made = scene()
    facts = [getattr(head_facts(made), field.name) for field in fields(HeadFacts)]
    for block in range(made.depth):
        of_heads, of_block = plain_facts(made, block)
        for fact, expected in zip(facts, [*of_heads, *of_block], strict=True):
            torch.testing.assert_close(fact[block], expected, rtol=1e-3, atol=1e-3)


def test_without_rel_pos_nothing_moves():
    facts = head_facts(scene("no rel-pos, position or qkv bias"))
    assert torch.equal(facts.distance, facts.content_distance) and facts.moved.max() < 1e-6


def test_each_block_is_told_once_and_the_facts_are_kept():
    made, told = fresh_scene("landscape photo"), []
    first = head_facts(made, lambda name, done, total: told.append((name, done, total)))
    assert told == [(f"block {block}", block + 1, 4) for block in range(4)]
    assert head_facts(made) is first


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "mixed"),
        ({"likeness": 0.11}, "same_content"),
        ({"moved": 0.51, "likeness": 0.11}, "positional"),
        ({"distance": 40.0, "moved": 0.51}, "local"),
        ({"distance": 41.0, "moved": 0.51}, "positional"),
        ({"entropy": 9.1, "distance": 40.0}, "broad"),
        ({"padding": 0.51, "entropy": 9.1}, "padding"),
    ],
)
def test_a_head_s_kind_is_the_first_rule_that_holds(changes, kind):
    values = {"distance": 200.0, "entropy": 5.0, "moved": 0.2, "padding": 0.1, "likeness": 0.0} | changes
    limits = {"even_distance": 300.0, "even_entropy": 10.0, "farthest": 500.0}
    values = {"content_distance": 200.0, "content_entropy": 5.0} | values
    facts = HeadFacts(
        **{name: torch.tensor([[value]]) for name, value in values.items()},
        **{name: torch.tensor([value]) for name, value in limits.items()},
    )
    assert KINDS[int(head_kinds(facts, 16))] == kind


def test_the_weights_are_those_of_the_plain_softmax_in_every_block():
    made = scene()
    through = weights_through_depth(made, QUERY)
    for block in range(made.depth):
        plain = plain_scores(made, block, QUERY)
        expected = plain.on_grid(plain.weights())
        torch.testing.assert_close(through[block], expected, rtol=1e-4, atol=1e-5, equal_nan=True)
