"""The layers beside one another."""

TEXTS = {
    "view.layers.title": "Layers as colours",
    "view.layers.what": (
        "Each block's output as red, green and blue: the three directions in which tokens differ most. In the first "
        "picture all blocks share one basis, so that a colour means the same in every block; in the second each block "
        "has its own. For the shared basis each block's mean is taken off and its tokens are brought to one size, or "
        "the last blocks, whose tokens are longest, would decide alone."
    ),
    "view.layers.formula": (
        r"$⟦z_l⟧ = \frac{⟦x_l⟧ - ⟦x_l.mean|\overline{x_l}⟧}{⟦rms|\mathrm{rms}⟧\,\|x_l - \overline{x_l}\|} "
        r"\qquad \mathrm{colour} = (z_l - \overline{z}) \cdot ⟦V|V_{1 \ldots 3}⟧$"
    ),
    "view.layers.more": (
        "The shared directions are principal components of up to 8192 tokens, spread evenly over patches and blocks; "
        "patches without photo take no part. Before that, each block’s tokens have their mean taken off and are "
        "divided by the root of their mean squared length. The own bases are computed from each block’s tokens as "
        "they are. In both, a colour goes from none to full between the 1st and the 99th percentile of its scores."
    ),
    "view.layers.not": (
        "Three directions out of hundreds are shown, and the number under the picture says how much they hold: what is "
        "grey here can differ elsewhere. Colours of the own bases can't be compared between blocks. A segment of one "
        "colour is no proof that the encoder knows an object."
    ),
    "panel.layers.shared": "All {depth} blocks' outputs in one shared basis",
    "panel.layers.own": "The same outputs, each in a basis of its own",
    "panel.layers.shared_one": "Block {block} in the shared basis",
    "panel.layers.own_one": "Block {block} in its own basis",
    "note.layers.variance": (
        "the three colours hold {share:percent} of the variance and span the scores’ 1st to 99th percentile"
    ),
    "note.layers.order": "in the order of the blocks, with their numbers; block {block} is framed",
    "view.token_norms.title": "Token lengths and outliers",
    "view.token_norms.what": (
        "How long each token is after every block. In some vision transformers a few tokens of dull background grow "
        "many times longer than the rest and serve as scratch space for the whole image; “Vision transformers need "
        "registers” (arXiv 2309.16588) found them. Here a token is marked if its length lies more than three "
        "interquartile ranges above the third quartile of its block, and you see where the longest of them looks."
    ),
    "view.token_norms.formula": (
        r"$\|⟦x_i.token|x_i⟧\| = \sqrt{\sum_c ⟦x_ic|x_{ic}^2⟧} \qquad \mathrm{outlier}:\ \|x_i\| > ⟦Q_3⟧ + "
        r"3\,(Q_3 - ⟦Q_1⟧)$"
    ),
    "view.token_norms.more": (
        "The length is the Euclidean one, over all channels. The rule is Tukey’s for values that lie “far out”: above "
        "the third quartile by more than three interquartile ranges, which are the distances between the first and the "
        "third quartile. The paper on "
        "registers uses a fixed limit for each model instead. Only patches that hold photo are counted. In the stream "
        "lengths tend to grow from block to block, since every block adds to it."
    ),
    "view.token_norms.not": (
        "An outlier by this rule is only longer than most, and need not be a register: that would be many times longer "
        "in nearly every photo, and hold little of its own patch. Lengths of different blocks can't be compared as "
        "importance, since the stream is normalised before each layer that reads it."
    ),
    "panel.token_norms.all": "Every token's length after each block",
    "panel.token_norms.marked": "Block {block}: which tokens are outliers",
    "panel.token_norms.looks": "Block {block}: where the longest token, patch {patch}, looks",
    "panel.token_norms.longest": "Block {block}: the longest outliers",
    "panel.token_norms.none": "Block {block} has no outlier",
    "note.token_norms.block": "median {median:number}, largest {largest:number}, outliers: {count:count}",
    "note.token_norms.rule": "An outlier would lie more than three interquartile ranges above the third quartile.",
    "label.token_norms.ordinary": "ordinary length",
    "label.token_norms.outlier": "outlier",
    "label.token_norms.limit": "limit of the rule",
    "unit.token_norms.length": "token length",
    "column.token_norms.patch": "patch",
    "column.token_norms.length": "length",
    "view.layer_cosines.title": "Likeness through the layers",
    "view.layer_cosines.what": (
        "How like the pinned patch every other one is after each block, as the cosine of their tokens. The second row "
        "of maps takes the photo's mean token off first: what all tokens share makes them all alike, and hides how "
        "they differ. Step through the blocks by clicking their names."
    ),
    "view.layer_cosines.formula": (
        r"$\cos_l(i, j) = \frac{⟦x_li|x_{l,i}⟧ \cdot ⟦x_lj|x_{l,j}⟧}{\|x_{l,i}\|\, \|x_{l,j}\|} \qquad "
        r"\mathrm{and\ with}\ ⟦x_l.less|x_l - \overline{x_l}⟧$"
    ),
    "view.layer_cosines.more": (
        "The tokens compared are each block’s output, on the stream and before any norm. The mean token is taken over "
        "the patches that hold photo and subtracted from every token; the cosine of what remains can be negative, "
        "where two patches differ from the mean in opposite ways. Without that step a large common part can lift all "
        "cosines close to 1. The pinned patch itself always has 1."
    ),
    "view.layer_cosines.not": (
        "Alike as tokens isn't the same object: position is in the tokens too, and in early blocks near patches are "
        "alike for that reason alone. A cosine doesn't say which of the channels agree."
    ),
    "panel.layer_cosines.raw": "Cosine with the pinned patch after each block",
    "panel.layer_cosines.centred": "The same, the photo's mean token taken off",
    "unit.layer_cosines.cosine": "cosine",
    "view.cka.title": "Layers compared (CKA)",
    "view.cka.what": (
        "How alike two layers are as a whole, by linear centred kernel alignment: 1 where the same patches are near "
        "and far from one another in both, whatever direction and scale the vectors have. Of a large photo every "
        "second row and column takes part. (Kornblith et al., arXiv 1905.00414.)"
    ),
    "view.cka.formula": (
        r"$\mathrm{CKA}(⟦X⟧, ⟦Y⟧) = \frac{\|Y^{T} X\|_⟦F⟧^2}{\|X^{T} X\|_F\ \|Y^{T} Y\|_F}, \qquad X, Y\ "
        r"\mathrm{less\ their\ means}$"
    ),
    "view.cka.more": (
        "For each layer a matrix is made that holds the product of every patch’s vector with every other’s, after the "
        "mean has been taken off. CKA is the cosine between two such matrices, read as long vectors. Turning all "
        "vectors of a layer or multiplying them by one number doesn’t change it, and the two layers may have "
        "different widths: the last row is the image embedding. At most 1024 patches take part."
    ),
    "view.cka.not": (
        "A high value between two layers doesn't mean that nothing happens between them: linear CKA is led by the few "
        "directions with the largest variance, and what a layer changes in the others hardly counts. It is of this one "
        "photo's patches; papers compare layers over many photos. Blocks that follow one another are alike by "
        "construction, since each adds to the stream."
    ),
    "panel.cka.table": "Linear CKA between every two layers",
    "panel.cka.row": "Linear CKA of block {block}'s output and every layer's",
    "axis.cka.layer": "block's output; {depth} is the image embedding",
    "unit.cka": "linear CKA",
}
