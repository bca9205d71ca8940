"""Regions of the image embedding."""

TEXTS = {
    "view.regions.title": "Regions of the embedding",
    "view.regions.what": (
        "The patches of the photo in groups whose image embeddings are alike, by k-means: each patch belongs to the "
        "nearest of so many mean vectors. You choose how many. The largest region is number 0, and the row of the "
        "pinned patch's region is marked."
    ),
    "view.regions.formula": r"$\min_{c_1 \ldots c_k}\ \sum_{i} \min_{r} \|⟦e_i⟧ - ⟦c_r⟧\|^2$",
    "view.regions.more": (
        "K-means begins with means that lie far apart (k-means++), assigns each patch to the nearest one, takes the "
        "mean of each group, and repeats both until nothing changes. It does so from three beginnings and keeps the "
        "best end; a fixed seed makes it the same each time. Distances are taken in all channels of the embedding. "
        "Image padding takes no part."
    ),
    "view.regions.not": (
        "K-means always finds as many regions as it is told to, whether they are there or not. They aren't segments: "
        "SAM gets its masks from a decoder that is asked with points and boxes. Places far apart can be one region, "
        "and with another number of regions every border can move."
    ),
    "panel.regions.map": "{count} regions by k-means",
    "panel.regions.sizes": "How large each region is",
    "panel.regions.explained": "How well regions describe the embedding",
    "label.regions.all": "region",
    "label.regions.region": "region {region}",
    "label.regions.explained": "share of the variance between regions",
    "note.regions.explained": (
        "0 if a patch's region said nothing about its embedding, and 1 if all patches of a region had the same."
    ),
    "column.regions.region": "region",
    "column.regions.patches": "patches",
    "column.regions.share": "of the photo",
}
