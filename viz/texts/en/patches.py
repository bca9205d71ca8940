"""Patch embedding."""

TEXTS = {
    "view.patch_grid.title": "Patch grid",
    "view.patch_grid.what": (
        "The encoder cuts the model image into squares and turns each into one vector, a token. "
        "From here on the encoder knows nothing that is smaller than a patch."
    ),
    "view.patch_grid.formula": (
        r"$⟦x.token|x_{r,c}⟧ = ⟦W.patch|W⟧ \cdot \mathrm{flatten}(⟦patch|\mathrm{patch}_{r,c}⟧) + ⟦b.patch|b⟧$"
    ),
    "view.patch_grid.more": (
        "PatchEmbed is one Conv2d whose kernel and stride are both patch_size. Its output is turned from (batch, "
        "channels, rows, columns) into (batch, rows, columns, channels), and all blocks work in that layout. A patch "
        "of 16×16 px holds 3·16·16 = 768 numbers. ViT-B’s tokens have exactly as many, those of ViT-L and ViT-H more; "
        "vit_tiny’s have 144, so that there a token can’t hold everything that the patch held."
    ),
    "view.patch_grid.not": (
        "A patch border says nothing about objects: the grid is the same for every photo. Patches don't overlap, so "
        "here no patch knows anything of its neighbours."
    ),
    "panel.patch_grid.cut": "The photo, cut into patches",
    "panel.patch_grid.pinned": "The pinned patch, ({row}, {col})",
    "panel.patch_grid.colours": "Its red, green and blue",
    "panel.patch_grid.channels": "What the encoder takes of it: {names}",
    "panel.patch_grid.numbers": "{side}×{side}×{channels} = {count:count} numbers become one token",
    "view.patch_product.title": "Convolution = matrix product",
    "view.patch_product.what": (
        "A convolution whose stride is its kernel's size never overlaps, so it is one matrix product: each patch is "
        "flattened, multiplied by W, and b is added. Multiply the patch's values with a filter's weights, each with "
        "the one in the same place, and add up the products and the filter's bias: that is one entry of the token."
    ),
    "view.patch_product.formula": (
        r"$⟦x.entry|x_{r,c}[k]⟧ = \sum_{i,\,y,\,x} ⟦W.filter|W_{k,i,y,x}⟧ \cdot "
        r"⟦patch|\mathrm{patch}_{r,c}[i,y,x]⟧ + ⟦b.filter|b_k⟧$"
    ),
    "view.patch_product.more": (
        "W is the convolution’s weight, of shape embed_dim × 3 × patch_size × patch_size, with all axes but the first "
        "laid end to end. The patch’s values are taken in the same order: one colour after the other, in each colour "
        "row by row. Both ways compute the same sum, but add it up in another order, so that their last digits may "
        "differ."
    ),
    "view.patch_product.not": (
        "There is no activation here and nothing slides: the usual picture of an overlapping filter doesn't fit. "
        "The same W and b serve every patch; where a patch lies plays no part yet."
    ),
    "panel.patch_product.pixels": "The pinned patch, normalised",
    "panel.patch_product.filter": "Filter {channel}",
    "panel.patch_product.products": "Their products: add them all up",
    "panel.patch_product.value": "normalised value",
    "panel.patch_product.weight": "filter weight",
    "panel.patch_product.product": "value × weight",
    "panel.patch_product.beside": "{count} channels of {side} columns",
    "panel.patch_product.row": "row in the patch",
    "panel.patch_product.col": "column in the patch, channel by channel",
    "panel.patch_product.both": "Entry {channel} of the token, computed both ways",
    "panel.patch_product.sum": "sum of the products",
    "panel.patch_product.bias": "+ bias",
    "panel.patch_product.by_product": "flatten · W + b",
    "panel.patch_product.by_conv": "what the convolution gave",
    "panel.patch_product.difference": "largest difference, all {count} entries",
    "panel.patch_product.rounding": "The two add in a different order, so their last float32 digits may differ.",
    "panel.patch_product.every": "Every entry, computed both ways",
    "panel.patch_product.channel": "one entry of the token",
    "view.filters.title": "Filters",
    "view.filters.what": (
        "Every entry of a token is one filter's answer: the patch's values times the filter's weights, added up. "
        "Choose a filter to see where in the photo it answers most strongly."
    ),
    "view.filters.formula": (
        r"$⟦response|\mathrm{response}_{r,c}⟧ = \left( ⟦W.patch|W⟧ \cdot ⟦patch|\mathrm{patch}_{r,c}⟧ + "
        r"⟦b.patch|b⟧ \right)[⟦k.filter|k⟧]$"
    ),
    "view.filters.more": (
        "A filter is one row of W, 3 × patch_size × patch_size weights, and is drawn here as a small picture whose "
        "grey is zero. Among patches of equal contrast it answers most strongly to one that repeats its own pattern. "
        "A filter whose weights add up to zero in each colour can’t see how bright a patch is, only how brightness "
        "changes inside it. Where the patch is all zeros, as in image padding, the answer is the bias."
    ),
    "view.filters.not": (
        "A filter isn't a detector of things: it is one linear sum over the patch's pixels, and later layers mix "
        "all of them. A strong negative answer says as much as a positive one."
    ),
    "panel.filters.all": "All {count} filters",
    "panel.filters.sorted": (
        "Sorted by the length of their weights, the longest first: channels {first} and so on. Grey is zero; each tile "
        "has its own scale."
    ),
    "panel.filters.rank": "its weights' length is {length:number}: place {rank} of {count}, counted from 0",
    "panel.filters.beside": "its channels beside one another: {names} (the tiles hold the first three)",
    "panel.filters.one": "Filter {channel}, enlarged",
    "panel.filters.response": "Response of filter {channel} at every patch",
    "panel.filters.unit": "response",
    "panel.filters.channel": "channel {channel}",
    "panel.filters.best": "Patches that filter {channel} answers to",
    "panel.filters.extremes": "Above: the largest responses, falling. Below: the smallest, rising.",
    "view.patch_similarity.title": "Patches like the pinned one",
    "view.patch_similarity.what": (
        "How similar every other patch is to the pinned one: first by their pixels, then by their tokens. "
        "The patch embedding alone can only tell colour and texture apart."
    ),
    "view.patch_similarity.formula": (
        r"$\cos(⟦x_i⟧, ⟦x_j⟧) = \frac{x_i \cdot x_j}{\left\| x_i \right\| \left\| x_j \right\|}$"
    ),
    "view.patch_similarity.more": (
        "The pixels are compared as the encoder gets them: normalised, 3 × patch_size × patch_size numbers for each "
        "patch. The tokens are those that leave PatchEmbed, before position is added. A cosine compares directions "
        "and not lengths, so that a pattern in faint colours and the same pattern in strong ones are alike. It is 1 "
        "for the pinned patch itself."
    ),
    "view.patch_similarity.not": (
        "Similar tokens aren't similar objects: position and neighbours come later. All tokens share the bias b, which "
        "alone can lift every cosine. Image padding is all zeros: its pixels have no direction, so the first map has "
        "no value there."
    ),
    "panel.patch_similarity.title": "Cosine with the pinned patch",
    "panel.patch_similarity.unit": "cosine",
    "panel.patch_similarity.pixels": "normalised pixels",
    "panel.patch_similarity.tokens": "patch embedding",
}
