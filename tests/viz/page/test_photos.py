"""Examples for everybody, uploads for their visitor alone."""

import io

import numpy as np
import pytest
from PIL import Image

from samvit.errors import ImageError
from samvit.preprocess import preprocess
from viz.page.photos import EXAMPLES, EXAMPLES_FOLDER, Photos


def photo_bytes(seed: int = 0) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def test_every_example_opens_is_credited_and_pins_a_patch_that_holds_photo():
    credits = (EXAMPLES_FOLDER / "CREDITS.md").read_text(encoding="utf-8")
    for example in EXAMPLES:
        photo = Photos(10**6).open(("", example.name))
        rows, cols = preprocess(photo).geometry.photo_grid
        assert example.query[0] < rows
        assert example.query[1] < cols
        assert f"{example.name}.jpg" in credits


def test_an_upload_opens_for_its_visitor():
    photos = Photos(10**6)
    mark = photos.add("anna", photo_bytes())
    assert photos.open(photos.key("anna", mark)).size == (30, 20)


def test_an_upload_never_opens_for_another_visitor():
    photos = Photos(10**6)
    mark = photos.add("anna", photo_bytes())
    with pytest.raises(ImageError, match="upload this photo again"):
        photos.key("bert", mark)


def test_the_same_photo_of_two_visitors_has_two_keys():
    photos = Photos(10**6)
    mark = photos.add("anna", photo_bytes())
    assert mark == photos.add("bert", photo_bytes())
    assert photos.key("anna", mark) != photos.key("bert", mark)


def test_the_oldest_uploads_go_when_the_budget_is_full():
    size = len(photo_bytes())
    photos = Photos(int(2.5 * size))
    first, second, third = (photos.add("anna", photo_bytes(seed)) for seed in range(3))
    with pytest.raises(ImageError, match="upload this photo again"):
        photos.key("anna", first)
    assert photos.open(photos.key("anna", second)).size == photos.open(photos.key("anna", third)).size


def test_what_is_no_photo_is_refused_and_not_kept():
    photos = Photos(10**6)
    with pytest.raises(ImageError):
        photos.add("anna", b"<html>not a photo</html>")
    assert not photos._uploads


def test_an_unknown_example_is_named_and_the_known_ones_are_listed():
    with pytest.raises(ImageError, match="chelsea, coffee.*got 'nobody'"):
        Photos(10).key("anna", "nobody")
