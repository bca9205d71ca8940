"""The tour that comes with the app: a stop's title, its words on the screen, and notes for whoever presents it.

Numbers in braces are the trace's own; see `facts` in viz/tour.py.
"""

TEXTS = {
    "tour.title": "Through the encoder",
    "tour.photo.title": "A photo becomes numbers",
    "tour.photo.words": (
        "The photo is resized until its longest side has {size:count} px. Its colours are brought to a common scale, "
        "and zeros fill what is left of the square."
    ),
    "tour.photo.notes": (
        "As SAM prepares photos, the zeros come after normalising: they stand for the mean colour, not for black. "
        "Ask who has a photo that isn’t square, and upload it: the tour works on any photo."
    ),
    "tour.patches.title": "{tokens:count} tokens",
    "tour.patches.words": (
        "The square is cut into {rows}×{cols} patches of {patch}×{patch} px. Each becomes one token, a vector of "
        "{dim:count} numbers: {tokens:count} tokens in all."
    ),
    "tour.patches.notes": (
        "From here on nothing in the encoder sees pixels. Click a patch on the face: it stays pinned, and the tour "
        "follows it."
    ),
    "tour.product.title": "One product for each patch",
    "tour.product.words": (
        "The patch’s {values:count} numbers, times one matrix, plus a bias, give the token’s {dim:count}. A "
        "convolution whose stride is its kernel’s size computes just that."
    ),
    "tour.product.notes": (
        "The same matrix for every patch. The view computes one entry both ways, as a product and as the convolution "
        "did, and shows the difference: float32 rounding only."
    ),
    "tour.position.title": "Every place has a vector",
    "tour.position.words": (
        "A learned vector for each of the {rows}×{cols} places is added to the tokens, the same for every photo. "
        "The map shows which places have vectors like the pinned one’s."
    ),
    "tour.position.notes": (
        "If the input has another size than the table was learned for, the table is resized, bicubically. Whether "
        "neighbours are similar is something the encoder learned: look at the map and judge."
    ),
    "tour.class_token.title": "No class token",
    "tour.class_token.words": (
        "SAM’s encoder has no class token: {tokens:count} patches go in, and as many come out. So attention is always "
        "that of one patch: the pinned one."
    ),
    "tour.class_token.notes": (
        "Maps of “the attention” of a ViT are usually those of its class token. Here every patch has maps of its own; "
        "move the pinned patch and see."
    ),
    "tour.blocks.title": "{depth} blocks",
    "tour.blocks.words": (
        "{depth} blocks follow each other: {windowed} windowed and {globals} global ones. Each reads a normalised copy "
        "of the tokens and adds what it found to the tokens themselves."
    ),
    "tour.blocks.notes": (
        "norm1 is a normalisation, not an activation. Its eps is 1e-6, as segment-anything passes it. The stream "
        "itself isn’t normalised."
    ),
    "tour.window.title": "A window, and its edge",
    "tour.window.words": (
        "In a windowed block a patch sees only its own window of {window}×{window} tokens. Windows are cut from the "
        "top left; where they reach over the grid’s edge, zeros fill them."
    ),
    "tour.window.notes": (
        "Let them find the window of the pinned patch on the photo first. How many columns are left for the last "
        "window, when {cols} are cut into windows of {window}?"
    ),
    "tour.windows.title": "{windows} windows in a batch",
    "tour.windows.words": (
        "{rows}×{cols} tokens are filled up to {padded_rows}×{padded_cols} and become a batch of {windows} windows; "
        "{padded} of them hold padding. Windows are there to save work."
    ),
    "tour.windows.notes": (
        "The zeros are put in after norm1, so they aren’t normalised. A windowed block computes {window_tokens:count} "
        "scores for a token and head, a global one {tokens:count}."
    ),
    "tour.padding.title": "Padding isn’t masked",
    "tour.padding.words": (
        "Padding tokens are keys like any other: for a token of zeros the qkv layer gives just its bias. The map "
        "shows how much weight every patch gives to them."
    ),
    "tour.padding.notes": (
        "One might expect a mask. In segment-anything’s code there is none: window_partition pads, and attention takes "
        "all tokens alike. Swin has a mask, for its shifted windows."
    ),
    "tour.qkv.title": "Query, key and value",
    "tour.qkv.words": (
        "One linear layer makes three vectors of each token: what it looks for, what it offers, and what it brings. "
        "Each is cut into {heads} heads of {head_dim} numbers."
    ),
    "tour.qkv.notes": (
        "One layer of width 3·{dim}, not three. Heads are slices of its output; they meet again only in proj."
    ),
    "tour.pair.title": "One score, in numbers",
    "tour.pair.words": (
        "A query and a key meet: q·k over √{head_dim}, plus a bias for the key’s row, plus one for its column. That "
        "sum is the score; softmax makes a weight of it."
    ),
    "tour.pair.notes": (
        "Only q·k is divided by √{head_dim}: the biases come from the unscaled q. Shift-click another key and read the "
        "line again."
    ),
    "tour.scores.title": "Three terms",
    "tour.scores.words": (
        "For every key the same three terms, on one scale. Softmax ignores what a term gives to all keys alike, so "
        "each term’s mean is taken off here."
    ),
    "tour.scores.notes": (
        "Switch a term off with t and watch the weights. That is a what-if: no encoder was trained without it."
    ),
    "tour.tables.title": "A row for every distance",
    "tour.tables.words": (
        "The biases are products of the query with two learned tables of {table_rows} rows, one row for each distance "
        "between query and key: one table along rows, one along columns."
    ),
    "tour.tables.notes": (
        "Since the query takes part, the bias is different for every query. A full table of all offsets would need "
        "{table_rows}² rows; two tables need 2·{table_rows}. All heads of a block share them."
    ),
    "tour.every_block.title": "In every block",
    "tour.every_block.words": (
        "Windowed and global blocks both add relative position. They differ in how far a patch can look, and so in the "
        "size of their tables."
    ),
    "tour.every_block.notes": (
        "Some descriptions say that only global blocks have relative position. In the code, use_rel_pos goes to every "
        "block."
    ),
    "tour.positional.title": "Content or position?",
    "tour.positional.words": (
        "The heads of one windowed block. Some look at the same places whatever lies there; some look for what is "
        "like them."
    ),
    "tour.positional.notes": (
        "Move the pinned patch with the arrow keys and watch which pattern moves along unchanged. The answer is "
        "computed for the patch that is pinned now."
    ),
    "tour.global.title": "A global block",
    "tour.global.words": (
        "Here every patch is a key: {tokens:count} weights in each of {heads} heads, and they add up to 1. One of "
        "these heads looks farther than the others."
    ),
    "tour.global.notes": (
        "In a global block image padding takes weight as well, if the photo isn’t square. There is no window padding."
    ),
    "tour.reach.title": "How far heads look",
    "tour.reach.words": (
        "One dot for each head of each block: the mean distance of what the pinned patch looks at. In a windowed block "
        "it can’t be far; in a global one it can, and often isn’t."
    ),
    "tour.reach.notes": (
        "The distance is weighted by attention; padding is left out. What even weights would give stands beside it."
    ),
    "tour.values.title": "Weights · v",
    "tour.values.words": (
        "Each head adds up all values, each times its weight; proj turns the {heads} heads into {dim:count} numbers "
        "again. Where a value is short, a large weight brings little."
    ),
    "tour.values.notes": (
        "That is why a map of weights alone proves nothing about the result. One of the further pictures holds the "
        "proof: attention’s output, rebuilt from q, k and v, beside what a hook saw."
    ),
    "tour.residual.title": "Added, not replaced",
    "tour.residual.words": (
        "What attention found is added to the token; then the MLP reads the sum, normalised, and adds again. The maps "
        "show how large these additions are."
    ),
    "tour.residual.notes": (
        "y = r + mlp(norm2(r)) with r = x + attn(norm1(x)): two additions in each block, {depth} blocks."
    ),
    "tour.mlp.title": "Each token by itself",
    "tour.mlp.words": (
        "The MLP makes {hidden:count} numbers of a token’s {dim:count}, applies GELU to each, and makes {dim:count} "
        "again. No patch sees another here."
    ),
    "tour.mlp.notes": "lin1, GELU, lin2. Choose a neuron and see at which patches it is active.",
    "tour.flow.title": "Once more, on one patch’s numbers",
    "tour.flow.words": (
        "The pinned patch through block {block}, step by step, from its pixels to what the block hands on. Each step "
        "puts one number into its formula."
    ),
    "tour.flow.notes": (
        "Let it play, or step with < and >. Space goes on to the next stop. Every number is this photo’s: pin another "
        "patch and it runs on that one."
    ),
    "tour.layers.title": "Through all blocks",
    "tour.layers.words": (
        "Each block’s output in colours: the directions in which tokens differ most. In the first picture a colour "
        "means the same in every block."
    ),
    "tour.layers.notes": (
        "The second picture, a page further, has directions of its own for every block: there colours can’t be "
        "compared between blocks."
    ),
    "tour.neck.title": "The neck",
    "tour.neck.words": (
        "{dim:count} channels become {out_chans}: a 1×1 convolution, a norm, a 3×3 convolution, a norm. The 3×3 one is "
        "the only step beside attention in which patches mix."
    ),
    "tour.neck.notes": (
        "Both convolutions have no bias. The norms are LayerNorm2d: over the channels of each position, as in a "
        "token’s LayerNorm."
    ),
    "tour.embedding.title": "{out_chans} × {rows} × {cols} numbers",
    "tour.embedding.words": (
        "This is all that SAM’s mask decoder gets of the photo: {out_chans} numbers for each patch, {numbers:count} in "
        "all. {out_chans} channels aren’t {out_chans} segments."
    ),
    "tour.embedding.notes": (
        "The encoder runs once for a photo; prompts come only after it. That is why one can click and get a mask at "
        "once."
    ),
}
