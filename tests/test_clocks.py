"""Durations are measured by clocks that never jump: a laptop that wakes, or whose time is set, loses nothing."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The clock on the wall, which a person or a time server may set at any moment.
WALL = {
    ".py": re.compile(r"\btime\.time(_ns)?\(|\bdatetime\.(now|utcnow|today)\(|\bfrom time import .*\btime\b"),
    ".js": re.compile(r"\bDate\.now\(|\+new Date\b|new Date\(\)\.(getTime|valueOf)\("),
}


def wall_clocks(text: str, ending: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if WALL[ending].search(line)]


@pytest.mark.parametrize("ending", WALL)
def test_nothing_is_measured_by_the_clock_on_the_wall(ending):
    files = [file for folder in ("samvit", "viz") for file in (ROOT / folder).rglob(f"*{ending}")]
    mine = [file for file in files if "node_modules" not in file.parts]
    assert len(mine) > 50
    found = {file.relative_to(ROOT).as_posix(): wall_clocks(file.read_text("utf-8"), ending) for file in mine}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_clock_on_the_wall_is_found():
    assert wall_clocks("started = time.time()\nended = time.monotonic()", ".py") == ["started = time.time()"]
    assert wall_clocks("const begun = Date.now();\nconst shown = new Date().toTimeString();", ".js") == [
        "const begun = Date.now();"
    ]
