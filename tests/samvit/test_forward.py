"""Photos of any kind through the encoder, and folders of them."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

import samvit
from samvit.preprocess import preprocess
from tests.viz.photos import noise_photo

PHOTO = noise_photo(rows=65, cols=100)


def png_bytes() -> bytes:
    buffer = io.BytesIO()
    PHOTO.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "photo",
    [
        PHOTO,
        png_bytes(),
        np.asarray(PHOTO),
        torch.tensor(np.asarray(PHOTO)).permute(2, 0, 1),
        samvit.open_photo(PHOTO),
        preprocess(PHOTO, 160),
        preprocess(PHOTO, 160).tensor(),
    ],
    ids=["picture", "bytes", "array", "tensor", "opened photo", "model image", "model image's tensor"],
)
def test_a_photo_of_any_kind_gives_the_same_trace(small_encoder, photo):
    expected = samvit.trace(small_encoder, preprocess(PHOTO, 160)).embedding
    assert torch.equal(samvit.trace(small_encoder, photo).embedding, expected)


def test_a_path_names_the_trace_and_a_size_is_taken(small_encoder, tmp_path):
    (tmp_path / "cat.png").write_bytes(png_bytes())
    steps = []
    made = samvit.trace(small_encoder, tmp_path / "cat.png", size=96, progress=lambda *step: steps.append(step))
    assert (made.source, made.grid, steps[-1]) == ("cat.png", (6, 6), ("neck", 5, 5))
    assert samvit.trace(small_encoder, PHOTO, way="medsam").geometry.resized == (160, 160)


@pytest.mark.parametrize(
    ("photo", "size", "sentence"),
    [
        (torch.zeros(3, 20, 20), None, "image must be batch × 3 × rows × cols"),
        (torch.zeros(20, 20, 3, dtype=torch.uint8), None, "photo as a tensor must be uint8 of 3 × rows × cols, .* got"),
        (torch.zeros(1, 3, 160, 160), 96, "size must be left out where the model image is given, got 96"),
        (PHOTO, 100, "img_size must be a multiple of 16, got 100"),
        ("nowhere/cat.png", None, "photo must be an existing file, got 'cat.png'"),
    ],
)
def test_what_cannot_be_traced_is_refused_in_one_sentence(small_encoder, photo, size, sentence):
    with pytest.raises(ValueError, match=sentence):
        samvit.trace(small_encoder, photo, size=size)


def test_a_module_that_is_not_wrapped_is_refused():
    with pytest.raises(ValueError, match=r"encoder must come from samvit\.load_encoder or samvit\.wrap, got Linear"):
        samvit.trace(torch.nn.Linear(2, 2), PHOTO)


def test_a_folder_s_photos_come_in_order_and_one_that_cannot_be_read_is_told(small_encoder, tmp_path):
    for name in ("b.png", "a.PNG"):
        (tmp_path / name).write_bytes(png_bytes())
    (tmp_path / "aa.jpg").write_text("this is no photo")
    (tmp_path / "notes.txt").write_text("nor is this")
    failed = []
    traces = samvit.trace_many(small_encoder, tmp_path, failed=lambda photo, error: failed.append((photo.name, error)))
    assert [made.source for made in traces] == ["a.PNG", "b.png"]
    assert [name for name, _ in failed] == ["aa.jpg"] and "photo must be" in str(failed[0][1])
    with pytest.warns(UserWarning, match=r"^aa\.jpg was skipped: photo must be"):
        assert len(list(samvit.trace_many(small_encoder, [tmp_path / "aa.jpg", PHOTO]))) == 1
    with pytest.raises(ValueError, match="got 'nowhere', which is no folder"):
        next(samvit.trace_many(small_encoder, tmp_path / "nowhere"))


def test_an_encoder_comes_by_name_or_by_file(small_encoder, tmp_path):
    from safetensors.torch import save_file

    save_file(small_encoder.state_dict(), tmp_path / "mine.safetensors")
    assert torch.equal(samvit.load_encoder(tmp_path / "mine.safetensors").pos_embed, small_encoder.pos_embed)
    assert samvit.load_encoder("vit_tiny").config.name == "vit_tiny"
    with pytest.raises(ValueError, match="encoder must be one of vit_tiny, .*, got 'vit_small', which isn't there"):
        samvit.load_encoder("vit_small")


def test_everything_public_is_there():
    assert all(hasattr(samvit, name) for name in samvit.__all__)
    assert sorted(samvit.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)) == samvit.__all__


def test_photos_need_not_be_of_three_channels(small_encoder):
    grey = Image.fromarray(np.asarray(PHOTO)[:, :, 0])
    assert samvit.trace(small_encoder, grey).grid == (10, 10)
