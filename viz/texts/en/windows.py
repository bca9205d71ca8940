"""Window partition."""

TEXTS = {
    "view.windows.title": "Window partition",
    "view.windows.what": (
        "In a windowed block a patch looks only at its own window, 14×14 tokens in SAM. After norm1, zeros fill the "
        "grid up to whole windows (at 1024 px from 64×64 to 70×70 tokens); attention gets the windows as a batch, and "
        "afterwards they are put back on the grid. Windows are there to save work."
    ),
    "view.windows.formula": (
        r"$(⟦B⟧, ⟦H⟧, ⟦W.columns|W⟧, ⟦C⟧) \rightarrow (B \cdot ⟦n_windows|n_{\mathrm{windows}}⟧,\ 14,\ 14,\ "
        r"C) \rightarrow (B, H, W, C)$"
    ),
    "view.windows.more": (
        "window_partition pads with zeros at the bottom and at the right; apart from that it only rearranges, and no "
        "number changes. The windows join the batch axis, so that attention treats each of them as an image of its "
        "own. window_unpartition puts them back and cuts the padding off. On a grid of 64×64 a head has 64⁴ = 16.8 "
        "million scores without windows, and 25·196² = 0.96 million with windows of 14×14."
    ),
    "view.windows.not": (
        "Windows aren't there to add relative position: both kinds of block have that. Window padding isn't masked: "
        "its tokens take part in the softmax, with the qkv layer's bias as their key. And what is counted here are "
        "score entries, not seconds: the MLP, for one, costs the same in both kinds of block."
    ),
    "panel.windows.cut": "The grid cut into {count} windows, {padded} with padding",
    "panel.windows.order": "The numbers are the windows' order in the batch, row by row.",
    "panel.windows.hatched": "Hatched is window padding: zeros that fill the grid to {rows}×{cols} tokens.",
    "panel.windows.batch": "The batch: {count} × {window} × {window} × {dim}",
    "panel.windows.unordered": (
        "Attention treats every window alone: the batch doesn't say which windows were neighbours on the grid."
    ),
    "panel.windows.positions": "Only the tokens do: the position embedding was added to them before the first block.",
    "panel.windows.whole": "One span: the whole grid",
    "panel.windows.global": (
        "Block {block} is global: it skips the partition, and every patch looks at all {rows}×{cols} patches."
    ),
    "panel.windows.why": (
        "With windows alone, attention would never carry anything across a window's border; only the neck's 3×3 "
        "convolution, after the last block, would mix patches on both sides of one. In a global block all "
        "{tokens:count} patches can look at one another; the two counts say what that takes."
    ),
    "panel.windows.way": "The pinned patch's indices, into its window and back",
    "panel.windows.curves": "Work: score entries of one head",
    "panel.windows.numbers": "Work, and whether every token comes back",
    "panel.windows.count": "Work",
    "panel.windows.work": (
        "In a windowed block each head computes {count} · {keys}² scores, in a global one {tokens:count}². The "
        "differences compare this block's tokens after norm1: the pinned one with what stands in its place in the "
        "batch, and the whole grid with what is put together again."
    ),
    "formula.windows.window": "{at} // {window} = {result}",
    "formula.windows.index": "{down} · {across} + {along} = {index}",
    "formula.windows.inside": "{at} − {before} · {window} = {result}",
    "formula.windows.back": "{before} · {window} + {inside} = {result}",
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
    "label.windows.token_difference": "pinned token, largest difference",
    "label.windows.grid_difference": "whole grid, largest difference",
}
