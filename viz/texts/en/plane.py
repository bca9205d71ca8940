"""Queries and keys in one plane."""

TEXTS = {
    "view.qk_plane.title": "q and k in one plane",
    "view.qk_plane.what": (
        "All queries and all keys of the chosen head in one picture: a query gives much weight to keys that lie in its "
        "direction. Queries are multiplied by a number and keys divided by it until both spread alike, and all keys "
        "are moved by one vector onto the queries' middle; neither changes any attention weight. The same vectors are "
        "shown over the photo as colours in one basis: a query finds the keys of its own colour. The layout is "
        "the first two principal components at once, or t-SNE, which keeps neighbours together and takes some "
        "seconds. (After AttentionViz, arXiv 2305.03210.)"
    ),
    "view.qk_plane.formula": (
        r"$⟦q′|q'⟧ = ⟦c⟧\, ⟦q⟧, \quad ⟦k′|k'⟧ = \frac{⟦k⟧}{c} + ⟦t.moved|t⟧, \qquad \mathrm{softmax}_j(q'_i "
        r"\cdot k'_j) = \mathrm{softmax}_j(q_i \cdot k_j)$"
    ),
    "view.qk_plane.more": (
        "The number is chosen so that queries and keys have the same mean distance from their means. Multiplying q "
        "and dividing k by it leaves each product as it is. Moving all keys by one vector changes all scores of a "
        "query by the same amount, which softmax ignores. The plane is spanned by the first two principal components "
        "of queries and keys together; the colours use three."
    ),
    "view.qk_plane.not": (
        "The plane leaves out rel_h and rel_w, which take part in every score: where they are strong a query looks "
        "elsewhere than its place in the plane says. It also leaves out all directions but two, and a window: in a "
        "windowed block a query can't see most of these keys. Near in the plane isn't near in all dimensions."
    ),
    "panel.qk_plane.scatter": "Block {block}, head {head}: queries and keys",
    "panel.qk_plane.q": "Queries over the photo",
    "panel.qk_plane.k": "Keys over the photo, in the same colours",
    "panel.qk_plane.left_out": "How much the picture holds",
    "label.qk_plane.queries": "queries",
    "label.qk_plane.keys": "keys",
    "label.qk_plane.query": "query of patch {patch}",
    "label.qk_plane.key": "key of patch {patch}",
    "label.qk_plane.plane": "variance in the plane",
    "label.qk_plane.colours": "variance in the colours",
    "label.qk_plane.moved": "weight that rel-pos moves",
    "note.qk_plane.left_out": (
        "Shares of 1. The last one is of the pinned patch: so much of its weight would lie on other keys if rel_h and "
        "rel_w were left out as they are here."
    ),
    "note.qk_plane.tsne": "t-SNE keeps neighbours; sizes of groups, and gaps between them, mean nothing.",
    "axis.qk_plane.tsne_first": "t-SNE, across",
    "axis.qk_plane.tsne_second": "t-SNE, up",
    "axis.qk_plane.first": "first principal component",
    "axis.qk_plane.second": "second principal component",
}
