import math

import pytest
import torch

from training import measures
from training.attention_losses import MOST_ALIKE, TAUGHT, balance_loss, likeness_loss, teaching_loss, telling_loss
from training.scenes import BACKGROUND, NO_SHAPE

OWNERS = torch.tensor([[0, 0, 0, 1], [1, NO_SHAPE, BACKGROUND, BACKGROUND]])
QUERIES = torch.arange(8)


def same_owner(owners=OWNERS):
    flat = owners.flatten()
    return (flat[:, None] == flat).float()


def teaching(heads, owners=OWNERS):
    """The loss of one scene, from weights by content; all queries ask."""
    queries = torch.arange(heads.shape[1])
    return teaching_loss(heads.log()[None], queries, owners[None], torch.ones(1, len(queries), dtype=torch.bool))


def test_taught_heads_cost_least_when_spread_evenly_over_the_own_thing():
    even = same_owner()[None].expand(2, -1, -1) + 1e-6
    uneven = even.clone()
    uneven[0, 0, 2] = uneven[0, 1, 0] = uneven[0, 2, 1] = 0.01
    cost = [teaching(heads).item() for heads in (even, uneven)]
    assert cost[0] < cost[1] - 0.05 and cost[0] < teaching(torch.ones(2, 8, 8)).item() - 0.5


def test_even_weights_cost_the_log_of_what_could_be_looked_at():
    # Seven patches but the query and the one of mixed ownership are left: six.
    assert teaching(torch.ones(2, 8, 8)).item() == pytest.approx(math.log(6), abs=1e-4)


def test_attention_to_itself_and_to_mixed_patches_costs_nothing():
    heads = torch.rand(2, 8, 8, generator=torch.Generator().manual_seed(0))
    changed = heads.clone()
    changed[:, QUERIES, QUERIES] = 9
    changed[:, :, 5] = 7
    changed[:, 5:] = 3  # queries that own nothing
    torch.testing.assert_close(teaching(heads), teaching(changed))


def test_heads_beyond_the_taught_ones_are_free():
    heads = torch.rand(5, 8, 8, generator=torch.Generator().manual_seed(0))
    changed = heads.clone()
    changed[len(TAUGHT) :] = 0.5
    torch.testing.assert_close(teaching(heads), teaching(changed))


def test_queries_that_do_not_ask_teach_nothing_and_scenes_add_up():
    scores = torch.randn(2, 2, 8, 8, generator=torch.Generator().manual_seed(0))
    asking = torch.stack([torch.ones(8, dtype=torch.bool), torch.arange(8) < 0])
    both = teaching_loss(scores, QUERIES, OWNERS.expand(2, -1, -1), asking)
    torch.testing.assert_close(both, teaching_loss(scores[:1], QUERIES, OWNERS[None], asking[:1]))


@pytest.mark.parametrize("owners", [torch.full((2, 4), NO_SHAPE), torch.full((2, 4), BACKGROUND)])
def test_scenes_without_things_have_no_attention_to_teach(owners):
    assert teaching(torch.rand(2, 8, 8), owners) == 0


def two_halves():
    """A strip of two things, 12 patches each; its patches, who belongs to whom, and what each brings."""
    owners = torch.arange(24)[None] // 12
    own = (owners == owners.T).float() + 1e-6
    values = torch.randn(24, 6, generator=torch.Generator().manual_seed(0)) * 0.1 + torch.eye(2, 6)[owners[0]]
    return owners, torch.arange(24), own, values


def telling(heads, values, queries, owners):
    """The loss of one scene, from weights by content; all queries ask."""
    of_heads = values.expand(1, len(heads), -1, -1)
    return telling_loss(heads.log()[None], of_heads, queries, owners[None], torch.ones(1, len(queries)).bool())


def with_taught(rows):
    return torch.cat([torch.ones(len(TAUGHT), *rows.shape), rows[None]])


def test_bringing_from_the_own_thing_tells_more_than_bringing_from_a_corner():
    owners, queries, own, values = two_halves()
    corner = torch.full((24, 24), 0.01)
    corner[:, 0] = corner[:, 23] = 1
    costs = [telling(with_taught(rows), values, queries, owners).item() for rows in (own, corner)]
    assert costs[0] < costs[1] - 0.5


