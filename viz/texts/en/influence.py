"""Reach and influence."""

TEXTS = {
    "view.influence.title": "Reach and influence",
    "view.influence.what": (
        "Which patches of the photo can have influenced the pinned patch's token, and how strongly. Until the first "
        "global block only patches of its own window can, because all windowed blocks cut the grid at the same lines; "
        "the slider over blocks shows how the reach grows. How strongly is measured by the gradient: by how much the "
        "length of the token after the last block changes with the pixels of each patch. (Gradients as saliency: "
        "Simonyan et al., arXiv 1312.6034.)"
    ),
    "view.influence.formula": (
        r"$⟦g_patch|g_{patch}⟧ = \left\| \frac{\partial\, \|⟦x_L|x_{L,\,query}⟧\|}{\partial\, "
        r"⟦pixels|\mathrm{pixels}_{patch}⟧} \right\|$"
    ),
    "view.influence.more": (
        "Which patches are within reach follows from the architecture alone: each windowed block lets in the patch’s "
        "whole window, and each global block lets in the whole grid. The gradient is computed backwards through the "
        "network, block by block, through norms, softmax and MLPs; the weights and the photo stay as they are. A "
        "patch’s number is the length of the gradient over all values of its pixels. Pixels that are padding have a "
        "gradient too."
    ),
    "view.influence.not": (
        "A gradient tells of very small changes to this photo: what would happen if a patch were covered is another "
        "question. The token's length is one number of many; a patch can turn the token's direction and leave its "
        "length. That a patch is within reach doesn't mean that it is used. The neck comes after this and lets the "
        "eight neighbours in as well."
    ),
    "panel.influence.reach": "From which block on a patch can influence the pinned one",
    "panel.influence.gradient": "How much each patch moves the pinned patch's token",
    "panel.influence.growth": "How many patches can influence it, after each block",
    "panel.influence.shares": "Shares of all gradients",
    "label.influence.reach": "first block",
    "label.influence.itself": "the patch itself",
    "label.influence.from": "from block {block} on",
    "label.influence.gradient": "gradient",
    "label.influence.count": "patches within reach",
    "label.influence.own": "the pinned patch itself",
    "label.influence.window": "the first block's span, the patch included",
    "label.influence.padding": "image padding",
    "note.influence.after": "after block {block}: {count:count} patches",
    "note.influence.shares": (
        "Each is a share of 1. Gradients' lengths were added up, and these could cancel each other if all patches "
        "changed at once."
    ),
    "unit.influence.gradient": "change of the token's length for each unit of normalised pixels",
    "axis.influence.block": "block",
    "axis.influence.count": "patches",
}
