"""One small panel of every kind, with the values that drawers stumble over: NaN, constants, long and strange words."""

import numpy as np

from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Picture, Scale, Table

HOSTILE = r'$\frac{1}{0}$ <script>alert(1)</script> & "quotes" \ 注意'


def maps(count: int = 3, grid: tuple[int, int] = (5, 8), **changes: object) -> Maps:
    """Attention-like maps, each with its own scale; the first column of the first map is NaN."""
    values = np.random.default_rng(0).random((count, *grid), dtype=np.float32) * 0.01
    values[0, :, 0] = np.nan
    arguments = {
        "title": "Where the pinned patch looks",
        "values": values,
        "scales": tuple(Scale("sequential", 0.0, float(np.nanmax(one)), "attention weight", "own") for one in values),
        "labels": tuple(f"head {index}" for index in range(count)),
        **changes,
    }
    return Maps(**arguments)


def curves(**changes: object) -> Curves:
    """Two lines, one of them with a gap, and two marks side by side."""
    x = np.arange(6, dtype=np.float32)
    gap = np.float32([0, 1, np.nan, 3, 4, 5])
    arguments = {
        "title": "Two curves",
        "curves": (Curve("free", x, gap), Curve("of the query", x, -x, role="query")),
        "x_label": "column",
        "y_label": "score",
        "marks": ((2.0, "query's row"), (2.5, "query's column")),
        **changes,
    }
    return Curves(**arguments)


def matrix(**changes: object) -> Matrix:
    """A signed matrix with a hole."""
    values = np.float32([[0.0, -2.0, 1.0], [np.nan, 0.5, 2.0]])
    arguments = {
        "title": "Matrix",
        "values": values,
        "scale": Scale("signed", -2.0, 2.0, "score"),
        "row_label": "query",
        "col_label": "key",
        "row_mark": 1,
        "col_mark": 2,
        **changes,
    }
    return Matrix(**arguments)


PICTURE = Picture("Picture", np.arange(5 * 8 * 3, dtype=np.uint8).reshape(5, 8, 3), on_grid=True, note="a note")
CATEGORICAL = maps(
    count=1,
    values=np.float32([[[0, 1, 2], [2, np.nan, 0]]]),
    scales=(Scale("categorical", 0, 2, categories=("sky", "grass", "cat")),),
    labels=("",),
    over_photo=False,
)
TABLE = Table("Table", ("name", "shape", "MB"), (("q", "6×64×64×24", "2.36"), ("k", HOSTILE, "−0.5")), marked=(1,))
NUMBERS = Numbers(
    "Numbers",
    (Number("weight", 0.0123456, role="query"), Number("bytes", 1048576, "B"), Number("none", float("nan"))),
    note="a sentence",
)

EVERY_KIND: dict[str, Panel] = {
    "maps": maps(),
    "maps with one scale": maps(scales=(Scale("signed", -0.01, 0.01, "score", "shared"),)),
    "maps, logarithmic": maps(scales=tuple(Scale("sequential", 1e-6, 0.01, "weight", "log", log=True) for _ in "abc")),
    "maps, categorical": CATEGORICAL,
    "maps with notes": maps(notes=("12.3% to window padding",) * 3, picks="head", chosen=1),
    "maps, all NaN": maps(
        count=1,
        values=np.full((1, 4, 4), np.nan, np.float32),
        scales=(Scale("sequential", 0, 1),),
    ),
    "picture": PICTURE,
    "curves": curves(),
    "points": curves(points=True, marks=()),
    "matrix": matrix(),
    "matrix with numbers": matrix(numbers=True, row_mark=None, col_mark=None),
    "table": TABLE,
    "empty table": Table("Empty", ("name",), ()),
    "numbers": NUMBERS,
    "hostile words": maps(title=HOSTILE, labels=(HOSTILE, "", "x" * 300), notes=(HOSTILE,) * 3),
}
