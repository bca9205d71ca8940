"""A tour's file: what it may say, and that an error names the line."""

from pathlib import Path

import pytest

from viz.tour_file import parse_tour, read_tour
from viz.words import Problem

GOOD = '''title = "My lecture"

[[stop]]
link = "https://example.org/sam/?view=scores&block=8&query=20,31&head=3&stop=4&lang=en"
title = "Three terms"
words = """
One sentence.
[[stop]] is no stop in here.
"""
notes = "Say more."
light = "map:1"
kind = "global"
guess = "strongest_term"

[[stop]]
link = "view=heads"
title = "Heads"
words = "All of them."
'''


def test_a_tour_is_read_with_its_links_and_words():
    tour = parse_tour(GOOD)
    first, second = tour.stops
    assert tour.title == "My lecture"
    assert first.fields == {"view": "scores", "block": 8, "query": (20, 31), "head": 3}
    assert (first.title, first.words) == ("Three terms", "One sentence. [[stop]] is no stop in here.")
    assert (first.notes, first.lit, first.kind, first.guess) == ("Say more.", "map:1", "global", "strongest_term")
    assert (second.fields, second.lit, second.notes) == ({"view": "heads"}, "", "")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("view=scores&", "view=nothing&", "line 4: view must be one of .*, got 'nothing'"),
        ("block=8", "block=x", "line 4: block must be a whole number of at most nine digits, got 'x'"),
        ('"view=heads"', '"the heads"', "line 16: link must be a link of the page, .*, got 'the heads'"),
        ('"view=heads"', '"heads=x"', "line 16: heads must be one of all, one, mean, max, got 'x'"),
        ('light = "map:1"', 'light = "moon"', "line 11: light must be one of photo, .*, got 'moon'"),
        ('kind = "global"', 'kind = "round"', "line 12: kind must be one of windowed, global, got 'round'"),
        ('"strongest_term"', '"weather"', "line 13: guess must be one of positional_head, .*, got 'weather'"),
        ('notes = "Say more."', "notes = 7", "line 10: notes must be a text, got 7"),
        ('notes = "Say more."', 'hint = "x"', "line 10: a name must be one of key, link, .*, got 'hint'"),
        ('words = "All of them."', "", "line 15: words must be there, or key must name one of the app’s own"),
        ('title = "My lecture"', 'name = "x"', "line 1: a name must be one of title, stop, got 'name'"),
        ('words = "All of them."', "words = All", "must be TOML: .*line 18"),
        ('title = "Heads"', 'key = "nothing"', "line 17: title must be there, or key must name one of the app’s own"),
    ],
)
def test_an_error_names_the_line_what_was_expected_and_what_came(old, new, complaint):
    assert old in GOOD
    with pytest.raises(Problem, match=rf"^mine\.toml.*{complaint}"):
        parse_tour(GOOD.replace(old, new, 1), "mine.toml")


@pytest.mark.parametrize("text", ["", 'title = "x"', "stop = 3", "stop = []", "stop = [1]"])
def test_a_tour_without_stops_is_refused(text):
    with pytest.raises(Problem, match=r"^tour\.toml, line 1: a tour must have 1 to 200 stops"):
        parse_tour(text)


def test_a_file_that_is_not_there_or_no_text_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(Problem, match=r"^none\.toml can't be read as a tour"):
        read_tour(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Problem, match=r"^bad\.toml can't be read as a tour"):
        read_tour(tmp_path / "bad.toml")


def test_what_the_page_saves_is_read():
    """The script's tests hold it to the same file."""
    first, second = read_tour(Path(__file__).parents[1] / "js" / "my_tour.toml").stops
    assert first.fields == {"view": "scores", "block": 8, "query": (20, 31)}
    assert (first.title, second.fields["image"]) == ('Scores, "split"', "coffee")
