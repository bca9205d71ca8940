"""Padding's share of the attention weights."""

TEXTS = {
    "view.padding.title": "Padding's share",
    "view.padding.what": (
        "SAM masks nothing: window padding, and image padding below or beside the photo, are keys like any other. Each "
        "map shows how much of its weight every patch gives them; where a map is empty, the patch sees none."
    ),
    "view.padding.formula": (
        r"$s_q = \sum_{k\ \in\ \mathrm{padding}} w_{q,k}, \qquad "
        r"\mathrm{window\ padding:}\ k = b_k,\ v = b_v$"
    ),
    "view.padding.not": (
        "A large share isn't a fault: the encoder was trained with its padding, and a head may park weight there. Nor "
        "does it say what it does: weight multiplies a value, for window padding one constant vector, for image "
        "padding whatever earlier blocks wrote there."
    ),
    "panel.padding.window": "Weight on window padding",
    "panel.padding.image": "Weight on image padding",
    "panel.padding.table": "Weight on padding, by head",
    "panel.padding.counts": "Who sees padding",
    "panel.padding.counts_note": (
        "Windowed: only queries whose window holds padding. Global: no window padding, but every query sees all image "
        "padding."
    ),
    "panel.padding.none": "No padding here",
    "panel.padding.none_note": "The photo fills the model image, and no window of this block reaches beyond the grid.",
    "label.padding.head": "head",
    "label.padding.window_pinned": "window, pinned patch",
    "label.padding.window_mean": "window, mean",
    "label.padding.image_pinned": "image, pinned patch",
    "label.padding.image_mean": "image, mean",
    "label.padding.even": "if weights were even",
    "label.padding.queries": "queries",
    "label.padding.window_queries": "see window padding",
    "label.padding.image_queries": "see image padding",
    "label.padding.value": "length of padding's value, head {head}",
    "label.padding.values": "mean length of patches' values, head {head}",
    "unit.padding": "share of the weight",
    "note.padding.shares": "pinned {pinned} · mean {mean}",
}
