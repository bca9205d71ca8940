"""The image embedding."""

TEXTS = {
    "view.embedding.title": "图像嵌入",
    "view.embedding.what": (
        "编码器为每个图像块交出一个 256 通道的向量。图中显示每个向量与选定图像块的向量有多像。关于照片，"
        "掩码解码器只得到这些向量，别无其他；它把这些向量和提示变成掩码。"
    ),
    "view.embedding.more": "1024 像素时，SAM 的图像嵌入有 256 × 64 × 64 个数。每个向量代表一个图像块，但通过全局块它依赖整张照片。掩码解码器还从提示编码器得到同样大小的位置编码。图像编码器对一张照片只运行一次：之后的每次点击或每个框只需要提示编码器和解码器，它们小得多。",
    "view.embedding.not": (
        "一个通道不是一个分割区域：选定图像块最强的通道，在许多别的地方也很强。特征相似的图像块也不一定属于同一个掩码："
        "SAM 只在解码器里才生成掩码，依据的是这些向量和提示。"
    ),
    "panel.embedding.cosines": "每个图像块与选定图像块的余弦",
    "panel.embedding.strongest": "选定图像块最强的通道",
    "panel.embedding.norms": "每个图像块的向量长度",
    "panel.embedding.vectors": "选定图像块的全部 {channels:count} 个通道",
    "panel.embedding.sizes": "图像嵌入：{shape}",
    "label.embedding.query": "查询 {patch}",
    "label.embedding.other": "第二个查询 {patch}",
    "label.embedding.channel": "通道 {channel}",
    "label.embedding.size": "图像嵌入里的数",
    "label.embedding.image": "模型图像里的数",
    "label.embedding.padding": "图像填充的图像块",
    "label.embedding.between": "两个选定图像块之间的余弦",
    "note.embedding.sizes": "图像填充的图像块和其他图像块一样有向量，掩码解码器也会看它们：它不加任何掩码。",
    "axis.embedding.channel": "通道",
}
