"""Questions of a tour that are answered before the picture does; the numbers come from the trace."""

TEXTS = {
    "guess.head": "头 {head}：{value}",
    "guess.value": "{name}：{value}",
    "guess.positional_head": "不管照片里有什么，哪个头最看重位置？",
    "guess.positional_head.answer": "去掉 rel_h 和 rel_w，会有这么多权重落到别的键上：{values}。",
    "guess.farthest_head": "从选定的图像块出发，哪个头看得最远？",
    "guess.farthest_head.answer": "它所看之处的平均距离，以图像块计：{values}。",
    "guess.window_padding": "选定图像块的窗口里，填充在哪里？",
    "guess.window_padding.nowhere": "没有填充",
    "guess.window_padding.below": "在下方",
    "guess.window_padding.right": "在右侧",
    "guess.window_padding.both": "在下方和右侧",
    "guess.window_padding.answer": (
        "这个窗口的 {keys:count} 个 token 里有 {padding:count} 个是填充；头 {head} 把 {share:percent} 的权重给了它们。"
    ),
    "guess.strongest_term": "头 {head} 看哪里，三项里哪一项起的作用最大？",
    "guess.strongest_term.answer": "去掉这一项，头 {head} 有这么多权重会落到别的键上：{values}。",
    "guess.larger_half": "在块 {block} 里，相对于选定 token 的长度，注意力和 MLP 哪一个加得更多？",
    "guess.larger_half.answer": "注意力加上 token 长度的 {attn:percent}，MLP 加上 {mlp:percent}。",
    "guess.few_neurons": "从最强的数起，{hidden:count} 个神经元中占多大比例的那些，就写出了这个 token 得到的全部内容的一半？",
    "guess.few_neurons.up_to": "不超过 {high} %",
    "guess.few_neurons.between": "{low} % 到 {high} %",
    "guess.few_neurons.more": "超过 {low} %",
    "guess.few_neurons.answer": "按写入的长度算，是 {hidden:count} 个神经元中的 {count:count} 个，即 {share:percent}。",
}
