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
}
