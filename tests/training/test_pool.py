import io

import numpy as np
import pytest
from PIL import Image

from training import pool
from training.pool import PACKAGES, colours, load_pool


def noise(rows, cols, alpha=None):
    pixels = np.random.default_rng(rows).integers(0, 256, (rows, cols, 3), dtype=np.uint8)
    if alpha is not None:
        pixels = np.concatenate([pixels, alpha[:, :, None]], 2)
    return Image.fromarray(pixels)


def round_alpha(rows, cols):
    row, col = np.mgrid[:rows, :cols]
    inside = ((row - rows / 2) / (rows / 2 - 10)) ** 2 + ((col - cols / 2) / (cols / 2 - 10)) ** 2 < 1
    return (255 * inside).astype(np.uint8)


def encoded(image, kind):
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder laid out as the packages are, with two stamps of each name and one resource file."""
    stamps, resources = tmp_path / pool.STAMPS, tmp_path / pool.RESOURCES
    for name in ("animals/cat.png", "symbols/cat.png", "animals/cartoon/cat.png"):
        (stamps / name).parent.mkdir(parents=True, exist_ok=True)
        noise(120, 100, round_alpha(120, 100)).save(stamps / name)
    Image.new("RGBA", (100, 100), "red").save(stamps / "animals/flat.png")
    resources.mkdir(parents=True)
    photo, small, holes = noise(300, 260), noise(40, 40), noise(300, 260, round_alpha(300, 260))
    entries = [encoded(photo, "PNG"), encoded(small, "PNG"), encoded(holes, "PNG"), encoded(photo, "JPEG")]
    (resources / "details.rcc").write_bytes(b"qres" + b"\xff\xd8\xff nothing ".join(entries))
    monkeypatch.setattr(pool, "_is_held_out", lambda name: False)
    return tmp_path


def test_photographs_are_found_by_their_signatures_and_small_or_holed_ones_left_out(root):
    photos = load_pool(root).photos
    assert [photo.size for photo in photos] == [(260, 300), (260, 300)]
    exact = [photo for photo in photos if np.array_equal(np.asarray(photo), np.asarray(noise(300, 260)))]
    assert len(exact) == 1 and all(photo.mode == "RGB" for photo in photos)


def test_things_are_photographic_cut_outs_cropped_to_what_is_solid(root):
    (thing,) = load_pool(root).things
    alpha = np.asarray(thing)[:, :, 3]
    assert thing.mode == "RGBA" and thing.size in ((80, 100), (79, 99))
    assert all(edge.max() > 127 for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]))


def test_wallpapers_count_once_whatever_links_lead_to_them(root):
    folder = root / "usr/share/wallpapers/Autumn/contents/images"
    folder.mkdir(parents=True)
    noise(400, 640).save(folder / "real.jpg")
    (folder / "2560x1600.jpg").symlink_to("real.jpg")
    assert len(load_pool(root).photos) == 2
    noise(400, 640).save(root / "usr/share/backgrounds_by_nobody.jpg")
    (root / "usr/share/backgrounds").mkdir()
    noise(400, 640).save(root / "usr/share/backgrounds/hill_by_somebody.jpg")
    assert len(load_pool(root).photos) == 3


def test_held_out_pictures_are_the_others(root, monkeypatch):
    monkeypatch.setattr(pool, "_is_held_out", lambda name: "cat" not in name and not name.endswith(" 4"))
    assert len(load_pool(root).photos) == len(load_pool(root).things) == 1
    with pytest.raises(FileNotFoundError, match="got 1 photographs and 0 things"):
        load_pool(root, held_out=True)


def test_about_an_eighth_is_held_out():
    share = np.mean([pool._is_held_out(f"picture {number}") for number in range(2000)])
    assert 0.1 < share < 0.15


def test_missing_packages_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"apt-get install {PACKAGES[0]}"):
        load_pool(tmp_path)


def test_colours_are_counted_in_32_levels():
    assert colours(np.array([[0, 0, 0], [7, 7, 7], [8, 0, 0], [0, 8, 0], [0, 0, 8]])) == 4
