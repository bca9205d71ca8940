"""The page: one `gr.HTML` that the modules in `js/` fill. They ask the routes of `viz/page/serving.py`."""

from typing import Any

import gradio as gr

from viz.page.explorer import Explorer
from viz.page.serving import app_options

# The page has begun before Gradio has, and moves in here. The served head names the module in its present version.
PLACE = 'import(document.getElementById("sx-main").href).then((main) => main.place(element))'


def build_page() -> gr.Blocks:
    """The page; launch it with `launch_options`."""
    with gr.Blocks(title="Inside SAM's image encoder", fill_width=True, analytics_enabled=False) as page:
        gr.HTML(
            html_template='<div class="sx-place"></div>',
            js_on_load=PLACE,
            apply_default_css=False,
            elem_id="explorer",
        )
    return page


def launch_options(explorer: Explorer, metrics: bool = False) -> dict[str, Any]:
    """What `launch` needs for this page: its routes, no run history, no server paths in toasts, bounded uploads."""
    return {
        "app_kwargs": app_options(explorer, metrics=explorer.metrics() if metrics else None),
        "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        "run_history": False,
        "ssr_mode": False,
        "show_error": False,
        "max_file_size": "40mb",
        "footer_links": [],
    }
