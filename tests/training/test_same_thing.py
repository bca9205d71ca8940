import math

import pytest
import torch

from training.same_thing import (
    LEAST_DIRECTIONS,
    MOST_COMMON,
    colour_features,
    common_loss,
    contrastive_loss,
    directions_loss,
    same_thing_auc,
    seam_loss,
)
from training.scenes import BACKGROUND, NO_SHAPE


def test_auc_counts_the_pairs_in_the_right_order_and_ties_half():
    similarity = torch.tensor([0.9, 0.5, 0.5, 0.1])
    same = torch.tensor([True, True, False, False])
    assert same_thing_auc(similarity, same) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert same_thing_auc(-similarity, same) == pytest.approx(0.5 / 4)


def test_auc_agrees_with_comparing_every_two_pairs():
    generator = torch.Generator().manual_seed(0)
    same = torch.rand(500, generator=generator) < 0.2
    similarity = (torch.randn(500, generator=generator) + same).round(decimals=1)  # with ties
    gap = similarity[same][:, None] - similarity[~same]
    assert same_thing_auc(similarity, same) == pytest.approx(((gap > 0) + 0.5 * (gap == 0)).mean().item())


def test_auc_needs_pairs_of_both_sorts():
    with pytest.raises(ValueError, match="got 3 of one shape and 0 of two"):
        same_thing_auc(torch.zeros(3), torch.ones(3, dtype=torch.bool))


def of_one_scene(features, owners, **options):
    return contrastive_loss(features[None], owners[None], **options)


def test_the_loss_of_a_hand_made_scene():
    # Two patches of one shape along x, one of another along y; cosines 1, 0, 0.
    features = torch.tensor([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0]])
    expected = -math.log(math.exp(1 / 0.5) / (math.exp(1 / 0.5) + math.exp(0)))
    loss = of_one_scene(features, torch.tensor([4, 4, 9]), temperature=0.5)  # the lone patch has no partner
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_patches_without_an_owner_change_nothing():
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(12, 5, generator=generator)
    owners = torch.tensor([0, 0, 0, 1, 1, 1, -1, -1, 2, 2, 2, 2])
    known = owners >= 0
    torch.testing.assert_close(of_one_scene(features, owners), of_one_scene(features[known], owners[known]))


def test_the_background_is_apart_from_things_but_not_from_itself():
    things = torch.tensor([[1.0, 0.0], [1.0, 0.1]])
    background = torch.tensor([[0.0, 1.0], [0.3, -1.0]])
    owners = torch.tensor([0, 0, BACKGROUND, BACKGROUND])
    told_apart = of_one_scene(torch.cat([things, background]), owners)
    # Moving a background patch onto the things costs; turning the two against each other doesn't.
    assert of_one_scene(torch.cat([things, background[[0, 0]] + 5 * things[:1]]), owners) > told_apart + 0.3
    alike = of_one_scene(torch.cat([things, background[[0, 0]]]), owners)
    apart = of_one_scene(torch.cat([things, background[:1], background[:1] * -1]), owners)
    assert alike == pytest.approx(apart.item(), abs=1e-3)
    assert of_one_scene(background, owners[2:]) == 0


def test_a_scene_without_partners_costs_nothing_and_has_a_gradient():
    features = torch.randn(3, 4, requires_grad=True)
    loss = of_one_scene(features, torch.tensor([0, 1, -1]))
    loss.backward()
    assert loss.item() == 0 and torch.isfinite(features.grad).all()


def test_scenes_are_compared_each_in_itself_and_averaged():
    generator = torch.Generator().manual_seed(0)
    features, owners = (
        torch.randn(2, 6, 5, generator=generator),
        torch.tensor([[0, 0, 0, 1, 1, 1], [2, 2, 3, 3, 4, -1]]),
    )
    alone = [of_one_scene(*scene) for scene in zip(features, owners, strict=True)]
    torch.testing.assert_close(contrastive_loss(features, owners), torch.stack(alone).mean())


def test_sorted_features_cost_less_than_mixed_ones():
    owners = torch.tensor([0, 0, 1, 1])
    told_apart, mixed = torch.eye(2)[[0, 0, 1, 1]], torch.eye(2)[[0, 1, 0, 1]]
    assert of_one_scene(told_apart, owners) < of_one_scene(mixed, owners) - 5


