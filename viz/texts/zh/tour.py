"""The tour that comes with the app: a stop's title, its words on the screen, and notes for whoever presents it."""

TEXTS = {
    "tour.title": "走一遍编码器",
    "tour.photo.title": "照片变成数字",
    "tour.photo.words": "缩放照片，让最长边为 {size:count} 像素。颜色调到统一的尺度，正方形的其余部分用零填满。",
    "tour.photo.notes": (
        "按 SAM 的做法，零是在归一化之后填上的：它们代表平均颜色，而不是黑色。问问谁手边有不是正方形的照片，上传试试：这个导览适用于任何照片。"
    ),
    "tour.patches.title": "{tokens:count} 个 token",
    "tour.patches.words": (
        "正方形切成 {rows}×{cols} 个图像块，每个 {patch}×{patch} 像素。每个图像块变成一个 token，即 {dim:count} 个数的向量："
        "一共 {tokens:count} 个 token。"
    ),
    "tour.patches.notes": "从这里起，编码器里再没有什么看得见像素。点一下脸上的图像块：它会一直被选定，导览会跟着它走。",
    "tour.product.title": "每个图像块做一次矩阵乘法",
    "tour.product.words": (
        "图像块的 {values:count} 个数乘以一个矩阵，再加上偏置，就得到 token 的 {dim:count} "
        "个数。步长等于卷积核大小的卷积，算的正是这个。"
    ),
    "tour.product.notes": (
        "所有图像块用同一个矩阵。这个视图用两种方法算出一个数：一次用乘积，一次用卷积；差别只是 float32 的舍入。"
    ),
    "tour.position.title": "每个位置有一个向量",
    "tour.position.words": (
        "{rows}×{cols} 个位置各有一个学到的向量，加到 token 上，对每张照片都一样。图中显示哪些位置的向量与选定位置的相像。"
    ),
    "tour.position.notes": (
        "如果输入的尺寸与学习这张表时不同，就用双三次插值缩放它。邻近的位置是否相像，是编码器自己学出来的：请看图判断。"
    ),
    "tour.class_token.title": "没有类别 token",
    "tour.class_token.words": (
        "SAM 的编码器没有类别 token：进去 {tokens:count} 个图像块，出来还是这么多。所以注意力总是某一个图像块的：选定的那一个。"
    ),
    "tour.class_token.notes": (
        "见过 ViT “注意力图”的人，看到的是类别 token 的注意力。这里每个图像块都有自己的图；移动选定的图像块看看。"
    ),
    "tour.blocks.title": "{depth} 个块",
    "tour.blocks.words": (
        "{depth} 个块依次相接：{windowed} 个窗口式块和 {globals} 个全局块。每个块读取 token 归一化后的副本，再把得到的结果加到 token 本身上。"
    ),
    "tour.blocks.notes": "norm1 是归一化，不是激活函数。它的 eps 是 1e-6，与 segment-anything 传入的一样。残差流本身没有归一化。",
    "tour.window.title": "窗口和它的边",
    "tour.window.words": (
        "在窗口式块里，图像块只看见自己的窗口，即 {window}×{window} 个 token。窗口从左上角开始切；伸出网格边缘的部分用零填满。"
    ),
    "tour.window.notes": (
        "先让大家在照片上找出选定图像块的窗口。{cols} 列切成边长 {window} 的窗口，最后一个窗口还剩几列？"
    ),
    "tour.windows.title": "一个批次，{windows} 个窗口",
    "tour.windows.words": (
        "{rows}×{cols} 个 token 补到 {padded_rows}×{padded_cols}，成为 {windows} 个窗口的批次；其中 {padded} 个含有填充。"
        "划分窗口是为了减少计算量。"
    ),
    "tour.windows.notes": (
        "零是在 norm1 之后填入的，所以没有归一化。对每个 token、每个头，窗口式块计算 {window_tokens:count} 个分数，"
        "全局块计算 {tokens:count} 个。"
    ),
    "tour.padding.title": "填充没有加掩码",
    "tour.padding.words": (
        "填充的 token 是和别的一样的键：输入全为零时，qkv 层只给出它的偏置。图中显示每个图像块给了它们多少权重。"
    ),
    "tour.padding.notes": (
        "人们也许以为会有掩码。segment-anything 的代码里没有：window_partition 填充，注意力对所有 token 一视同仁。"
        "Swin 有掩码，用于它移位的窗口。"
    ),
    "tour.qkv.title": "查询、键、值",
    "tour.qkv.words": (
        "一个线性层把每个 token 变成三个向量：它在找什么，它提供什么，它带来什么。每个向量切成 {heads} 个头，每个头 {head_dim} 个数。"
    ),
    "tour.qkv.notes": "是一个宽度为 3·{dim} 的层，不是三个层。头是它输出的切片；直到 proj 它们才重新相遇。",
    "tour.pair.title": "一个分数，用数字说明",
    "tour.pair.words": (
        "一个查询遇到一个键：q·k 除以 √{head_dim}，加上键所在行的偏置，再加上键所在列的偏置。这个和就是分数；softmax 把它变成权重。"
    ),
    "tour.pair.notes": "只有 q·k 除以 √{head_dim}：偏置来自未经缩放的 q。按住 Shift 点击另一个键，再读一遍这行数字。",
    "tour.scores.title": "三项",
    "tour.scores.words": "对每个键都有这三项，用同一个色标。一项里对所有键都相同的部分，softmax 不理会，所以这里减去了平均值。",
    "tour.scores.notes": "按 t 关掉一项，看权重怎么变。这只是假设：没有哪个编码器是缺了这一项训练出来的。",
    "tour.tables.title": "每种距离一行",
    "tour.tables.words": (
        "偏置是查询与两张学到的表的乘积，表有 {table_rows} 行，查询与键之间的每种距离占一行：一张沿行方向，一张沿列方向。"
    ),
    "tour.tables.notes": (
        "因为查询参与其中，每个查询的偏置都不同。包含所有偏移的一张表需要 {table_rows}² 行；两张表只需要 2·{table_rows} 行。"
        "一个块的所有头共用它们。"
    ),
    "tour.every_block.title": "每个块里都有",
    "tour.every_block.words": "窗口式块和全局块都加相对位置。区别在于图像块能看多远，因此表有多大。",
    "tour.every_block.notes": "有些介绍说只有全局块才有相对位置。在代码里，use_rel_pos 传给每个块。",
    "tour.positional.title": "看内容，还是看位置？",
    "tour.positional.words": "这是一个窗口式块的各个头。有的不管那里有什么，总看同样的地方；有的寻找与自己相像的东西。",
    "tour.positional.notes": "用方向键移动选定的图像块，看哪个图样形状不变地跟着移动。答案是为此刻选定的图像块算出来的。",
    "tour.global.title": "一个全局块",
    "tour.global.words": "在这里每个图像块都是键：{heads} 个头，每个头 {tokens:count} 个权重，加起来等于 1。其中有一个头看得比别的头远。",
    "tour.global.notes": "照片不是正方形时，全局块里图像填充也会分到权重。这里没有窗口填充。",
    "tour.reach.title": "各个头看多远",
    "tour.reach.words": (
        "每个块的每个头一个圆点：选定图像块所看之处的平均距离。在窗口式块里它不可能远；在全局块里可以远，却常常并不远。"
    ),
    "tour.reach.notes": "距离按注意力加权，填充不计在内。旁边是权重全都相等时的数值。",
    "tour.values.title": "权重 · v",
    "tour.values.words": (
        "每个头把所有的值各乘以权重，再加起来；proj 把 {heads} 个头重新变成 {dim:count} 个数。值很短的地方，权重再大也带不来多少。"
    ),
    "tour.values.notes": (
        "所以单凭一张权重图，证明不了结果如何。证明在后面的图里：由 q、k、v 重建的结果，与钩子截取的结果对比。"
    ),
    "tour.residual.title": "是相加，不是替换",
    "tour.residual.words": "注意力得到的结果加到 token 上；然后 MLP 读取归一化之后的和，再加一次。图中显示这些加上的部分有多大。",
    "tour.residual.notes": "y = r + mlp(norm2(r))，其中 r = x + attn(norm1(x))：每个块加两次，共 {depth} 个块。",
    "tour.mlp.title": "每个 token 独自计算",
    "tour.mlp.words": (
        "MLP 把 token 的 {dim:count} 个数变成 {hidden:count} 个，逐个经过 GELU，再变回 {dim:count} "
        "个。在这里图像块互不相见。"
    ),
    "tour.mlp.notes": "lin1、GELU、lin2。选一个神经元，看它在哪些图像块上活跃。",
    "tour.flow.title": "再走一遍，看一个图像块的数字",
    "tour.flow.words": "选定的图像块逐步走过块 {block}，从它的像素到这个块交出的结果。每一步把一个数代入公式。",
    "tour.flow.notes": (
        "可以自动播放，也可以用 < 和 > 逐步查看。空格键去往下一站。每个数都是这张照片的：选定另一个图像块，就走那一个的路。"
    ),
    "tour.layers.title": "穿过所有块",
    "tour.layers.words": "把每个块的输出画成颜色，颜色对应 token 差别最大的方向。在第一张图里，同一种颜色在每个块里含义相同。",
    "tour.layers.notes": "再往后翻，第二张图里每个块有自己的方向：那里不同块的颜色不能相比。",
    "tour.neck.title": "颈部",
    "tour.neck.words": (
        "{dim:count} 个通道变成 {out_chans} 个：1×1 卷积、归一化、3×3 卷积、归一化。除了注意力，只有 3×3 卷积会让图像块混合。"
    ),
    "tour.neck.notes": "两个卷积都没有偏置。归一化是 LayerNorm2d：对每个位置的各通道做，与 token 的 LayerNorm 一样。",
    "tour.embedding.title": "{out_chans} × {rows} × {cols} 个数",
    "tour.embedding.words": (
        "关于照片，SAM 的掩码解码器得到的就是这些：每个图像块 {out_chans} 个数，一共 {numbers:count} 个。"
        "{out_chans} 个通道并不是 {out_chans} 个分割区域。"
    ),
    "tour.embedding.notes": "对一张照片，编码器只运行一次；提示在它之后才来。所以点一下就能马上得到掩码。",
}
