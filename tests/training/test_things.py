import numpy as np
import pytest
from PIL import Image

from training import things
from training.held_out import Sources, held_out_scene, outline_scene
from training.pool import Pool
from training.scenes import BACKGROUND
from training.things import lay_thing, photo_scene, photo_window, scattered, thing_scene, things_on_leaves

SIZE = (96, 144)
RED = (250, 10, 10)


def red_disc():
    row, col = np.mgrid[:80, :60]
    disc = np.zeros((80, 60, 4), dtype=np.uint8)
    disc[:, :, :3] = RED
    disc[:, :, 3] = 255 * (((row - 40) / 39) ** 2 + ((col - 30) / 29) ** 2 < 1)
    return Image.fromarray(disc)


def pool():
    return Pool([Image.new("RGB", (300, 200), (20, 40, 200))], [red_disc()])


def exact(monkeypatch):
    """Leave out light, blur, noise, shadows and recolouring, so that paint can be compared with labels."""
    monkeypatch.setattr(things, "finish", lambda rng, canvas: np.clip(canvas, 0, 255).astype(np.uint8))
    monkeypatch.setattr(things, "_jittered", lambda rng, colours, strength: colours.copy())
    monkeypatch.setattr(things, "_darken", lambda *arguments: None)


@pytest.mark.parametrize("seed", range(8))
def test_a_things_pixels_are_those_it_is_said_to_own(monkeypatch, seed):
    exact(monkeypatch)
    rng = np.random.default_rng(seed)
    canvas = photo_window(rng, pool().photos[0], SIZE)
    owner = np.full(SIZE, BACKGROUND, dtype=np.int16)
    for number in range(4):
        lay_thing(rng, canvas, owner, number, pool().things, None)
    red = canvas[:, :, 0] > canvas[:, :, 2]
    assert (owner >= 0).any() and (red == (owner >= 0)).mean() > 0.97  # half transparent edges may go either way


def test_things_stand_on_a_background_with_numbers_of_their_own():
    numbers = {int(number) for seed in range(8) for number in np.unique(scene_of(seed).owner)}
    assert BACKGROUND in numbers and len(numbers) >= 3 and numbers <= {BACKGROUND, *range(7)}


def scene_of(seed):
    return thing_scene(np.random.default_rng(seed), SIZE, pool())


def test_a_photograph_alone_is_all_background():
    scene = photo_scene(np.random.default_rng(0), SIZE, pool().photos)
    assert scene.pixels.shape == (*SIZE, 3) and (scene.owner == BACKGROUND).all()


def test_things_on_leaves_leave_no_background():
    scene = things_on_leaves(np.random.default_rng(3), SIZE, pool(), [])
    assert scene.owner.min() == 0 and scene.owner.max() >= 100


@pytest.mark.parametrize("size", [(64, 300), (300, 64), (500, 700)])
def test_a_window_stays_inside_the_photograph(monkeypatch, size):
    exact(monkeypatch)
    ramp = np.zeros((200, 300, 3), dtype=np.uint8)
    ramp[:, :, 0] = np.arange(200)[:, None]
    for seed in range(6):
        window = photo_window(np.random.default_rng(seed), Image.fromarray(ramp), size)
        assert window.shape == (*size, 3)
        assert (np.diff(window[:, 0, 0]) >= -0.01).all()  # upright


def test_a_tone_is_given_to_the_thing():
    canvas = np.full((*SIZE, 3), 90, dtype=np.float32)
    owner = np.full(SIZE, BACKGROUND, dtype=np.int16)
    for seed in range(5):
        lay_thing(np.random.default_rng(seed), canvas, owner, seed, [red_disc()], np.full(3, 90.0))
    assert (owner >= 0).any()
    assert canvas[owner >= 0].mean(0) == pytest.approx(np.full(3, 90), abs=12)


def test_scattered_parts_match_in_size():
    for seed in range(30):
        thing, inside, here = scattered(np.random.default_rng(seed), [red_disc()], SIZE)
        of_scene, of_thing = np.zeros(SIZE)[inside].shape, np.asarray(thing)[here].shape[:2]
        assert of_scene == of_thing


def test_shadows_only_darken():
    canvas = np.full((*SIZE, 3), 90, dtype=np.float32)
    things._darken(np.random.default_rng(0), canvas, red_disc().getchannel("A"), (10, 20))
    assert canvas.max() == 90 and canvas.min() < 80


@pytest.mark.parametrize("kind", ["easy", "hard", "other", "real"])
def test_held_out_scenes_are_the_same_each_time(kind):
    sources = Sources([], [], pool())
    first, again, second = (held_out_scene(kind, number, 96, sources) for number in (4, 4, 5))
    assert np.array_equal(first.pixels, again.pixels) and np.array_equal(first.owner, again.owner)
    assert not np.array_equal(first.pixels, second.pixels)


def test_outlines_are_the_things_but_not_their_colours():
    scene = outline_scene(np.random.default_rng(1), SIZE, [red_disc()], [])
    assert scene.owner.max() >= 2 and scene.owner.min() == 0
    colours = [scene.pixels[scene.owner == number].mean(0) for number in np.unique(scene.owner)]
    assert all(np.abs(colour - RED).max() > 30 for colour in colours)
