"""Position embedding."""

TEXTS = {
    "problem.no_position": "this encoder was built with use_abs_pos=False: it has no position embedding",
    "panel.position.before": "token before",
    "panel.position.table": "position",
    "panel.position.after": "token after",
    "view.position_similarity.title": "Places like the pinned one",
    "view.position_similarity.what": (
        "Every place has one learned vector, the same for every photo. The middle map compares the pinned place's "
        "vector with those of all others. The more the maps of the tokens before and after adding differ, the more "
        "place weighs against content."
    ),
    "view.position_similarity.formula": (
        r"$⟦x.token|x_{r,c}⟧ \leftarrow x_{r,c} + ⟦p.place|p_{r,c}⟧ \qquad \cos(⟦p_i⟧, ⟦p_j⟧) = \frac{p_i "
        r"\cdot p_j}{\left\| p_i \right\| \left\| p_j \right\|}$"
    ),
    "view.position_similarity.more": (
        "The table, pos_embed, is a parameter of the encoder: it was learned with all other weights and isn’t "
        "computed from sines. It holds one vector as wide as a token for every place of the grid and is added once, "
        "before block 0. Cosines of such vectors often show rows and columns, since places in the same row have "
        "something in common, and so have places in the same column. At another input size the table is resized "
        "first."
    ),
    "view.position_similarity.not": (
        "Like position vectors don't make patches attend to each other: q and k decide that, after a norm and a "
        "learned matrix. This table is absolute and added once; relative position is another one, in every block."
    ),
    "panel.position_similarity.title": "Cosine with the pinned patch",
    "panel.position_similarity.unit": "cosine",
    "panel.position_similarity.lines": "Position's cosine along the pinned row and column",
    "panel.position_similarity.along_row": "along its row",
    "panel.position_similarity.along_col": "along its column",
    "panel.position_similarity.place": "column or row",
    "view.position_added.title": "Before and after adding",
    "view.position_added.what": (
        "The token map, the position table, and their sum, all in the same three directions on one scale: the colours' "
        "distances from grey add up. The fourth picture shows position once more, on a scale of its own."
    ),
    "view.position_added.formula": r"$⟦x.token|x_{r,c}⟧ \leftarrow ⟦x.before|x_{r,c}⟧ + ⟦p.place|p_{r,c}⟧$",
    "view.position_added.more": (
        "The three directions are the principal components of the sums over the photo, those in which the sums differ "
        "most. Each of the first three pictures has its own mean taken off and is drawn on one scale, which ends at "
        "the 99th percentile of the sums: what lies beyond is clipped, and there the colours don’t add up exactly. In "
        "the code the addition is one line, x = x + self.pos_embed. Nothing is multiplied and nothing is normalised "
        "before block 0."
    ),
    "view.position_added.not": (
        "A small table tells of the model in view, not of position embeddings as such: vit_tiny's stayed small in its "
        "training. Nor is it a model's only source of place, for relative position is added in every block. Three "
        "directions aren't all of them, and grey is each picture's own mean, not zero."
    ),
    "panel.position_added.lengths": "Length of the vectors",
    "panel.position_added.length": "length",
    "panel.position_added.means": "Mean length over the photo",
    "panel.position_added.own_scale": "position, on a scale of its own",
    "panel.position_added.small": (
        "In this encoder the position vectors are {share:percent} as long as the tokens that they are added to. Where "
        "that is little, the second picture is nearly grey though the table isn't empty, as the fourth one shows."
    ),
    "view.position_table.title": "The table at other sizes",
    "view.position_table.what": (
        "The learned table in its three strongest directions as red, green and blue, at its own size and resized for "
        "other inputs. Resizing reads the table between the learned places (bicubic interpolation)."
    ),
    "view.position_table.formula": (
        r"$⟦p′|p^{\,\prime}⟧ = \mathrm{bicubic}(⟦p.table|p⟧) \qquad ⟦place|\mathrm{place}_i⟧ = \frac{i + "
        r"0.5}{⟦n|n⟧} \ \ (\mathrm{align\_corners = False})$"
    ),
    "view.position_table.more": (
        "SAM’s table has 64×64 places, one for each patch of a model image of 1024 px. Bicubic interpolation computes "
        "each new place from the 4×4 learned places around it. With align_corners = False a place stands for the "
        "middle of its patch, so that at another size the outermost middles move a little towards the border or away "
        "from it. The tables of relative position are resized too, but in another way: linearly, and only in global "
        "blocks."
    ),
    "view.position_table.not": (
        "A resized table was never trained: that it fits is a guess, and a smaller one loses detail. "
        "The original segment-anything doesn't resize it: its code fails at any other size than the table's. "
        "Resizing here follows ViTDet."
    ),
    "panel.position_table.size": "{rows}×{cols} tokens: {height}×{width} px",
    "panel.position_table.learned": "as learned; the three colours explain {shares} of the variance",
    "panel.position_table.resized": "resized, in the same directions and colours",
    "panel.position_table.grid": "{rows}×{cols}",
    "panel.position_table.line": "First component along the middle row",
    "panel.position_table.place": "place in the image, 0 left … 1 right",
    "panel.position_table.score": "component 0",
    "view.class_token.title": "No class token",
    "view.class_token.what": (
        "SAM's encoder has no class token: every token is a patch, with a row and a column, from the first step to the "
        "image embedding. Many other vision transformers put one more token before the patches, to sum up the image."
    ),
    "view.class_token.formula": (
        r"$⟦index|\mathrm{index}⟧ = \mathrm{row} \cdot ⟦columns|\mathrm{columns}⟧ + \mathrm{column}$"
    ),
    "view.class_token.more": (
        "SAM’s encoder was initialised by MAE’s pre-training, whose vision transformer has a class token. ViTDet, "
        "whose design SAM follows, leaves it out: windows and the neck’s convolutions need a full grid of rows and "
        "columns. Where a vector for the whole image is wanted, a mean over the patches can be taken; the encoder "
        "itself computes none."
    ),
    "view.class_token.not": (
        "Nothing sums up the whole image here, so there is no 'attention of the class token' to be shown: pictures "
        "that have one are of other models. The learned output tokens of SAM live in its mask decoder, after the "
        "encoder."
    ),
    "panel.class_token.index": "Every token's index",
    "panel.class_token.unit": "token",
    "panel.class_token.row_major": "row by row, {cols} to a row",
    "panel.class_token.count": "As many tokens as patches",
    "panel.class_token.patches": "patches in the model image",
    "panel.class_token.tokens": "tokens in the stream",
    "panel.class_token.embedding": "places in the image embedding",
    "panel.class_token.pinned": "the pinned patch's index",
    "panel.class_token.none_left": "The three are equal: no token is left over.",
    "panel.class_token.table": "Steps that a token without a place would break",
    "panel.class_token.step": "step",
    "panel.class_token.needs": "needs",
    "panel.class_token.window_partition": "window partition",
    "panel.class_token.window_partition_needs": "a row and a column, which choose the token's window",
    "panel.class_token.rel_pos": "relative position",
    "panel.class_token.rel_pos_needs": "a distance in rows and columns between query and key",
    "panel.class_token.neck": "neck's 3×3 convolution",
    "panel.class_token.neck_needs": "a grid, in which every patch has neighbours that it is mixed with",
}
