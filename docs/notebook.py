"""Run docs/tour.ipynb from its first cell to its last and keep what comes out: python -m docs.notebook"""

import base64
import io
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

TOUR = Path(__file__).parent / "tour.ipynb"
LIVE = "live"  # the tag of cells whose output is of no use in a file: a page that is served while the notebook runs
PATIENCE_S = 300  # for one cell
WIDEST_PX = 900  # of a picture: what a page that shows the notebook has room for


def executed(path: Path = TOUR) -> nbformat.NotebookNode:
    """A notebook with fresh outputs, its cells run in the project's folder; CellExecutionError if one of them fails."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=PATIENCE_S, resources={"metadata": {"path": str(path.parents[1])}})
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
        if LIVE in cell.metadata.get("tags", ()):
            cell.outputs = []
    return notebook


def smaller(png: str) -> str:
    """A picture, base64 as notebooks hold it, no larger than a reader needs it: 900 px wide, in 256 colours."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
        picture.thumbnail((WIDEST_PX, 10 * WIDEST_PX))
        buffer = io.BytesIO()
        few = picture.convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def saved(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook as its file has it: small pictures."""
    for data in (output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())):
        if "image/png" in data:
            data["image/png"] = smaller(data["image/png"])
    return notebook


if __name__ == "__main__":
    nbformat.write(saved(executed()), TOUR)
