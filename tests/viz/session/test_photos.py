"""Examples for everybody, uploads for their visitor alone."""

import io

import numpy as np
import pytest
from PIL import Image

from samvit.errors import ImageError
from samvit.preprocess import preprocess
from tests.viz.session.test_jobs import Clock
from viz.session.jobs import SILENT_S, Busy
from viz.session.photos import EXAMPLES, EXAMPLES_FOLDER, KEEP_S, Photos
from viz.texts import text
from viz.words import Problem


def photo_bytes(seed: int = 0) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def test_every_example_opens_is_credited_and_pins_a_patch_that_holds_photo():
    credits = (EXAMPLES_FOLDER / "CREDITS.md").read_text(encoding="utf-8")
    for example in EXAMPLES:
        photo = Photos(10**6).open(("", example.name)).image
        rows, cols = preprocess(photo).geometry.photo_grid
        assert example.query[0] < rows
        assert example.query[1] < cols
        assert f"{example.name}.jpg" in credits


def test_an_upload_opens_for_its_visitor():
    photos = Photos(10**6)
    mark = photos.add("anna", photo_bytes())
    assert photos.open(photos.key("anna", mark)).image.size == (30, 20)


def test_the_bands_that_are_asked_for_are_read_wherever_the_photo_comes_from():
    photos, pixels = Photos(10**6), np.random.default_rng(3).integers(0, 255, (4, 5, 3), dtype=np.uint8)
    photos.give("a trace's", pixels)
    for image in ("coffee", photos.add("anna", photo_bytes()), "a trace's"):
        key = photos.key("anna", image)
        plain, turned = (np.asarray(photos.open(key, bands=bands).image) for bands in (None, (3, 2, 1)))
        assert np.array_equal(turned, plain[..., ::-1]) and not np.array_equal(turned, plain), image


def test_the_page_says_how_long_an_upload_is_kept():
    assert KEEP_S == 2 * 3600 and "deleted two hours after you last looked at it" in text("en", "ui.upload.kept")


def test_an_upload_never_opens_for_another_visitor():
    photos = Photos(10**6)
    mark = photos.add("anna", photo_bytes())
    with pytest.raises(Problem, match="upload this photo again"):
        photos.key("bert", mark)


def test_the_same_photo_of_two_visitors_is_kept_once_under_one_key():
    photos, data = Photos(10**6), photo_bytes()
    mark = photos.add("anna", data)
    with pytest.raises(Problem, match="upload this photo again"):
        photos.key("bert", mark)
    assert mark == photos.add("bert", data)
    assert photos.key("anna", mark) == photos.key("bert", mark)
    assert photos.nbytes == len(data)


@pytest.mark.parametrize("guess", ["upload-", "upload-*", "upload-0000000000000000", "../astronaut", "astronaut.jpg"])
def test_a_mark_cannot_be_guessed(guess):
    photos = Photos(10**6)
    photos.add("anna", photo_bytes())
    with pytest.raises(Problem):
        photos.key("anna", guess)


def test_an_upload_is_deleted_once_it_was_not_looked_at_for_so_long_whatever_the_wall_clock_says(monkeypatch):
    clock = Clock()
    photos, data = Photos(10**6, keep_seconds=3600, clock=clock), photo_bytes()
    mark = photos.add("anna", data)
    photos.add("bert", data)
    key = photos.key("anna", mark)
    monkeypatch.setattr("time.time", lambda: 1e12)
    clock.now += 3000
    assert photos.key("anna", mark)
    clock.now += 1000
    photos.sweep()
    with pytest.raises(Problem, match="upload this photo again"):
        photos.key("bert", mark)
    assert photos.has(key)
    clock.now += 3600
    photos.sweep()
    assert not photos.has(key)
    assert photos.nbytes == 0


