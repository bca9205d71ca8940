"""The MLP."""

TEXTS = {
    "view.mlp.title": "MLP",
    "view.mlp.what": (
        "每个 token 独自通过 MLP：lin1 产生的数是输入的四倍，每个数叫作一个神经元；GELU 作用于每个数；lin2 "
        "把结果写回残差流。每个圆点是选定图像块的一个神经元，落在 GELU 曲线上。下面的图从对选定图像块写入最多的神经元开始；"
        "选中的神经元加了标记。"
    ),
    "view.mlp.more": "GELU 是 x·Φ(x)，Φ 是正态分布在 x 以下所占的比例；torch 精确计算它，不用 tanh 近似。一个神经元写入的是它经过 GELU 的值乘以它在 W₂ 中的那一列，“写得最多”指这个向量最长。所有神经元的向量与 b₂ 加起来就是 MLP 的输出。mlp_ratio 为 4 时，一个块三分之二的权重在这两个矩阵里。",
    "view.mlp.not": (
        "一个神经元在这张照片的某样东西上很大，不等于它就是这样东西的检测器：在别的照片里，它可能对别的东西很大。"
        "小于零的神经元也没有关掉：GELU 会放过一点点，最低到 −0.17。GELU 是编码器唯一的激活函数；归一化不是激活函数。"
    ),
    "panel.mlp.curve": "选定图像块的神经元，GELU 之前和之后",
    "panel.mlp.maps": "选定图像块最强的神经元，以及选中的那个",
    "panel.mlp.strongest": "对选定图像块写入最多的神经元",
    "panel.mlp.numbers": "选定图像块的隐藏层",
    "panel.mlp.proof": (
        "一个神经元写入的是它在 GELU 之后的值乘以 lin2 里它那一列。差值比较的是：所有神经元写入之和加上 lin2 的偏置，与前向传播算出的结果。"
    ),
    "label.mlp.neurons": "全部 {count:count} 个神经元",
    "label.mlp.strongest": "最强的 {count:count} 个",
    "label.mlp.neuron": "神经元 {neuron}",
    "label.mlp.hidden": "神经元数",
    "label.mlp.negative": "GELU 之前小于零的",
    "label.mlp.half": "写入其中一半的神经元数",
    "label.mlp.length": "MLP 输出的长度",
    "label.mlp.difference": "最大差值",
    "axis.mlp.before": "GELU 之前",
    "axis.mlp.after": "GELU 之后",
    "axis.mlp.neuron": "神经元",
    "axis.mlp.written": "写入部分的长度",
    "unit.mlp": "GELU 之后",
    "note.mlp.pinned": "在选定图像块处 {value:number}",
}
