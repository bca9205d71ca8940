"""Patch embedding."""

TEXTS = {
    "view.patch_grid.title": "图像块网格",
    "view.patch_grid.what": (
        "编码器把模型图像切成小方块，每一块变成一个向量，即一个 token。从这里起，编码器不再知道任何比图像块更小的东西。"
    ),
    "view.patch_grid.more": "PatchEmbed 是一个 Conv2d，卷积核大小和步长都是 patch_size。它的输出从（批、通道、行、列）换成（批、行、列、通道），所有块都用这种排列。16×16 像素的图像块有 3·16·16 = 768 个数。ViT-B 的 token 正好也有这么多个数，ViT-L 和 ViT-H 的更多；vit_tiny 的只有 144 个，所以那里的 token 装不下图像块的全部内容。",
    "view.patch_grid.not": (
        "图像块的边界与物体无关：网格对每张照片都一样。图像块互不重叠，所以在这里，没有一个图像块知道邻居的任何情况。"
    ),
    "panel.patch_grid.cut": "照片切成图像块",
    "panel.patch_grid.pinned": "选定的图像块，({row}, {col})",
    "panel.patch_grid.colours": "它的红、绿、蓝",
    "panel.patch_grid.channels": "编码器从中得到的：{names}",
    "panel.patch_grid.numbers": "{side}×{side}×{channels} = {count:count} 个数变成一个 token",
    "view.patch_product.title": "卷积 = 矩阵乘积",
    "view.patch_product.what": (
        "步长等于卷积核大小的卷积永不重叠，所以它就是一次矩阵乘法：把每个图像块展平，乘以 W，再加上 b。把图像块的值与一个滤波器在同一位置的权重相乘，把所有乘积和滤波器的偏置加起来：这就是 token 的一个数。"
    ),
    "view.patch_product.more": "W 是卷积的权重，形状为 embed_dim × 3 × patch_size × patch_size，除第一个轴外全部首尾相接。图像块的值按同样的顺序取：一种颜色接着一种颜色，每种颜色里逐行取。两种算法算的是同一个和，只是相加的顺序不同，所以最后几位数字可能不一样。",
    "view.patch_product.not": (
        "这里没有激活函数，也没有滑动：常见的“重叠滤波器”示意图在这里不适用。所有图像块用同一个 W 和 b；图像块在哪里，此时还不起作用。"
    ),
    "panel.patch_product.pixels": "选定的图像块，归一化后",
    "panel.patch_product.filter": "滤波器 {channel}",
    "panel.patch_product.products": "两者的乘积：全部加起来",
    "panel.patch_product.value": "归一化的值",
    "panel.patch_product.weight": "滤波器的权重",
    "panel.patch_product.product": "值 × 权重",
    "panel.patch_product.beside": "{count} 个通道，每个 {side} 列",
    "panel.patch_product.row": "图像块内的行",
    "panel.patch_product.col": "图像块内的列，一个通道接一个通道",
    "panel.patch_product.both": "token 的第 {channel} 个数，用两种方法计算",
    "panel.patch_product.sum": "乘积之和",
    "panel.patch_product.bias": "+ 偏置",
    "panel.patch_product.by_product": "展平 · W + b",
    "panel.patch_product.by_conv": "卷积给出的结果",
    "panel.patch_product.difference": "最大差值，全部 {count} 个数",
    "panel.patch_product.rounding": "两种方法相加的次序不同，所以 float32 的最后几位可能不同。",
    "panel.patch_product.every": "每个数，用两种方法计算",
    "panel.patch_product.channel": "token 的一个数",
    "view.filters.title": "滤波器",
    "view.filters.what": (
        "token 的每个数是一个滤波器的响应：图像块的值乘以滤波器的权重，再加起来。选一个滤波器，看看它在照片的哪里响应最强。"
    ),
    "view.filters.more": "一个滤波器是 W 的一行，有 3 × patch_size × patch_size 个权重，这里画成一张小图，灰色表示零。在对比度相同的图像块中，它对重复自身图案的那一块响应最强。如果一个滤波器在每种颜色里的权重之和为零，它就看不出图像块有多亮，只看得出块内亮度怎样变化。图像块全是零时（例如图像填充），响应就是偏置。",
    "view.filters.not": (
        "滤波器不是物体检测器：它只是图像块像素的一个线性和，后面的层会把它们全部混合。很强的负响应与正响应说明的一样多。"
    ),
    "panel.filters.all": "全部 {count} 个滤波器",
    "panel.filters.sorted": "按权重的长度排列，最长的在前：通道 {first} 等等。灰色是零；每一格有自己的色标。",
    "panel.filters.rank": "它的权重长度是 {length:number}：在 {count} 个里排第 {rank}（从 0 数起）",
    "panel.filters.beside": "它的各个通道左右并排：{names}（小格只画前三个）",
    "panel.filters.one": "滤波器 {channel}，放大",
    "panel.filters.response": "滤波器 {channel} 在每个图像块上的响应",
    "panel.filters.unit": "响应",
    "panel.filters.channel": "通道 {channel}",
    "panel.filters.best": "滤波器 {channel} 响应强烈的图像块",
    "panel.filters.extremes": "上：最大的响应，从大到小。下：最小的响应，从小到大。",
    "view.patch_similarity.title": "与选定图像块相像的图像块",
    "view.patch_similarity.what": (
        "其他每个图像块与选定的图像块有多像：先比像素，再比 token。单靠图像块嵌入，只能分辨颜色和纹理。"
    ),
    "view.patch_similarity.more": "像素按编码器得到的样子比较：归一化之后，每个图像块有 3 × patch_size × patch_size 个数。token 取离开 PatchEmbed、尚未加上位置的那些。余弦比较的是方向而不是长度，所以颜色淡的图案和同样图案的浓色版本很相似。选定的图像块与自己的余弦是 1。",
    "view.patch_similarity.not": (
        "token 相像不等于物体相像：位置和邻居后面才加入。所有 token 都含有同一个偏置 b，单凭它就能抬高每个余弦。"
        "图像填充全是零：它的像素没有方向，所以第一张图在那里没有值。"
    ),
    "panel.patch_similarity.title": "与选定图像块的余弦",
    "panel.patch_similarity.unit": "余弦",
    "panel.patch_similarity.pixels": "归一化的像素",
    "panel.patch_similarity.tokens": "图像块嵌入",
}
