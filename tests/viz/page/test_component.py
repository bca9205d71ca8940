"""The page's parts hold together."""

import re

import gradio as gr

from viz.page.component import build_page, launch_options
from viz.page.explorer import Explorer
from viz.page.modules import FOLDER, Modules
from viz.page.serving import ASKED
from viz.session.models import RANDOM, Models
from viz.session.session import Session


def scripts() -> dict[str, str]:
    """Every module by name."""
    files = Modules().files()
    return {name: path.read_text(encoding="utf-8") for name, path in files.items() if name.endswith(".js")}


def test_every_import_of_a_module_is_a_file_that_is_served():
    names = set(scripts())
    for name, code in scripts().items():
        for imported in re.findall(r'from "(\.[^"]+)"', code):
            place = ((FOLDER / name).parent / imported).resolve().relative_to(FOLDER).as_posix()
            assert place in names, f"{name} imports {imported}"


def test_every_text_that_the_scripts_ask_for_is_in_the_catalogue():
    texts = Explorer(Session(Models((RANDOM,)))).boot({"selection": {}})["texts"]
    asked = {key for code in scripts().values() for key in re.findall(r'"((?:ui|pair|key|mouse|tip)\.[a-z_.]+)"', code)}
    assert asked
    assert asked <= texts.keys()


def test_every_question_of_the_scripts_is_one_that_the_explorer_answers():
    asked = {name for code in scripts().values() for name in re.findall(r'(?:\bask|\}\))\("(\w+)", ', code)}
    assert asked | {"leave"} == {*ASKED, "boot", "upload"}  # a page that closes waits for no answer
    assert any("ask/leave" in code for code in scripts().values())
    assert all(callable(getattr(Explorer, name)) for name in asked)


def test_the_page_keeps_no_run_history_and_shows_no_server_errors():
    options = launch_options(Explorer(Session(Models((RANDOM,)))))
    assert isinstance(build_page(), gr.Blocks)
    assert options["run_history"] is False
    assert options["show_error"] is False
