"""What is right is computed from the trace, and equals a plain computation from the scores."""

from dataclasses import replace

import pytest
import torch

from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.guesses import GUESSES, largest
from viz.selection import Selection
from viz.words import written

WINDOWED, GLOBAL = 0, 1


@pytest.fixture(scope="module")
def one() -> Trace:
    encoder = fill_random(build_encoder(SMALL))
    return trace(encoder, torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(7)))


def at(block: int, query: tuple[int, int] = (4, 5), head: int = 1) -> Selection:
    return Selection.of(block=block, query=query, head=head)


@pytest.mark.parametrize("name", GUESSES)
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_every_question_has_answers_of_which_one_is_right_and_a_sentence_that_says_why(one, name, block):
    guess = GUESSES[name](one, at(block))
    assert len(guess.options) >= 3 or name == "larger_half"
    assert len(set(written(option, "en") for option in guess.options)) == len(guess.options)
    assert guess.right and all(0 <= index < len(guess.options) for index in guess.right)
    assert written(guess.question, "en").endswith("?") and "{" not in written(guess.answer, "en")


@pytest.mark.parametrize(
    ("query", "right"),
    [((4, 5), "nowhere"), ((9, 0), "below"), ((0, 9), "on the right"), ((9, 9), "below and on the right")],
)
def test_window_padding_lies_where_the_window_reaches_over_the_grid(one, query, right):
    guess = GUESSES["window_padding"](one, at(WINDOWED, query))
    assert [written(guess.options[index], "en") for index in guess.right] == [right]


def test_a_global_block_has_no_window_padding(one):
    assert GUESSES["window_padding"](one, at(GLOBAL, (9, 9))).right == (0,)


def test_the_positional_head_loses_most_weight_without_rel_pos(one):
    row = one.attention(GLOBAL, (4, 5))
    content = row.content.flatten(1).softmax(1)
    moved = (content - row.weights.flatten(1)).abs().sum(1) / 2
    assert GUESSES["positional_head"](one, at(GLOBAL)).right == (int(moved.argmax()),)


def test_the_strongest_term_is_the_one_without_which_most_weight_moves(one):
    row = one.attention(GLOBAL, (4, 5))
    terms = [row.content[1], row.rel_h[1][:, None].expand(10, 10), row.rel_w[1][None].expand(10, 10)]
    moved = [
        float(((sum(terms) - term).flatten().softmax(0) - row.weights[1].flatten()).abs().sum() / 2) for term in terms
    ]
    assert GUESSES["strongest_term"](one, at(GLOBAL)).right == (moved.index(max(moved)),)


def test_the_farthest_head_leaves_image_padding_out():
    encoder = fill_random(build_encoder(SMALL))
    one = trace(encoder, preprocess(noise_photo(rows=65, cols=100), img_size=160))
    weights = one.attention(GLOBAL, (3, 3)).weights[:, :7]
    far = torch.hypot(torch.arange(7.0)[:, None] - 3, torch.arange(10.0)[None] - 3)
    mean = (weights * far).sum((1, 2)) / weights.sum((1, 2))
    assert GUESSES["farthest_head"](one, at(GLOBAL, (3, 3))).right == (int(mean.argmax()),)


def test_the_larger_half_is_what_adds_more_against_the_token(one):
    block = one.encoder.blocks[WINDOWED]
    tokens = one.stream[WINDOWED]
    with torch.no_grad():
        out = block(tokens[None])[0]
    residual = one[f"blocks.{WINDOWED}.residual"]
    attn = (residual - tokens)[4, 5].norm() / tokens[4, 5].norm()
    mlp = (out - residual)[4, 5].norm() / residual[4, 5].norm()
    assert GUESSES["larger_half"](one, at(WINDOWED)).right == (int(mlp > attn),)


def test_few_neurons_counts_those_that_write_half(one):
    mlp = one.encoder.blocks[WINDOWED].mlp
    with torch.no_grad():
        hidden = mlp.act(mlp.lin1(one[f"blocks.{WINDOWED}.norm2"][4, 5]))
        lengths = sorted(
            (float(abs(value) * column.norm()) for value, column in zip(hidden, mlp.lin2.weight.T, strict=True)),
            reverse=True,
        )
    count = next(n for n in range(len(lengths)) if sum(lengths[:n]) >= sum(lengths) / 2)
    right = sum(count / len(lengths) > limit for limit in (0.05, 0.15, 0.30))
    guess = GUESSES["few_neurons"](one, at(WINDOWED))
    assert guess.right == (right,) and f"{count} of 144" in written(guess.answer, "en")
    assert [written(one, "en") for one in guess.options] == ["up to 5 %", "5 to 15 %", "15 to 30 %", "more than 30 %"]
    assert written(guess.options[1], "zh") == "5 % 到 15 %"


def test_equal_values_are_all_right_and_nan_never_is():
    assert largest(torch.tensor([1.0, torch.nan, 1.0, 0.5])) == (0, 2)


def test_without_rel_pos_no_head_is_positional_and_all_are_as_right():
    encoder = fill_random(build_encoder(replace(SMALL, use_rel_pos=False)))
    one = trace(encoder, torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(7)))
    assert GUESSES["positional_head"](one, at(GLOBAL)).right == (0, 1, 2)
