"""Links as fields, and files of links: what can't be read is said with its line."""

import pytest

from viz.links import link_fields, read_links


def test_a_link_gives_the_fields_that_it_names_and_no_other():
    link = "https://some.where/page/?view=scores&block=3&query=4,5&other=1,2&unknown=x"
    assert link_fields(link) == {"view": "scores", "block": 3, "query": (4, 5), "against_query": (1, 2)}
    assert link_fields("?block=3") == link_fields("block=3") == {"block": 3}


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("nonsense", "^link must be a link of the page, .*, got 'nonsense'$"),
        ("block=x", "^block must be a whole number"),
        ("view=nothing", "^view must be one of"),
    ],
)
def test_what_is_no_link_is_refused(link, sentence):
    with pytest.raises(ValueError, match=sentence):
        link_fields(link)


def test_a_file_of_links_may_have_remarks_and_empty_lines(tmp_path):
    (tmp_path / "it.txt").write_text("# first\n\n  view=heads \nblock=2\n", encoding="utf-8")
    assert read_links(tmp_path / "it.txt") == ({"view": "heads"}, {"block": 2})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"view=heads\n\nblock=x\n", "^it.txt, line 3: block must be a whole number"),
        (b"# nothing\n", "^it.txt must hold at least one link, one a line; it holds none$"),
        (b"view=\xff", "^it.txt can't be read as a list of links: it isn't text in UTF-8$"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(content, sentence, tmp_path):
    (tmp_path / "it.txt").write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        read_links(tmp_path / "it.txt")
