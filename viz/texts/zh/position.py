"""Position embedding."""

TEXTS = {
    "problem.no_position": "这个编码器构建时设了 use_abs_pos=False：它没有位置嵌入",
    "panel.position.before": "相加之前的 token",
    "panel.position.table": "位置",
    "panel.position.after": "相加之后的 token",
    "view.position_similarity.title": "与选定位置相像的位置",
    "view.position_similarity.what": (
        "每个位置有一个学到的向量，对每张照片都一样。中间的图把选定位置的向量与所有其他位置的向量作比较。"
        "相加前后 token 的两张图差别越大，位置相对于内容的分量就越重。"
    ),
    "view.position_similarity.more": "这张表 pos_embed 是编码器的参数：它与其他权重一起学到，不是由正弦函数算出来的。网格的每个位置有一个与 token 同宽的向量，在块 0 之前加一次。这些向量的余弦常常显出行和列，因为同一行的位置有共同之处，同一列的位置也是。输入大小不同时，先缩放这张表。",
    "view.position_similarity.not": (
        "位置向量相像，并不会让图像块互相注意：那由 q 和 k 决定，中间还隔着归一化和学到的矩阵。这张表是绝对位置，只加一次；"
        "相对位置是另外的表，每个块里都有。"
    ),
    "panel.position_similarity.title": "与选定图像块的余弦",
    "panel.position_similarity.unit": "余弦",
    "panel.position_similarity.lines": "沿选定的行和列，位置向量的余弦",
    "panel.position_similarity.along_row": "沿所在的行",
    "panel.position_similarity.along_col": "沿所在的列",
    "panel.position_similarity.place": "列或行",
    "view.position_added.title": "相加之前和之后",
    "view.position_added.what": (
        "token 图、位置表以及两者之和，都用同样的三个方向、同一个色标：颜色与灰色的距离可以相加。第四张图用位置自己的色标再画一遍位置。"
    ),
    "view.position_added.more": "三个方向是整张照片上各个和的主成分，也就是和的差异最大的方向。前三张图各自减去自己的均值，画在同一个尺度上，尺度的终点是和的第 99 百分位数：超出的部分被截断，在那里颜色不会精确相加。代码里这一步只有一行：x = x + self.pos_embed。在块 0 之前，没有任何相乘，也没有归一化。",
    "view.position_added.not": (
        "表很小，说的是当前这个模型，而不是位置嵌入本身：vit_tiny 的表在训练中一直很小。它也不是模型唯一的位置来源，"
        "因为每个块都会加入相对位置。三个方向不是全部方向，灰色是每张图自己的均值，不是零。"
    ),
    "panel.position_added.lengths": "向量的长度",
    "panel.position_added.length": "长度",
    "panel.position_added.means": "照片上的平均长度",
    "panel.position_added.own_scale": "位置，用自己的色标",
    "panel.position_added.small": (
        "在这个编码器里，位置向量的长度是它们所加到的 token 的 {share:percent}。这个数很小时，第二张图虽然几乎全灰，"
        "表却不是空的，第四张图可以看出来。"
    ),
    "view.position_table.title": "其他尺寸下的位置表",
    "view.position_table.what": (
        "学到的位置表，取最强的三个方向画成红、绿、蓝：先是它自己的尺寸，再是为其他输入缩放后的尺寸。缩放就是在学到的位置之间取值（双三次插值）。"
    ),
    "view.position_table.more": "SAM 的表有 64×64 个位置，对应 1024 像素模型图像的每个图像块。双三次插值用周围 4×4 个学到的位置算出每个新位置。align_corners = False 时，一个位置代表其图像块的中心，所以在别的大小下，最外侧的中心会稍微靠近或远离边缘。相对位置的表也会缩放，但方式不同：线性插值，而且只在全局块里。",
    "view.position_table.not": (
        "缩放后的表没有训练过：它是否合适只是猜测，缩小的表还会丢失细节。原版 segment-anything 不缩放：输入不是表的尺寸时，它的代码会出错。"
        "这里的缩放沿用 ViTDet 的做法。"
    ),
    "panel.position_table.size": "{rows}×{cols} 个 token：{height}×{width} 像素",
    "panel.position_table.learned": "学到的表；三种颜色解释方差的 {shares}",
    "panel.position_table.resized": "缩放后，方向和颜色相同",
    "panel.position_table.grid": "{rows}×{cols}",
    "panel.position_table.line": "第一主成分，沿正中一行",
    "panel.position_table.place": "在图像中的位置，0 为左 … 1 为右",
    "panel.position_table.score": "主成分 0",
    "view.class_token.title": "没有类别 token",
    "view.class_token.what": (
        "SAM 的编码器没有类别 token：从第一步到图像嵌入，每个 token 都是一个图像块，有自己的行和列。许多别的视觉 Transformer 在图像块之前再放一个 token，用来概括整幅图像。"
    ),
    "view.class_token.more": "SAM 的编码器由 MAE 预训练初始化，而 MAE 的视觉 Transformer 有类别 token。SAM 沿用的 ViTDet 结构去掉了它：窗口和颈部（neck）的卷积需要完整的行列网格。如果需要整幅图像的向量，可以对所有图像块取平均；编码器自己不计算这样的向量。",
    "view.class_token.not": (
        "这里没有什么来概括整幅图像，所以也没有“类别 token 的注意力”可看：画出它的图来自别的模型。SAM 学到的输出 token 在掩码解码器里，"
        "在编码器之后。"
    ),
    "panel.class_token.index": "每个 token 的下标",
    "panel.class_token.unit": "token",
    "panel.class_token.row_major": "逐行编号，每行 {cols} 个",
    "panel.class_token.count": "token 与图像块一样多",
    "panel.class_token.patches": "模型图像里的图像块",
    "panel.class_token.tokens": "残差流里的 token",
    "panel.class_token.embedding": "图像嵌入里的位置",
    "panel.class_token.pinned": "选定图像块的下标",
    "panel.class_token.none_left": "三者相等：没有多出来的 token。",
    "panel.class_token.table": "没有位置的 token 会让哪些步骤做不下去",
    "panel.class_token.step": "步骤",
    "panel.class_token.needs": "需要",
    "panel.class_token.window_partition": "划分窗口",
    "panel.class_token.window_partition_needs": "行和列，由它们决定 token 属于哪个窗口",
    "panel.class_token.rel_pos": "相对位置",
    "panel.class_token.rel_pos_needs": "查询与键之间的行距和列距",
    "panel.class_token.neck": "颈部的 3×3 卷积",
    "panel.class_token.neck_needs": "网格：每个图像块都有要与它混合的邻居",
}
