"""The README says what is true."""

import re
from pathlib import Path

from viz.texts import text
from viz.views import VIEWS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_lists_every_view_with_its_source_in_the_order_of_the_forward_pass():
    listed = re.findall(
        r"^\| [^|]+ \| \[([^\]]+)\]\((viz/views/\w+\.py)\) \| [^|]+ \| ([^|]+) \|$", README, re.MULTILINE
    )
    expected = [
        (
            text("en", f"view.{view.id}.title"),
            f"viz/views/{view.panels.__module__.split('.')[-1]}.py",
            ", ".join(f"`{thing.__qualname__}`" for thing in view.source),
        )
        for view in VIEWS
    ]
    assert listed == expected


def test_every_file_that_the_readme_points_to_is_there():
    targets = re.findall(r"\]\(((?!https?:)[^)]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_space_runs_the_pinned_gradio():
    pinned = re.search(r"^gradio==(.+)$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert f"sdk_version: {pinned.group(1)}" in README


def test_the_readme_s_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake (run|test|check)\b", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
