"""Padding's share of the attention weights."""

TEXTS = {
    "view.padding.title": "填充占多少",
    "view.padding.what": (
        "SAM 不加任何掩码：窗口填充，以及照片下方或旁边的图像填充，都是和别的一样的键。每张图显示每个图像块把多少权重给了一种填充；"
        "图上空白的地方，图像块看不见这种填充。"
    ),
    "view.padding.more": "窗口填充在 norm1 之后是零，所以它的所有 token 的键和值都相同，就是 qkv 层的偏置。它们的分数只因 rel_h 和 rel_w 而不同。在 64×64 的网格上，最后一行和最后一列窗口里有 8 行（列）token 和 6 行（列）填充：4096 个查询中有 960 个能看到填充。图像填充经过了前面的所有层，所以它的键不是常量，在全局块里也会得到权重。",
    "view.padding.not": (
        "份额大不是毛病：编码器是带着填充训练的，也许学会了利用它。份额也不说明填充对图像块做了什么：权重要乘以值，"
        "窗口填充的值是同一个常向量，图像填充的值则是那些 token 经过前面各块之后的内容。"
    ),
    "panel.padding.window": "给窗口填充的权重",
    "panel.padding.image": "给图像填充的权重",
    "panel.padding.table": "各头给填充的权重；平均值只算照片里看得见填充的图像块",
    "panel.padding.counts": "有多少查询看得见填充",
    "panel.padding.counts_note": (
        "在窗口式块里，一个查询只看得见自己窗口里的填充。全局块里没有窗口填充，而每个查询都看得见全部图像填充。"
    ),
    "panel.padding.none": "这里没有填充",
    "panel.padding.none_note": "照片填满了模型图像，这个块也没有窗口伸出网格。",
    "panel.padding.masked_note": (
        "这个假设给窗口填充加了掩码：在这个块里它不是键，谁也不给它权重。图像填充也没有：照片填满了模型图像。"
    ),
    "label.padding.head": "头",
    "label.padding.window_pinned": "给窗口填充，选定图像块",
    "label.padding.window_mean": "给窗口填充，平均",
    "label.padding.image_pinned": "给图像填充，选定图像块",
    "label.padding.image_mean": "给图像填充，平均",
    "label.padding.even": "如果所有权重相等",
    "label.padding.queries": "查询总数",
    "label.padding.window_queries": "看得见窗口填充的查询",
    "label.padding.image_queries": "看得见图像填充的查询",
    "label.padding.value": "窗口填充的值向量长度，头 {head}",
    "label.padding.values": "各图像块值向量的平均长度，头 {head}",
    "unit.padding": "占权重的份额",
    "note.padding.shares": "选定图像块 {pinned:percent} · 平均 {mean:percent}",
}
