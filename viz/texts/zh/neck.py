"""The neck."""

TEXTS = {
    "label.neck.0": "neck.0 1×1 卷积",
    "label.neck.1": "neck.1 LayerNorm2d",
    "label.neck.2": "neck.2 3×3 卷积",
    "label.neck.3": "neck.3 LayerNorm2d",
    "unit.neck.norm": "向量的长度",
    "unit.neck.channel": "通道的值",
    "view.neck_steps.title": "颈部的四步",
    "view.neck_steps.what": (
        "1×1 卷积改变每个 token 的宽度，LayerNorm2d 让各图像块的长度相近，3×3 卷积把每个图像块与相邻的八个混合，"
        "最后 LayerNorm2d 再让长度相近一次。上排的图显示每个图像块的向量有多长，下排显示它与选定图像块的向量有多像。"
    ),
    "view.neck_steps.more": "首先把 token 从（批、行、列、通道）换成（批、通道、行、列），这是卷积需要的排列。两个卷积都没有偏置；在 SAM 里 1×1 卷积从 embed_dim 变到 256 个通道，3×3 卷积保持 256 个，并用零填充边缘。颈部（neck）里没有激活函数：除两个归一化外，一切都是线性的。3×3 卷积是所有块之后唯一让图像块彼此看见的地方。",
    "view.neck_steps.not": (
        "3×3 卷积之后的图更平滑，并不说明特征更好：从这里起，相邻的图像块有一部分是由相同的输入算出来的，单凭这一点它们就会相像。"
        "在模型图像的边缘，卷积看到的是零，而不是邻居。"
    ),
    "panel.neck_steps.norms": "每个图像块的向量长度",
    "panel.neck_steps.cosines": "与选定图像块的余弦",
    "panel.neck_steps.table": "每一步做什么",
    "note.neck_steps.spread": "长度的波动是平均值的 {share:percent}",
    "label.neck_steps.input": "最后一个块的输出",
    "column.neck_steps.layer": "层",
    "column.neck_steps.mixes": "由什么算出一个图像块",
    "column.neck_steps.shape": "输出",
    "column.neck_steps.parameters": "参数",
    "label.neck_steps.one_patch": "只有这个图像块，它的全部通道",
    "label.neck_steps.neighbours": "3×3 个图像块，它们的全部通道",
    "label.neck_steps.norm": "只有这个图像块，用它各通道的均值和方差",
    "view.neck_pca.title": "颈部的主成分",
    "view.neck_pca.what": (
        "每一步的通道在这张照片上差别最大的三个方向，分别画成红、绿、蓝：颜色相近的图像块特征也相近。每张图有自己的方向，"
        "所以同一种色调在不同的图之间没有意义：这四张之间如此，两张照片之间也如此，除非并排的两张共用一组基。"
        "论文里常常只画前景：用一条规则挑出一部分图像块，主成分只由它们算出。"
    ),
    "view.neck_pca.more": "对每一步，先减去照片的图像块上的均值，方向是协方差矩阵中特征值最大的三个特征向量。每个特征值除以全部特征值之和，就是这个方向所占的方差比例。图像填充不参与，保持灰色。一个图像块在某个方向上的得分，是它的向量与特征向量的乘积。",
    "view.neck_pca.not": (
        "颜色不是分割区域，方向也没有好坏之分：主成分的正负号是任意的。这里规定正负号，使每种颜色大致从照片的上边到下边增加；"
        "从得分的第 1 百分位数到第 99 百分位数，颜色从无到满。前三个主成分之外的部分没有显示；曲线会说明那有多少。"
    ),
    "panel.neck_pca.variance": "解释的方差：{shares}；颜色从无到满对应第 1 到第 99 百分位数",
    "panel.neck_pca.part": "哪些图像块参与",
    "short.neck_pca.above": "{count:count} 个图像块，第一主成分高于 {threshold:number}",
    "short.neck_pca.below": "{count:count} 个图像块，第一主成分低于 {threshold:number}",
    "short.neck_pca.likeness": "{count:count} 个图像块，与选定图像块的余弦高于 {threshold:number}",
    "note.neck_pca.above": (
        "{count:count} 个图像块：它们在图像嵌入里的第一主成分高于 {threshold:number}，选定图像块也是。"
        "阈值用 Otsu 法：它把图像块分成差别最大的两组。"
    ),
    "note.neck_pca.below": (
        "{count:count} 个图像块：它们在图像嵌入里的第一主成分低于 {threshold:number}，选定图像块也是。"
        "阈值用 Otsu 法：它把图像块分成差别最大的两组。"
    ),
    "note.neck_pca.likeness": (
        "{count:count} 个图像块：在图像嵌入里，减去照片的平均之后，它们与选定图像块的余弦高于 {threshold:number}。"
        "阈值用 Otsu 法：它把图像块分成差别最大的两组。"
    ),
    "note.neck_pca.shared": "两张照片共用一组基：由两张的所有图像块一起算出的主成分。",
    "note.neck_pca.two_encoders": "两边各用自己的基：两个编码器的通道含义不同，没有共同的基。",
    "panel.neck_pca.curves": "每个主成分解释多少方差",
    "view.neck_channels.title": "通道墙",
    "view.neck_channels.what": (
        "颈部输出的每个通道，一格一个，逐行排列：灰色是零，白色为正，黑色为负。加框的通道另外放大显示，"
        "旁边是与它最像的通道和与它最相反的通道。"
    ),
    "view.neck_channels.more": "所有小图共用一个尺度：绝对值超过整面墙上 99.5 % 的值时为全白或全黑。相似与相反由两个通道的图在照片上的皮尔逊相关系数判断。LayerNorm2d 先在每个位置对各通道标准化，再把每个通道乘以它学到的权重，所以各通道强弱不同。如果整面墙比屏幕大，墙上的一个像素就是几个图像块的平均。",
    "view.neck_channels.not": (
        "一个通道不是一个分割区域，也不是一个物体，尽管在某些照片上看起来像：一个图像块里有什么，是由它的所有通道共同写出的。"
        "通道的次序没有意义。"
    ),
    "panel.neck_channels.wall": "图像嵌入的全部 {count:count} 个通道",
    "panel.neck_channels.chosen": "通道 {channel}（0…{last}），以及与它最像和最相反的通道",
    "label.neck_channels.chosen": "通道 {channel}",
    "label.neck_channels.alike": "最像：{channel}",
    "label.neck_channels.opposite": "最相反：{channel}",
    "note.neck_channels.correlation": "相关系数 {value:number}",
    "panel.neck_channels.order": (
        "通道 0 在左上角，每行 {across} 个；方框标出通道 {channel}。达到 ±{top:number} 之后，格子就是全白或全黑。"
    ),
    "panel.neck_channels.pooled": "一个像素是 {side}×{side} 个图像块的平均，好让整面墙放得进屏幕。",
}
