"""One patch through one block, step by step."""

TEXTS = {
    "view.flow.title": "One patch, step by step",
    "view.flow.what": (
        "The pinned patch on its way through this block, on its own numbers: from pixels to token, through attention "
        "and MLP, to what the block hands on. Each step shows the vector that it makes, and puts one number of it into "
        "the step's formula. Vectors are drawn in rows as wide as a head, as attention will cut them."
    ),
    "view.flow.formula": (
        r"$⟦r⟧ = ⟦x⟧ + \mathrm{proj}(\mathrm{softmax}(⟦s⟧) \cdot ⟦v⟧), \qquad "
        r"⟦y⟧ = ⟦r⟧ + \mathrm{mlp}(\mathrm{norm2}(r))$"
    ),
    "view.flow.more": (
        "The numbers come from the forward pass of this photo: what is stored of it, and what running this block once "
        "more on its stored input gives, which is the same. Softmax turns the scores of one head into weights that "
        "add up to 1; weights times values are added up in each head, and proj mixes the heads. Both sums with the "
        "stream are made with the vector as it was before the norm. In a windowed block the token first finds its "
        "place in its window, and goes back to the grid before the first sum."
    ),
    "view.flow.not": (
        "A number by itself means nothing: no channel of a token has a name. And the patch never goes this way alone: "
        "at attention it meets the keys and values of all the patches in its window, or of the whole grid, which went "
        "the same way beside it."
    ),
    "flow.pixels": "its pixels",
    "flow.values": "its numbers",
    "flow.token": "its token",
    "flow.input": "into the block",
    "flow.norm1": "norm1",
    "flow.window": "its place among the windows",
    "flow.qkv": "q, k and v",
    "flow.scores": "scores of a few keys",
    "flow.softmax": "softmax",
    "flow.mixed": "weights · v",
    "flow.joined": "heads joined",
    "flow.proj": "proj",
    "flow.add_attn": "+ attention",
    "flow.norm2": "norm2",
    "flow.lin1": "lin1",
    "flow.gelu": "GELU",
    "flow.lin2": "lin2",
    "flow.add_mlp": "+ MLP",
    "panel.flow.step": "{step} · {name}",
    "panel.flow.numbers": "In numbers",
    "panel.flow.weights": "All keys of this head, by weight",
    "unit.flow.entry": "entry of the vector",
    "axis.flow.row": "row",
    "axis.flow.entry": "entry, as wide as a head",
    "axis.flow.key": "key",
    "axis.flow.brings": "keys as in the step before, all others, and the sum",
    "label.flow.token": "token",
    "label.flow.position": "position",
    "label.flow.input": "block's input x",
    "label.flow.joined": "heads joined",
    "label.flow.attn": "attention",
    "label.flow.residual": "r = x + attention",
    "label.flow.lin1": "lin1",
    "label.flow.act": "GELU",
    "label.flow.mlp": "MLP",
    "label.flow.output": "block's output y",
    "label.flow.entry": "{of}, entry 0",
    "label.flow.first": "first value, red",
    "label.flow.product": "values × filter 0, added up",
    "label.flow.bias": "+ bias",
    "label.flow.mean": "− mean",
    "label.flow.spread": "÷ √(variance + ε)",
    "label.flow.scale": "× scale",
    "label.flow.shift": "+ shift",
    "label.flow.unseen": "not seen",
    "label.flow.seen": "keys of the pinned patch",
    "label.flow.keys": "keys in the softmax",
    "label.flow.window_index": "window in the batch",
    "label.flow.window_row": "row in the window",
    "label.flow.window_col": "column in the window",
    "label.flow.key": "key {key}",
    "label.flow.weight": "weight",
    "label.flow.rest": "+ all other keys",
    "label.flow.sum": "= the head’s entry 0",
    "note.flow.pixels": (
        "{side}×{side} pixels of red, green and blue, from 0 to 255. The numbers are those of the patch’s middle pixel."
    ),
    "note.flow.levels": (
        "{side}×{side} pixels of {channels:count} channels, from 0 to 255. The numbers are those of the patch’s middle "
        "pixel."
    ),
    "note.flow.values": (
        "Each colour’s values are brought to a common scale: {count:count} numbers, drawn channel by channel, side by "
        "side."
    ),
    "note.flow.token": (
        "One filter for each of {dim:count} entries: {values:count} products are added up, and a bias. This is entry 0."
    ),
    "note.flow.input": (
        "Before block 0, the place’s vector is added to the token. What comes into block {block} is that sum with all "
        "that the blocks before it have added; before block 0 it is the sum itself."
    ),
    "note.flow.norm1": (
        "Attention reads a normalised copy: the token’s mean is taken away, the rest is divided by its spread, and "
        "every channel gets its learned scale and shift."
    ),
    "note.flow.window": (
        "The token goes to its place in the batch of windows, {side}×{side} tokens each. Its window holds "
        "{padding:count} tokens of padding, which are keys as well."
    ),
    "note.flow.window_whole": (
        "The token goes to its place in the batch of windows, {side}×{side} tokens each. Its window holds no padding."
    ),
    "note.flow.window_masked": (
        "The token goes to its place in the batch of windows, {side}×{side} tokens each. Its window holds "
        "{padding:count} tokens of padding, which the what-if masks: they are no keys."
    ),
    "note.flow.no_window": "Block {block} is global: nothing is cut, and every patch of the grid is a key.",
    "note.flow.qkv": (
        "One layer makes {count:count} numbers: query, key and value, each cut into heads. The lengths are those of "
        "head {head}."
    ),
    "note.flow.scores": (
        "Head {head}’s query meets each key. The score of key {key} is q·k divided by the root of the head’s width, "
        "plus the bias for the key’s row, plus the bias for its column."
    ),
    "note.flow.softmax": (
        "The weight of key {key} is e to the power of its score less the highest score, divided by the sum of the same "
        "for all keys. The {shown} keys of the table hold {share:percent} of the weight."
    ),
    "note.flow.mixed": (
        "Each key’s value times its weight, added up over all keys: this is what head {head} brings. The rows are the "
        "{shown} keys, all others together (window padding included), and the sum."
    ),
    "note.flow.joined": (
        "All heads did the same with their own q, k and v. Their outputs are laid end to end: {count:count} numbers."
    ),
    "note.flow.proj": "One more linear layer mixes the heads’ outputs: {count:count} numbers, what attention adds.",
    "note.flow.add_attn": (
        "What attention found is added to the block’s input: the token is still there, and more with it."
    ),
    "note.flow.norm2": "The MLP, too, reads a normalised copy.",
    "note.flow.lin1": "The first layer makes {count:count} numbers, the neurons’ inputs.",
    "note.flow.gelu": "GELU lets large inputs through and brings those below zero close to zero.",
    "note.flow.lin2": "The second layer makes {count:count} numbers of the neurons: what the MLP adds.",
    "note.flow.add_mlp": "Added once more: block {block} is done, and hands its output on.",
}