def test_what_lies_near_the_query_and_what_taught_heads_bring_does_not_count():
    owners, queries, own, values = two_halves()
    heads = with_taught(own)
    changed = heads.clone()
    changed[: len(TAUGHT)] = torch.rand(24, 24) + 0.1
    near = (queries[:, None] - queries).abs() <= 3
    changed[len(TAUGHT) :, near] = 5
    torch.testing.assert_close(telling(heads, values, queries, owners), telling(changed, values, queries, owners))


def test_where_no_query_has_a_partner_there_is_nothing_to_tell():
    owners, queries, own, values = two_halves()
    heads = with_taught(own)
    assert telling(heads, values, queries, torch.full_like(owners, BACKGROUND)) == 0
    assert telling(heads[: len(TAUGHT)], values, queries, owners) == 0


def balance(rows, queries, padding):
    return balance_loss(rows[None], queries, padding[None])


def test_every_patch_looking_at_itself_or_everywhere_is_balanced():
    nowhere = torch.zeros(16, dtype=torch.bool)
    for rows in (torch.eye(16)[None], torch.full((1, 16, 16), 1 / 16)):
        assert balance(rows, torch.arange(16), nowhere).item() == pytest.approx(0, abs=1e-5)


def test_all_looking_at_one_spot_costs_the_log_of_the_patches():
    rows = torch.zeros(2, 16, 16)
    rows[0, :, 3] = 1
    rows[1] = torch.eye(16)
    loss = balance(rows, torch.arange(16), torch.zeros(16, dtype=torch.bool))
    assert loss.item() == pytest.approx(math.log(16) / 2, abs=1e-4)


def test_weight_that_goes_to_padding_is_lost_and_padding_asks_nothing():
    padding = torch.arange(16) >= 8
    rows = torch.zeros(1, 16, 16)
    rows[0, :8, :8] = 0.5 / 8
    rows[0, :8, 8:] = 0.5 / 8
    rows[0, 8:, 0] = 1
    loss = balance(rows, torch.arange(16), padding)
    assert loss.item() == pytest.approx(-math.log(0.5), abs=1e-4)
    assert balance(rows[:, 8:], torch.arange(8, 16), padding) == 0


def likeness(rows, padding=None):
    """The loss of one scene, in which every patch asks."""
    padding = torch.zeros(rows.shape[-1], dtype=torch.bool) if padding is None else padding
    return likeness_loss(rows[None], torch.arange(rows.shape[1]), padding[None]).item()


def test_heads_that_see_the_same_cost_and_those_that_differ_do_not():
    rows = torch.rand(1, 16, 16, generator=torch.Generator().manual_seed(0)).softmax(-1)
    other = torch.rand(1, 16, 16, generator=torch.Generator().manual_seed(1)).softmax(-1)
    assert likeness(rows.repeat(3, 1, 1)) == pytest.approx(1 - MOST_ALIKE, abs=1e-5)
    assert likeness(torch.cat([rows, other])) == 0
    assert likeness(rows) == 0  # one head is like no other


def test_what_is_told_of_likeness_is_what_is_measured():
    rows = torch.rand(3, 16, 16, generator=torch.Generator().manual_seed(0)) + 1.5 * torch.rand(1, 16, 16)
    rows = rows / rows.sum(-1, keepdim=True)
    measured = measures.likeness(rows).mean().item()
    assert measured > MOST_ALIKE + 0.05
    assert likeness(rows) == pytest.approx(measured - MOST_ALIKE, abs=1e-5)


def test_queries_in_padding_have_no_part_in_likeness():
    padding = torch.arange(16) >= 8
    generator = torch.Generator().manual_seed(2)
    rows = torch.cat([torch.rand(2, 8, 16, generator=generator), torch.ones(2, 8, 1) * torch.arange(16.0)], 1)
    assert likeness(rows) > 0
    assert likeness(rows, padding) == 0
    assert likeness(rows, torch.ones(16, dtype=torch.bool)) == 0
