"""What if."""

TEXTS = {
    "view.what_if.title": "What if",
    "view.what_if.what": (
        "The encoder runs again with one thing changed, and every token is compared with the true one, block by block: "
        "0 where a token points the same way as before, 1 where the two have nothing in common. You choose the change: "
        "a part of the encoder taken away, other windows, or another photo. Before the changed place nothing differs."
    ),
    "view.what_if.formula": (
        r"$\mathrm{turned}_l = 1 - \frac{x_l \cdot x'_l}{\|x_l\|\, \|x'_l\|}, \qquad "
        r"x'\ \mathrm{with\ the\ change}$"
    ),
    "view.what_if.not": (
        "The weights were not trained for any of these changes, so that a large effect doesn't show what an encoder "
        "would do that had been trained that way. A part that can be taken away without effect may be one that others "
        "stand in for. And all is of this one photo."
    ),
    "panel.what_if.maps": "How far each token turns: {change}",
    "panel.what_if.depth": "Through depth: {change}",
    "panel.what_if.embedding": "In the image embedding",
    "label.what_if.head": "without head {head} of block {block}",
    "label.what_if.block": "without block {block}",
    "label.what_if.covered": "5×5 patches around {patch} covered",
    "label.what_if.embedding": "image embedding",
    "label.what_if.mean": "mean over the photo",
    "label.what_if.pinned": "pinned patch",
    "note.what_if.untrained": "A what-if, {change}: the weights were not trained for it.",
    "unit.what_if.turned": "1 − cosine with the true token",
    "axis.what_if.block": "block",
    "ui.what_if": "What if",
    "ui.what_if.head_off": "without this head",
    "ui.what_if.block_off": "without this block",
    "ui.what_if.rel_pos_off": "without rel-pos",
    "ui.what_if.rel_h_off": "without rel_h",
    "ui.what_if.rel_w_off": "without rel_w",
    "ui.what_if.abs_pos_off": "without position embedding",
    "ui.what_if.windows_8": "windows of 8",
    "ui.what_if.windows_16": "windows of 16",
    "ui.what_if.all_global": "all blocks global",
    "ui.what_if.none_global": "no block global",
    "ui.what_if.grey": "photo without colours",
    "ui.what_if.covered": "pinned patch covered",
}
