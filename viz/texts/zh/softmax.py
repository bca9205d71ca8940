"""Attention weights."""

TEXTS = {
    "view.heads.title": "各个头",
    "view.heads.what": (
        "选定的图像块有多注意其他每个图像块，每个头一张图。SAM 里没有类别 token：注意力总要有一个图像块去“看”，"
        "所以请在照片上选一个。"
    ),
    "view.heads.not": ("权重大，说明一个值被混进来，并不说明它对结果重要：那由 v、proj、其他的头和残差流决定。"),
    "panel.heads.title": "选定的图像块看哪里",
    "panel.heads.other": "第二个图像块看哪里",
    "note.heads.key": "{share:percent} 在键上",
    "view.reach.title": "各个头看多远",
    "view.reach.what": (
        "选定图像块与它所看的图像块之间的平均距离，按注意力加权：每个块的每个头一个圆点。在窗口式块里，选定的图像块只看见自己的窗口，"
        "所以没有头能看远；在全局块里每个头都能，圆点显示哪些头真的这样做。"
    ),
    "view.reach.not": (
        "这是一个图像块的距离，不是一个头的普遍情况：选定别的图像块，圆点就会移动。平均值也看不出权重怎样分布："
        "一半在近处、一半在远处，与全部在中间，平均值相同。它也不表示信息走了多远：窗口式块也会传递前面的全局块从远处带来的东西。"
    ),
    "panel.reach.dots": "选定图像块的平均注意力距离，按块排列",
    "panel.reach.table": "同上，逐头列出",
    "label.reach.windowed": "窗口式块的头",
    "label.reach.global": "全局块的头",
    "panel.reach.even": "如果所有权重相等，平均距离是多少",
    "label.reach.even_windowed": "图像块，在选定图像块的窗口内",
    "label.reach.even_global": "图像块，在整张照片上",
    "note.reach.even": (
        "低于这个数的头偏爱近处，高于它的头偏爱远处。窗口填充和图像填充上的权重不算在内，因为两者都不含照片，其余的权重算作全部。"
        "如果选定图像块的窗口里没有照片，就没有这个距离。"
    ),
    "axis.reach.distance": "平均距离，图像块",
    "axis.reach.head": "头",
    "axis.reach.block": "块",
}
