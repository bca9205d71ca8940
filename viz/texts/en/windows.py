"""Window partition."""

TEXTS = {
    "view.windows.title": "Window partition",
    "view.windows.what": (
        "A windowed block lets a patch look only at its own window of 14×14 tokens. 64 isn't a multiple of 14, so the "
        "grid grows to 70×70 with zeros, after norm1. Windows are there to save work, not to add relative position: "
        "both kinds of block have that."
    ),
    "view.windows.formula": r"$(B, H, W, C) \rightarrow (B \cdot n_{windows},\ 14,\ 14,\ C)$",
    "view.windows.not": (
        "The padding isn't masked: padding tokens take part in the softmax, with the key bias as their key. "
        "Windows never overlap or shift; only global blocks carry anything across a border."
    ),
    "panel.windows.cut": "{count} windows, {padded} with padding",
    "panel.windows.whole": "One span: the whole grid",
    "panel.windows.global": (
        "Block {block} is global: it skips the partition, and every patch looks at all {rows}×{cols} patches."
    ),
    "panel.windows.hatched": "Hatched: window padding, zeros that fill the grid to {rows}×{cols}",
    "panel.windows.place": "Where the pinned patch is",
    "panel.windows.work": (
        "Score entries in each head are the work that windows save: window by window against the whole grid at once."
    ),
    "label.window": "window",
    "label.row_in_window": "row in it",
    "label.col_in_window": "column in it",
    "label.padding_tokens": "padding tokens in it",
    "label.entries_windowed": "score entries, windowed",
    "label.entries_global": "score entries, global",
}
