"""The decomposed relative position bias, with and without."""

TEXTS = {
    "view.decomposed.title": "add_decomposed_rel_pos",
    "view.decomposed.what": (
        "One number for each key row, one for each key column: horizontal bands and vertical bands add up to a plaid. "
        "The weights below are with the bias, as computed, and without it."
    ),
    "view.decomposed.formula": r"$\mathrm{bias}_{r',c'} = rel_h[r'] + rel_w[c']$",
    "view.decomposed.not": (
        "The plaid isn't a rounded-off table of all distances: no such table was ever learned. It can't favour a "
        "diagonal; where the weights do, the content term did it. And “without” is a what-if, not an encoder that was "
        "trained without it."
    ),
    "panel.decomposed.bands": "Bands + bands = plaid, head {head}",
    "panel.decomposed.curves": "rel_h and rel_w as curves, head {head}",
    "panel.decomposed.weights": "Weights with and without the bias, head {head}",
    "panel.decomposed.rows": "Why decomposed",
    "scale.decomposed.shared": "one scale for all three",
    "label.decomposed.with": "with, as computed",
    "label.decomposed.without": "without",
    "label.decomposed.change": "with − without",
    "label.decomposed.learned": "rows in two tables",
    "label.decomposed.full": "rows in one table of all offsets",
    "label.decomposed.ratio": "times as many",
    "label.decomposed.parameters": "numbers learned in this block",
    "note.decomposed.without": "what-if: not what the encoder computed",
    "note.decomposed.rows": (
        "A key can lie {rows} ways above or below and {cols} ways left or right of its query. One vector for every "
        "offset would be {rows}·{cols} rows; one for each row distance and each column distance is {rows} + {cols}."
    ),
}
