"""The neck."""

TEXTS = {
    "label.neck.0": "neck.0 1×1 conv",
    "label.neck.1": "neck.1 LayerNorm2d",
    "label.neck.2": "neck.2 3×3 conv",
    "label.neck.3": "neck.3 LayerNorm2d",
    "unit.neck.norm": "length of the vector",
    "unit.neck.channel": "channel's value",
    "view.neck_steps.title": "The neck's four steps",
    "view.neck_steps.what": (
        "A 1×1 convolution changes each token's width, LayerNorm2d evens the patches' lengths, a 3×3 convolution "
        "mixes each patch with its eight neighbours, and LayerNorm2d evens them again. The upper maps show how long "
        "each patch's vector is, the lower ones how alike it is to the vector of the pinned patch."
    ),
    "view.neck_steps.formula": (
        r"$⟦e⟧ = ⟦LN.second|\mathrm{LN}_{2d}⟧(⟦conv_3×3|\mathrm{conv}_{3 \times "
        r"3}⟧(⟦LN.first|\mathrm{LN}_{2d}⟧(⟦conv_1×1|\mathrm{conv}_{1 \times 1}⟧(⟦x.last|x⟧))))$"
    ),
    "view.neck_steps.more": (
        "First the tokens are turned from (batch, rows, columns, channels) into (batch, channels, rows, columns), as "
        "convolutions want them. Neither convolution has a bias; the 1×1 goes from embed_dim to 256 channels in SAM, "
        "the 3×3 stays at 256 and pads with zeros. There is no activation in the neck: apart from the two norms "
        "everything in it is linear. The 3×3 convolution is the only place after the blocks where patches see one "
        "another."
    ),
    "view.neck_steps.not": (
        "Smoother maps after the 3×3 convolution don't show better features: from there on, neighbouring patches are "
        "computed partly from the same inputs, and that alone makes them alike. At the edge of the model image the "
        "convolution sees zeros instead of neighbours."
    ),
    "panel.neck_steps.norms": "Length of each patch's vector",
    "panel.neck_steps.cosines": "Cosine with the pinned patch",
    "panel.neck_steps.table": "What each step does",
    "note.neck_steps.spread": "lengths vary by {share:percent} of their mean",
    "label.neck_steps.input": "last block's output",
    "column.neck_steps.layer": "layer",
    "column.neck_steps.mixes": "computes a patch from",
    "column.neck_steps.shape": "output",
    "column.neck_steps.parameters": "parameters",
    "label.neck_steps.one_patch": "that patch alone, all its channels",
    "label.neck_steps.neighbours": "3×3 patches, all their channels",
    "label.neck_steps.norm": "that patch alone, with the mean and variance over its channels",
    "view.neck_pca.title": "PCA of the neck",
    "view.neck_pca.what": (
        "The three directions in which a step's channels differ most over this photo, shown as red, green and blue: "
        "patches of like colour have like features. Each picture has directions of its own, so a hue means nothing "
        "from one picture to another: neither between these four, nor between two photos, unless two that are compared "
        "share one basis. Papers often show the foreground alone: a rule sets some patches apart, and the components "
        "are of these."
    ),
    "view.neck_pca.formula": (
        r"$\mathrm{colour} = (⟦e.step|e⟧ - ⟦e.mean|\overline{e}⟧) \cdot ⟦V|V_{1 \ldots 3}⟧ \qquad "
        r"\mathrm{cov}(e)\, V = V ⟦Λ|\Lambda⟧$"
    ),
    "view.neck_pca.more": (
        "For each step the mean over the photo’s patches is taken off, and the directions are the eigenvectors of the "
        "covariance matrix with the three largest eigenvalues. Each eigenvalue, divided by the sum of all, is the "
        "share of the variance that its direction holds. Image padding takes no part in that and stays grey. A "
        "patch’s score on a direction is the product of its vector with the eigenvector."
    ),
    "view.neck_pca.not": (
        "The colours are not segments, and a direction isn't good or bad: PCA leaves its sign free. Here the sign is "
        "set so that each colour tends to grow from the photo's top to its bottom. A colour goes from none to full "
        "between the scores' 1st and 99th percentiles. What the first three components leave out is not shown; the "
        "curve says how much that is."
    ),
    "panel.neck_pca.variance": "variance explained: {shares}; colours span the 1st to the 99th percentile",
    "panel.neck_pca.part": "Which patches take part",
    "short.neck_pca.above": "{count:count} patches, 1st component above {threshold:number}",
    "short.neck_pca.below": "{count:count} patches, 1st component below {threshold:number}",
    "short.neck_pca.likeness": "{count:count} patches, cosine with the pinned one above {threshold:number}",
    "note.neck_pca.above": (
        "{count:count} patches: those whose first component in the image embedding lies above {threshold:number}, "
        "as the pinned patch’s does. The threshold is Otsu’s: it parts the patches into the two groups that differ "
        "most."
    ),
    "note.neck_pca.below": (
        "{count:count} patches: those whose first component in the image embedding lies below {threshold:number}, "
        "as the pinned patch’s does. The threshold is Otsu’s: it parts the patches into the two groups that differ "
        "most."
    ),
    "note.neck_pca.likeness": (
        "{count:count} patches: those whose cosine with the pinned patch in the image embedding, the photo’s mean "
        "taken off, lies above {threshold:number}. The threshold is Otsu’s: it parts the patches into the two groups "
        "that differ most."
    ),
    "note.neck_pca.shared": "Both photos share one basis: the components of all their patches together.",
    "note.neck_pca.two_encoders": (
        "Each side is in its own basis: the channels of two encoders don’t mean the same, so that none is common."
    ),
    "panel.neck_pca.curves": "How much of the variance each component explains",
    "view.neck_channels.title": "Channels as a wall",
    "view.neck_channels.what": (
        "Every channel of the neck's output, one tile each, row by row: grey is zero, white positive, black negative. "
        "The framed channel is shown large, beside the channel whose map is most like it and the one whose map is most "
        "opposite to it."
    ),
    "view.neck_channels.formula": (
        r"$⟦e⟧ \in R^{\,⟦C.neck|C⟧ \times ⟦H⟧ \times ⟦W.columns|W⟧} \rightarrow C \ \mathrm{maps\ of}\ H "
        r"\times W$"
    ),
    "view.neck_channels.more": (
        "All tiles share one scale: a tile is white or black where its magnitude is above that of 99.5 % of the whole "
        "wall. Alike and opposite are told by Pearson’s correlation between two channels’ maps over the photo. "
        "LayerNorm2d has standardised the channels at each place, then multiplied each channel by its own learned "
        "weight; so channels differ in strength. Where the wall would be too large for a screen, a pixel of it is the "
        "mean of several patches."
    ),
    "view.neck_channels.not": (
        "A channel is not a segment or an object, though some look like one on some photos: what a patch contains is "
        "written in all of its channels together. The order of the channels has no meaning."
    ),
    "panel.neck_channels.wall": "All {count:count} channels of the image embedding",
    "panel.neck_channels.chosen": "Channel {channel} of 0…{last}, and the two most and least like it",
    "label.neck_channels.chosen": "channel {channel}",
    "label.neck_channels.alike": "most alike: {channel}",
    "label.neck_channels.opposite": "most opposite: {channel}",
    "note.neck_channels.correlation": "correlation {value:number}",
    "panel.neck_channels.order": (
        "Channel 0 is at the top left, and a row holds {across}; the frame marks channel {channel}. "
        "From ±{top:number} on, tiles are white or black."
    ),
    "panel.neck_channels.pooled": "A pixel is the mean of {side}×{side} patches, so that the wall fits a screen.",
}
