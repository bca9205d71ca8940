"""Attention rollout."""

TEXTS = {
    "view.rollout.title": "注意力展开（rollout）",
    "view.rollout.what": (
        "一张图概括整个网络：把所有块的注意力（各头平均）相乘，于是选定图像块的输出被分摊到输入的各图像块上。"
        "在窗口式块里，份额只能给同一窗口的图像块；在全局块里可以给任何图像块。带残差时，每个 token 在每个块里保留自己的一半。"
        "（Abnar 与 Zuidema，arXiv 2005.00928。）"
    ),
    "view.rollout.more": "只需要乘积中选定图像块的那一行，所以一行份额从最后一个块走到第一个块，从不需要矩阵与矩阵相乘。窗口填充上的权重不通向任何图像块，被丢弃：图中各值之和与 1 的差，就是填充在途中拿走的部分。各头的权重等份平均。rel_h 和 rel_w 已包含在权重里，因为它们参与每一次 softmax。",
    "view.rollout.not": (
        "展开只顺着权重走。它不考虑 v、proj 和 MLP，把所有头看得同样重要，还一律把残差算作一半，而没有一个网络真是这样："
        "真实的大小见“一个块加上了什么”。亮的图像块是注意力通向的地方，并没有证明它对结果重要。"
    ),
    "panel.rollout.maps": "选定图像块的输出，分摊到输入上",
    "label.rollout.with": "带残差",
    "label.rollout.without": "只有注意力",
    "note.rollout.dropped": "{share:percent} 随窗口填充丢掉",
    "panel.rollout.own": "选定图像块分给自己的份额",
    "note.rollout.own": (
        "带残差时，至少有二分之一的 {depth} 次方（{residual:percent}）留在原处。窗口填充上的权重不通向输入的任何图像块："
        "它在每个块里都被丢掉，图中各值之和就是剩下的部分。"
    ),
}
