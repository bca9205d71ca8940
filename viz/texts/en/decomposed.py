"""The decomposed relative position bias, with and without."""

TEXTS = {
    "view.decomposed.title": "add_decomposed_rel_pos",
    "view.decomposed.what": (
        "Each row of keys has one number and each column has one: drawn on the grid, horizontal and vertical bands add "
        "up to a plaid. Below are the weights with this bias, as the encoder computed them, and without it."
    ),
    "view.decomposed.formula": r"$\mathrm{bias}_{r',c'} = ⟦rel_h⟧[r'] + ⟦rel_w⟧[c']$",
    "view.decomposed.more": (
        "The function views the scores as (batch, query rows, query columns, key rows, key columns), adds rel_h along "
        "the key columns and rel_w along the key rows, and flattens them again. On a grid of 64×64 a query thus has 64 "
        "+ 64 biases instead of 4096. It is given q before the scaling by 1/√d. The method comes from MViTv2; "
        "segment-anything took it over by way of ViTDet."
    ),
    "view.decomposed.not": (
        "The plaid isn't an approximation of one table of all offsets: no such table was ever learned. A sum of "
        "one number for a row and one for a column can't favour a diagonal; where the weights follow one, that "
        "comes from the content term. "
        "And “without” is a what-if, not an encoder that was trained without the bias."
    ),
    "panel.decomposed.bands": "Bands of rows and bands of columns add up to a plaid, head {head}",
    "panel.decomposed.curves": "rel_h and rel_w as curves, head {head}",
    "panel.decomposed.weights": "Weights with and without the bias, head {head}",
    "panel.decomposed.rows": "How many rows two tables need, and how many one table would",
    "scale.decomposed.shared": "one scale for all three; softmax ignores the means",
    "label.decomposed.with": "with, as computed",
    "label.decomposed.without": "without",
    "label.decomposed.change": "with − without",
    "label.decomposed.learned": "rows in two tables",
    "label.decomposed.full": "rows in one table of all offsets",
    "label.decomposed.ratio": "times as many rows in one table",
    "label.decomposed.parameters": "numbers learned in this block",
    "note.decomposed.without": "what-if: not what the encoder computed",
    "note.decomposed.rows": (
        "Between a query and a key there are {rows} possible distances in rows and {cols} in columns. One vector for "
        "every pair of them would take {rows}·{cols} rows; one for each distance in rows and one for each distance in "
        "columns take {rows} + {cols}."
    ),
}
