"""Attention weights."""

TEXTS = {
    "view.heads.title": "Heads",
    "view.heads.what": (
        "How strongly the pinned patch looks at every patch, itself included: one map for each head. There is no class "
        "token in SAM, so attention is always that of one patch: choose one on the photo."
    ),
    "view.heads.formula": (
        r"$⟦w⟧ = \mathrm{softmax}\left(\frac{⟦q⟧ \cdot ⟦k|k^{T}⟧}{\sqrt{⟦d⟧}} + ⟦rel_h⟧ + ⟦rel_w⟧\right)$"
    ),
    "view.heads.more": (
        "A map is one row of a head’s attention matrix, laid back on the grid. The matrix itself is never kept: for a "
        "grid of 64×64 it has 16.8 million weights in every head. The row is computed anew from the stored q and k "
        "and the tables, and the line under the picture compares its result with what the attention layer put out. "
        "Places outside the window have no weight at all, which is not the same as a weight of zero."
    ),
    "view.heads.not": (
        "A large weight says that a value is mixed in, not that it matters for the result: v, proj, the other heads "
        "and the residual stream decide that."
    ),
    "panel.heads.title": "Where the pinned patch looks",
    "panel.heads.other": "Where the second patch looks",
    "note.heads.key": "{share:percent} on the key",
    "view.reach.title": "How far heads look",
    "view.reach.what": (
        "The mean distance between the pinned patch and the patches it looks at, weighted by attention: one dot for "
        "each head of each block. In a windowed block the pinned patch sees only its own window, so no head can look "
        "far; in a global block every head could, and the dots show which heads do."
    ),
    "view.reach.formula": (
        r"$⟦reach|\mathrm{reach}⟧ = \frac{\sum_{j}\, ⟦w_j⟧\, \|⟦p_j.patch|p_j⟧ - "
        r"⟦p_query|p_{query}⟧\|}{\sum_{j}\, w_j} \qquad j:\ \mathrm{patches\ that\ hold\ photo}$"
    ),
    "view.reach.more": (
        "Distances are measured in patches, in a straight line between the patches’ middles. Weight on window padding "
        "lies nowhere on the grid, and weight on image padding lies beside the photo: both are left out, and the rest "
        "counts as the whole. The last panel says what equal weights would give from this place: a head above that "
        "number looks at far patches more than chance would, a head below it at near ones. (Attention distance: ViT, "
        "arXiv 2010.11929, appendix D.7.)"
    ),
    "view.reach.not": (
        "These are the distances of one patch and not of a head in general: pin another patch and the dots move. A "
        "mean doesn't show how the weight is spread: half of it near and half of it far has the same mean as all of "
        "it in between. Nor is it how far information has come: a windowed block also passes on what an earlier global "
        "block brought from far away."
    ),
    "panel.reach.dots": "Mean attention distance of the pinned patch, by block",
    "panel.reach.table": "The same, head by head",
    "label.reach.windowed": "heads of windowed blocks",
    "label.reach.global": "heads of global blocks",
    "panel.reach.even": "The mean distance if all weights were equal",
    "label.reach.even_windowed": "patches, in the pinned patch's window",
    "label.reach.even_global": "patches, over the whole photo",
    "note.reach.even": (
        "A head below this number prefers what is near, and a head above it what is far. Weight on window padding and "
        "on image padding is left out, because neither holds any photo, and the rest counts as the whole. A pinned "
        "patch whose window holds no photo has no such distance."
    ),
    "axis.reach.distance": "mean distance, patches",
    "axis.reach.head": "head",
    "axis.reach.block": "block",
}
