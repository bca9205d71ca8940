"""Installed from a wheel, the package has everything it needs, and nothing that only development does."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import samvit

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
# The JavaScript is linted and type-checked with these; the page doesn't need them.
ONLY_FOR_DEVELOPMENT = {"eslint.config.js", "package.json", "package-lock.json", "tsconfig.json"}
LEFT_BEHIND = ("node_modules", "__pycache__")


def files_of_the_packages() -> set[str]:
    """What a checkout has below samvit/ and viz/, without what tools left there."""
    found = [file for folder in ("samvit", "viz") for file in (ROOT / folder).rglob("*") if file.is_file()]
    return {
        file.relative_to(ROOT).as_posix()
        for file in found
        if not set(file.parts) & set(LEFT_BEHIND) and file.name not in ONLY_FOR_DEVELOPMENT
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """A wheel built from a copy of the checkout, since building leaves folders in it; no network."""
    copy, out = tmp_path_factory.mktemp("checkout") / "copy", tmp_path_factory.mktemp("wheel")
    copy.mkdir()
    for name in ("samvit", "viz"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    (copy / "viz" / "page" / "js" / "node_modules" / "left").mkdir(parents=True)
    (copy / "viz" / "page" / "js" / "node_modules" / "left" / "behind.js").write_text("// npm was here")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", out, copy], check=True, timeout=300)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_has_every_file_of_the_packages_and_no_other(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == files_of_the_packages()
    assert {"samvit/weights/vit_tiny.safetensors", "viz/page/js/main.js", "viz/texts/en/ui.py"} <= names


def test_installed_it_works_from_anywhere(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = """
import viz.page.component, viz.views
from samvit.checkpoint import load_encoder
from viz.session.explain import source_lines
assert "site" in viz.__file__, viz.__file__
print(load_encoder("vit_tiny").config.name, source_lines(viz.views.VIEWS[0].source[0])["file"])
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert ran.stdout.split() == ["vit_tiny", "samvit/encoder.py"], ran.stderr


def test_every_pin_lies_in_the_package_s_range():
    from packaging.requirements import Requirement

    pins = dict(line.split("==") for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").split())
    tried = dict(line.split("==") for line in PYPROJECT["dependency-groups"]["dev"])
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    required, optional = (
        {one.name: one.specifier for one in map(Requirement, lines)} for lines in (PROJECT["dependencies"], extras)
    )
    assert set(pins) <= set(required | optional)
    assert set(optional) <= set(tried)  # no extra is offered that no test has
    ranges, both = required | optional, tried | pins
    assert [name for name in ranges if name in both and not ranges[name].contains(both[name])] == []


def test_the_version_is_the_same_everywhere():
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", cited, re.MULTILINE).group(1) == samvit.__version__
    assert f"## {samvit.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
