"""Configuration."""

TEXTS = {
    "view.arguments.title": "Constructor arguments",
    "view.arguments.what": (
        "An encoder is built from sixteen arguments, each of which acts at some step of the forward pass. Each line "
        "says what this one was built with, the steps of the forward pass where the argument acts, and a tensor in "
        "which it shows."
    ),
    "view.arguments.formula": (
        r"$⟦grid|\mathrm{grid}⟧ = \frac{⟦img_size|\mathrm{img\_size}⟧}{⟦patch_size|\mathrm{patch\_size}⟧} "
        r"\qquad ⟦head_dim|\mathrm{head\_dim}⟧ = "
        r"\frac{⟦embed_dim|\mathrm{embed\_dim}⟧}{⟦num_heads|\mathrm{num\_heads}⟧}$"
    ),
    "view.arguments.more": (
        "Of its arguments the encoder itself keeps only img_size. The others live on in what they built: in the "
        "shapes of the layers, in each block’s window_size, and in each attention layer’s num_heads and use_rel_pos. "
        "Two arguments are classes and not numbers: norm_layer and act_layer; build_sam passes a LayerNorm whose ε is "
        "10⁻⁶. Most sizes can be read off a checkpoint’s shapes. Without relative position, the number of heads and "
        "the window’s side can’t."
    ),
    "view.arguments.not": (
        "Arguments fix the shapes of the layers; how the encoder behaves is decided by the numbers that it learned. "
        "The original hands rel_pos_zero_init to its attention layers, which never read it: their tables start at zero "
        "either way. use_rel_pos gives tables to windowed and global blocks alike."
    ),
    "panel.arguments.table": "What this encoder was built with",
    "panel.arguments.argument": "argument",
    "panel.arguments.value": "value",
    "panel.arguments.acts_in": "acts in",
    "panel.arguments.seen_in": "seen in",
    "panel.arguments.px": "{value} px",
    "panel.arguments.ratio": "{value:g}",
    "panel.arguments.token_side": "{value} tokens",
    "panel.arguments.norm": "{layer}, eps {eps:number}",
    "panel.arguments.no_tensor": "no such tensor in this encoder",
    "panel.arguments.not_kept": "this encoder doesn't keep it",
    "panel.arguments.zero_init": "the first values of the tables, before training; the original never reads it",
    "panel.arguments.follows": "What follows from them",
    "panel.arguments.derived": "Nobody passes these: they follow from the arguments and the size of the image.",
    "panel.arguments.grid_rows": "grid rows, {img} ÷ {patch} px",
    "panel.arguments.tokens": "tokens, {rows} × {cols}",
    "panel.arguments.head_dim": "head_dim, {dim} ÷ {heads} heads",
    "panel.arguments.mlp_dim": "MLP's hidden width",
    "panel.sizes.windowed": "windowed",
    "panel.sizes.global": "global",
    "view.sizes.title": "The sizes side by side",
    "view.sizes.what": (
        "One architecture, four sizes: only width, depth, heads and the places of the global blocks differ. Each size "
        "has four global blocks, one at the end of each quarter. The larger the model, the closer its MLPs come to "
        "two thirds of all parameters."
    ),
    "view.sizes.formula": (
        r"$\mathrm{weights\ of\ the\ blocks} = ⟦depth|\mathrm{depth}⟧ \cdot (4 + 2 \cdot "
        r"⟦mlp_ratio|\mathrm{mlp\_ratio}⟧) \cdot ⟦embed_dim|\mathrm{embed\_dim}⟧^2$"
    ),
    "view.sizes.more": (
        "A block has four weight matrices. qkv has 3·embed_dim² weights, proj has embed_dim², and lin1 and lin2 have "
        "mlp_ratio·embed_dim² each: with SAM’s mlp_ratio of 4 that is 12·embed_dim² for each block. Biases, norms and "
        "the tables of relative position come on top and are small. A head has 64 channels in ViT-B and ViT-L, 80 in "
        "ViT-H and 24 in vit_tiny."
    ),
    "view.sizes.not": (
        "The formula counts only the blocks' four weight matrices: they are 98.8 % of ViT-H's parameters, but 68.3 % "
        "of vit_tiny's, whose position table and neck are large beside them. Parameters are not time either: attention "
        "scores have no parameters, yet their number grows with the square of the tokens. vit_tiny is this project's "
        "own size, not one of Segment Anything's."
    ),
    "panel.sizes.blocks": "Windowed and global blocks of each size",
    "panel.sizes.table": "Widths and parameters",
    "panel.sizes.shares": "Where the parameters are",
    "panel.sizes.model": "encoder",
    "panel.sizes.this": "this encoder",
    "panel.sizes.parameters": "parameters",
    "panel.sizes.in_formula": "of them in the formula",
    "panel.sizes.of_all": "{count:count} ({share:percent})",
    "panel.sizes.block": "block",
    "panel.sizes.part.patches": "patch embedding",
    "panel.sizes.part.position": "position embedding",
    "panel.sizes.part.rel_pos": "relative position",
    "panel.sizes.part.attention": "attention",
    "panel.sizes.part.mlp": "MLP",
    "panel.sizes.part.norms": "norms",
    "panel.sizes.part.neck": "neck",
}
