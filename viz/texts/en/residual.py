"""The residual stream."""

TEXTS = {
    "view.residual.title": "What a block adds",
    "view.residual.what": (
        "A block doesn't replace its input: attention adds something to each token, then the MLP does. The maps show "
        "how large that is against the token, and its cosine with it: near 1 it makes the token longer, near −1 it "
        "takes some of it away, near 0 it points in a new direction."
    ),
    "view.residual.formula": (
        r"$⟦r⟧ = ⟦x⟧ + \mathrm{attn}(\mathrm{norm1}(x)), \qquad ⟦y⟧ = ⟦r⟧ + \mathrm{mlp}(\mathrm{norm2}(r))$"
    ),
    "view.residual.more": (
        "In the code these are two lines: x = shortcut + x, and x = x + self.mlp(self.norm2(x)). Nothing is scaled "
        "and nothing is dropped. norm1 and norm2 read copies of the stream, and no norm is applied to the stream "
        "itself, not even after the last block: the first one that changes it stands in the neck. So what an early "
        "block wrote is still there at the end, unless a later block takes it away."
    ),
    "view.residual.not": (
        "A small addition can matter: a later block may read just the direction that it wrote. Nor is a longer token "
        "more important: the stream itself isn't normalised between blocks, so what is added piles up, and each norm "
        "takes the length away again."
    ),
    "panel.residual.ratio": "Block {block}: length of what is added, against the token's",
    "panel.residual.cosine": "Block {block}: cosine of what is added with the token",
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
    "axis.residual.input": "input of block; the last one is the output",
    "axis.residual.block": "block",
    "axis.residual.step": "step",
    "axis.residual.length": "length",
    "axis.residual.ratio": "share of the token's length",
    "axis.residual.cosine": "cosine with the token",
    "unit.residual.ratio": "length against the token's",
    "unit.residual.cosine": "cosine with the token",
    "note.residual.ratio": "median over the photo {value:percent}",
    "note.residual.cosine": "median over the photo {value:number}",
    "scale.residual.clip": "one scale for both, clipped at the photo's 99th percentile",
}