def test_the_baseline_is_mean_and_deviation_of_each_patch():
    pixels = torch.zeros(32, 48, 3)
    pixels[16:, 32:] = torch.tensor([10.0, 20.0, 30.0])
    pixels[:8, :16, 1] = 4
    features = colour_features(pixels)
    assert features.shape == (2, 3, 6)
    torch.testing.assert_close(features[1, 2], torch.tensor([10.0, 20, 30, 0, 0, 0]))
    torch.testing.assert_close(features[0, 0], torch.tensor([0.0, 2, 0, 0, 2, 0]))


def test_seams_cost_by_how_much_they_stand_out():
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(1, 12, 12, 8, generator=generator)
    one_shape = torch.zeros(1, 12, 12, dtype=torch.long)
    assert seam_loss(features, one_shape, 4) < 0.1
    of_window = torch.randn(1, 3, 3, 8, generator=generator).repeat_interleave(4, 1).repeat_interleave(4, 2)
    assert seam_loss(features + 2 * of_window, one_shape, 4) > 0.5
    # Where the border is also an outline, a difference is wanted.
    window = torch.arange(12) // 4
    of_each_window = (window[:, None] * 3 + window)[None]
    assert seam_loss(features + 2 * of_window, of_each_window, 4) == 0


def slope(features_of):
    """The loss of one thing with a seam above another thing, and how it changes as a number near 1 grows.

    Args:
        features_of: Makes (1, 12, 1, 3) from the things, the seam, differences inside windows, and the number.
    """
    number = torch.ones((), requires_grad=True)
    things, seam, inside = (torch.zeros(1, 12, 1, 3) for _ in range(3))
    things[:, :8, :, 0], things[:, 8:, :, 1] = 1, 1
    seam[:, 4:8, :, 1] = 0.05
    inside[:, ::2, :, 2] = 0.01
    owners = (torch.arange(12) >= 8).long().view(1, 12, 1)
    loss = seam_loss(features_of(things, seam, inside, number), owners, 4)
    loss.backward()
    return loss.item(), number.grad.item()


def test_a_seam_is_mended_neither_by_making_all_alike_nor_by_spoiling_the_inside():
    loss, smaller_seam = slope(lambda things, seam, inside, number: things + number * seam + inside)
    assert loss > 1 and smaller_seam > 1
    mean = torch.tensor([2 / 3, 1 / 3, 0])
    _, all_alike = slope(lambda things, seam, inside, number: mean + number * (things + seam + inside - mean))
    _, spoilt = slope(lambda things, seam, inside, number: things + seam + number * inside)
    assert max(abs(all_alike), abs(spoilt)) < smaller_seam / 5


def test_vectors_of_all_scenes_should_take_many_directions():
    owners = torch.arange(32).view(2, 16)
    each_its_own = torch.eye(32).view(2, 16, 32)
    assert directions_loss(each_its_own, owners) == 0  # 32 directions
    assert directions_loss(each_its_own[:1].repeat(2, 1, 1), owners) == 0  # 16
    four = torch.eye(4).repeat(8, 1).view(2, 16, 4)
    assert directions_loss(7 * four, owners).item() == pytest.approx(1 / 4 - 1 / LEAST_DIRECTIONS)
    four[:, 1:] = four[:, :1]  # but what has no owner doesn't count
    assert directions_loss(four, owners).item() == pytest.approx(1 - 1 / LEAST_DIRECTIONS)
    one_each = torch.where(torch.arange(16) < 1, owners, NO_SHAPE)
    assert directions_loss(each_its_own, one_each).item() == pytest.approx(1 / 2 - 1 / LEAST_DIRECTIONS)


def test_what_all_patches_have_in_common_costs_from_a_half_on():
    stream = torch.zeros(1, 2, 2, 3)
    stream[0, 0, :, 1], stream[0, 1, :, 1] = 1, -1
    assert common_loss(stream) == 0
    stream[..., 0] = 1  # as long as what differs
    assert common_loss(stream) == 0
    stream[..., 0] = 3
    assert common_loss(stream).item() == pytest.approx(9 / 10 - MOST_COMMON)
    assert common_loss(1000 * stream).item() == pytest.approx(9 / 10 - MOST_COMMON)
