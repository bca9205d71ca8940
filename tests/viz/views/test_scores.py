"""Scores taken apart, and one pair in numbers: equal to the plain formula on what entered attention."""

import numpy as np
import pytest
import torch

from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, scene
from tests.viz.views.plain_scores import corner_patch, plain_scores
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import number_text, percent_text
from viz.panel import Curves, Maps, Numbers
from viz.selection import Selection
from viz.views import view_by_id
from viz.words import say

SCORES, PAIR = view_by_id("scores"), view_by_id("pair")
WHAT_IF = str(say("note.scores.what_if"))


def scores(made, block=WINDOWED, query=QUERY, head=1, **others):
    return english(SCORES.panels(made, Selection.of(block=block, query=query, head=head, **others)))


def pair(made, block=WINDOWED, query=QUERY, head=1, **others):
    return english(PAIR.panels(made, Selection.of(block=block, query=query, head=head, **others)))


def close(values, expected, tolerance=1e-4):
    torch.testing.assert_close(torch.as_tensor(values), expected, rtol=tolerance, atol=tolerance, equal_nan=True)


def without_mean(values, photo_grid):
    """A map less the mean of its numbers on the photo, or of all where there are none."""
    photo = values[: photo_grid[0], : photo_grid[1]]
    counted = photo if not photo.isnan().all() else values
    return values - counted[~counted.isnan()].mean()


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("where", ["inside", "corner"])
def test_five_maps_are_the_terms_and_their_sum_without_their_means_and_the_softmax(name, block, where):
    made = scene(name)
    query = QUERY if where == "inside" else corner_patch(made)
    plain = plain_scores(made, block, query)
    (maps,) = scores(made, block, query, head=2)

    assert isinstance(maps, Maps)
    terms = plain.on_grid(torch.stack([plain.total(terms)[2] for terms in ("c", "h", "w", "chw")]))
    close(maps.values[:4], torch.stack([without_mean(term, made.photo_grid) for term in terms]))
    close(maps.values[4], plain.on_grid(plain.weights()[2][None])[0])
    assert maps.labels == ("q·k/√d", "rel_h", "rel_w", "q·k/√d + rel_h + rel_w", "softmax")
    assert WHAT_IF not in " ".join(maps.notes)


def test_the_mean_that_was_taken_off_is_said_and_what_is_left_has_none():
    made = scene()
    plain = plain_scores(made, GLOBAL, QUERY)
    (maps,) = scores(made, GLOBAL)
    rows, cols = made.photo_grid
    assert np.abs(maps.values[:4, :rows, :cols].mean((1, 2))).max() < 1e-5
    means = [float(plain.total(terms)[1, :rows, :cols].mean()) for terms in ("c", "h", "w", "chw")]
    assert maps.notes[:4] == tuple(f"mean {number_text(mean)} taken off" for mean in means)
    assert maps.scales[0].unit == "score, less its mean over the photo"


@pytest.mark.parametrize("terms", ["", "c", "h", "w", "ch", "cw", "hw"])
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_switching_a_term_off_recomputes_the_weights_over_the_whole_span(block, terms):
    made, query = scene(), corner_patch(scene())
    plain = plain_scores(made, block, query)
    maps, change = scores(made, block, query, terms=terms)

    close(maps.values[3], without_mean(plain.on_grid(plain.total(terms))[1], made.photo_grid))
    close(maps.values[4], plain.on_grid(plain.weights(terms))[1])
    close(change.values[0], plain.on_grid(plain.weights())[1])
    close(change.values[1], plain.on_grid(plain.weights(terms) - plain.weights())[1])
    assert not np.allclose(change.values[1], 0, atol=1e-3, equal_nan=True)


def test_window_padding_stays_in_the_denominator_when_a_term_is_off():
    made, query = scene(), corner_patch(scene())
    maps, _ = scores(made, WINDOWED, query, terms="cw")
    share = 1 - np.nansum(maps.values[4])

    assert share > 0.05
    assert f"{percent_text(float(share))} to window padding" in maps.notes[4]


def test_a_what_if_says_so_and_names_what_is_off():
    maps, change = scores(scene(), terms="cw")
    assert [note.endswith("switched off") for note in maps.notes[:3]] == [False, True, False]
    assert WHAT_IF in maps.notes[3] and WHAT_IF in maps.notes[4]
    assert maps.labels[3] == "q·k/√d + rel_w"
    assert WHAT_IF not in change.notes[0]
    assert scores(scene(), terms="")[0].labels[3] == "0"


def test_all_terms_in_another_order_are_no_what_if():
    assert len(scores(scene(), terms="whc")) == 1


def test_the_share_that_moved_is_half_the_sum_of_all_differences():
    made = scene()
    plain = plain_scores(made, GLOBAL, QUERY)
    _, change = scores(made, GLOBAL, terms="h")
    moved = float((plain.weights("h")[1] - plain.weights()[1]).abs().sum() / 2)
    assert moved > 0.1
    assert change.notes[1] == f"{percent_text(moved)} of the weight lies on other keys"


