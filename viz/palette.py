"""Colour has one meaning each: the same in the diagram, on the photo, in plots and in exports."""

# matplotlib's names; perceptual, and legible to colour-blind eyes.
SEQUENTIAL, SIGNED = "inferno", "RdBu_r"

# Okabe and Ito's palette, for categories and for curves without a role.
CATEGORIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")

ROLES = {
    "query": "#00B8D9",
    "key": "#E6007E",
    "other": "#8BC34A",
    "red": "#B5292B",
    "green": "#3B7D3A",
    "blue": "#2F5FA8",
    "windowed": "#0072B2",
    "global": "#D55E00",
}
