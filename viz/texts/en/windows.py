"""Window partition."""

TEXTS = {
    "view.windows.title": "Window partition",
    "view.windows.what": (
        "In a windowed block a patch looks only at its own window, 14×14 tokens in SAM. After norm1, zeros fill the "
        "grid up to whole windows, 64×64 to 70×70; the windows go through attention as a batch, and are put back. They "
        "are there to save work."
    ),
    "view.windows.formula": (
        r"$(B, H, W, C) \rightarrow (B \cdot n_{\mathrm{windows}},\ 14,\ 14,\ C) \rightarrow (B, H, W, C)$"
    ),
    "view.windows.not": (
        "Windows aren't there to add relative position: both kinds of block have that. The padding isn't masked: its "
        "tokens take part in the softmax, with qkv's bias as their key. And the count is of score entries, not of "
        "seconds: the MLP costs the same in both kinds of block."
    ),
    "panel.windows.cut": "The grid cut into {count} windows, {padded} with padding",
    "panel.windows.hatched": (
        "Numbers: order in the batch, row by row. Hatched: window padding, zeros that fill the grid to {rows}×{cols}"
    ),
    "panel.windows.batch": "The batch: {count} × {window} × {window} × {dim}",
    "panel.windows.batch_note": (
        "Attention gets a list of windows. Nothing in it says which ones were neighbours, or where they lay."
    ),
    "panel.windows.whole": "One span: the whole grid",
    "panel.windows.global": (
        "Block {block} is global: it skips the partition, and every patch looks at all {rows}×{cols} patches."
    ),
    "panel.windows.why": (
        "With windows alone nothing would ever cross a border. A few global blocks let all {tokens} patches meet; "
        "they pay for it with the larger count."
    ),
    "panel.windows.way": "The pinned patch: there and back",
    "panel.windows.curves": "Work: score entries of one head",
    "panel.windows.numbers": "What it takes, and whether it comes back",
    "panel.windows.count": "What it takes",
    "panel.windows.work": (
        "{count} · {keys}² score entries in each head instead of {tokens}². The differences are of this block's real "
        "tokens: the pinned one in its window, and the whole grid after cutting and putting back."
    ),
    "axis.windows.step": "step",
    "axis.windows.side": "side of a square grid, tokens",
    "axis.windows.entries": "score entries, millions",
    "label.windows.row": "row",
    "label.windows.col": "column",
    "label.windows.way_grid": "on the grid",
    "label.windows.way_window": "which window",
    "label.windows.way_index": "its index in the batch",
    "label.windows.way_inside": "inside the window",
    "label.windows.way_back": "back on the grid",
    "label.windows.windowed": "windowed",
    "label.windows.global": "global",
    "label.windows.this_grid": "{rows}×{cols}",
    "label.windows.padding_tokens": "padding tokens in the pinned window",
    "label.windows.entries_windowed": "score entries, windowed",
    "label.windows.entries_global": "score entries, global",
    "label.windows.token_difference": "pinned token, difference",
    "label.windows.grid_difference": "whole grid, difference",
}
