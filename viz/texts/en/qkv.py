"""q, k, v and heads."""

TEXTS = {
    "view.qkv.title": "One token's q, k and v",
    "view.qkv.what": (
        "One linear layer turns a token into q, k and v, and each of them is cut into heads: one row of a matrix here "
        "is one head's part. Each head attends on its own; after attention the heads' results are laid end to end."
    ),
    "view.qkv.formula": (
        r"$[\,⟦q⟧\ |\ ⟦k⟧\ |\ ⟦v⟧\,] = ⟦W_qkv|W_{qkv}⟧ \cdot ⟦x⟧ + ⟦b_qkv|b_{qkv}⟧, \qquad "
        r"q = [\,q_0\ |\ q_1\ |\ \ldots\,]$"
    ),
    "view.qkv.more": (
        "qkv is one Linear layer from embed_dim to 3·embed_dim numbers. The first third of its output is q, the "
        "second k and the third v; inside each third head 0 comes first, with head_dim numbers for each head. The "
        "same matrix serves every token of the block. Tokens of window padding enter it as zeros, so that their q, k "
        "and v are the layer’s bias."
    ),
    "view.qkv.not": (
        "The token's channels aren't shared out among the heads: every head reads the whole token, only the layer's "
        "output is cut. Nor do large entries mean large scores; those come from products with other tokens' k."
    ),
    "view.qkv_maps.title": "A head's q, k and v over the photo",
    "view.qkv_maps.what": (
        "Where two patches have the same colour, this head's vectors for them are alike: their queries (q), their keys "
        "(k), or their values (v). Red, green and blue are the three directions in which the vectors differ most over "
        "the photo."
    ),
    "view.qkv_maps.formula": r"$⟦q⟧, ⟦k⟧, ⟦v⟧ \in R^{⟦H⟧ \times ⟦W.columns|W⟧ \times ⟦d_head|d_{\mathrm{head}}⟧}$",
    "view.qkv_maps.more": (
        "The directions are principal components of this head’s vectors over the patches that hold photo, computed "
        "for q, for k and for v each on their own. A colour goes from none to full between the 1st and the 99th "
        "percentile of its scores. The vectors have head_dim numbers, so that three directions show only a part of "
        "them. v isn’t compared with anything in attention: it is what gets added up once the weights are known."
    ),
    "view.qkv_maps.not": (
        "Each picture has its own colours: the same hue in q and in k doesn't mean that they match. Not even equal q "
        "and k would: the score is their product, plus relative position, which these pictures leave out."
    ),
    "panel.qkv.q": "q: {heads} heads × {head_dim}",
    "panel.qkv.k": "k: {heads} heads × {head_dim}",
    "panel.qkv.v": "v: {heads} heads × {head_dim}",
    "panel.qkv.shapes": "One token, cut and joined",
    "panel.qkv.check": "Lengths, and the layer computed once more for this token",
    "panel.qkv.proof": (
        "The lengths are those of head {head}. The difference compares all {count:count} numbers of q, k and v, laid "
        "end to end, with what the qkv layer gives for this one token."
    ),
    "panel.qkv_maps.q": "q of head {head}",
    "panel.qkv_maps.k": "k of head {head}",
    "panel.qkv_maps.v": "v of head {head}",
    "panel.qkv_maps.variance": "the colours hold {share:percent} of the variance",
    "panel.qkv_maps.lengths": "Lengths of the vectors, head {head}",
    "label.qkv.norm1": "after norm1",
    "label.qkv.layer": "after the qkv layer",
    "label.qkv.cut": "cut into q, k, v by head",
    "label.qkv.own": "outputs of the layer that are head {head}'s",
    "label.qkv.attend": "weights · v, by head",
    "label.qkv.joined": "heads joined, into proj",
    "label.qkv.difference": "largest difference",
    "shape.qkv.token": "{dim}",
    "shape.qkv.layer": "{outputs} = 3 · {dim}",
    "shape.qkv.cut": "3 × {heads} × {head_dim}",
    "shape.qkv.outputs": "{first}…{last}",
    "shape.qkv.by_head": "{heads} × {head_dim}",
    "shape.qkv.joined": "{heads} · {head_dim} = {dim}",
    "axis.qkv.step": "step",
    "axis.qkv.shape": "shape",
    "axis.qkv.head": "head",
    "unit.qkv": "entry",
    "unit.qkv_maps": "length",
    "scale.qkv.both": "one scale for q and k",
    "note.qkv_maps.mean": "mean over the photo {mean:number}",
}
