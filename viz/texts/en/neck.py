"""The neck."""

TEXTS = {
    "view.neck_steps.title": "The neck's four steps",
    "view.neck_steps.what": (
        "A 1×1 convolution changes each token's width, LayerNorm2d evens the patches' lengths, a 3×3 convolution "
        "mixes each patch with its eight neighbours, and LayerNorm2d evens them again. Above: how long each patch's "
        "vector is. Below: how alike it is to the pinned one."
    ),
    "view.neck_steps.formula": (
        r"$e = \mathrm{LN}_{2d}(\mathrm{conv}_{3 \times 3}(\mathrm{LN}_{2d}(\mathrm{conv}_{1 \times 1}(x))))$"
    ),
    "view.neck_steps.not": (
        "Smoother maps after the 3×3 convolution don't show better features: neighbours share inputs from there on, "
        "and grow alike by that alone. At the edge of the model image the convolution sees zeros."
    ),
    "panel.neck_steps.norms": "Length of each patch's vector",
    "panel.neck_steps.cosines": "Cosine with the pinned patch",
    "panel.neck_steps.table": "What each step does",
    "note.neck_steps.spread": "lengths differ by {share}",
    "unit.neck.norm": "length of the vector",
    "unit.neck.cosine": "cosine",
    "label.neck_steps.input": "last block",
    "column.neck_steps.step": "step",
    "column.neck_steps.layer": "layer",
    "column.neck_steps.mixes": "looks at",
    "column.neck_steps.shape": "output",
    "column.neck_steps.parameters": "parameters",
    "label.neck_steps.one_patch": "each patch alone, all channels",
    "label.neck_steps.neighbours": "3×3 patches, all channels",
    "label.neck_steps.norm": "each patch alone: its mean and variance over channels",
    "view.neck_pca.title": "PCA of the neck",
    "view.neck_pca.what": (
        "The three directions in which a step's channels differ most over this photo, shown as red, green and blue: "
        "patches of like colour have like features."
    ),
    "view.neck_pca.formula": (
        r"$\mathrm{colour} = (e - \overline{e}) \cdot V_{1 \ldots 3} \qquad \mathrm{cov}(e)\, V = V \Lambda$"
    ),
    "view.neck_pca.not": (
        "256 channels are not 256 segments. A hue has no meaning between pictures: each picture has its own basis. "
        "What the first three components leave out is not shown; the curve says how much that is."
    ),
    "panel.neck_pca.variance": "variance explained {shares}",
    "panel.neck_pca.curves": "How much each component explains",
    "view.neck_channels.title": "Channels as a wall",
    "view.neck_channels.what": (
        "Every channel of the neck's output, one tile each, row by row: grey is zero, white positive, black negative. "
        "The framed one is shown large, with the channel whose map is most like it and the one most opposite."
    ),
    "view.neck_channels.formula": r"$e \in R^{\,C \times H \times W} \rightarrow C \ \mathrm{maps\ of}\ H \times W$",
    "view.neck_channels.not": (
        "A channel is not a segment or an object, though some look like one on some photos: what a patch is lies in "
        "all of them together. A channel's number has no order and no meaning."
    ),
    "panel.neck_channels.wall": "All {count} channels of the image embedding",
    "panel.neck_channels.chosen": "Channel {channel} of 0…{last}, and two others",
    "label.neck_channels.chosen": "channel {channel}",
    "label.neck_channels.alike": "most alike: {channel}",
    "label.neck_channels.opposite": "most opposite: {channel}",
    "note.neck_channels.correlation": "correlation {value:.2f}",
    "panel.neck_channels.order": (
        "Channel 0 top left, {across} to a row; framed: {channel}. White and black from ±{top:.2g} on."
    ),
    "unit.neck.channel": "channel's value",
}
