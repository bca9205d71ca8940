import numpy as np
import pytest
import torch

from samvit.config import PIXEL_MEAN, PIXEL_STD
from training.batches import LAYOUTS, Layout, SceneBatches, normalise

SMALL_LAYOUTS = (Layout((4, 6), 3, 0.5), Layout((7, 2), 2, 0.5))


def small_batches(**options):
    return SceneBatches(5, [], SMALL_LAYOUTS, table_side=10, **options)


def test_a_batch_depends_on_seed_and_step_alone():
    first, again = small_batches()[3], small_batches()[3]
    assert torch.equal(first.images, again.images) and torch.equal(first.owners, again.owners)
    assert first.corner == again.corner
    other_seed = SceneBatches(6, [], SMALL_LAYOUTS, table_side=10)[3]
    assert other_seed.images.shape != first.images.shape or not torch.equal(other_seed.images, first.images)


def test_processes_share_out_the_scenes_of_one_batch():
    for step in range(4):
        whole = small_batches()[step]
        parts = [small_batches(part=(rank, 2))[step] for rank in range(2)]
        assert torch.equal(parts[0].images, whole.images[0::2])
        assert torch.equal(parts[1].images, whole.images[1::2])
        assert parts[0].corner == parts[1].corner == whole.corner


def test_all_layouts_come_and_corners_stay_inside_the_table():
    seen = set()
    for step in range(30):
        batch = small_batches()[step]
        grid = tuple(batch.owners.shape[1:])
        seen.add(grid)
        assert batch.images.shape[2:] == (16 * grid[0], 16 * grid[1])
        assert all(0 <= start <= 10 - side for start, side in zip(batch.corner, grid, strict=True))
    assert seen == {(4, 6), (7, 2)}


def test_padding_is_zero_after_normalising_and_a_thing_of_its_own():
    padded = 0
    for step in range(12):
        batch = small_batches(padded_share=1.0)[step]
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


def test_only_so_many_patches_keep_their_owner():
    batch = small_batches(known_patches=5)[1]
    assert ((batch.owners >= 0).flatten(1).sum(1) <= 5).all()
    assert (batch.owners >= 0).any()


def test_normalising_is_that_of_preprocess():
    from PIL import Image

    from samvit.preprocess import preprocess

    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    expected = preprocess(Image.fromarray(pixels), img_size=64).tensor()[0]
    torch.testing.assert_close(normalise(pixels), expected, rtol=0, atol=1e-6)
    mean = np.broadcast_to(np.float32(PIXEL_MEAN), (16, 16, 3))
    assert normalise(mean).abs().max() == 0
    torch.testing.assert_close(normalise(mean + np.float32(PIXEL_STD)), torch.ones(3, 16, 16))


@pytest.mark.parametrize("mix", LAYOUTS)
def test_the_layouts_reach_every_row_of_the_tables(mix):
    layouts = LAYOUTS[mix]
    assert max(layout.grid[0] for layout in layouts) == max(layout.grid[1] for layout in layouts) == 64
    assert abs(sum(layout.share for layout in layouts) - 1) < 1e-9
