"""The pinned pair in numbers: each term is the one the block computes for this query, key and head, in this order."""

import pytest
import torch

from samvit.preprocess import preprocess
from samvit.rel_pos import get_rel_pos
from samvit.tracing import trace
from tests.viz.photos import noise_photo
from viz.selection import Selection
from viz.session.pair import key_of, pair_message, proof_message

WINDOWED, GLOBAL = 0, 1
WINDOW = 4


@pytest.fixture
def made(small_encoder, small_image):
    return trace(small_encoder, small_image)


def plain_terms(made, block, head, query, key):
    """content, rel_h and rel_w from the formulas alone: q·k/√d, q·R_h[row, key row], q·R_w[col, key col]."""
    attn = made.encoder.blocks[block].attn
    side, origin = (WINDOW, [at // WINDOW * WINDOW for at in query]) if block == WINDOWED else (10, [0, 0])
    q, k = made.q[block][head][query], made.k[block][head][key]
    rows, cols = ([query[axis] - origin[axis], key[axis] - origin[axis]] for axis in (0, 1))
    rel_h = q @ get_rel_pos(side, side, attn.rel_pos_h)[rows[0], rows[1]]
    rel_w = q @ get_rel_pos(side, side, attn.rel_pos_w)[cols[0], cols[1]]
    return [float(term.detach()) for term in (q @ k / q.numel() ** 0.5, rel_h, rel_w)]


@pytest.mark.parametrize(("block", "query", "key"), [(WINDOWED, (5, 6), (4, 7)), (GLOBAL, (2, 7), (9, 0))])
@pytest.mark.parametrize("head", [0, 2])
def test_every_term_is_the_blocks_own(made, block, query, key, head):
    message = pair_message(made, Selection.of(block=block, head=head, query=query, key=key))
    content, rel_h, rel_w = plain_terms(made, block, head, query, key)
    assert abs(rel_h - rel_w) > 0.01  # swapped, they would be found
    assert message["content"] == pytest.approx(content, abs=1e-4)
    assert message["relH"] == pytest.approx(rel_h, abs=1e-4)
    assert message["relW"] == pytest.approx(rel_w, abs=1e-4)
    assert message["score"] == pytest.approx(content + rel_h + rel_w, abs=1e-4)
    assert (message["query"], message["key"], message["block"], message["head"]) == (query, key, block, head)


def test_the_weight_is_the_softmax_of_that_score(made):
    block, head, query, key = GLOBAL, 1, (2, 7), (9, 0)
    scores = torch.tensor([[sum(plain_terms(made, block, head, query, (r, c))) for c in range(10)] for r in range(10)])
    expected = scores.flatten().softmax(0).view(10, 10)
    message = pair_message(made, Selection.of(block=block, head=head, query=query, key=key))
    assert message["weight"] == pytest.approx(float(expected[key]), rel=1e-3)
    strongest = key_of(made, Selection.of(block=block, head=head, query=query))
    assert strongest == divmod(int(expected.argmax()), 10)


def test_the_window_and_the_paddings_shares_are_those_of_the_head(small_encoder):
    made = trace(small_encoder, preprocess(noise_photo(90, 150), 160))  # 6 of 10 rows hold photo
    query, head = (5, 9), 2  # in a window of rows 4 to 7 and columns 8 to 11, of which the grid has two
    row = made.attention(WINDOWED, query)
    message = pair_message(made, Selection.of(block=WINDOWED, head=head, query=query))
    assert message["span"] == [4, 8, 4, 2]
    patches = row.weights[head, 4:8, 8:10]
    assert message["windowPadding"] == pytest.approx(1 - float(patches.sum()), abs=1e-5)
    assert message["imagePadding"] == pytest.approx(float(patches[2:].sum()), abs=1e-5)
    assert message["windowPadding"] != pytest.approx(message["imagePadding"], rel=0.1)


def test_a_pair_says_whether_its_key_was_chosen(made):
    for key in (None, (9, 0)):
        assert pair_message(made, Selection.of(block=GLOBAL, query=(2, 7), key=key))["chosen"] == (key is not None)


def test_the_proof_compares_with_the_largest_entry_that_was_seen(made):
    block, query = WINDOWED, (5, 6)
    seen = made[f"blocks.{block}.attn"][query]
    message = proof_message(made, Selection.of(block=block, query=query))
    assert message["size"] == pytest.approx(float(seen.abs().max()))
    assert message["holds"] and message["difference"] < 1e-4 * message["size"]
    assert (message["block"], message["query"]) == (block, query)


def test_a_key_in_another_window_has_no_score_and_says_so(made):
    message = pair_message(made, Selection.of(block=WINDOWED, query=(0, 0), key=(9, 9)))
    assert message["outside"] and "score" not in message and "weight" not in message
