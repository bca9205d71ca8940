"""The image embedding."""

TEXTS = {
    "view.embedding.title": "Image embedding",
    "view.embedding.what": (
        "The encoder hands over one vector of 256 channels for each patch. The maps show how alike each "
        "is to the pinned patch's. Of the photo, the mask decoder gets these vectors and nothing else; it turns them "
        "and a prompt into masks."
    ),
    "view.embedding.formula": r"$\mathrm{cosine}(p) = \frac{⟦e_p⟧ \cdot ⟦e_query|e_{query}⟧}{\|e_p\|\ \|e_{query}\|}$",
    "view.embedding.more": (
        "At 1024 px SAM’s embedding is 256 × 64 × 64 numbers. Each vector stands for one patch, but through the "
        "global blocks it depends on the whole photo. The mask decoder also gets a position encoding of the same size "
        "from the prompt encoder. The image encoder runs once for a photo: every further click or box needs only the "
        "prompt encoder and the decoder, which are much smaller."
    ),
    "view.embedding.not": (
        "A channel is not a segment: the pinned patch's strongest channels are strong in many other places too. Nor do "
        "patches with like features have to belong to one mask: SAM makes masks only in its decoder, from these "
        "vectors and a prompt."
    ),
    "panel.embedding.cosines": "Cosine of every patch with the pinned one",
    "panel.embedding.strongest": "The pinned patch's strongest channels",
    "panel.embedding.norms": "Length of each patch's vector",
    "panel.embedding.vectors": "All {channels:count} channels at the pinned patch",
    "panel.embedding.sizes": "The embedding: {shape}",
    "label.embedding.query": "query {patch}",
    "label.embedding.other": "2nd query {patch}",
    "label.embedding.channel": "channel {channel}",
    "label.embedding.size": "numbers in the embedding",
    "label.embedding.image": "numbers in the model image",
    "label.embedding.padding": "patches of image padding",
    "label.embedding.between": "cosine of the two pinned patches",
    "note.embedding.sizes": (
        "Patches of image padding have vectors like all others, and the mask decoder attends to them too: it masks "
        "nothing."
    ),
    "axis.embedding.channel": "channel",
}
