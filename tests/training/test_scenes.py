import numpy as np
import pytest
from PIL import Image, ImageDraw

from training import scenes
from training.scenes import NO_SHAPE, make_scene, patch_owners


def flat_surfaces(monkeypatch):
    """Make every shape one flat colour that no other has, and leave out light, blur and noise."""
    grey = iter(range(10, 250, 7))
    monkeypatch.setattr(scenes, "surface_of", lambda rng, size, colour, photos: np.full((*size, 3), next(grey)))
    monkeypatch.setattr(scenes, "finish", lambda rng, canvas: canvas.astype(np.uint8))


@pytest.mark.parametrize("seed", range(6))
def test_owners_are_exactly_the_regions_that_were_painted(monkeypatch, seed):
    flat_surfaces(monkeypatch)
    scene = make_scene(np.random.default_rng(seed), (96, 128), "easy")
    greys = scene.pixels[:, :, 0]
    # One grey for each owner and one owner for each grey: labels and paint never disagree.
    pairs = set(zip(scene.owner.flatten().tolist(), greys.flatten().tolist(), strict=True))
    assert len(pairs) == len({owner for owner, _ in pairs}) == len({grey for _, grey in pairs})
    assert len(pairs) > 2
    # Greys rise from one shape to the next, so a larger one was painted later: it must be the one on top.
    by_owner = [grey for _, grey in sorted(pairs)]
    assert by_owner == sorted(by_owner)


def test_an_ellipse_owns_the_pixels_inside_it(monkeypatch):
    stencil = Image.new("1", (40, 30))
    ImageDraw.Draw(stencil).ellipse((0, 0, 39, 29), fill=1)
    mask = np.asarray(stencil)
    monkeypatch.setattr(scenes, "_shape", lambda rng, size: (mask, (20, 10)))
    scene = make_scene(np.random.default_rng(0), (64, 64), "easy")
    row, col = np.mgrid[:64, :64]
    inside = ((row - 34.5) / 15) ** 2 + ((col - 29.5) / 20) ** 2
    assert (scene.owner[inside < 0.9] > 0).all()
    assert (scene.owner[inside > 1.1] == 0).all()


def test_the_same_seed_gives_the_same_scene_and_another_seed_another():
    first, again, other = (make_scene(np.random.default_rng(seed), (64, 80), "hard") for seed in (3, 3, 4))
    assert first.pixels.shape == (64, 80, 3) and first.pixels.dtype == np.uint8
    np.testing.assert_array_equal(first.pixels, again.pixels)
    np.testing.assert_array_equal(first.owner, again.owner)
    assert (first.pixels != other.pixels).any()


def test_hard_scenes_share_few_colours(monkeypatch):
    seen = []
    whole = scenes.surface_of

    def spy(rng, size, colour, photos):
        seen.append(tuple(colour))
        return whole(rng, size, colour, photos)

    monkeypatch.setattr(scenes, "surface_of", spy)
    make_scene(np.random.default_rng(1), (64, 64), "hard")
    assert 1 <= len(set(seen)) <= 3 < len(seen)
    seen.clear()
    make_scene(np.random.default_rng(1), (64, 64), "easy")
    assert len(set(seen)) == len(seen) > 3


def test_photo_textures_come_from_the_photos_given(monkeypatch):
    seen = []
    whole = scenes.photo_crop
    monkeypatch.setattr(scenes, "photo_crop", lambda rng, photo, size: seen.append(photo) or whole(rng, photo, size))
    photo = Image.effect_noise((200, 200), 80).convert("RGB")
    make_scene(np.random.default_rng(2), (64, 64), "easy", [photo])
    assert seen and all(one is photo for one in seen)


def test_a_patch_belongs_to_the_owner_of_more_than_nine_tenths():
    owner = np.zeros((32, 32), dtype=np.int16)
    owner[:16, 16:] = 3  # whole patch
    owner[16:, :16] = 5
    owner[30:, :16] = 0  # 2 of 16 rows: 87.5 % left
    owner[16:, 16:] = 7
    owner[31:, 16:] = 0  # 1 of 16 rows: 93.75 % left
    np.testing.assert_array_equal(patch_owners(owner), [[0, 3], [NO_SHAPE, 7]])


def test_scenes_smaller_than_a_patch_are_refused():
    with pytest.raises(ValueError, match="at least 16 px, got 64 × 8"):
        make_scene(np.random.default_rng(0), (64, 8), "easy")


def test_sides_that_patches_do_not_tile_are_refused():
    with pytest.raises(ValueError, match="multiples of 16 px, got 32 × 40"):
        patch_owners(np.zeros((32, 40), dtype=np.int16))
