"""The page's parts hold together."""

import re

import gradio as gr

from viz.page.component import FOLDER, SCRIPTS, build_page, launch_options, script
from viz.page.explorer import Explorer
from viz.page.models import RANDOM, Models


def test_every_script_is_bundled_once_and_after_what_it_imports():
    files = {path.name for path in (FOLDER / "js").glob("*.js")} - {"eslint.config.js"}
    assert files == set(SCRIPTS)
    for index, name in enumerate(SCRIPTS):
        imported = re.findall(r'from "\./([^"]+)"', (FOLDER / "js" / name).read_text(encoding="utf-8"))
        assert set(imported) <= set(SCRIPTS[:index]), f"{name} imports a file that comes later"


def test_no_two_scripts_declare_the_same_name():
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script(), re.MULTILINE)
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def test_no_word_of_a_module_is_left_in_the_bundle():
    assert not re.search(r"^(import|export) ", script(), re.MULTILINE)


def test_every_text_that_the_scripts_ask_for_is_in_the_catalogue():
    texts = Explorer(Models((RANDOM,))).boot({})["texts"]
    asked = set(re.findall(r'"((?:ui|pair|key|mouse)\.[a-z_.]+)"', script()))
    assert asked
    assert asked <= texts.keys()


def test_the_page_keeps_no_run_history_and_shows_no_server_errors():
    page = build_page(Explorer(Models((RANDOM,))))
    options = launch_options()
    assert isinstance(page, gr.Blocks)
    assert options["run_history"] is False
    assert options["show_error"] is False
    assert all(path.exists() for path in options["css_paths"])
