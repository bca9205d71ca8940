"""Which folder may import which: app → page → session → views, figures → nouns; views → samvit; never back."""

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.parsing import tree

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Arrow:
    """Files at a place (a module, or a folder with all below it) must import none of these."""

    place: str
    forbidden: tuple[str, ...]


NOUNS_KNOW_NOTHING = ("samvit", "viz.views", "viz.figures", "viz.session", "viz.page", "gradio", "matplotlib", "app")
ARROWS = (
    Arrow("samvit", ("matplotlib", "gradio", "viz", "app")),
    Arrow("samvit.encoder", ("samvit.attention", "samvit.replay", "samvit.tracing", "samvit.measures")),
    Arrow("samvit.attention", ("samvit.replay", "samvit.tracing", "samvit.measures")),
    Arrow("samvit.replay", ("samvit.attention", "samvit.tracing", "samvit.measures")),
    Arrow("samvit.tracing", ("samvit.measures",)),
    Arrow("viz.numbers", (*NOUNS_KNOW_NOTHING, "viz.words", "viz.panel", "viz.selection", "viz.texts")),
    Arrow("viz.texts", (*NOUNS_KNOW_NOTHING, "viz.words", "viz.panel", "viz.selection")),
    Arrow("viz.words", (*NOUNS_KNOW_NOTHING, "viz.panel", "viz.selection")),
    Arrow("viz.palette", (*NOUNS_KNOW_NOTHING, "viz.words", "viz.panel", "viz.selection", "viz.texts")),
    Arrow("viz.field", (*NOUNS_KNOW_NOTHING, "viz.panel", "viz.selection")),
    Arrow("viz.panel", NOUNS_KNOW_NOTHING),
    Arrow("viz.selection", NOUNS_KNOW_NOTHING),
    Arrow("viz.views", ("viz.page", "viz.session", "viz.figures", "matplotlib", "app")),
    Arrow("viz.figures", ("samvit", "viz.views", "viz.session", "viz.page", "app")),
    Arrow("viz.session", ("viz.page", "starlette", "fastapi", "app")),
    Arrow("viz.page", ("app",)),
)
# samvit's own sentences are a part of the catalogue.
SENTENCES = {"samvit.sentences", *(f"samvit.sentences.{name}" for name in ("ENGLISH", "PHOTO_FACTS", "WEIGHTS_FACTS"))}
# Libraries that only these places may import.
ONLY_AT = {"gradio": ("viz.page", "app"), "sklearn": ("samvit.measures", "viz")}


def within(module: str, place: str) -> bool:
    """Whether a module is a place or lies below it."""
    return module == place or module.startswith(place + ".")


def module_name(file: Path, root: Path) -> str:
    """The dotted name a file is imported by."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path, root: Path) -> set[str]:
    """Every module a file imports, at its top or inside a function; of `from a import b` both a and a.b."""
    found: set[str] = set()
    package = module_name(file, root).split(".")
    if file.stem != "__init__":
        package = package[:-1]
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            found.add(source)
            found.update(f"{source}.{alias.name}" for alias in node.names)
        elif is_dynamic_import(node):
            found.add(node.args[0].value)
    return found


def is_dynamic_import(node: ast.AST) -> bool:
    """Whether a node is `import_module("…")` or `__import__("…")` with the name written out."""
    if not isinstance(node, ast.Call) or not node.args:
        return False
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    name = node.args[0]
    return called in ("import_module", "__import__") and isinstance(name, ast.Constant) and isinstance(name.value, str)


def broken_arrows(root: Path) -> list[str]:
    """One line for each import that goes where it must not."""
    broken: list[str] = []
    files = [root / "app.py", *root.glob("samvit/**/*.py"), *root.glob("viz/**/*.py")]
    for file in sorted(file for file in files if file.exists()):
        module = module_name(file, root)
        forbidden = {name for arrow in ARROWS if within(module, arrow.place) for name in arrow.forbidden}
        for library, places in ONLY_AT.items():
            if not any(within(module, place) for place in places):
                forbidden.add(library)
        imported = imports(file, root) - (SENTENCES if within(module, "viz.texts") else set())
        broken += [
            f"{module} imports {name}" for name in sorted(forbidden) if any(within(found, name) for found in imported)
        ]
    return broken


# Beside the views themselves: what a view is, and layout that several share.
SHARED_BY_VIEWS = {"view", "scales", "pictures"}


def test_no_view_imports_another_view():
    views = [path for path in (ROOT / "viz" / "views").glob("*.py") if path.stem not in {*SHARED_BY_VIEWS, "__init__"}]
    assert len(views) > 15
    for view in views:
        found = {name.split(".")[2] for name in imports(view, ROOT) if name.startswith("viz.views.")}
        assert found <= SHARED_BY_VIEWS, f"{view.name} imports {found - SHARED_BY_VIEWS}"


def test_no_arrow_is_broken():
    assert (ROOT / "samvit" / "encoder.py").exists()  # that there is something to walk
    assert broken_arrows(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("samvit/encoder.py", "import matplotlib.pyplot as plt", "samvit.encoder imports matplotlib"),
        ("samvit/encoder.py", "from viz.panel import Maps", "samvit.encoder imports viz"),
        ("samvit/encoder.py", "def f():\n    from sklearn.decomposition import PCA", "samvit.encoder imports sklearn"),
        ("samvit/__init__.py", "import app", "samvit imports app"),
        ("samvit/deep/er.py", "import importlib\nimportlib.import_module('gradio')", "samvit.deep.er imports gradio"),
        ("viz/panel.py", "import samvit", "viz.panel imports samvit"),
        ("viz/panel.py", "from .views import blocks", "viz.panel imports viz.views"),
        ("viz/selection.py", "import gradio as gr", "viz.selection imports gradio"),
        ("viz/export.py", "import gradio", "viz.export imports gradio"),
        ("viz/figures/maps.py", "from samvit import config", "viz.figures.maps imports samvit"),
        ("viz/figures/__init__.py", "from ..page import wiring", "viz.figures imports viz.page"),
        ("viz/views/blocks.py", "from viz import figures", "viz.views.blocks imports viz.figures"),
        ("viz/views/blocks.py", "from ..page.wiring import go", "viz.views.blocks imports viz.page"),
        ("viz/views/blocks.py", "from matplotlib import cm", "viz.views.blocks imports matplotlib"),
        ("viz/page/wiring.py", "import app", "viz.page.wiring imports app"),
    ],
)
def test_a_broken_arrow_is_found(file, line, complaint, tmp_path):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(line)
    assert complaint in broken_arrows(tmp_path)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("app.py", "import gradio\nfrom viz.page import build_page"),
        ("viz/page/wiring.py", "import gradio\nfrom viz.views import VIEWS\nfrom ..figures import draw"),
        ("viz/views/blocks.py", "from samvit.tracing import Trace\nfrom ..panel import Maps"),
        ("viz/figures/maps.py", "import matplotlib\nfrom viz.panel import Maps"),
        ("samvit/gradio_free.py", "import torch\nimport visdom"),
    ],
)
def test_an_arrow_that_points_the_right_way_is_left_alone(file, line, tmp_path):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(line)
    assert broken_arrows(tmp_path) == []
