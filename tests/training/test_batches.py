from dataclasses import fields

import numpy as np
import pytest
import torch
from PIL import Image

from samvit.config import PIXEL_MEAN, PIXEL_STD
from training import batches
from training.batches import LAYOUTS, MIXES, Layout, Mix, SceneBatches, hide_blocks, normalise
from training.pool import Pool
from training.scenes import BACKGROUND, make_scene

SMALL_LAYOUTS = (Layout((4, 6), 3, 0.5, 0.5), Layout((7, 2), 2, 0.5, 0.5))


def small_batches(seed=5, pool=None, **options):
    return SceneBatches(seed, pool, (), SMALL_LAYOUTS, table_side=10, **options)


def small_pool():
    noise = np.random.default_rng(0).integers(0, 255, (90, 120, 4), dtype=np.uint8)
    noise[20:70, 20:100, 3] = 255
    return Pool([Image.fromarray(noise[:, :, :3])], [Image.fromarray(noise)])


def test_a_batch_depends_on_seed_step_and_progress_alone():
    first, again = small_batches()[3, 0.5], small_batches()[3, 0.5]
    for field in fields(first):
        one, other = getattr(first, field.name), getattr(again, field.name)
        assert torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other
    other_seed = small_batches(6)[3, 0.5]
    assert other_seed.images.shape != first.images.shape or not torch.equal(other_seed.images, first.images)


@pytest.mark.parametrize("pool", [None, small_pool()])
def test_processes_share_out_the_scenes_of_one_batch(pool):
    for step in range(4):
        whole = small_batches(pool=pool)[step, 0.0]
        parts = [small_batches(pool=pool, part=(rank, 2))[step, 0.0] for rank in range(2)]
        for rank in range(2):
            assert torch.equal(parts[rank].images, whole.images[rank::2])
            assert torch.equal(parts[rank].hidden, whole.hidden[rank::2])
        assert parts[0].corner == parts[1].corner == whole.corner
        assert torch.equal(parts[0].compared, parts[1].compared)


def test_all_layouts_come_and_corners_stay_inside_the_table():
    seen = set()
    for step in range(30):
        batch = small_batches()[step, 0.0]
        grid = tuple(batch.owners.shape[1:])
        seen.add(grid)
        assert batch.images.shape[2:] == (16 * grid[0], 16 * grid[1])
        assert all(0 <= start <= 10 - side for start, side in zip(batch.corner, grid, strict=True))
    assert seen == {(4, 6), (7, 2)}


def test_layouts_give_way_to_one_another_as_the_run_goes_on():
    layouts = (Layout((4, 6), 1, 1.0, 0.0), Layout((7, 2), 1, 0.0, 1.0))
    scenes = SceneBatches(1, None, (), layouts, table_side=10)
    for progress, grid in ((0.0, (4, 6)), (1.0, (7, 2))):
        assert {tuple(scenes[step, progress].owners.shape[1:]) for step in range(5)} == {grid}


def test_another_mix_begins_when_its_time_has_come():
    photos, things = Mix(0.0, {"photo": 1.0}, 0.5), Mix(0.6, {"things on leaves": 1.0}, 0.5)
    scenes = small_batches(pool=small_pool(), padded_share=0.0, mixes=(photos, things))
    for progress, background in ((0.0, True), (0.59, True), (0.6, False), (1.0, False)):
        assert (scenes[0, progress].owners == BACKGROUND).any() == background


def test_scenes_without_photographs_are_as_hard_as_the_mix_says(monkeypatch):
    kinds = []

    def made(rng, size, kind, photos):
        kinds.append(kind)
        return make_scene(rng, size, kind, photos)

    monkeypatch.setattr(batches, "make_scene", made)
    for share, kind in ((0.0, "easy"), (1.0, "hard")):
        kinds.clear()
        small_batches(mixes=(Mix(0.0, {"leaves": 1.0}, share),))[0, 0.0]
        assert set(kinds) == {kind}


@pytest.mark.parametrize("sort", MIXES[0].sorts)
def test_scenes_of_every_sort_say_what_is_known_of_their_patches(sort):
    batch = small_batches(pool=small_pool(), padded_share=0.0, mixes=(Mix(0.0, {sort: 1.0}, 0.5),))[0, 0.0]
    if sort == "photo":
        assert (batch.owners == BACKGROUND).all()
    else:
        assert (batch.owners >= 0).any()
    assert ((batch.owners == BACKGROUND).any()) == (sort in ("photo", "things"))


@pytest.mark.parametrize("grid", [(22, 22), (64, 14), (5, 5)])
def test_a_quarter_to_seven_tenths_of_the_patches_are_hidden(grid):
    for seed in range(10):
        share = hide_blocks(np.random.default_rng(seed), grid).mean()
        assert 0.25 <= share < 0.85


def test_padding_is_zero_after_normalising_and_a_thing_of_its_own():
    padded = 0
    for step in range(12):
        batch = small_batches(padded_share=1.0)[step, 0.0]
        for image, owners in zip(batch.images, batch.owners, strict=True):
            zero_patches = (image.unfold(1, 16, 16).unfold(2, 16, 16) == 0).all(-1).all(-1).all(0)
            # Wholly empty patches end the rows or the columns, and all bear one number that no other patch bears.
            if zero_patches.any():
                padded += 1
                assert zero_patches[-1].all() or zero_patches[:, -1].all()
                numbers = owners[zero_patches].unique()
                assert len(numbers) == 1 and not (owners[~zero_patches] == numbers).all()
                assert numbers.item() == owners.max()
    assert padded > 5


def test_padding_is_known_and_never_hidden():
    padded = 0
    for step in range(12):
        batch = small_batches(padded_share=1.0, hidden_share=1.0)[step, 0.0]
        zero = (batch.images.unfold(2, 16, 16).unfold(3, 16, 16) == 0).all(-1).all(-1).all(1)
        assert torch.equal(batch.padding, zero)
        assert not (batch.padding & batch.hidden).any() and batch.hidden.any()
        padded += batch.padding.any().item()
    assert padded > 5


def test_only_so_many_patches_are_compared_each_once():
    compared = small_batches(most_compared=5)[1, 0.0].compared
    assert len(compared) == len(compared.unique()) == 5


def test_normalising_is_that_of_preprocess():
    from samvit.preprocess import preprocess

    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    expected = preprocess(Image.fromarray(pixels), img_size=64).tensor()[0]
    torch.testing.assert_close(normalise(pixels), expected, rtol=0, atol=1e-6)
    mean = np.broadcast_to(np.float32(PIXEL_MEAN), (16, 16, 3))
    assert normalise(mean).abs().max() == 0
    torch.testing.assert_close(normalise(mean + np.float32(PIXEL_STD)), torch.ones(3, 16, 16))


def test_the_layouts_reach_every_row_of_the_tables():
    assert max(layout.grid[0] for layout in LAYOUTS) == max(layout.grid[1] for layout in LAYOUTS) == 64
    assert sum(layout.first_share for layout in LAYOUTS) == pytest.approx(1)
    assert sum(layout.last_share for layout in LAYOUTS) == pytest.approx(1)


def test_every_mix_is_whole_and_the_first_is_there_from_the_start():
    assert MIXES[0].since == 0
    for mix in MIXES:
        assert sum(mix.sorts.values()) == pytest.approx(1)
