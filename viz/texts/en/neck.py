"""The neck."""

TEXTS = {
    "view.neck_pca.title": "PCA of the neck",
    "view.neck_pca.what": (
        "The neck turns each token into 256 channels: a 1×1 convolution, LayerNorm2d, a 3×3 convolution, LayerNorm2d. "
        "The three directions in which a step's channels differ most over this photo are shown as red, green and blue: "
        "patches of like colour have like features."
    ),
    "view.neck_pca.formula": (
        r"$e = \mathrm{LN}_{2d}(\mathrm{conv}_{3 \times 3}(\mathrm{LN}_{2d}(\mathrm{conv}_{1 \times 1}(x))))$"
    ),
    "view.neck_pca.not": (
        "256 channels are not 256 segments. A hue has no meaning between pictures: each picture has its own basis. "
        "What the first three components leave out is not shown; the curve says how much that is."
    ),
    "panel.neck_pca.variance": "variance explained {shares}",
    "panel.neck_pca.curves": "How much each component explains",
}
