"""Photos that tests make themselves."""

import numpy as np
from PIL import Image


def noise_photo(rows: int, cols: int, seed: int = 0) -> Image.Image:
    """Smooth random colours, RGB, `rows` × `cols` pixels: no two patches alike, as in a real photo."""
    coarse = np.random.default_rng(seed).integers(0, 256, (max(2, rows // 8), max(2, cols // 8), 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((cols, rows), Image.Resampling.BICUBIC)
