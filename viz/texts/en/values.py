"""What the weights do."""

TEXTS = {
    "view.values.title": "Weights · v",
    "view.values.what": (
        "Each head adds up all values, each times its weight; proj mixes the heads into what attention adds to the "
        "stream. One map shows the weight of each patch, the other the length of the vector that arrives from there."
    ),
    "view.values.formula": (
        r"$⟦o|o_h⟧ = \sum_k ⟦w|w_{h,k}⟧ \cdot ⟦v|v_{h,k}⟧, \qquad "
        r"\mathrm{attn} = ⟦W_proj|W_{proj}⟧ \cdot [\,o_0\ |\ o_1\ |\ \ldots\,] + ⟦b_proj|b_{proj}⟧$"
    ),
    "view.values.more": (
        "For one query each head gives head_dim numbers; laid end to end they are as wide as a token, and proj is a "
        "matrix and a bias applied to them. As proj is linear, it can be applied to each head’s part alone: the parts "
        "of all heads and the bias add up to the layer’s output. The second map takes each patch’s value times its "
        "weight through this head’s columns of proj and shows the length of what comes out. Window padding’s constant "
        "value takes part as well, where the query sees it."
    ),
    "view.values.not": (
        "Lengths don't add up: large parts may point against each other and cancel, and no map shows that. A head's "
        "share is a share of what this block's attention adds, not of the encoder's output; it may be negative or "
        "above 100 %."
    ),
    "panel.values.maps": "Head {head}: each patch's weight, and what arrives from it",
    "panel.values.mixed": "Weights · v: {heads} heads × {head_dim}",
    "panel.values.heads": "What each head brings after proj",
    "panel.values.proof": "Attention's output: rebuilt, against the forward pass",
    "panel.values.numbers": "The proof in numbers",
    "panel.values.holds": (
        "The proof holds: weights · v → proj, rebuilt from q, k and v, equals what a hook saw leave attn in the "
        "forward pass, up to float32 rounding."
    ),
    "panel.values.fails": (
        "The proof fails: weights · v → proj isn't what a hook saw leave attn in the forward pass. The weights shown "
        "can't be trusted."
    ),
    "label.values.weight": "weight",
    "label.values.effect": "what arrives",
    "label.values.bias": "proj's bias",
    "label.values.channels": "channels",
    "label.values.equal": "equal",
    "label.values.largest": "largest channel of attention's output",
    "label.values.difference": "largest difference",
    "label.values.padding_weight": "weight on window padding, head {head}",
    "label.values.padding": "length of what it adds, head {head}, before proj",
    "axis.values.head": "head",
    "axis.values.before_proj": "length of weights · v",
    "axis.values.after_proj": "length after proj",
    "axis.values.share": "share of the output",
    "axis.values.seen": "seen leaving attn",
    "axis.values.rebuilt": "rebuilt",
    "note.values.effect": "weight × length of v after this head's part of proj",
    "unit.values.entry": "entry of weights · v",
    "unit.values.length": "length added",
}
