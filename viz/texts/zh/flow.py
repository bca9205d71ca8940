"""One patch through one block, step by step."""

TEXTS = {
    "view.flow.title": "一个图像块，逐步查看",
    "view.flow.what": (
        "选定的图像块带着自己的数字走过这个块：从像素到 token，经过注意力和 MLP，直到这个块交出的结果。每一步显示它产生的向量，"
        "并把其中一个数代入这一步的公式。向量按一个头的宽度分行画出，注意力就是这样切开它们的。"
    ),
    "view.flow.more": "这些数来自这张照片的前向传播：其中保存下来的部分，以及用保存的输入再运行这个块一次得到的部分，两者一致。softmax 把一个头的分数变成加起来等于 1 的权重；每个头里权重乘以值再相加，proj 混合各头。两次与残差流相加时，用的都是归一化之前的向量。在窗口式块里，token 先找到它在窗口中的位置，在第一次相加之前回到网格。",
    "view.flow.not": (
        "单独一个数没有意义：token 的通道没有名字。图像块也从不独自走这条路：在注意力那里，它会遇到自己窗口里（或整个网格里）"
        "所有图像块的键和值，它们在旁边走着同样的路。"
    ),
    "flow.pixels": "它的像素",
    "flow.values": "它的数",
    "flow.token": "它的 token",
    "flow.input": "进入这个块",
    "flow.norm1": "norm1",
    "flow.window": "它在各窗口中的位置",
    "flow.qkv": "q、k、v",
    "flow.scores": "几个键的分数",
    "flow.softmax": "softmax",
    "flow.mixed": "权重 · v",
    "flow.joined": "各头相接",
    "flow.proj": "proj",
    "flow.add_attn": "+ 注意力",
    "flow.norm2": "norm2",
    "flow.lin1": "lin1",
    "flow.gelu": "GELU",
    "flow.lin2": "lin2",
    "flow.add_mlp": "+ MLP",
    "panel.flow.step": "{step} · {name}",
    "panel.flow.numbers": "用数字说明",
    "panel.flow.weights": "这个头的所有键，按权重排列",
    "unit.flow.entry": "向量的数值",
    "axis.flow.row": "行",
    "axis.flow.entry": "数值，每行一个头的宽度",
    "axis.flow.key": "键",
    "axis.flow.brings": "上一步的几个键、其余全部的键，以及总和",
    "label.flow.token": "token",
    "label.flow.position": "位置",
    "label.flow.input": "块的输入 x",
    "label.flow.joined": "各头相接",
    "label.flow.attn": "注意力",
    "label.flow.residual": "r = x + 注意力",
    "label.flow.lin1": "lin1",
    "label.flow.act": "GELU",
    "label.flow.mlp": "MLP",
    "label.flow.output": "块的输出 y",
    "label.flow.entry": "{of}，第 0 个数",
    "label.flow.first": "第一个值，红色",
    "label.flow.product": "各值 × 滤波器 0，加起来",
    "label.flow.bias": "+ 偏置",
    "label.flow.mean": "− 均值",
    "label.flow.spread": "÷ √(方差 + ε)",
    "label.flow.scale": "× 缩放",
    "label.flow.shift": "+ 平移",
    "label.flow.unseen": "看不见",
    "label.flow.seen": "选定图像块的键",
    "label.flow.keys": "softmax 里的键",
    "label.flow.window_index": "批次里的窗口",
    "label.flow.window_row": "窗口内的行",
    "label.flow.window_col": "窗口内的列",
    "label.flow.key": "键 {key}",
    "label.flow.weight": "权重",
    "label.flow.rest": "+ 其余全部的键",
    "label.flow.sum": "= 这个头的第 0 个数",
    "note.flow.pixels": "{side}×{side} 个像素的红、绿、蓝，从 0 到 255。数字取自图像块正中的像素。",
    "note.flow.levels": "{side}×{side} 个像素，每个有 {channels:count} 个通道，从 0 到 255。数字取自图像块正中的像素。",
    "note.flow.values": "每种颜色的值调到统一的尺度：{count:count} 个数，逐通道画出，左右并排。",
    "note.flow.token": "{dim:count} 个数各有一个滤波器：把 {values:count} 个乘积加起来，再加偏置。这里是第 0 个数。",
    "note.flow.input": (
        "在块 0 之前，位置的向量加到 token 上。进入块 {block} 的是这个和，再加上前面各块加上的一切；进入块 0 的就是这个和本身。"
    ),
    "note.flow.norm1": "注意力读取的是归一化后的副本：减去 token 的均值，除以它的离散程度，每个通道再用学到的缩放和平移。",
    "note.flow.window": (
        "token 去往窗口批次里它的位置，每个窗口 {side}×{side} 个 token。它的窗口里有 {padding:count} 个填充 token，它们也是键。"
    ),
    "note.flow.window_whole": "token 去往窗口批次里它的位置，每个窗口 {side}×{side} 个 token。它的窗口里没有填充。",
    "note.flow.window_masked": (
        "token 去往窗口批次里它的位置，每个窗口 {side}×{side} 个 token。它的窗口里有 {padding:count} 个填充 token，"
        "这个假设给它们加了掩码：它们不是键。"
    ),
    "note.flow.no_window": "块 {block} 是全局块：不切窗口，网格上的每个图像块都是键。",
    "note.flow.qkv": "一个线性层产生 {count:count} 个数：查询、键和值，每一个再切成各个头。这里的长度是头 {head} 的。",
    "note.flow.scores": (
        "头 {head} 的查询遇到每个键。键 {key} 的分数是：q·k 除以头宽的平方根，加上键所在行的偏置，再加上键所在列的偏置。"
    ),
    "note.flow.softmax": (
        "键 {key} 的权重是：e 的（分数减去最高分数）次方，除以所有键的同样的次方之和。表中的 {shown} 个键占权重的 {share:percent}。"
    ),
    "note.flow.mixed": (
        "每个键的值乘以它的权重，对所有键加起来：这就是头 {head} 带来的。各行是那 {shown} 个键、其余全部的键（含窗口填充），以及总和。"
    ),
    "note.flow.joined": "所有的头都用自己的 q、k、v 做了同样的事。它们的输出首尾相接：{count:count} 个数。",
    "note.flow.proj": "再用一个线性层混合各头的输出：{count:count} 个数，就是注意力加上的部分。",
    "note.flow.add_attn": "注意力得到的结果加到块的输入上：token 原有的内容还在，只是多了一些。",
    "note.flow.norm2": "MLP 读取的也是归一化后的副本。",
    "note.flow.lin1": "第一层产生 {count:count} 个数，即各神经元的输入。",
    "note.flow.gelu": "GELU 让大的输入通过，把零以下的输入压到接近零。",
    "note.flow.lin2": "第二层由各神经元产生 {count:count} 个数：MLP 加上的部分。",
    "note.flow.add_mlp": "再加一次：块 {block} 完成，交出它的输出。",
}
