"""Scores and relative position."""

TEXTS = {
    "view.rel_pos.title": "Relative position",
    "view.rel_pos.what": (
        "Each block has two small learned tables: one row for every distance between a query and a key, along rows and "
        "along columns. The query's own vector, unscaled, is multiplied with the tables; so the bias is different for "
        "every query and every photo. Windowed and global blocks both have it."
    ),
    "view.rel_pos.formula": (r"$rel_h[r'] = q \cdot R^{h}_{r - r'} \qquad rel_w[c'] = q \cdot R^{w}_{c - c'}$"),
    "view.rel_pos.not": (
        "A striped table is no proof of a striped bias: only the product with the query counts. A bias isn't a weight "
        "either; it is added to the content term before softmax."
    ),
    "panel.rel_pos.sum": "rel_h + rel_w of the pinned patch, head {head}",
    "panel.rel_pos.curves": "The two biases, head {head}",
}
