"""The decomposed relative position bias, with and without."""

TEXTS = {
    "view.decomposed.title": "add_decomposed_rel_pos",
    "view.decomposed.what": (
        "键的每一行有一个数，每一列有一个数：横条纹和竖条纹相加，成为格子图案。下面是带偏置的权重（编码器实际算出的）和不带偏置的权重。"
    ),
    "view.decomposed.more": "这个函数把分数看作（批、查询行、查询列、键行、键列），沿键列方向加上 rel_h，沿键行方向加上 rel_w，再展平。在 64×64 的网格上，一个查询因此有 64 + 64 个偏置，而不是 4096 个。传给它的是乘以 1/√d 之前的 q。这个方法来自 MViTv2，segment-anything 经由 ViTDet 采用了它。",
    "view.decomposed.not": (
        "格子图案并不是某张“所有偏移的大表”的近似：这样的表从来没有学过。行上一个数加列上一个数，不可能偏爱对角线；"
        "权重若偏爱对角线，那是内容项的作用。而“不带偏置”只是一个假设，并不是一个不带偏置训练出来的编码器。"
    ),
    "panel.decomposed.bands": "行条纹与列条纹相加成为格子，头 {head}",
    "panel.decomposed.curves": "rel_h 和 rel_w 的曲线，头 {head}",
    "panel.decomposed.weights": "带偏置与不带偏置的权重，头 {head}",
    "panel.decomposed.rows": "两张表需要多少行，一张表又需要多少行",
    "scale.decomposed.shared": "三张图共用一个色标；softmax 不受平均值影响",
    "label.decomposed.with": "带偏置，实际计算",
    "label.decomposed.without": "不带偏置",
    "label.decomposed.change": "带 − 不带",
    "label.decomposed.learned": "两张表的行数",
    "label.decomposed.full": "一张所有偏移的表的行数",
    "label.decomposed.ratio": "一张表的行数是两张表的几倍",
    "label.decomposed.parameters": "这个块里学到的数的个数",
    "note.decomposed.without": "假设：不是编码器实际算出的",
    "note.decomposed.rows": (
        "查询和键之间，行距有 {rows} 种可能，列距有 {cols} 种可能。若每一对都学一个向量，需要 {rows}·{cols} 行；"
        "若每种行距、每种列距各学一个，只需要 {rows} + {cols} 行。"
    ),
}
