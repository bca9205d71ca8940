"""One query's scores taken apart: equal to the plain formula on what entered attention in a forward pass."""

import math

import numpy as np
import pytest
import torch

from samvit.measures.scores import (
    Weights,
    centred,
    map_means,
    moved_share,
    pair_score,
    pooled_heads,
    span_scores,
    strongest_key,
    sum_of_terms,
    term_maps,
    weight_change,
    weights_from_terms,
)
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, scene
from tests.viz.views.plain_scores import corner_patch, plain_scores

SOME_TERMS = ["", "c", "h", "w", "ch", "cw", "hw", "chw", "whc"]
both_blocks = pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
every_scene = pytest.mark.parametrize("name", SCENES)


def close(values, expected, tolerance=1e-4):
    torch.testing.assert_close(torch.as_tensor(values), expected, rtol=tolerance, atol=tolerance, equal_nan=True)


@both_blocks
@every_scene
@pytest.mark.parametrize("where", ["inside", "corner"])
def test_terms_and_their_sums_are_those_of_the_plain_formula(name, block, where):
    made = scene(name)
    query = QUERY if where == "inside" else corner_patch(made)
    plain, row = plain_scores(made, block, query), made.attention(block, query)
    for term, letter in zip(term_maps(row), "chw", strict=True):
        close(term, plain.on_grid(plain.total(letter)))
    for terms in SOME_TERMS:
        close(sum_of_terms(row, terms), plain.on_grid(plain.total(terms)))


@both_blocks
@every_scene
@pytest.mark.parametrize("terms", SOME_TERMS)
def test_scores_and_weights_from_some_terms_run_over_the_whole_span(name, block, terms):
    made = scene(name)
    query = corner_patch(made)
    plain = plain_scores(made, block, query)
    close(span_scores(made, block, query, terms), plain.total(terms))

    weights = weights_from_terms(made, block, query, terms)
    on_grid = plain.on_grid(plain.weights(terms))
    close(weights.on_grid, on_grid)
    close(weights.window_padding, 1 - on_grid.nansum((1, 2)))
    rows, cols = made.photo_grid
    close(weights.image_padding, on_grid[:, rows:].nansum((1, 2)) + on_grid[:, :rows, cols:].nansum((1, 2)))


@pytest.mark.parametrize("letters", ["x", "chx", "C"])
def test_other_letters_are_no_terms(letters):
    made = scene()
    for measure in (span_scores, weights_from_terms):
        with pytest.raises(ValueError, match=f"^terms must be letters of 'chw', got '{letters}'$"):
            measure(made, WINDOWED, QUERY, letters)
    with pytest.raises(ValueError, match="^terms must be"):
        sum_of_terms(made.attention(WINDOWED, QUERY), letters)


@both_blocks
def test_taking_the_means_off_leaves_every_weight_as_it_is(block):
    row = scene().attention(block, QUERY)
    terms = term_maps(row)
    flat = centred(terms)
    assert flat.flatten(-2).nanmean(-1).abs().max() < 1e-5
    assert terms.flatten(-2).nanmean(-1).abs().min() > 1e-3  # there was something to take off
    inside = [total[:, *row.span.slices].flatten(1) for total in (flat.sum(0), terms.sum(0))]
    close(inside[0].softmax(1), inside[1].softmax(1))
    close(inside[0], centred(terms.sum(0))[:, *row.span.slices].flatten(1))
    assert torch.equal(flat.isnan(), terms.isnan())


def test_image_padding_does_not_count_in_a_mean_unless_nothing_else_is_in_sight():
    made = scene()  # 6 of 10 rows hold photo
    for query, rows in (((5, 6), slice(4, 6)), ((9, 1), slice(8, 10))):
        terms = term_maps(made.attention(WINDOWED, query))
        _, cols = made.attention(WINDOWED, query).span.slices
        close(map_means(terms, made.image_padding()), terms[..., rows, cols].mean((-1, -2)))
        assert centred(terms, made.image_padding())[..., rows, cols].mean((-1, -2)).abs().max() < 1e-5


def test_the_share_that_moved_is_half_the_sum_of_all_differences_padding_as_one_key():
    made, query = scene(), corner_patch(scene())
    plain = plain_scores(made, WINDOWED, query)
    computed, other = plain.weights(), plain.weights("h")
    expected = []
    for head in range(made.heads):
        total = beyond = 0.0
        for (row, col), weight in np.ndenumerate(computed[head].numpy()):
            difference = float(other[head, row, col]) - float(weight)
            if row < plain.inside[0] and col < plain.inside[1]:
                total += abs(difference)
            else:
                beyond += difference
        expected.append((total + abs(beyond)) / 2)
    weights = (weights_from_terms(made, WINDOWED, query, terms) for terms in ("chw", "h"))
    assert moved_share(*weights).tolist() == pytest.approx(expected, abs=1e-4)
    assert min(expected) > 0.01


def test_weights_on_different_keys_have_moved_wholly_and_equal_ones_not_at_all():
    made = scene()
    weights = weights_from_terms(made, GLOBAL, QUERY)
    assert moved_share(weights, weights).tolist() == [0] * made.heads
    one, other = (torch.zeros(1, 2, 2) for _ in range(2))
    one[0, 0, 1], other[0, 1, 0] = 1, 1
    nothing = torch.zeros(1)
    assert moved_share(*(type(weights)(on_grid, nothing, nothing) for on_grid in (one, other))).tolist() == [1]


