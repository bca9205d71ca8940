"""Attention weights."""

TEXTS = {
    "view.heads.title": "Heads",
    "view.heads.what": (
        "How strongly the pinned patch looks at every other patch, one map for each head. There is no class token in "
        "SAM: attention always needs a patch that does the looking, so choose one on the photo."
    ),
    "view.heads.formula": (r"$w = \mathrm{softmax}\left(\frac{q \cdot k^{T}}{\sqrt{d}} + rel_h + rel_w\right)$"),
    "view.heads.not": (
        "A large weight says that a value is mixed in, not that it matters for the result: v, proj, the other heads "
        "and the residual stream decide that."
    ),
    "panel.heads.title": "Where the pinned patch looks",
    "panel.heads.other": "Where the second patch looks",
    "note.heads.key": "{share} on the key",
    "view.reach.title": "How far heads look",
    "view.reach.what": (
        "The mean distance between the pinned patch and the patches it looks at, weighted by attention: one dot for "
        "each head of each block. Windowed blocks can't look far; global ones can, and the dots show which heads do."
    ),
    "view.reach.formula": r"$\mathrm{reach} = \frac{\sum_{j}\, w_j\, \|p_j - p_{query}\|}{\sum_{j}\, w_j}$",
    "view.reach.not": (
        "This is one patch, not the head's habit: pin another and the dots move. A mean hides shape: half near and "
        "half far looks like all in between. And from block to block reach adds up: a windowed block passes on what a "
        "global one brought in."
    ),
    "panel.reach.dots": "Mean attention distance of the pinned patch, by block",
    "panel.reach.table": "The same, head by head",
    "label.reach.windowed": "heads of windowed blocks",
    "label.reach.global": "heads of global blocks",
    "panel.reach.even": "If it looked at all its patches evenly",
    "label.reach.even_windowed": "patches, in its window",
    "label.reach.even_global": "patches, over the grid",
    "note.reach.even": (
        "A head below this prefers what is near, one above it what is far. Weight on window padding is left out: it "
        "lies nowhere on the photo."
    ),
    "axis.reach.distance": "mean distance, patches",
    "axis.reach.head": "head",
    "axis.reach.block": "block",
}
