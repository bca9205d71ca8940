"""Attention rollout."""

TEXTS = {
    "view.rollout.title": "Attention rollout",
    "view.rollout.what": (
        "One map for the whole network: the attention weights of all blocks, averaged over heads, are multiplied with "
        "one another, so that the pinned patch's output is shared out over the patches of the input. In a windowed "
        "block a share can go only to "
        "patches of the same window, and in a global block to every patch. With the residual each token keeps half of "
        "itself in every block. (Abnar and Zuidema, arXiv 2005.00928.)"
    ),
    "view.rollout.formula": (
        r"$⟦r.share|r⟧ = ⟦e_query.row|e_{query}⟧ \cdot ⟦A.tilde|\tilde A_{L-1}⟧ \cdots \tilde A_1\, \tilde "
        r"A_0, \qquad \tilde A = \frac{1}{2}⟦A.mean|(\overline{A} + I)⟧\ \mathrm{or}\ \overline{A}$"
    ),
    "view.rollout.more": (
        "Only the pinned patch’s row of the product is needed, so a row of shares goes through the blocks from the "
        "last to the first, and no matrix is ever multiplied with another. Weight on window padding leads to no patch "
        "and is dropped: what the map lacks to 1 is what padding took on the way. The heads’ weights are averaged "
        "with equal parts. rel_h and rel_w are in the weights, since they take part in every softmax."
    ),
    "view.rollout.not": (
        "Rollout follows the weights alone. It knows nothing of v, proj and the MLP, takes all heads for equally "
        "important, and counts the residual as one half in every block, which is true of no network: “What a block "
        "adds” shows the real sizes. A bright patch is one that attention leads to, and not one that was shown to "
        "matter for the result."
    ),
    "panel.rollout.maps": "The pinned patch's output, shared out over the input",
    "label.rollout.with": "with the residual",
    "label.rollout.without": "attention alone",
    "note.rollout.dropped": "{share:percent} dropped with window padding",
    "panel.rollout.own": "The pinned patch's share of itself",
    "note.rollout.own": (
        "With the residual at least a half to the power of {depth}, {residual:percent}, stays where it was. Weight on "
        "window padding leads to no patch of the input: it is dropped in every block, and the maps add up to what is "
        "left."
    ),
}
