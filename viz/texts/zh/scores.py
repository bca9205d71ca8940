"""Scores."""

TEXTS = {
    "view.scores.title": "拆开的分数",
    "view.scores.what": (
        "分数是三项之和：查询与键的向量有多一致，键所在行的偏置，键所在列的偏置。每张图都减去了照片上的平均值，"
        "因为对所有键都相同的部分，softmax 不予理会。关掉一项，看看权重会去哪里。"
    ),
    "view.scores.more": "在代码里，q 先乘以缩放系数 1/√d，再与所有键相乘；这就是内容项。另外两项来自未经缩放的 q。三项都是 q 与某个学到或算出的量的乘积，所以查询若长一倍，每一项都会加倍，softmax 会变得更尖锐。rel_h 对同一行的所有键相同，rel_w 对同一列的所有键相同。",
    "view.scores.not": (
        "关掉一项，并不说明一个不带这一项训练出来的编码器会怎样：它的其他权重也会学成另外的样子。分数也不是权重："
        "一个键得到多少，取决于同一个 softmax 里的所有其他键，包括窗口填充，而这些图画不出它们。"
    ),
    "panel.scores.terms": "三项、它们的和以及和的 softmax，头 {head}",
    "panel.scores.change": "编码器实际算出的，以及变化，头 {head}",
    "scale.scores.terms": "三项与它们的和共用一个色标",
    "note.scores.mean": "已减去平均值 {mean:number}",
    "note.scores.off": "已关掉",
    "note.scores.what_if": "假设：不是编码器实际算出的",
    "note.scores.moved": "{share:percent} 的权重落到了别的键上",
    "label.scores.computed": "实际计算，全部三项",
    "label.scores.change": "假设 − 实际",
    "view.pair.title": "一对图像块的数字",
    "view.pair.what": (
        "一个头里，一个查询与一个键之间的全部计算：每个通道的乘积，加起来成为分数，以及分数在 softmax 里得到的份额。"
        "可以选定一个键；不选时，用最强的键。"
    ),
    "view.pair.more": "每个通道的柱是 q_i·k_i 除以 √d，曲线是它们的累加和，终点就是内容项。softmax 在取指数之前减去最大的分数，这样就不会溢出；分子和分母缩小同样的倍数，权重不变。分母对查询能看到的所有键求和：在窗口式块里是它的窗口里的键，包括填充；在全局块里是整个网格的键。",
    "view.pair.not": (
        "乘积大的通道并不是一个有名字的特征：如果把 q、k 和两张表一起旋转，每个乘积都会变，每个分数却不变。"
        "单看一个高分数，也说不出权重有多大：那取决于所有其他键的分数。"
    ),
    "panel.pair.where": "查询看哪里，头 {head}",
    "panel.pair.products": "q·k，逐通道（{channels} 个通道）",
    "panel.pair.score": "查询 {query} → 键 {key}：分数",
    "panel.pair.weight": "从分数到权重",
    "label.pair.product": "这个通道的乘积，除以 √d",
    "label.pair.running": "累加和：最后等于内容项",
    "label.pair.content": "q·k/√{head_dim}",
    "label.pair.rel_h": "+ rel_h[{row}]",
    "label.pair.rel_w": "+ rel_w[{col}]",
    "label.pair.score": "= 分数 s",
    "label.pair.highest": "最高的分数，s max",
    "label.pair.exp": "exp(s − s max)",
    "label.pair.denominator": "÷ 所有键的 exp 之和",
    "label.pair.weight": "= 权重",
    "label.pair.query_window": "查询所在的窗口",
    "label.pair.key_window": "键所在的窗口",
    "note.pair.score": (
        "偏置是未经缩放的 q 乘以 rel_pos_h 的第 {row} 行，以及乘以 rel_pos_w 的第 {col} 行；行号从 0 数起，"
        "这个块读取的两张表分别有 {rows} 行和 {cols} 行。读取哪一行，只取决于键离查询有多远。"
    ),
    "note.pair.weight": (
        "softmax 覆盖 {keys:count} 个键，其中 {padding:count} 个是窗口填充。先减去最高的分数不会改变任何权重，只是避免 exp 溢出。"
    ),
    "note.pair.outside": "块 {block} 是窗口式块，而这个键在另一个窗口里：它们之间的分数从不计算，也没有权重。",
}
