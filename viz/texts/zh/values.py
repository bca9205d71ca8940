"""What the weights do."""

TEXTS = {
    "view.values.title": "权重 · v",
    "view.values.what": (
        "每个头把所有的值各乘以权重，再加起来；proj 把各头混合成注意力要加到残差流上的东西。一张图显示每个图像块的权重，"
        "另一张显示从那里传来的向量有多长。"
    ),
    "view.values.more": "对于一个查询，每个头给出 head_dim 个数；首尾相接后与 token 同宽，proj 让它们乘以一个矩阵，再加上一个偏置。因为 proj 是线性的，可以单独作用于每个头的部分：所有头的部分与偏置加起来就是这一层的输出。第二张图把每个图像块的值乘以权重，再经过 proj 中属于这个头的列，显示所得向量的长度。查询能看到窗口填充时，填充那个恒定的值也参与其中。",
    "view.values.not": (
        "长度不能相加：几个大的部分可能方向相反而互相抵消，没有一张图能显示这一点。一个头的份额是它占这个块的注意力所加部分的份额，"
        "不是占编码器输出的份额；它可能是负数，也可能超过 100 %。"
    ),
    "panel.values.maps": "头 {head}：每个图像块的权重，以及由它带来的部分",
    "panel.values.mixed": "权重 · v：{heads} 个头 × {head_dim}",
    "panel.values.heads": "proj 之后每个头带来什么",
    "panel.values.proof": "注意力的输出：重建结果与前向传播对比",
    "panel.values.numbers": "用数字证明",
    "panel.values.holds": (
        "证明成立：由 q、k、v 重建的“权重 · v → proj”，与钩子在前向传播中看到的 attn 输出相等，只差 float32 的舍入。"
    ),
    "panel.values.fails": ("证明不成立：“权重 · v → proj”不是钩子在前向传播中看到的 attn 输出。这里显示的权重不可信。"),
    "label.values.weight": "权重",
    "label.values.effect": "带来的部分",
    "label.values.bias": "proj 的偏置",
    "label.values.channels": "通道",
    "label.values.equal": "相等",
    "label.values.largest": "注意力输出里最大的通道",
    "label.values.difference": "最大差值",
    "label.values.padding_weight": "给窗口填充的权重，头 {head}",
    "label.values.padding": "它加上部分的长度，头 {head}，proj 之前",
    "axis.values.head": "头",
    "axis.values.before_proj": "权重 · v 的长度",
    "axis.values.after_proj": "proj 之后的长度",
    "axis.values.share": "占输出的份额",
    "axis.values.seen": "从 attn 输出时所见",
    "axis.values.rebuilt": "重建",
    "note.values.effect": "权重 × v 经过 proj 里这个头那一份之后的长度",
    "unit.values.entry": "权重 · v 的数值",
    "unit.values.length": "加上的长度",
}
