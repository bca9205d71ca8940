"""Padding's share of the attention weights."""

TEXTS = {
    "view.padding.title": "Padding's share",
    "view.padding.what": (
        "SAM masks nothing: window padding, and image padding below or beside the photo, are keys like any other. Each "
        "map shows how much of its weight every patch gives to one kind of padding; where a map is empty, the patch "
        "sees no such padding."
    ),
    "view.padding.formula": (
        r"$⟦s_q⟧ = \sum_{k\ \in\ \mathrm{padding}} ⟦w_qk|w_{q,k}⟧, \qquad \mathrm{window\ padding:}\ k = "
        r"⟦b_k⟧,\ v = ⟦b_v⟧$"
    ),
    "view.padding.more": (
        "Window padding is zeros after norm1, so that all its tokens have the same key and the same value, the biases "
        "of the qkv layer. Their scores differ only by rel_h and rel_w. On a grid of 64×64 the last row and the last "
        "column of windows hold 8 rows or columns of tokens and 6 of padding: 960 of the 4096 queries see some. Image "
        "padding has been through all earlier layers, so its keys are no constants, and it takes weight in global "
        "blocks too."
    ),
    "view.padding.not": (
        "A large share isn't a fault: the encoder was trained with its padding, and may have learned to use it. Nor "
        "does a share say what it does to the patch: a weight multiplies a value, which for window padding is one "
        "constant vector, and for image padding whatever those tokens hold after the blocks before."
    ),
    "panel.padding.window": "Weight on window padding",
    "panel.padding.image": "Weight on image padding",
    "panel.padding.table": "Weight on padding, by head; the mean is over the photo's patches that see any",
    "panel.padding.counts": "How many queries see padding",
    "panel.padding.counts_note": (
        "In a windowed block a query sees only the padding in its own window. In a global block there is no window "
        "padding, and every query sees all image padding."
    ),
    "panel.padding.none": "No padding here",
    "panel.padding.none_note": "The photo fills the model image, and no window of this block reaches beyond the grid.",
    "panel.padding.masked_note": (
        "The what-if masks window padding: it is no key in this block, and nobody gives it any weight. There is no "
        "image padding either: the photo fills the model image."
    ),
    "label.padding.head": "head",
    "label.padding.window_pinned": "on window padding, pinned patch",
    "label.padding.window_mean": "on window padding, mean",
    "label.padding.image_pinned": "on image padding, pinned patch",
    "label.padding.image_mean": "on image padding, mean",
    "label.padding.even": "if all weights were equal",
    "label.padding.queries": "queries in all",
    "label.padding.window_queries": "queries that see window padding",
    "label.padding.image_queries": "queries that see image padding",
    "label.padding.value": "length of window padding's value vector, head {head}",
    "label.padding.values": "mean length of the patches' value vectors, head {head}",
    "unit.padding": "share of the weight",
    "note.padding.shares": "pinned patch {pinned:percent} · mean {mean:percent}",
}
