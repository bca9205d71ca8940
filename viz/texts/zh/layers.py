"""The layers beside one another."""

TEXTS = {
    "view.layers.title": "各层的颜色",
    "view.layers.what": (
        "把每个块的输出画成红、绿、蓝三色，分别对应 token 差别最大的三个方向。第一张图里所有块共用一组基，所以同一种颜色在每个块里含义相同；"
        "第二张图里每个块用自己的基。为了共用一组基，先减去每个块的均值，再把它的 token 缩放到同样的尺度，"
        "否则 token 最长的最后几个块会独自决定一切。"
    ),
    "view.layers.more": "共用的方向是最多 8192 个 token 的主成分，它们均匀取自各图像块和各块；不含照片的图像块不参与。在此之前，每个块的 token 减去均值，再除以均方长度的平方根。各自的基直接由每个块的 token 算出。两种情况下，每种颜色都在得分的第 1 到第 99 百分位数之间从无到满。",
    "view.layers.not": (
        "几百个方向里只显示了三个，图下的数字说明它们占多少：这里看是灰色的地方，在别的方向上可能不同。各自的基画出的颜色，"
        "不同的块之间不能相比。一片同样的颜色不能证明编码器认识一个物体。"
    ),
    "panel.layers.shared": "全部 {depth} 个块的输出，共用一组基",
    "panel.layers.own": "同样的输出，各用各的基",
    "panel.layers.shared_one": "块 {block}，共用的基",
    "panel.layers.own_one": "块 {block}，自己的基",
    "note.layers.variance": "三种颜色占方差的 {share:percent}，从无到满对应得分的第 1 到第 99 百分位数",
    "note.layers.order": "按块的次序排列，并标出编号；块 {block} 加了框",
    "view.token_norms.title": "token 的长度与离群值",
    "view.token_norms.what": (
        "每个块之后，每个 token 有多长。在一些视觉 Transformer 里，平淡背景上的少数 token 会变得比其他 token 长许多倍，"
        "充当整幅图像的草稿纸；“Vision transformers need registers”（arXiv 2309.16588）发现了它们。"
        "这里标出比本块的第三四分位数还高三个四分位距的 token，并显示其中最长的那个在看哪里。"
    ),
    "view.token_norms.more": "长度是对所有通道的欧几里得长度。规则是图基（Tukey）对“远外”值的定义：比第三四分位数高出第一与第三四分位数之差的三倍以上。关于寄存器的论文则对每个模型用一个固定的界限。只计算含有照片的图像块。在残差流里，长度往往逐块增长，因为每个块都往里加。",
    "view.token_norms.not": (
        "按这条规则算出的离群值，只是比多数 token 长，不一定是寄存器 token：那样的 token 几乎在每张照片里都长许多倍，"
        "而且几乎不含自己图像块的内容。不同块的长度不能当作重要性来比，因为每个读取残差流的层之前都会先归一化。"
    ),
    "panel.token_norms.all": "每个块之后，每个 token 的长度",
    "panel.token_norms.marked": "块 {block}：哪些 token 是离群值",
    "panel.token_norms.looks": "块 {block}：最长的 token（图像块 {patch}）看哪里",
    "panel.token_norms.longest": "块 {block}：最长的离群值",
    "panel.token_norms.none": "块 {block} 没有离群值",
    "note.token_norms.block": "中位数 {median:number}，最大 {largest:number}，离群值 {count:count} 个",
    "note.token_norms.rule": "token 要比第三四分位数高出三个四分位距，才算离群值。",
    "label.token_norms.ordinary": "普通长度",
    "label.token_norms.outlier": "离群值",
    "label.token_norms.limit": "规则的界限",
    "unit.token_norms.length": "token 长度",
    "column.token_norms.patch": "图像块",
    "column.token_norms.length": "长度",
    "view.layer_cosines.title": "各层里的相似度",
    "view.layer_cosines.what": (
        "每个块之后，其他图像块与选定的图像块有多像，用它们 token 的余弦表示。第二行图先减去照片的平均 token："
        "所有 token 共有的部分让它们彼此都很像，掩盖了它们的差别。点击块的名字，可以逐块查看。"
    ),
    "view.layer_cosines.more": "比较的 token 是每个块的输出，取自残差流，在任何归一化之前。平均 token 只用含有照片的图像块计算，再从每个 token 中减去；余下部分的余弦可以为负，即两个图像块以相反的方式偏离均值。没有这一步，很大的共同部分会把所有余弦抬到接近 1。选定的图像块自己总是 1。",
    "view.layer_cosines.not": (
        "token 相像不等于同一个物体：token 里也有位置，在前面的块里，邻近的图像块单凭这一点就很像。余弦也不说明哪些通道一致。"
    ),
    "panel.layer_cosines.raw": "每个块之后与选定图像块的余弦",
    "panel.layer_cosines.centred": "同上，先减去照片的平均 token",
    "unit.layer_cosines.cosine": "余弦",
    "view.cka.title": "各层的比较（CKA）",
    "view.cka.what": (
        "用线性中心核对齐（linear centred kernel alignment）衡量两层整体上有多像：如果在两层里，同样的图像块彼此靠近或远离，"
        "值就是 1，不管向量的方向和尺度如何。照片较大时，隔一行、隔一列取图像块。（Kornblith 等，arXiv 1905.00414。）"
    ),
    "view.cka.more": "对每一层，先减去均值，再构造一个矩阵，其中是每个图像块的向量与其他每个图像块的向量的乘积。CKA 是两个这样的矩阵（看作长向量）之间的余弦。旋转一层的所有向量，或把它们乘以同一个数，都不会改变它，两层的宽度也可以不同：最后一行是图像嵌入。最多 1024 个图像块参与。",
    "view.cka.not": (
        "两层之间的数值高，并不表示其间什么也没发生：线性 CKA 由方差最大的少数方向主导，一层在其他方向上的改动几乎不算数。它只看这一张照片的图像块；"
        "论文里比较各层时用许多照片。前后相接的块天然相像，因为每个块都只是在残差流上再加一些。"
    ),
    "panel.cka.table": "每两层之间的线性 CKA",
    "panel.cka.row": "块 {block} 的输出与每一层的线性 CKA",
    "axis.cka.layer": "块的输出；{depth} 是图像嵌入",
    "unit.cka": "线性 CKA",
}
