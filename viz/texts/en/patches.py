"""Patch embedding."""

TEXTS = {
    "view.patch_grid.title": "Patch grid",
    "view.patch_grid.what": (
        "The encoder never sees pixels one by one. It cuts the model image into squares of 16×16 pixels and turns each "
        "into one vector, a token. From here on a patch is the smallest thing that exists."
    ),
    "view.patch_grid.formula": r"$x_{r,c} = W \cdot \mathrm{flatten}(\mathrm{patch}_{r,c}) + b$",
    "view.patch_grid.not": "A patch border says nothing about objects: the grid is the same for every photo.",
    "panel.patch_grid.cut": "The photo, cut into patches",
    "panel.patch_grid.pinned": "The pinned patch",
    "panel.patch_grid.padding": "Which patches hold photo",
}