def test_terms_and_sum_share_one_signed_scale_and_the_softmax_has_its_own():
    (maps,) = scores(scene(), GLOBAL)
    assert len(set(maps.scales[:4])) == 1
    assert maps.scales[0].kind == "signed" and maps.scales[4].kind == "sequential"
    rows, cols = scene().photo_grid
    assert maps.scales[0].high == pytest.approx(np.abs(maps.values[:4, :rows, :cols]).max())
    assert maps.scales[4].high == pytest.approx(maps.values[4].max())


def test_computed_and_what_if_weights_share_their_scale():
    maps, change = scores(scene(), GLOBAL, terms="c")
    assert maps.scales[4] == change.scales[0]
    assert change.scales[0].high == pytest.approx(max(maps.values[4].max(), change.values[0].max()))


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_a_pairs_numbers_are_its_sum_and_its_share_each_under_its_name(block):
    made, key = scene(), (5, 4)
    plain = plain_scores(made, block, QUERY)
    place = (key[0] - plain.corner[0], key[1] - plain.corner[1])
    score, share = pair(made, block, key=key)[2:]

    assert isinstance(score, Numbers) and isinstance(share, Numbers)
    content, total = plain.content[1][place], plain.total()[1]
    exponentials = (total - total.max()).exp()
    expected = {
        "q·k": (plain.q[1] * plain.k[1][place]).sum(),
        "q·k/√12": content,
        "+ rel_h[5]": plain.rel_h[1, place[0]],
        "+ rel_w[4]": plain.rel_w[1, place[1]],
        "= score s": total[place],
        "highest score, s max": total.max(),
        "exp(s − s max)": exponentials[place],
        "÷ sum of exp over all keys": exponentials.sum(),
        "= weight": plain.weights()[1][place],
    }
    shown = {number.label: number.value for number in (*score.numbers, *share.numbers)}
    assert shown == pytest.approx({label: float(value) for label, value in expected.items()}, rel=1e-4, abs=1e-4)
    assert abs(shown["+ rel_h[5]"] - shown["+ rel_w[4]"]) > 0.1  # swapping them would be seen


def test_window_padding_is_counted_among_a_pairs_keys():
    made = scene()
    assert "16 keys, 12 of them window padding" in pair(made, WINDOWED, corner_patch(made))[3].note
    assert "100 keys, 0 of them window padding" in pair(made, GLOBAL, corner_patch(made))[3].note


def test_products_add_up_to_the_content_term():
    made = scene()
    plain = plain_scores(made, GLOBAL, QUERY)
    products = pair(made, GLOBAL, key=(2, 3))[1]

    assert isinstance(products, Curves)
    each, running = products.curves
    close(each.y, plain.q[1] * plain.k[1, 2, 3] / plain.q.shape[-1] ** 0.5)
    close(running.y[-1], plain.content[1, 2, 3])
    assert running.y[4] == pytest.approx(each.y[:5].sum(), abs=1e-5)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_the_named_table_rows_are_those_the_biases_come_from(block):
    made, key = scene(), (5, 4)
    plain = plain_scores(made, block, QUERY)
    size = len(plain.rel_h[0])
    # 4 − 5 rows and 6 − 4 columns, shifted by S − 1.
    row, col = size - 2, size + 1
    attn = made.encoder.blocks[block].attn
    score = pair(made, block, key=key)[2]

    assert f"row {row} of rel_pos_h and times row {col} of rel_pos_w" in score.note
    assert f"tables of {2 * size - 1} and {2 * size - 1} rows" in score.note
    close([score.numbers[2].value], (plain.q[1] @ attn.rel_pos_h[row]).detach()[None])
    close([score.numbers[3].value], (plain.q[1] @ attn.rel_pos_w[col]).detach()[None])


def test_without_a_pinned_key_the_strongest_patch_is_taken():
    made = scene()
    weights = plain_scores(made, GLOBAL, QUERY).weights()[1]
    row, col = divmod(int(weights.argmax()), weights.shape[1])
    score, share = pair(made, GLOBAL)[2:]
    assert score.title == f"Query (4, 6) → key ({row}, {col}): the score"
    assert share.numbers[3].value == pytest.approx(float(weights.max()), rel=1e-4)


def test_a_key_in_another_window_has_no_score_and_the_view_says_so():
    made = scene()  # 3 × 3 windows of 4 × 4 patches
    where, outside = pair(made, WINDOWED, key=(9, 1))
    assert isinstance(where, Maps)
    assert [n.value for n in outside.numbers] == [4, 6]
    assert f"Block {WINDOWED} is windowed" in outside.note
    assert len(pair(made, GLOBAL, key=(9, 1))) == 4


def test_without_rel_pos_the_pair_says_that_its_biases_are_zeros():
    score = pair(scene("no rel-pos, position or qkv bias"), GLOBAL)[2]
    assert score.numbers[2].value == score.numbers[3].value == 0
    assert score.note == str(say("error.no_rel_pos"))


@pytest.mark.parametrize("view", [SCORES, PAIR], ids=lambda view: view.id)
def test_views_of_scores_read_what_they_say_and_change_nothing(view):
    made = scene()
    selections = [
        Selection.of(block=b, query=QUERY, terms=t, key=k) for b in (0, 1) for t in ("c", "chw") for k in (None, (4, 4))
    ]
    assert fields_read(view, made, *selections) == view.uses - {"overlay"}
    assert_pure(view, made, selections[0])
    assert_has_texts(view)
