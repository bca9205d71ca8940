"""Relative position: the tables, how they are read, and where they are used."""

TEXTS = {
    "view.rel_pos.title": "Relative position",
    "view.rel_pos.what": (
        "Each block has two small learned tables: one row for every distance between a query and a key, along rows "
        "and along columns. The query's own vector, unscaled, is multiplied with the tables; so the bias is different "
        "for every query and every photo. Windowed and global blocks both have it."
    ),
    "view.rel_pos.formula": (
        r"$⟦rel_h⟧[r'] = ⟦q⟧ \cdot ⟦R|R^{h}_{r - r'}⟧ \qquad "
        r"⟦rel_w⟧[c'] = ⟦q⟧ \cdot ⟦R|R^{w}_{c - c'}⟧$"
    ),
    "view.rel_pos.more": (
        "rel_pos_h and rel_pos_w have 2·S − 1 rows, where S is the side that a query sees, since the distance runs "
        "from −(S − 1) to S − 1: that is 27 rows for windows of 14×14, and 127 for a grid of 64×64. A row has "
        "head_dim numbers and serves all heads of the block. A query of zeros would have no bias at all. Rows and "
        "columns are looked up apart from each other, so that no row of a table stands for a diagonal."
    ),
    "view.rel_pos.not": (
        "Stripes in a table don't prove stripes in the bias: only the table's product with the query counts. Nor is a "
        "bias a weight: it is added to the content term before softmax."
    ),
    "panel.rel_pos.sum": "rel_h + rel_w of the pinned patch, head {head}",
    "panel.rel_pos.curves": "The two biases, head {head}",
    "panel.rel_pos.table": "{name}: {rows} rows of {head_dim} numbers",
    "scale.rel_pos.centred": "softmax ignores the mean",
    "panel.rel_pos.none": "No relative position",
    "view.get_rel_pos.title": "get_rel_pos",
    "view.get_rel_pos.what": (
        "Which vector of the table belongs to a query in row r and a key in row r' depends on their distance r − r' "
        "alone. It is shifted by S − 1, so that it can't be negative, and is then the number of the table's row. The "
        "pinned query's S vectors are a slice of the table, upside down. Columns work the same, with a table of their "
        "own."
    ),
    "view.get_rel_pos.formula": (
        r"$⟦index.table|\mathrm{index}⟧(⟦r.query|r⟧, ⟦r′|r'⟧) = r - r' + ⟦S⟧ - 1 \qquad ⟦R.pair|R_{r,r'}⟧ = "
        r"⟦table|\mathrm{table}⟧[\,\mathrm{index}(r, r')\,]$"
    ),
    "view.get_rel_pos.more": (
        "In the code the indexes are arange(q_size) as a column less arange(k_size) as a row, plus k_size − 1. Row S "
        "− 1 of the table therefore stands for distance zero. Larger indexes belong to keys above the query (or to "
        "its left), smaller ones to keys below it (or to its right). The result has the shape (q_size, k_size, "
        "head_dim) and is made anew in every forward pass."
    ),
    "view.get_rel_pos.not": (
        "SAM never has q_size ≠ k_size: queries and keys come from the same tokens, so no coordinates are scaled. The "
        "code can do it because MViTv2, where it comes from, pools its keys; the last example shows what it would do. "
        "All heads of a block share the two tables; their biases differ because their queries do."
    ),
    "panel.get_rel_pos.table": "The table: {rows} rows for S\u00a0=\u00a0{side}",
    "panel.get_rel_pos.stretched": "The table, interpolated from {learned} to {rows} rows for S\u00a0=\u00a0{side}",
    "panel.get_rel_pos.index": "Which row each pair reads, S\u00a0=\u00a0{side}",
    "panel.get_rel_pos.gather": "Gathered for the pinned query, its row {row} of {side}",
    "panel.get_rel_pos.small": "A small example: S\u00a0=\u00a0{side}, a table of {rows} rows",
    "panel.get_rel_pos.unequal": (
        "A small example: {queries} queries, {keys} keys, the keys' coordinates times {factor:g}"
    ),
    "axis.get_rel_pos.table_row": "table row",
    "axis.get_rel_pos.query_row": "query row r",
    "axis.get_rel_pos.key_row": "key row r'",
    "view.rel_pos_resize.title": "Tables at another size",
    "view.rel_pos_resize.what": (
        "A table with the wrong number of rows is stretched or shrunk: torch interpolates linearly between its rows. "
        "Each dot is one row's product with the pinned query, and every new dot lies on the straight line between two "
        "learned ones, or repeats the outermost. Choose another grid side and watch."
    ),
    "view.rel_pos_resize.formula": (
        r"$⟦R′_j|R'_j⟧ = (1 - ⟦t⟧)\, ⟦R_i⟧ + t\, R_{i+1} \qquad i + t = \frac{(2 ⟦S_0⟧ - 1)(⟦j⟧ + 0.5)}{2 ⟦S⟧ "
        r"- 1} - 0.5$"
    ),
    "view.rel_pos_resize.more": (
        "get_rel_pos compares the table’s number of rows with 2·max(q_size, k_size) − 1 and interpolates wherever the "
        "two differ. Each channel is interpolated on its own, along the rows. In SAM this can happen only in global "
        "blocks: at 512 px their grid has 32×32 patches, and 127 rows become 63. The original never comes so far, "
        "because it adds a position table of 64×64 to every grid and fails where that doesn’t fit."
    ),
    "view.rel_pos_resize.not": (
        "That a table can be interpolated doesn't make the encoder work at any size: it was never trained with the "
        "rows in between. And windowed blocks never interpolate theirs, since a window has the same side for every "
        "image."
    ),
    "panel.rel_pos_resize.curve_h": "rel_h by distance in rows, head {head}",
    "panel.rel_pos_resize.curve_w": "rel_w by distance in columns, head {head}",
    "panel.rel_pos_resize.before": "rel_pos_h learned: {rows} rows, S\u00a0=\u00a0{side}",
    "panel.rel_pos_resize.after": "for S\u00a0=\u00a0{side}: {rows} rows",
    "panel.rel_pos_resize.verdict": "What the block reads on this image",
    "label.rel_pos_resize.before": "learned rows",
    "label.rel_pos_resize.after": "interpolated",
    "label.rel_pos_resize.learned": "learned for S",
    "label.rel_pos_resize.own": "this block's S here",
    "label.rel_pos_resize.shown": "shown for S",
    "axis.rel_pos_resize.distance": "query − key, in learned steps",
    "note.rel_pos_resize.fits": (
        "The table fits, so get_rel_pos takes it as it is. Choose another grid side to see it interpolated."
    ),
    "note.rel_pos_resize.stretched": (
        "On this image the learned table doesn't fit; the interpolated one is what the block really reads."
    ),
    "note.rel_pos_resize.what_if": "A what-if: on this image the block reads its table for S\u00a0=\u00a0{side}.",
    "view.rel_pos_blocks.title": "Relative position in every block",
    "view.rel_pos_blocks.what": (
        "Every block adds relative position, the windowed ones as well as the global ones. It is often said that only "
        "global blocks do; in fact the two kinds differ in how far a query sees, and so in how long their tables are. "
        "The dots show the standard deviation of the bias over the keys of the pinned query: how far it moves their "
        "scores apart."
    ),
    "view.rel_pos_blocks.formula": (
        r"$⟦rows|\mathrm{rows}⟧ = 2 ⟦S⟧ - 1,\quad S = \mathrm{window\ side\ (windowed)},\ \mathrm{grid\ side\ "
        r"(global)}$"
    ),
    "view.rel_pos_blocks.more": (
        "Attention’s constructor makes both tables wherever use_rel_pos is true, and build_sam sets that for the "
        "whole encoder. The only difference is input_size: the window’s sides in a windowed block, the grid’s in a "
        "global one. The tables begin as zeros, and what they hold was learned. The standard deviation shown here is "
        "taken over rel_h + rel_w of all keys in the pinned query’s span."
    ),
    "view.rel_pos_blocks.not": (
        "A wide spread doesn't make the bias important: this is one query, and what moves a weight in one block may be "
        "undone in the next. Nor are windows there for the sake of relative position: they save work."
    ),
    "panel.rel_pos_blocks.spread": "How far the bias spreads the pinned query's scores",
    "panel.rel_pos_blocks.table": "Every block has two tables of its own",
    "axis.rel_pos_blocks.block": "block",
    "axis.rel_pos_blocks.spread": "standard deviation of the bias, mean of heads",
    "label.rel_pos_blocks.windowed": "windowed",
    "label.rel_pos_blocks.global": "global",
    "label.rel_pos_blocks.span": "{rows}×{cols}",
    "label.rel_pos_blocks.rows": "{high}\u00a0+\u00a0{wide}",
    "label.rel_pos_blocks.bias_windowed": "rel_h + rel_w, windowed blocks",
    "label.rel_pos_blocks.bias_global": "rel_h + rel_w, global blocks",
    "column.rel_pos_blocks.block": "block",
    "column.rel_pos_blocks.kind": "kind",
    "column.rel_pos_blocks.span": "keys",
    "column.rel_pos_blocks.rows": "table rows",
    "column.rel_pos_blocks.content": "content's standard deviation",
    "column.rel_pos_blocks.bias": "bias's standard deviation",
    "column.rel_pos_blocks.moved": "weight that the bias moves",
}