def test_photos_that_are_waited_for_stay_and_the_next_is_told_to_wait():
    size, clock = len(photo_bytes()), Clock()
    photos = Photos(int(2.5 * size), clock=clock)
    first, _ = (photos.add(visitor, photo_bytes(seed)) for seed, visitor in enumerate(["anna", "bert"]))
    with pytest.raises(Busy, match="all of them are being looked at"):
        photos.add("carl", photo_bytes(2))
    clock.now += SILENT_S
    photos.key("anna", first)
    clock.now += 1
    photos.add("carl", photo_bytes(2))
    assert photos.key("anna", first)


def test_what_nobody_looks_at_goes_before_ones_own():
    size, clock = len(photo_bytes()), Clock()
    photos = Photos(int(2.5 * size), clock=clock)
    left = photos.add("anna", photo_bytes(0))
    clock.now += SILENT_S + 1
    own, new = (photos.add("bert", photo_bytes(seed)) for seed in (1, 2))
    assert photos.key("bert", own) and photos.key("bert", new)
    with pytest.raises(Problem, match="upload this photo again"):
        photos.key("anna", left)


def test_a_photo_that_another_sent_too_stays_with_them_however_much_one_sends():
    size, clock = len(photo_bytes()), Clock()
    photos = Photos(int(2.5 * size), clock=clock)
    shared = photos.add("bert", photo_bytes(0))
    clock.now += SILENT_S + 1
    photos.add("anna", photo_bytes(0))
    first, _ = (photos.add("anna", photo_bytes(seed)) for seed in (1, 2))
    assert photos.has(photos.key("bert", shared))
    with pytest.raises(Problem, match="upload this photo again"):
        photos.key("anna", first)


def test_the_oldest_uploads_go_when_the_budget_is_full():
    size = len(photo_bytes())
    photos = Photos(int(2.5 * size))
    first, second, third = (photos.add("anna", photo_bytes(seed)) for seed in range(3))
    with pytest.raises(Problem, match="upload this photo again"):
        photos.key("anna", first)
    assert photos.open(photos.key("anna", second)).image.size == photos.open(photos.key("anna", third)).image.size


def test_what_is_no_photo_is_refused_and_not_kept():
    photos = Photos(10**6)
    with pytest.raises(ImageError):
        photos.add("anna", b"<html>not a photo</html>")
    assert photos.nbytes == 0


def test_an_unknown_example_is_named_and_the_known_ones_are_listed():
    with pytest.raises(Problem, match="astronaut, coffee.*got 'nobody'"):
        Photos(10).key("anna", "nobody")


def test_a_photo_sent_again_is_the_newest_again():
    size = len(photo_bytes())
    photos = Photos(int(2.5 * size))
    first, second = (photos.add("anna", photo_bytes(seed)) for seed in range(2))
    photos.add("anna", photo_bytes(0))
    photos.add("anna", photo_bytes(2))
    assert photos.open(photos.key("anna", first))
    with pytest.raises(Problem):
        photos.key("anna", second)


def test_a_photo_sent_again_is_kept_as_long_as_a_new_one():
    clock = Clock()
    photos = Photos(10**6, keep_seconds=3600, clock=clock)
    mark = photos.add("anna", photo_bytes())
    clock.now += 3000
    photos.add("anna", photo_bytes())
    clock.now += 3000
    photos.sweep()
    assert photos.has(photos.key("anna", mark))


def test_a_photo_that_is_looked_at_stays_longer_than_one_that_is_not():
    size = len(photo_bytes())
    photos = Photos(int(2.5 * size))
    first, second = (photos.add("anna", photo_bytes(seed)) for seed in range(2))
    photos.key("anna", first)
    photos.add("anna", photo_bytes(2))
    assert photos.open(photos.key("anna", first))
    with pytest.raises(Problem):
        photos.key("anna", second)


@pytest.mark.parametrize(("size", "query"), [(1024, (12, 26)), (512, (6, 13)), (768, (9, 19))])
def test_an_examples_patch_keeps_its_place_at_another_input_size(size, query):
    assert EXAMPLES[0].query == (12, 26)
    assert EXAMPLES[0].query_at(size) == query
