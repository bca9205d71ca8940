"""Configuration."""

TEXTS = {
    "view.arguments.title": "构造参数",
    "view.arguments.what": (
        "编码器由十六个参数构建，每个参数在前向传播的某些步骤起作用。每一行说明这个编码器构建时用的值、参数在前向传播的哪些步骤起作用，以及在哪个张量里能看到它。"
    ),
    "view.arguments.more": "编码器自己只保存一个参数：img_size。其余参数体现在它们建成的东西里：各层的形状、每个块的 window_size、每个注意力层的 num_heads 和 use_rel_pos。有两个参数是类而不是数：norm_layer 和 act_layer；build_sam 传入的 LayerNorm 的 ε 是 10⁻⁶。大多数尺寸可以从检查点的形状读出。如果没有相对位置，头的数目和窗口边长就读不出来。",
    "view.arguments.not": (
        "参数只决定各层的形状；编码器怎样工作，由学到的数决定。原版代码把 rel_pos_zero_init 交给注意力层，而注意力层从不读它："
        "无论如何，它们的表都从零开始。use_rel_pos 让窗口式块和全局块都有相对位置表。"
    ),
    "panel.arguments.table": "这个编码器构建时用的参数",
    "panel.arguments.argument": "参数",
    "panel.arguments.value": "值",
    "panel.arguments.acts_in": "作用于",
    "panel.arguments.seen_in": "见于",
    "panel.arguments.px": "{value} 像素",
    "panel.arguments.ratio": "{value:g}",
    "panel.arguments.token_side": "{value} 个 token",
    "panel.arguments.norm": "{layer}，eps {eps:number}",
    "panel.arguments.no_tensor": "这个编码器里没有这样的张量",
    "panel.arguments.not_kept": "这个编码器不保存它",
    "panel.arguments.zero_init": "训练之前表里的初值；原版代码从不读它",
    "panel.arguments.follows": "由参数推出的量",
    "panel.arguments.derived": "这些不用传入：它们由参数和图像的大小决定。",
    "panel.arguments.grid_rows": "网格行数，{img} ÷ {patch} 像素",
    "panel.arguments.tokens": "token，{rows} × {cols}",
    "panel.arguments.head_dim": "head_dim，{dim} ÷ {heads} 个头",
    "panel.arguments.mlp_dim": "MLP 的隐藏宽度",
    "panel.sizes.windowed": "窗口式",
    "panel.sizes.global": "全局",
    "view.sizes.title": "几种尺寸的对比",
    "view.sizes.what": (
        "同一种结构，四种尺寸：只有宽度、深度、头数和全局块的位置不同。每种尺寸都有四个全局块：把所有块平分成四段，每段的最后一块就是全局块。"
        "模型越大，MLP 占的参数越接近全部参数的三分之二。"
    ),
    "view.sizes.more": "一个块有四个权重矩阵。qkv 有 3·embed_dim² 个权重，proj 有 embed_dim² 个，lin1 和 lin2 各有 mlp_ratio·embed_dim² 个：SAM 的 mlp_ratio 是 4，所以每个块有 12·embed_dim² 个。偏置、归一化和相对位置表另算，数量很小。一个头在 ViT-B 和 ViT-L 里有 64 个通道，在 ViT-H 里有 80 个，在 vit_tiny 里有 24 个。",
    "view.sizes.not": (
        "公式只计入各块的四个权重矩阵：它们占 ViT-H 参数的 98.8 %，却只占 vit_tiny 的 68.3 %，因为相比之下它的位置表和颈部都很大。"
        "参数也不等于时间：注意力分数没有参数，但它们的数目随 token 数的平方增长。vit_tiny 是本项目自己的尺寸，"
        "不是 Segment Anything 的。"
    ),
    "panel.sizes.blocks": "每种尺寸的窗口式块和全局块",
    "panel.sizes.table": "宽度和参数",
    "panel.sizes.shares": "参数在哪里",
    "panel.sizes.model": "编码器",
    "panel.sizes.this": "这个编码器",
    "panel.sizes.parameters": "参数",
    "panel.sizes.in_formula": "其中计入公式的",
    "panel.sizes.of_all": "{count:count}（{share:percent}）",
    "panel.sizes.block": "块",
    "panel.sizes.part.patches": "图像块嵌入",
    "panel.sizes.part.position": "位置嵌入",
    "panel.sizes.part.rel_pos": "相对位置",
    "panel.sizes.part.attention": "注意力",
    "panel.sizes.part.mlp": "MLP",
    "panel.sizes.part.norms": "归一化",
    "panel.sizes.part.neck": "颈部",
}
