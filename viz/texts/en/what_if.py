"""What if."""

TEXTS = {
    "what_if.sentence": "What if: {changes}; the weights were not trained for it.",
    "change.rel_pos_off": "rel-pos off",
    "change.rel_h_off": "rel_h off",
    "change.rel_w_off": "rel_w off",
    "change.abs_pos_off": "position embedding off",
    "change.windows_8": "windows of 8",
    "change.windows_14": "windows of 14",
    "change.windows_16": "windows of 16",
    "change.all_global": "all blocks global",
    "change.none_global": "no block global",
    "change.padding_masked": "window padding masked out of the softmax",
    "change.block_off": "block {block} removed",
    "change.head_off": "head {head} of block {block} removed",
    "change.shifted": "photo moved by ({rows}, {cols}) px",
    "change.grey": "photo without colours",
    "change.covered": "5×5 patches around ({row}, {col}) covered",
    "view.what_if.title": "What if",
    "view.what_if.what": (
        "The encoder runs with something changed, and every token is compared with the true one, block by block: 0 "
        "where a token points the same way as before, 1 where the two have nothing in common. Beside it stands what "
        "the pinned patch looks at in the chosen block and head, in the true encoder and in the changed one. The menu "
        "“What if” holds the changes: parts of the encoder taken away, other windows, another photo, and any of them "
        "together. Every other view can be looked at under them as well. What is computed before the changed place "
        "stays the same."
    ),
    "view.what_if.formula": (
        r"$⟦turned_l|\mathrm{turned}_l⟧ = 1 - \frac{⟦x_l⟧ \cdot ⟦x′_l|x'_l⟧}{\|x_l\|\, \|x'_l\|}, \qquad x'\ "
        r"\mathrm{with\ the\ change}$"
    ),
    "view.what_if.more": (
        "The change is made in a copy of the encoder or of the photo, and the whole forward pass runs again, so that "
        "every later block gets changed inputs. That is more than switching a term off in “Scores, split”, which "
        "computes one softmax anew and leaves everything else as it was. A block or a head that is taken away adds "
        "nothing to the stream. A length that changes while the direction stays doesn’t count here, because the "
        "cosine compares directions alone."
    ),
    "view.what_if.not": (
        "The weights were not trained for any of these changes, so that a large effect doesn't show what an encoder "
        "would do that had been trained that way. If a part can be taken away without effect, other parts may be "
        "standing in for it. Of padding, only that of the windows can be masked; image padding stays a key like any "
        "other. And all of this is about one photo."
    ),
    "panel.what_if.maps": "How far each token turns away from the true one",
    "panel.what_if.attention": "Where the pinned patch looks, block {block}, head {head}",
    "panel.what_if.depth": "The change, block by block",
    "panel.what_if.embedding": "The change in the image embedding",
    "label.what_if.embedding": "image embedding",
    "label.what_if.true": "true encoder",
    "label.what_if.changed": "with the change",
    "label.what_if.difference": "changed − true",
    "label.what_if.mean": "mean over the photo",
    "label.what_if.pinned": "pinned patch",
    "note.what_if.nothing": "Nothing is changed yet: the menu “What if” at the top holds the changes.",
    "note.what_if.moved": "{share:percent} of the weight lies on other keys",
    "unit.what_if.weight": "difference of the weights",
    "unit.what_if.turned": "1 − cosine with the true token",
    "axis.what_if.block": "block",
    "ui.what_if": "What if",
    "ui.what_if.beside": "Beside the true encoder",
    "ui.what_if.true": "Back to the true encoder",
    "ui.what_if.take_back": "take back: {change}",
    "ui.what_if.encoder": "The encoder",
    "ui.what_if.photo": "The photo",
}
