"""What the weights do."""

TEXTS = {
    "view.values.title": "Weights · v",
    "view.values.what": (
        "Each head adds up all values, each times its weight; proj mixes the heads into what attention adds to the "
        "stream. One map shows where the weight goes, the other how much arrives from there."
    ),
    "view.values.formula": (
        r"$o_h = \sum_k w_{h,k} \cdot v_{h,k}, \qquad "
        r"\mathrm{attn} = W_{proj} \cdot [\,o_0\ |\ o_1\ |\ \ldots\,] + b_{proj}$"
    ),
    "view.values.not": (
        "Lengths don't add up: large parts may point against each other and cancel, and what cancels shows in no map. "
        "A head's share of the output is a share of this block's output, not of the encoder's; it may be negative or "
        "above 100%."
    ),
    "panel.values.maps": "Weight, and what arrives, head {head}",
    "panel.values.mixed": "Weights · v: {heads} heads × {head_dim}",
    "panel.values.heads": "What each head brings after proj",
    "panel.values.proof": "Rebuilt from the row, against the forward pass",
    "panel.values.numbers": "Does it come to the same?",
    "panel.values.holds": (
        "Yes: row · v → proj, rebuilt from q, k and v, equals what a hook saw leave attn, up to float32 rounding."
    ),
    "panel.values.fails": ("No: row · v → proj isn't what a hook saw leave attn. The row shown can't be trusted."),
    "label.values.weight": "weight",
    "label.values.effect": "what arrives",
    "label.values.bias": "proj's bias",
    "label.values.channels": "channels",
    "label.values.equal": "equal",
    "label.values.largest": "largest channel seen",
    "label.values.difference": "largest difference",
    "label.values.padding_weight": "weight on window padding, head {head}",
    "label.values.padding": "length it adds, before proj",
    "axis.values.head": "head",
    "axis.values.before_proj": "length of weights · v",
    "axis.values.after_proj": "length after proj",
    "axis.values.share": "share of the output",
    "axis.values.seen": "seen leaving attn",
    "axis.values.rebuilt": "rebuilt",
    "note.values.effect": "weight × length of this head's proj · v",
    "unit.values.entry": "entry",
    "unit.values.length": "length added",
}
