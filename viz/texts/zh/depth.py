"""Attention across depth."""

TEXTS = {
    "view.model_view.title": "每个块的每个头",
    "view.model_view.what": (
        "一次看到选定图像块在整个网络里的注意力：每个块的每个头一张小图。在窗口式块里，图像块只看见自己的窗口，图的其余部分是空的。"
        "下面是选定的头在所有块里的图，以及选定的块里所有的头：点击名字就能选择。（仿照 BertViz 的模型视图，Vig，arXiv 1906.05714。）"
    ),
    "view.model_view.more": "每张小图是选定图像块在一个头的注意力矩阵中的那一行，“各个头”视图会把它放大显示。其他图像块的行不在里面。窗口式块的图在该图像块的窗口之外是空的；一部分权重可能落在窗口填充上，而它在网格上没有位置。所有块的公式相同，只是键的集合不同。",
    "view.model_view.not": (
        "头的编号在不同的块之间没有意义：一个块的头 3 和下一个块的头 3 是各自学出来的。每张图有自己的色标，"
        "所以不同图的明暗不能相比。而且这只是一个图像块的权重：在断言一个头做什么之前，请再选定别的图像块看看。"
    ),
    "panel.model_view.all": "选定的图像块看哪里：每个块一行，每个头一列",
    "panel.model_view.head": "头 {head} 在每个块里",
    "panel.model_view.block": "块 {block} 的每个头",
    "label.model_view.both": "块 {block}，头 {head}",
    "view.distance.title": "注意力距离与熵",
    "view.distance.what": (
        "每个头看多远、权重分散得多广：对所有含照片的图像块取平均，而不只是选定的那一个。圆点先给出编码器实际的情况，"
        "再给出只用内容项时会怎样。根据这些平均值，每个头得到一个类别，规则写在最后一张表里。"
        "（注意力距离：ViT，arXiv 2010.11929，图 7。）"
    ),
    "view.distance.more": "距离以模型图像的像素为单位，只计算含有照片的图像块上的权重。熵以比特为单位，计算所有的键，包括填充：64×64 网格的 4096 个键最多 12 比特，14×14 窗口的 196 个键最多 7.6 比特。为此要算出所有注意力矩阵的所有行，每次算一带查询，所以这个视图需要几秒钟。一个头的类别由表中第一条对它成立的规则决定。",
    "view.distance.not": (
        "对图像块取平均，会掩盖一个头在这里做一件事、在那里做另一件事。类别只是我们按自己选的界限起的名字：换一个界限，"
        "名字就会变，换一张照片也可能变。去掉相对位置的权重是对单个块的假设：编码器从没有这样训练过，后面的块也会得到不同的输入。"
        "看得远并不比看得近更好。"
    ),
    "panel.distance.full": "每个头的平均注意力距离",
    "panel.distance.content": "同上，只用内容项，不带 rel_h 和 rel_w",
    "panel.distance.entropy": "每个头权重的平均熵",
    "panel.distance.content_entropy": "同上，只用内容项，不带 rel_h 和 rel_w",
    "panel.distance.head": "块 {block}，头 {head}",
    "panel.distance.kinds": "在这张照片上，每个头属于哪一类",
    "panel.distance.rules": "规则：第一条成立的规则决定类别",
    "axis.distance.block": "块",
    "axis.distance.px": "平均距离，模型图像的像素",
    "axis.distance.bits": "平均熵，比特",
    "label.distance.windowed": "窗口式块的头",
    "label.distance.global": "全局块的头",
    "label.distance.farthest": "它能看到的最远的图像块",
    "label.distance.even": "如果所有权重相等",
    "label.distance.highest": "如果所有权重相等：可能的最大值",
    "label.distance.distance": "平均距离",
    "label.distance.entropy": "平均熵",
    "label.distance.padding": "落在填充上的权重",
    "label.distance.moved": "相对位置移动的权重",
    "label.distance.likeness": "所看之处与查询的相似度",
    "unit.distance.px": "像素",
    "unit.distance.bits": "比特",
    "note.distance.head": (
        "落在填充上的权重和相对位置移动的权重，都是占全部（记为 1）的比例。相似度是查询的 token 与它所看的 token 之间的平均余弦，"
        "减去它与所有看得见的 token 之间的平均余弦。"
    ),
    "column.kind.block": "块",
    "column.kind.order": "次序",
    "column.kind.name": "类别",
    "column.kind.rule": "规则",
    "label.kind.padding": "看填充",
    "label.kind.broad": "均匀",
    "label.kind.local": "局部",
    "label.kind.positional": "看位置",
    "label.kind.same_content": "看相同内容",
    "label.kind.mixed": "混合",
    "note.kind.padding": "一半以上的权重落在窗口填充和图像填充上。",
    "note.kind.broad": "熵高于可能最大值的 90 %。",
    "note.kind.local": "平均距离不超过两个半图像块。",
    "note.kind.positional": "去掉 rel_h 和 rel_w，一半以上的权重会落到别的键上。",
    "note.kind.same_content": "它所看的比它能看的更像查询，余弦高出 0.1 以上。",
    "note.kind.mixed": "以上都不是。",
}
