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
    rows = re.findall(r"`((?:viz|samvit)/[\w/.]+\.(?:py|js|css))` `([\w.-]+)`", TEXT)
    assert len(rows) > 9
    for file, name in rows:
        found = (ROOT / file).read_text(encoding="utf-8")
        wanted = f'"{name}"' if "/texts/" in file else name.split(".")[-1]
        assert wanted in found, f"{name} isn't in {file}"


def test_no_row_needs_more_than_three_files():
    rows = [line for line in TEXT.splitlines() if line.startswith("|") and "`viz/" in line]
    assert len(rows) == 5
    for row in rows:
        assert len(re.findall(r"`(?:viz|samvit)/[^`]+\.(?:py|js|css)`", row)) <= 3, row
