import numpy as np
import torch
from PIL import Image

from samvit.preprocess import preprocess
from training.pictures import photo_picture, principal_colours, table_picture


def test_principal_colours_tell_two_halves_apart_and_stay_in_range():
    features = torch.randn(6, 8, 5, generator=torch.Generator().manual_seed(0)) * 0.1
    features[:, 4:, 2] += 3
    colours = principal_colours(features)
    assert colours.shape == (6, 8, 3) and colours.min() >= 0 and colours.max() <= 1
    red = colours[:, :, 0]  # the first component
    assert red[:, 4:].min() > red[:, :4].max() + 0.3


def test_pictures_are_small_and_leave_their_inputs_alone(tmp_path):
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))
    image = preprocess(photo, img_size=128)
    generator = torch.Generator().manual_seed(0)
    embedding = torch.randn(8, 8, 12, generator=generator)
    weights = {block: torch.rand(6, 8, 8, generator=generator) for block in (8, 11)}
    before = embedding.clone(), weights[8].clone()
    photo_picture(image, embedding, weights, (2, 3), tmp_path / "photo.jpg")
    table_picture([("a", torch.randn(27, 24)), ("b", torch.randn(127, 24))], tmp_path / "tables.jpg")
    assert torch.equal(embedding, before[0]) and torch.equal(weights[8], before[1])
    for name in ("photo.jpg", "tables.jpg"):
        assert 5_000 < (tmp_path / name).stat().st_size <= 150_000
        Image.open(tmp_path / name).verify()
