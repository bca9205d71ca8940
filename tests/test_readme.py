"""The README says what is true."""

import itertools
import re
import shlex
import shutil
import textwrap
from pathlib import Path

from viz.command_line import orders, parser
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


def block_below(heading: str) -> str:
    """The first indented block under a heading."""
    lines = README.split(f"## {heading}\n\n", 1)[1].split("\n")
    taken = itertools.takewhile(lambda line: not line or line.startswith("    "), lines)
    return textwrap.dedent("\n".join(taken))


def test_the_python_lines_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    tabs: list[str] = []
    monkeypatch.setattr("webbrowser.open", tabs.append)
    (tmp_path / "photos").mkdir()
    for name in ("photo.jpg", "photos/coffee.jpg"):
        shutil.copy(ROOT / "viz" / "examples" / "coffee.jpg", tmp_path / name)
    known: dict[str, object] = {}
    exec(compile(block_below("From Python"), "README.md", "exec"), known)
    assert {"photo.safetensors", "heads.pdf"} <= {file.name for file in tmp_path.iterdir()}
    assert capsys.readouterr().out == "coffee.jpg torch.Size([256, 32, 32])\n"
    assert len(tabs) == 1 and known["page"].closed
    assert known["row"].weights.shape == (6, 32, 32) and 0 < known["farthest"] <= 1
    assert known["pca"].scores.shape == (32, 32, 3)


def test_the_lines_of_the_command_line_can_be_used(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").touch()
    (tmp_path / "links.txt").write_text("view=heads&block=8")
    lines = [shlex.split(line) for line in block_below("From the command line").split("\n") if line]
    assert len(lines) == 7
    for line in lines:
        assert line[:3] == ["python", "-m", "viz"]
        given = parser().parse_args(line[3:])
        assert given.list or orders(given)[0].photos


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
