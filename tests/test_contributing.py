"""CONTRIBUTING says where things are; this holds it to where they really are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_file_it_names_exists():
    files = re.findall(r"`((?:viz|samvit|tests)/[\w/.]+\.(?:py|js|css|json))`", TEXT)
    assert len(files) > 8
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_what_it_says_stands_in_a_file_stands_there():
    rows = re.findall(r"`((?:viz|samvit)/[\w/.]+\.(?:py|css))` `([\w.-]+)`", TEXT)
    assert len(rows) > 5
    for file, name in rows:
        found = (ROOT / file).read_text(encoding="utf-8")
        assert name.split(".")[-1] in found, f"{name} isn't in {file}"
