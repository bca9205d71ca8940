import pytest

from training.card import BEGIN, BLOCKS, END, fill_card, head_kind, markdown


def results(error_left=0.3, ratio=2.0, seams=1.05):
    """Made-up measures in the form that `evaluate` returns."""
    kind = {
        "scenes": 4,
        "encoder": 0.97,
        "baseline": 0.9,
        "encoder_far": 0.96,
        "baseline_far": 0.88,
        "error_left": error_left,
        "error_left_far": 0.33,
        "own_shape": {block: [ratio + 2, *[ratio] * 5] for block in BLOCKS},
    }
    habits = {name: [0.1] * 6 for name in ("row", "column", "self", "padding", "alike")}
    habits |= {"distance": [20.0] * 6, "perplexity": [30.0, 30, 60, 60, 60, 60]}
    return {
        "scenes": {side: {name: kind for name in ("easy", "hard", "other", "real")} for side in ("352 px", "1024 px")},
        "tables": {"blocks.0.attn.rel_pos_h": {"energy": 12.0, "correlation": 0.9}},
        "taught": {block: ["whole thing", "near part"] for block in BLOCKS},
        "photos": {
            "cat.png": {"seam_neck": seams, "seam_stream": 1.2, "habits": dict.fromkeys(BLOCKS, habits)},
            "dog.png": {"seam_neck": 1.0, "seam_stream": 1.0, "habits": dict.fromkeys(BLOCKS, habits)},
        },
    }


def row_of(text, start):
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {start}")]
    return line


def test_what_is_met_and_what_is_not_is_said():
    text = markdown(results(error_left=0.5, ratio=1.5))
    assert row_of(text, "1 − AUC over the baseline's, other").endswith("| 0.50 | **not met** |")
    assert row_of(text, "own thing ÷ others, easy scenes, mean of block 11's heads").endswith("| 1.83 | **not met** |")
    assert row_of(text, "the same, real scenes").endswith("| 1.83 | met |")
    assert row_of(text, "of block 11 the heads that weren't taught, mean, real").endswith("| 1.50 | |")
    assert row_of(text, "AUC, real scenes").endswith("| 0.970 | met |")
    assert row_of(text, "patches that the median head").endswith("| 60 | met |")


def test_the_worst_photo_counts_for_seams():
    text = markdown(results(seams=1.05))
    assert row_of(text, "window seams in the neck's output").endswith("| 1.05 | met |")
    assert row_of(text, "window seams in the last block's output").endswith("| 1.20 | **not met** |")


def test_every_head_has_its_number_and_its_name():
    text = markdown(results(ratio=1.75))
    assert row_of(text, "block 2 head 0, taught: whole thing |").split(" | ")[1] == "3.75"
    assert row_of(text, "block 2 head 0, taught: whole thing |").endswith("| same thing |")
    assert row_of(text, "block 11 head 5 |").endswith("| leans to the same thing |")


@pytest.mark.parametrize(
    ("ratio", "habit", "name"),
    [
        (2.6, {}, "same thing"),
        (1.6, {}, "leans to the same thing"),
        (1.0, {}, "broad"),
        (1.0, {"distance": 3.0}, "neighbours"),
        (1.0, {"distance": 38.0}, "far"),
        (1.0, {"row": 0.4}, "row"),
        (1.0, {"column": 0.4}, "column"),
        (1.0, {"padding": 0.6}, "padding"),
    ],
)
def test_heads_are_named_by_what_they_do_most_plainly(ratio, habit, name):
    assert head_kind(ratio, {"distance": 25.0, "row": 0.02, "column": 0.02, "padding": 0.1} | habit) == name


def test_only_what_stands_between_the_markers_is_replaced(tmp_path):
    card = tmp_path / "README.md"
    card.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    fill_card(card, results())
    fill_card(card, results())
    text = card.read_text()
    assert text.startswith(f"before\n{BEGIN}\n") and text.endswith(f"{END}\nafter\n")
    assert "old" not in text and text.count("| asked, at 1024 px | reached | |") == 1


def test_a_card_without_markers_is_refused(tmp_path):
    card = tmp_path / "README.md"
    card.write_text("nothing")
    with pytest.raises(ValueError, match=r"README\.md must hold the line"):
        fill_card(card, results())
