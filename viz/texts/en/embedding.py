"""The image embedding."""

TEXTS = {
    "view.embedding.title": "Image embedding",
    "view.embedding.what": (
        "What the encoder hands over: one vector of 256 channels for each patch. The maps show how alike each is to "
        "the pinned patch's. The prompt encoder and mask decoder work from these vectors; the photo itself is gone."
    ),
    "view.embedding.formula": (r"$\mathrm{cosine}(p) = \frac{e_p \cdot e_{query}}{\|e_p\|\ \|e_{query}\|}$"),
    "view.embedding.not": (
        "256 channels are not 256 segments: the pinned patch's strongest channels are strong in many other places "
        "too. Nor must patches of like features belong to one mask: SAM makes masks only in its decoder, from this "
        "and a prompt."
    ),
    "panel.embedding.cosines": "Cosine of every patch with the pinned one",
    "panel.embedding.strongest": "The pinned patch's strongest channels",
    "panel.embedding.norms": "Length of each patch's vector",
    "panel.embedding.vectors": "All {channels} channels at the pinned patch",
    "panel.embedding.sizes": "The embedding: {shape}",
    "label.embedding.query": "query {patch}",
    "label.embedding.other": "2nd query {patch}",
    "label.embedding.channel": "channel {channel}",
    "label.embedding.size": "numbers in the embedding",
    "label.embedding.image": "numbers in the model image",
    "label.embedding.padding": "patches of image padding",
    "label.embedding.between": "cosine of the two pinned patches",
    "note.embedding.sizes": (
        "Patches of image padding have vectors like all others, and the mask decoder gets them too: nothing is masked."
    ),
    "axis.embedding.channel": "channel",
}
