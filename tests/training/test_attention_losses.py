import math

import pytest
import torch

from training.attention_losses import TAUGHT, balance_loss, teaching_loss, telling_loss
from training.scenes import BACKGROUND, NO_SHAPE

OWNERS = torch.tensor([[0, 0, 0, 1], [1, NO_SHAPE, BACKGROUND, BACKGROUND]])
QUERIES = torch.arange(8)


def same_owner(owners=OWNERS):
    flat = owners.flatten()
    return (flat[:, None] == flat).float()


def both_heads(rows):
    return rows.expand(len(TAUGHT), -1, -1)


def test_the_first_head_costs_least_when_spread_evenly_over_the_own_thing():
    even, uneven = same_owner()[None], same_owner()[None].clone()
    uneven[0, 0, 2] = uneven[0, 1, 0] = uneven[0, 2, 1] = 0.01
    second = same_owner()[None]
    cost = [teaching_loss(torch.cat([first, second]), QUERIES, OWNERS).item() for first in (even, uneven)]
    anywhere = teaching_loss(torch.ones(2, 8, 8), QUERIES, OWNERS).item()
    assert cost[0] < cost[1] - 0.05 and cost[0] < anywhere - 0.5


def test_the_second_head_costs_least_on_the_near_part():
    owners = torch.zeros(1, 40, dtype=torch.long)  # one long thing
    key = torch.arange(40)
    near = torch.exp(-(key[:, None] - key).square() / 32.0)
    even = torch.ones(40, 40)
    costs = {
        name: teaching_loss(torch.stack([even, rows]), key, owners).item()
        for name, rows in (("near", near), ("even", even))
    }
    assert costs["near"] < costs["even"] - 0.2


def test_even_weights_cost_the_log_of_what_could_be_looked_at():
    # Seven patches but the query and the one of mixed ownership are left: six.
    loss = teaching_loss(torch.ones(2, 8, 8), QUERIES, OWNERS)
    assert loss.item() == pytest.approx(math.log(6), abs=1e-4)


def test_attention_to_itself_and_to_mixed_patches_costs_nothing():
    rows = torch.rand(2, 8, 8, generator=torch.Generator().manual_seed(0))
    changed = rows.clone()
    changed[:, QUERIES, QUERIES] = 9
    changed[:, :, 5] = 7
    changed[:, 5:] = 3  # queries that own nothing
    torch.testing.assert_close(teaching_loss(rows, QUERIES, OWNERS), teaching_loss(changed, QUERIES, OWNERS))


def test_heads_beyond_the_taught_ones_are_free():
    rows = torch.rand(5, 8, 8, generator=torch.Generator().manual_seed(0))
    changed = rows.clone()
    changed[len(TAUGHT) :] = 0.5
    torch.testing.assert_close(teaching_loss(rows, QUERIES, OWNERS), teaching_loss(changed, QUERIES, OWNERS))


@pytest.mark.parametrize("owners", [torch.full((2, 4), NO_SHAPE), torch.full((2, 4), BACKGROUND)])
def test_scenes_without_things_have_no_attention_to_teach(owners):
    assert teaching_loss(torch.rand(2, 8, 8), QUERIES, owners) == 0


def two_halves():
    """A strip of two things, 12 patches each; its patches, who belongs to whom, and what each brings."""
    owners = torch.arange(24)[None] // 12
    own = (owners == owners.T).float()
    values = torch.randn(24, 6, generator=torch.Generator().manual_seed(0)) * 0.1 + torch.eye(2, 6)[owners[0]]
    return owners, torch.arange(24), own, values


def free_heads(rows, values):
    return torch.cat([torch.ones(len(TAUGHT), *rows.shape), rows[None]]), values.expand(len(TAUGHT) + 1, -1, -1)


def test_bringing_from_the_own_thing_tells_more_than_bringing_from_a_corner():
    owners, queries, own, values = two_halves()
    corner = torch.full((24, 24), 0.01)
    corner[:, 0] = corner[:, 23] = 1
    costs = [telling_loss(*free_heads(rows, values), queries, owners).item() for rows in (own, corner)]
    assert costs[0] < costs[1] - 0.5


def test_what_lies_near_the_query_and_what_taught_heads_bring_does_not_count():
    owners, queries, own, values = two_halves()
    rows, of_heads = free_heads(own, values)
    changed = rows.clone()
    changed[: len(TAUGHT)] = torch.rand(24, 24)
    near = (queries[:, None] - queries).abs() <= 3
    changed[len(TAUGHT) :, near] = 5
    torch.testing.assert_close(
        telling_loss(rows, of_heads, queries, owners), telling_loss(changed, of_heads, queries, owners)
    )


def test_where_no_query_has_a_partner_there_is_nothing_to_tell():
    owners, queries, own, values = two_halves()
    rows, of_heads = free_heads(own, values)
    assert telling_loss(rows, of_heads, queries, torch.full_like(owners, BACKGROUND)) == 0
    assert telling_loss(rows[:, :0], of_heads, queries[:0], owners) == 0
    assert telling_loss(rows[: len(TAUGHT)], of_heads[: len(TAUGHT)], queries, owners) == 0


def test_every_patch_looking_at_itself_or_everywhere_is_balanced():
    nowhere = torch.zeros(16, dtype=torch.bool)
    for rows in (torch.eye(16)[None], torch.full((1, 16, 16), 1 / 16)):
        assert balance_loss(rows, torch.arange(16), nowhere).item() == pytest.approx(0, abs=1e-5)


def test_all_looking_at_one_spot_costs_the_log_of_the_patches():
    rows = torch.zeros(2, 16, 16)
    rows[0, :, 3] = 1
    rows[1] = torch.eye(16)
    loss = balance_loss(rows, torch.arange(16), torch.zeros(16, dtype=torch.bool))
    assert loss.item() == pytest.approx(math.log(16) / 2, abs=1e-4)


def test_weight_that_goes_to_padding_is_lost_and_padding_asks_nothing():
    padding = torch.arange(16) >= 8
    rows = torch.zeros(1, 16, 16)
    rows[0, :8, :8] = 0.5 / 8
    rows[0, :8, 8:] = 0.5 / 8
    rows[0, 8:, 0] = 1
    loss = balance_loss(rows, torch.arange(16), padding)
    assert loss.item() == pytest.approx(-math.log(0.5), abs=1e-4)
    assert balance_loss(rows[:, 8:], torch.arange(8, 16), padding) == 0
