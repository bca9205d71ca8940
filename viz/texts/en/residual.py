"""The residual stream."""

TEXTS = {
    "view.residual.title": "What a block adds",
    "view.residual.what": (
        "A block doesn't replace its input: attention adds something to each token, then the MLP does. The maps show "
        "how large that is, and which way it points: 1 strengthens the token, −1 takes it back, 0 writes something new."
    ),
    "view.residual.formula": (
        r"$r = x + \mathrm{attn}(\mathrm{norm1}(x)), \qquad y = r + \mathrm{mlp}(\mathrm{norm2}(r))$"
    ),
    "view.residual.not": (
        "A small addition can matter: a later block may read just the direction that it wrote. Nor do growing lengths "
        "make tokens more important: the stream isn't normalised before the neck, so additions pile up."
    ),
    "panel.residual.ratio": "Block {block}: size of what is added, against the token",
    "panel.residual.cosine": "Block {block}: which way it points",
    "panel.residual.norms": "Length of a token, from block to block",
    "panel.residual.added": "What each whole block adds to the pinned token",
    "panel.residual.steps": "The pinned token through block {block}",
    "label.residual.attn": "attention adds",
    "label.residual.mlp": "MLP adds",
    "label.residual.input": "block's input x",
    "label.residual.between": "r = x + attention",
    "label.residual.output": "block's output y",
    "label.residual.rest": "x + attention + MLP − y",
    "label.residual.pinned": "pinned patch",
    "label.residual.median": "median over the photo",
    "label.residual.block": "block {block}",
    "axis.residual.input": "input of block; the last one is the output",
    "axis.residual.block": "block",
    "axis.residual.step": "step",
    "axis.residual.length": "length",
    "axis.residual.ratio": "of the token",
    "axis.residual.cosine": "cosine with it",
    "unit.residual.ratio": "size against the token",
    "unit.residual.cosine": "cosine with the token",
    "note.residual.median": "median over the photo {value}",
}
