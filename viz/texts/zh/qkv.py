"""q, k, v and heads."""

TEXTS = {
    "view.qkv.title": "一个 token 的 q、k、v",
    "view.qkv.what": (
        "一个线性层把 token 变成 q、k、v，每一个再切成各个头：这里矩阵的一行就是一个头的那一份。每个头各自做注意力；"
        "注意力之后，各头的结果首尾相接。"
    ),
    "view.qkv.more": "qkv 是一个线性层，从 embed_dim 个数到 3·embed_dim 个数。输出的前三分之一是 q，中间三分之一是 k，最后三分之一是 v；每个三分之一里头 0 在最前，每个头有 head_dim 个数。同一个矩阵用于块里的每个 token。窗口填充的 token 以零进入，所以它们的 q、k、v 就是这一层的偏置。",
    "view.qkv.not": (
        "token 的通道并没有分给各个头：每个头都读取整个 token，切开的只是这一层的输出。数值大也不等于分数大；"
        "分数来自与其他 token 的 k 的乘积。"
    ),
    "view.qkv_maps.title": "一个头的 q、k、v，铺在照片上",
    "view.qkv_maps.what": (
        "两个图像块颜色相同，就表示这个头给它们的向量相像：查询（q）、键（k）或值（v）。红、绿、蓝是这些向量在照片上差别最大的三个方向。"
    ),
    "view.qkv_maps.more": "这些方向是这个头的向量在含有照片的图像块上的主成分，q、k、v 各自单独计算。每种颜色在得分的第 1 到第 99 百分位数之间从无到满。向量有 head_dim 个数，所以三个方向只显示其中一部分。v 在注意力里不与任何东西比较：权重已知之后，相加的就是它。",
    "view.qkv_maps.not": (
        "每张图有自己的颜色：q 和 k 里同样的色调，不表示它们匹配。就算 q 和 k 相等也不表示：分数是它们的乘积，再加上相对位置，"
        "而这些图没有画出相对位置。"
    ),
    "panel.qkv.q": "q：{heads} 个头 × {head_dim}",
    "panel.qkv.k": "k：{heads} 个头 × {head_dim}",
    "panel.qkv.v": "v：{heads} 个头 × {head_dim}",
    "panel.qkv.shapes": "一个 token，切开再接上",
    "panel.qkv.check": "长度，以及对这个 token 重算这一层",
    "panel.qkv.proof": (
        "长度是头 {head} 的。差值比较的是：首尾相接的 q、k、v 的全部 {count:count} 个数，与 qkv 层对这一个 token 给出的结果。"
    ),
    "panel.qkv_maps.q": "头 {head} 的 q",
    "panel.qkv_maps.k": "头 {head} 的 k",
    "panel.qkv_maps.v": "头 {head} 的 v",
    "panel.qkv_maps.variance": "三种颜色占方差的 {share:percent}",
    "panel.qkv_maps.lengths": "向量的长度，头 {head}",
    "label.qkv.norm1": "norm1 之后",
    "label.qkv.layer": "qkv 层之后",
    "label.qkv.cut": "切成 q、k、v，按头排列",
    "label.qkv.own": "这一层的输出里属于头 {head} 的",
    "label.qkv.attend": "权重 · v，按头排列",
    "label.qkv.joined": "各头相接，送入 proj",
    "label.qkv.difference": "最大差值",
    "shape.qkv.token": "{dim}",
    "shape.qkv.layer": "{outputs} = 3 · {dim}",
    "shape.qkv.cut": "3 × {heads} × {head_dim}",
    "shape.qkv.outputs": "{first}…{last}",
    "shape.qkv.by_head": "{heads} × {head_dim}",
    "shape.qkv.joined": "{heads} · {head_dim} = {dim}",
    "axis.qkv.step": "步骤",
    "axis.qkv.shape": "形状",
    "axis.qkv.head": "头",
    "unit.qkv": "数值",
    "unit.qkv_maps": "长度",
    "scale.qkv.both": "q 和 k 共用一个色标",
    "note.qkv_maps.mean": "照片上的平均值 {mean:number}",
}
