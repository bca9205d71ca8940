"""Relative position: the tables, how they are read, and where they are used."""

TEXTS = {
    "view.rel_pos.title": "相对位置",
    "view.rel_pos.what": (
        "每个块有两张学到的小表：查询与键之间的每种距离占一行，行方向一张，列方向一张。查询自己的向量（未经缩放）与表相乘；"
        "所以每个查询、每张照片的偏置都不同。窗口式块和全局块都有。"
    ),
    "view.rel_pos.more": "rel_pos_h 和 rel_pos_w 有 2·S − 1 行，S 是查询所见范围的边长，因为距离从 −(S − 1) 到 S − 1：14×14 的窗口有 27 行，64×64 的网格有 127 行。一行有 head_dim 个数，块里的所有头共用。全零的查询完全没有偏置。沿行的距离和沿列的距离分别查表，所以表里没有哪一行代表对角线方向。",
    "view.rel_pos.not": (
        "表里有条纹，不能证明偏置里有条纹：起作用的只是表与查询的乘积。偏置也不是权重：它在 softmax 之前加到内容项上。"
    ),
    "panel.rel_pos.sum": "选定图像块的 rel_h + rel_w，头 {head}",
    "panel.rel_pos.curves": "两个偏置，头 {head}",
    "panel.rel_pos.table": "{name}：{rows} 行，每行 {head_dim} 个数",
    "scale.rel_pos.centred": "softmax 不受平均值影响",
    "panel.rel_pos.none": "没有相对位置",
    "view.get_rel_pos.title": "get_rel_pos",
    "view.get_rel_pos.what": (
        "查询在第 r 行、键在第 r' 行时，用表中的哪个向量只取决于距离 r − r'。把它平移 S − 1，就不会是负数，得到的就是表的行号。选定查询的 S 个向量是表的一段切片，上下颠倒。列的做法相同，用列自己的表。"
    ),
    "view.get_rel_pos.more": "在代码里，下标是列向量 arange(q_size) 减去行向量 arange(k_size)，再加 k_size − 1。因此表的第 S − 1 行代表距离零。较大的下标属于查询上方（或左方）的键，较小的属于下方（或右方）的键。结果的形状是 (q_size, k_size, head_dim)，每次前向传播都重新计算。",
    "view.get_rel_pos.not": (
        "在 SAM 里 q_size ≠ k_size 从不出现：查询和键来自同样的 token，所以坐标不用缩放。代码能处理这种情况，"
        "因为它出自 MViTv2，那里的键经过池化；最后一个例子显示它会怎么做。一个块的所有头共用这两张表；"
        "它们的偏置不同，是因为查询不同。"
    ),
    "panel.get_rel_pos.table": "表：S\u00a0=\u00a0{side} 时有 {rows} 行",
    "panel.get_rel_pos.stretched": "表：从 {learned} 行插值到 {rows} 行，用于 S\u00a0=\u00a0{side}",
    "panel.get_rel_pos.index": "每一对读取哪一行，S\u00a0=\u00a0{side}",
    "panel.get_rel_pos.gather": "为选定的查询取出的向量；它在 {side} 行中的第 {row} 行",
    "panel.get_rel_pos.small": "小例子：S\u00a0=\u00a0{side}，表有 {rows} 行",
    "panel.get_rel_pos.unequal": "小例子：{queries} 个查询，{keys} 个键，键的坐标乘以 {factor:g}",
    "axis.get_rel_pos.table_row": "表的行",
    "axis.get_rel_pos.query_row": "查询的行 r",
    "axis.get_rel_pos.key_row": "键的行 r'",
    "view.rel_pos_resize.title": "其他尺寸下的表",
    "view.rel_pos_resize.what": (
        "行数不合适的表会被拉长或缩短：torch 在相邻的行之间线性插值。每个圆点是一行与选定查询的乘积，每个新的圆点要么落在两个学到的点之间的直线上，"
        "要么重复最外面的点。请换一个网格边长看看。"
    ),
    "view.rel_pos_resize.more": "get_rel_pos 把表的行数与 2·max(q_size, k_size) − 1 比较，不相等时就插值。每个通道沿行方向单独插值。在 SAM 里，这只可能发生在全局块：512 像素时网格有 32×32 个图像块，127 行变成 63 行。原版代码走不到这一步，因为它给任何网格都加上 64×64 的位置表，不相符时就报错。",
    "view.rel_pos_resize.not": (
        "表能插值，不等于编码器在任何尺寸下都好用：中间插出来的行从没有训练过。而窗口式块从不对它们的表插值，因为不管什么图像，"
        "窗口的边长都一样。"
    ),
    "panel.rel_pos_resize.curve_h": "rel_h 随行距的变化，头 {head}",
    "panel.rel_pos_resize.curve_w": "rel_w 随列距的变化，头 {head}",
    "panel.rel_pos_resize.before": "学到的 rel_pos_h：{rows} 行，S\u00a0=\u00a0{side}",
    "panel.rel_pos_resize.after": "用于 S\u00a0=\u00a0{side}：{rows} 行",
    "panel.rel_pos_resize.verdict": "这个块在这幅图像上读取什么",
    "label.rel_pos_resize.before": "学到的各行",
    "label.rel_pos_resize.after": "插值后",
    "label.rel_pos_resize.learned": "学习时的 S",
    "label.rel_pos_resize.own": "这个块在这里的 S",
    "label.rel_pos_resize.shown": "显示用的 S",
    "axis.rel_pos_resize.distance": "查询 − 键，以学到的步长计",
    "note.rel_pos_resize.fits": "表正好合适，所以 get_rel_pos 原样使用。换一个网格边长，就能看到它被插值。",
    "note.rel_pos_resize.stretched": "在这幅图像上，学到的表不合适；这个块实际读取的是插值后的表。",
    "note.rel_pos_resize.what_if": "这是假设：在这幅图像上，这个块读取的是用于 S\u00a0=\u00a0{side} 的表。",
    "view.rel_pos_blocks.title": "每个块里的相对位置",
    "view.rel_pos_blocks.what": (
        "所有块都加相对位置，窗口式块和全局块一样。常有人说只有全局块才加；其实两种块的区别在于查询能看多远，因此表有多长。圆点显示选定查询的偏置在各个键上的标准差：它把分数拉开多少。"
    ),
    "view.rel_pos_blocks.more": "只要 use_rel_pos 为真，Attention 的构造函数就建立两张表，而 build_sam 对整个编码器都这样设置。唯一的差别是 input_size：窗口式块用窗口的边长，全局块用网格的边长。表从零开始，里面的内容是学到的。这里显示的标准差，是对选定查询所见的所有键的 rel_h + rel_w 计算的。",
    "view.rel_pos_blocks.not": (
        "偏置散得开，不等于它重要：这只是一个查询，在一个块里移动的权重，下一个块可能又移回去。窗口也不是为了相对位置而存在的：它节省计算。"
    ),
    "panel.rel_pos_blocks.spread": "偏置把选定查询的分数拉开多少",
    "panel.rel_pos_blocks.table": "每个块都有自己的两张表",
    "axis.rel_pos_blocks.block": "块",
    "axis.rel_pos_blocks.spread": "偏置的标准差，各头平均",
    "label.rel_pos_blocks.windowed": "窗口式",
    "label.rel_pos_blocks.global": "全局",
    "label.rel_pos_blocks.span": "{rows}×{cols}",
    "label.rel_pos_blocks.rows": "{high}\u00a0+\u00a0{wide}",
    "label.rel_pos_blocks.bias_windowed": "rel_h + rel_w，窗口式块",
    "label.rel_pos_blocks.bias_global": "rel_h + rel_w，全局块",
    "column.rel_pos_blocks.block": "块",
    "column.rel_pos_blocks.kind": "种类",
    "column.rel_pos_blocks.span": "键",
    "column.rel_pos_blocks.rows": "表的行数",
    "column.rel_pos_blocks.content": "内容项的标准差",
    "column.rel_pos_blocks.bias": "偏置的标准差",
    "column.rel_pos_blocks.moved": "偏置移动的权重",
}