def test_a_patch_that_only_one_sees_has_no_weight_in_the_other():
    nothing = torch.zeros(1)
    one, other = torch.tensor([[[0.5, 0.25, torch.nan]]]), torch.tensor([[[0.125, torch.nan, torch.nan]]])
    sides = [Weights(on_grid, nothing, nothing) for on_grid in (one, other)]
    close(weight_change(*sides), torch.tensor([[[0.375, 0.25, torch.nan]]]))
    close(weight_change(*reversed(sides)), torch.tensor([[[-0.375, -0.25, torch.nan]]]))
    assert moved_share(*sides).tolist() == [0.3125]


def test_the_strongest_key_is_row_and_column_of_the_largest_weight_that_is_a_number():
    weights = torch.tensor([[torch.nan, 0.1, 0.2], [torch.nan, 0.4, 0.3]])
    assert strongest_key(weights) == (1, 1)
    assert strongest_key(-weights) == (0, 1)
    with pytest.raises(ValueError, match="^numbers must be finite for this, got NaN"):
        strongest_key(torch.full((2, 3), torch.nan))


def test_heads_are_pooled_one_by_one_by_mean_and_by_maximum():
    values = torch.tensor([[1.0, -5.0, torch.nan], [2.0, 1.0, torch.nan], [6.0, 1.0, torch.nan]])
    assert pooled_heads(values, "all") is values
    close(pooled_heads(values, "one", head=2), values[2:])
    close(pooled_heads(values, "mean", head=2), torch.tensor([[3.0, -1.0, torch.nan]]))
    close(pooled_heads(values, "max"), torch.tensor([[6.0, 1.0, torch.nan]]))
    with pytest.raises(ValueError, match="^heads must be all, one, mean or max, got 'none'$"):
        pooled_heads(values, "none")


@both_blocks
@every_scene
def test_a_pairs_numbers_are_its_sum_and_its_share(name, block):
    made = scene(name)
    query = corner_patch(made)
    key = (query[0], query[1] - 1)
    plain = plain_scores(made, block, query)
    place = (key[0] - plain.corner[0], key[1] - plain.corner[1])
    pair = pair_score(made, block, 1, query, key)

    close(pair.products, plain.q[1] * plain.k[1][place])
    close(pair.parts, plain.q[1] * plain.k[1][place] / math.sqrt(len(plain.q[1])))
    total = plain.total()[1]
    exponentials = (total - total.max()).exp()
    expected = {
        "content": plain.content[1][place],
        "rel_h": plain.rel_h[1, place[0]],
        "rel_w": plain.rel_w[1, place[1]],
        "score": total[place],
        "highest": total.max(),
        "denominator": exponentials.sum(),
        "weight": plain.weights()[1][place],
    }
    for field, value in expected.items():
        assert getattr(pair, field) == pytest.approx(float(value), rel=1e-4, abs=1e-4), field
    assert pair.keys == total.numel()
    assert pair.product == pytest.approx(float(plain.q[1] @ plain.k[1][place]), rel=1e-4, abs=1e-4)
    assert pair.exp == pytest.approx(float(exponentials[place]), rel=1e-4)
    assert float(pair.running[-1]) == pytest.approx(pair.content, abs=1e-4)
    close(pair.running[1] - pair.running[0], pair.parts[1])


def test_rel_h_and_rel_w_of_a_pair_differ_so_that_swapping_them_is_seen():
    pair = pair_score(scene(), GLOBAL, 1, QUERY, (5, 4))
    assert abs(pair.rel_h - pair.rel_w) > 0.1
    assert pair.table_rows is not None and pair.table_rows[0] != pair.table_rows[1]


def test_a_windowed_querys_keys_are_the_whole_window_squared():
    made = scene()
    assert pair_score(made, WINDOWED, 0, (9, 9), (9, 8)).keys == 4 * 4
    assert pair_score(made, GLOBAL, 0, (9, 9), (9, 8)).keys == 10 * 10


@both_blocks
def test_the_biases_come_from_the_table_rows_that_are_named(block):
    made, key = scene(), (5, 4)
    pair, block_attn = pair_score(made, block, 1, QUERY, key), made.encoder.blocks[block].attn
    tables = block_attn.rel_pos_h.detach(), block_attn.rel_pos_w.detach()
    q = plain_scores(made, block, QUERY).q[1]
    assert pair.table_rows is not None
    assert pair.rel_h == pytest.approx(float(q @ tables[0][pair.table_rows[0]]), abs=1e-4)
    assert pair.rel_w == pytest.approx(float(q @ tables[1][pair.table_rows[1]]), abs=1e-4)


def test_without_rel_pos_no_table_row_is_named():
    pair = pair_score(scene("no rel-pos, position or qkv bias"), GLOBAL, 0, QUERY, (5, 4))
    assert pair.table_rows is None and pair.rel_h == pair.rel_w == 0


def test_a_key_in_another_window_makes_no_pair():
    with pytest.raises(
        ValueError, match=r"^the key must lie in the query's window, got query \(4, 6\) and key \(9, 1\)"
    ):
        pair_score(scene(), WINDOWED, 0, QUERY, (9, 1))
