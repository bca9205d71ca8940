"""The residual stream."""

TEXTS = {
    "view.residual.title": "一个块加上了什么",
    "view.residual.what": (
        "块不会替换它的输入：注意力给每个 token 加上一些，然后 MLP 再加上一些。图中显示加上的部分相对于 token 有多大，"
        "以及它与 token 的余弦：接近 1 时让 token 变长，接近 −1 时减去一部分，接近 0 时指向新的方向。"
    ),
    "view.residual.more": "在代码里这是两行：x = shortcut + x，以及 x = x + self.mlp(self.norm2(x))。没有缩放，也没有 dropout。norm1 和 norm2 读的是残差流的副本，残差流本身从不被归一化，最后一个块之后也不：第一个改变它的归一化在颈部（neck）里。所以早先的块写入的东西到最后仍在，除非后面的块把它去掉。",
    "view.residual.not": (
        "加得少也可能很要紧：后面的块也许正好读取它写下的方向。token 更长也不等于更重要：残差流在块与块之间没有归一化，"
        "加上的东西越积越多，而每个归一化又会去掉长度。"
    ),
    "panel.residual.ratio": "块 {block}：加上部分的长度，相对于 token",
    "panel.residual.cosine": "块 {block}：加上的部分与 token 的余弦",
    "panel.residual.norms": "token 的长度，逐块变化",
    "panel.residual.added": "每个块整体给选定 token 加上了什么",
    "panel.residual.steps": "选定 token 经过块 {block}",
    "label.residual.attn": "注意力加上的",
    "label.residual.mlp": "MLP 加上的",
    "label.residual.input": "块的输入 x",
    "label.residual.between": "r = x + 注意力",
    "label.residual.output": "块的输出 y",
    "label.residual.rest": "x + 注意力 + MLP − y",
    "label.residual.pinned": "选定图像块",
    "label.residual.median": "照片上的中位数",
    "axis.residual.input": "各块的输入；最后一个是输出",
    "axis.residual.block": "块",
    "axis.residual.step": "步骤",
    "axis.residual.length": "长度",
    "axis.residual.ratio": "占 token 长度的比例",
    "axis.residual.cosine": "与 token 的余弦",
    "unit.residual.ratio": "相对于 token 的长度",
    "unit.residual.cosine": "与 token 的余弦",
    "note.residual.ratio": "照片上的中位数 {value:percent}",
    "note.residual.cosine": "照片上的中位数 {value:number}",
    "scale.residual.clip": "两张图共用一个色标，在照片的第 99 百分位处截断",
}
