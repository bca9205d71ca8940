"""What if."""

TEXTS = {
    "view.what_if.title": "假设",
    "view.what_if.what": (
        "改动一些地方再运行编码器，逐块把每个 token 与原来的比较：0 表示 token 的方向与原来相同，1 表示两者毫无共同之处。"
        "旁边是选定图像块在选定的块和头里看哪里，原来的编码器和改动后的编码器各一张图。"
        "菜单“假设”里有各种改动：去掉编码器的一部分、换窗口、换照片，也可以一起用。其他每个视图也都能在这些改动下查看。"
        "在改动处之前算出的一切都不变。"
    ),
    "view.what_if.more": "改动在编码器或照片的副本上进行，整个前向传播重新运行，所以后面的每个块得到的输入都变了。这比在“拆开的分数”里关掉一项更多：那里只重新计算一次 softmax，其余不变。被去掉的块或头不向残差流添加任何东西。长度变了而方向不变，在这里不算，因为余弦只比较方向。",
    "view.what_if.not": (
        "这些改动都不是权重训练时遇到过的，所以影响大并不说明一个那样训练出来的编码器会怎样。去掉之后没有影响的部分，"
        "也许只是有别的部分可以替代它。填充里只有窗口填充可以加掩码，图像填充仍像别的 token 一样是键。"
        "而且这一切只是这一张照片的。"
    ),
    "panel.what_if.maps": "每个 token 偏离原来的 token 多少",
    "panel.what_if.attention": "选定图像块看哪里，块 {block}，头 {head}",
    "panel.what_if.depth": "逐块变化",
    "panel.what_if.embedding": "图像嵌入里的变化",
    "what_if.sentence": "假设：{changes}；权重不是为此训练的。",
    "change.rel_pos_off": "去掉相对位置",
    "change.rel_h_off": "去掉 rel_h",
    "change.rel_w_off": "去掉 rel_w",
    "change.abs_pos_off": "去掉位置嵌入",
    "change.windows_8": "窗口边长 8",
    "change.windows_14": "窗口边长 14",
    "change.windows_16": "窗口边长 16",
    "change.all_global": "所有块都是全局块",
    "change.none_global": "没有全局块",
    "change.padding_masked": "给窗口填充加掩码，不进 softmax",
    "change.block_off": "去掉块 {block}",
    "change.head_off": "去掉块 {block} 的头 {head}",
    "change.shifted": "照片移动 ({rows}, {cols}) 像素",
    "change.grey": "去掉照片的颜色",
    "change.covered": "遮住 ({row}, {col}) 周围 5×5 个图像块",
    "label.what_if.embedding": "图像嵌入",
    "label.what_if.true": "原来的编码器",
    "label.what_if.changed": "改动后",
    "label.what_if.difference": "改动后 − 原来",
    "label.what_if.mean": "照片上的平均",
    "label.what_if.pinned": "选定图像块",
    "note.what_if.nothing": "还没有任何改动：上方的菜单“假设”里有各种改动。",
    "note.what_if.moved": "{share:percent} 的权重落在别的键上",
    "unit.what_if.weight": "权重之差",
    "unit.what_if.turned": "1 − 与原来 token 的余弦",
    "axis.what_if.block": "块",
    "ui.what_if": "假设",
    "ui.what_if.true": "恢复原来的编码器",
    "ui.what_if.take_back": "取消：{change}",
    "ui.what_if.beside": "与原来的编码器并排",
    "ui.what_if.encoder": "编码器",
    "ui.what_if.photo": "照片",
}
