"""The page: one `gr.HTML` that the scripts in `js/` fill, and the server functions that they ask."""

import re
from pathlib import Path

import gradio as gr

from viz.page.explorer import Explorer

FOLDER = Path(__file__).parent
# In the order of use: a file imports only from files before it.
SCRIPTS = (
    "decode.js",
    "colour.js",
    "geometry.js",
    "query.js",
    "dom.js",
    "icons.js",
    "asking.js",
    "messages.js",
    "take_along.js",
    "maps.js",
    "charts.js",
    "tables.js",
    "panels.js",
    "stage.js",
    "pipeline.js",
    "explain.js",
    "controls.js",
    "keys.js",
    "commands.js",
    "pair.js",
    "frame.js",
    "main.js",
)
ASKED = ("boot", "open", "upload", "view", "proof", "explain", "export")


def script() -> str:
    """All scripts as one function body: `import` lines and `export` words go, since one scope holds them all."""
    parts = []
    for name in SCRIPTS:
        code = (FOLDER / "js" / name).read_text(encoding="utf-8")
        code = re.sub(r"^import [^;]*;\n", "", code, flags=re.MULTILINE)
        parts.append(re.sub(r"^export ", "", code, flags=re.MULTILINE))
    return "\n".join([*parts, "start(element, server);"])


def build_page(explorer: Explorer) -> gr.Blocks:
    """The page of one explorer; launch it with `LAUNCH_OPTIONS`."""

    def asked(name: str):
        def ask(data):
            return getattr(explorer, name)(data)

        ask.__name__ = name
        return ask

    with gr.Blocks(title="Inside SAM's image encoder", fill_width=True, analytics_enabled=False) as page:
        gr.HTML(
            html_template='<div class="sx" data-state="loading"></div>',
            js_on_load=script(),
            apply_default_css=False,
            server_functions=[asked(name) for name in ASKED],
            elem_id="explorer",
        )
    return page


def launch_options() -> dict[str, object]:
    """What `launch` needs for this page: its style, no run history, no server paths in toasts, bounded uploads."""
    return {
        "css_paths": [FOLDER / "explorer.css"],
        "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        "run_history": False,
        "ssr_mode": False,
        "show_error": False,
        "max_file_size": "40mb",
        "footer_links": [],
    }
