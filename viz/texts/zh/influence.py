"""Reach and influence."""

TEXTS = {
    "view.influence.title": "可达范围与影响",
    "view.influence.what": (
        "照片的哪些图像块可能影响选定图像块的 token，影响又有多大。在第一个全局块之前，只有它自己窗口里的图像块可能有影响，"
        "因为所有窗口式块都沿着同样的线切开网格；拖动块的滑块，可以看到可达范围怎样扩大。影响的大小用梯度衡量：最后一个块之后这个 token 的长度，随每个图像块的像素变化多少。"
        "（以梯度作显著性：Simonyan 等，arXiv 1312.6034。）"
    ),
    "view.influence.more": "哪些图像块在可达范围内只由结构决定：每个窗口式块引入整个窗口，每个全局块引入整个网格。梯度从后往前逐块穿过网络，经过归一化、softmax 和 MLP；权重和照片保持不变。一个图像块的数是它所有像素值上梯度的长度。填充的像素也有梯度。",
    "view.influence.not": (
        "梯度说的是这张照片上极小的改动：如果盖住一个图像块会怎样，是另一个问题。token 的长度只是许多数里的一个；"
        "图像块可以改变 token 的方向而不改变它的长度。可达不等于用到。颈部在这之后，还会让相邻的八个图像块加入进来。"
    ),
    "panel.influence.reach": "从哪个块起，一个图像块可能影响选定的图像块",
    "panel.influence.gradient": "每个图像块让选定图像块的 token 变化多少",
    "panel.influence.growth": "每个块之后，有多少图像块可能有影响",
    "panel.influence.shares": "占全部梯度的份额",
    "label.influence.reach": "第一个块",
    "label.influence.itself": "图像块自己",
    "label.influence.from": "从块 {block} 起",
    "label.influence.gradient": "梯度",
    "label.influence.count": "可达的图像块数",
    "label.influence.own": "选定的图像块自己",
    "label.influence.window": "第一个块里看得见的范围，含图像块自己",
    "label.influence.padding": "图像填充",
    "note.influence.after": "块 {block} 之后：{count:count} 个图像块",
    "note.influence.shares": "每个数都是占全部（记为 1）的比例。这里把梯度的长度相加；如果所有图像块同时变化，它们也可能互相抵消。",
    "unit.influence.gradient": "归一化像素每变化一个单位，token 长度的变化",
    "axis.influence.block": "块",
    "axis.influence.count": "图像块数",
}
