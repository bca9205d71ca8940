"""What errors say: kept as a key and values, each key written once, every place filled."""

import ast
import pickle
import re
from pathlib import Path
from string import Formatter

import pytest

import samvit
from samvit.errors import CheckpointError, ImageError, Phrase, phrase
from samvit.photo import open_photo
from samvit.sentences import ENGLISH
from tests.parsing import tree

SAYING = ("SaidError", "ImageError", "CheckpointError", "phrase")


def said_in_code() -> list[tuple[str, set[str] | None]]:
    """Each key that samvit's code says, `*` for a computed part; and its values (None if they can't be read)."""
    found = []
    for path in sorted(Path(samvit.__file__).parent.rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYING and node.args:
                values = {keyword.arg for keyword in node.keywords}
                key = written_key(node.args[0])
                if key:
                    found.append((key, None if None in values else values))
    return found


def written_key(node: ast.expr) -> str:
    """A key as the code has it; empty if it is handed on."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    return ""


def matches(pattern: str, key: str) -> bool:
    """Whether a key is the one that code says, or one of them."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), key) is not None


def test_every_key_that_code_says_is_written_with_exactly_the_places_it_fills():
    said = said_in_code()
    assert len(said) > 100
    for pattern, values in said:
        keys = [key for key in ENGLISH if matches(pattern, key)]
        assert keys, pattern
        for key in keys if "*" not in pattern else []:
            places = {name for _, name, _, _ in Formatter().parse(ENGLISH[key]) if name}
            assert values is None or places == values, key


def test_no_sentence_is_left_over():
    patterns = [pattern for pattern, _ in said_in_code()]
    elsewhere = {"photo.too_much"}  # said by viz, whose process for photos it is
    assert [key for key in ENGLISH.keys() - elsewhere if not any(matches(one, key) for one in patterns)] == []


def test_an_error_keeps_its_key_and_values_beside_its_english(tmp_path):
    with pytest.raises(ImageError) as caught:
        open_photo(tmp_path / "cat.jpg")
    assert caught.value.phrase == Phrase("photo.missing", (("name", "cat.jpg"),))
    assert str(caught.value) == "photo must be an existing file, got 'cat.jpg', which isn't there"


def test_a_phrase_within_a_sentence_keeps_its_own_key():
    with pytest.raises(ImageError) as caught:
        open_photo(b"%PDF-1.7")
    assert dict(caught.value.phrase.values)["kind"] == phrase("kind.pdf")
    assert str(caught.value).endswith("got a PDF")


@pytest.mark.parametrize("kind", [ImageError, CheckpointError])
def test_an_error_from_another_process_is_the_same(kind):
    error = kind("photo.page", pages=3, got=4)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.phrase, str(copy)) == (kind, error.phrase, "page must be in 1..3, got 4")
