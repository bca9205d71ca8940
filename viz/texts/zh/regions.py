"""Regions of the image embedding."""

TEXTS = {
    "view.regions.title": "图像嵌入的区域",
    "view.regions.what": (
        "用 k 均值把照片的图像块按图像嵌入的相似程度分组：每个图像块归到最近的均值向量。分多少组由您选。最大的区域是 0 号，"
        "选定图像块所在区域的那一行加了标记。"
    ),
    "view.regions.more": "k 均值从彼此相距较远的均值开始（k-means++），把每个图像块分给最近的均值，再取每组的均值，反复进行，直到不再变化。它从三个起点各做一次，保留最好的结果；固定的随机种子使每次结果相同。距离用图像嵌入的所有通道计算。图像填充不参与。",
    "view.regions.not": (
        "要 k 均值找几个区域，它就总能找出几个，不管它们是否真的存在。它们不是分割区域：SAM 的掩码来自解码器，要用点和框去问它。"
        "相距很远的地方可以属于同一个区域；换一个区域数，每条边界都可能移动。"
    ),
    "panel.regions.map": "k 均值分出的 {count} 个区域",
    "panel.regions.sizes": "每个区域有多大",
    "panel.regions.explained": "区域能在多大程度上描述图像嵌入",
    "label.regions.all": "区域",
    "label.regions.region": "区域 {region}",
    "label.regions.explained": "区域之间的方差占比",
    "note.regions.explained": "如果一个图像块属于哪个区域完全不能说明它的嵌入，就是 0；如果同一区域的图像块嵌入全都相同，就是 1。",
    "column.regions.region": "区域",
    "column.regions.patches": "图像块",
    "column.regions.share": "占照片",
}
