"""q, k, v and heads."""

TEXTS = {
    "view.qkv.title": "One token's q, k and v",
    "view.qkv.what": (
        "One linear layer turns a token into q, k and v; each is cut into heads, one row a head. Each head attends on "
        "its own, and after attention the rows are laid end to end again."
    ),
    "view.qkv.formula": (r"$[\,q\ |\ k\ |\ v\,] = W_{qkv} \cdot x + b_{qkv}, \qquad q = [\,q_0\ |\ q_1\ |\ \ldots\,]$"),
    "view.qkv.not": (
        "Heads don't share out the token's channels: every head reads the whole token, only the layer's output is cut. "
        "Nor do large entries mean large scores; those come from products with other tokens' k."
    ),
    "view.qkv_maps.title": "A head's q, k and v over the photo",
    "view.qkv_maps.what": (
        "Patches of like colour ask alike (q), are found alike (k), or hand on alike (v): red, green and blue are the "
        "three directions in which this head's vectors differ most over the photo."
    ),
    "view.qkv_maps.formula": r"$q, k, v \in R^{H \times W \times d_{\mathrm{head}}}$",
    "view.qkv_maps.not": (
        "Each picture has its own colours: the same hue in q and in k doesn't mean that they match. Not even equal q "
        "and k would: the score is their product, plus relative position, which these pictures leave out."
    ),
    "panel.qkv.q": "q: {heads} heads × {head_dim}",
    "panel.qkv.k": "k: {heads} heads × {head_dim}",
    "panel.qkv.v": "v: {heads} heads × {head_dim}",
    "panel.qkv.shapes": "One token, cut and joined",
    "panel.qkv.check": "Joined again",
    "panel.qkv.proof": (
        "Lengths are head {head}'s. The difference compares all {count} numbers, laid end to end, with the qkv layer "
        "run on this one token."
    ),
    "panel.qkv_maps.colours": "{name} of head {head}",
    "panel.qkv_maps.variance": "the colours hold {share} of the variance",
    "panel.qkv_maps.lengths": "How long they are, head {head}",
    "label.qkv.norm1": "after norm1",
    "label.qkv.layer": "after the qkv layer",
    "label.qkv.cut": "cut into q, k, v by head",
    "label.qkv.own": "head {head} reads outputs",
    "label.qkv.attend": "weights · v, by head",
    "label.qkv.joined": "heads joined, into proj",
    "label.qkv.length": "|{name}|",
    "label.qkv.difference": "largest difference",
    "axis.qkv.step": "step",
    "axis.qkv.shape": "shape",
    "axis.qkv.head": "head",
    "unit.qkv": "entry",
    "unit.qkv_maps": "length",
    "scale.qkv.both": "one scale for q and k",
    "note.qkv_maps.mean": "mean over the photo {mean}",
}
