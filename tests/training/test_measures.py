import pytest
import torch

from samvit.encoder import build_encoder
from samvit.random_weights import fill_random
from tests.small import SMALL
from training.measures import (
    OwnShapeRatio,
    attention_inputs,
    attention_rows,
    cosine_similarity,
    head_habits,
    neighbour_correlation,
    pair_auc,
    seam_ratio,
    table_energy,
)


def weights_over(tokens, heads=1, generator_seed=0):
    generator = torch.Generator().manual_seed(generator_seed)
    return torch.rand(heads, tokens, tokens, generator=generator)


def test_auc_of_one_scene_is_one_for_perfect_features_and_half_for_none():
    owners = torch.tensor([[0, 0, 1], [0, -1, 1], [2, 2, 2]])
    features = torch.eye(4)[owners.flatten().clamp(min=-1)]
    assert pair_auc(cosine_similarity(features), owners) == 1
    assert pair_auc(torch.zeros(9, 9), owners) == 0.5


def test_distant_pairs_are_scored_apart():
    owners = torch.tensor([[0, 0, 0, 1, 1, 1, 0]])
    place = torch.arange(7.0)
    nearness = -(place[:, None] - place).abs()
    assert pair_auc(nearness, owners) > 0.5 > pair_auc(nearness, owners, apart_tokens=3)


def test_only_chosen_patches_are_paired():
    owners = torch.tensor([[0, 0, 1, 1]])
    similarity = torch.full((4, 4), 0.5)
    similarity[0, 1] = similarity[1, 0] = 0.9
    assert pair_auc(similarity, owners, chosen=torch.tensor([0, 1, 2])) == 1
    assert pair_auc(similarity, owners, chosen=torch.tensor([0, 1])) is None


@pytest.mark.parametrize("block", [1, 3])
def test_attention_rows_are_those_the_encoder_applies(small_image, block):
    encoder = fill_random(build_encoder(SMALL))
    attention = encoder.blocks[block].attn
    with torch.no_grad(), attention_inputs(encoder, (block,)) as seen:
        outputs = []
        hook = attention.register_forward_hook(lambda module, arguments, output: outputs.append(output))
        encoder(small_image)
        hook.remove()
    x = seen[block]
    weights = attention_rows(attention, x, torch.arange(100))
    values = attention.qkv(x).view(100, 3, SMALL.num_heads, SMALL.head_dim)[:, 2].permute(1, 0, 2)
    rebuilt = attention.proj((weights @ values).permute(1, 0, 2).reshape(1, 10, 10, -1))
    torch.testing.assert_close(rebuilt, outputs[0], rtol=1e-4, atol=1e-4)


def test_no_hook_remains_after_an_error(small_encoder):
    with pytest.raises(RuntimeError, match="stop"), attention_inputs(small_encoder, (0, 1)):
        raise RuntimeError("stop")
    assert all(not block.attn._forward_pre_hooks for block in small_encoder.blocks)


def scene_owners():
    owners = torch.zeros(8, 8, dtype=torch.long)
    owners[:, 5:] = 1
    owners[0] = -1
    return owners


def test_attention_that_only_falls_with_distance_has_ratio_one():
    row, col = torch.arange(64) // 8, torch.arange(64) % 8
    squared = (row[:, None] - row).square() + (col[:, None] - col).square()
    weights = torch.exp(-squared / 4.0)[None]
    ratio = OwnShapeRatio(1, (8, 8))
    ratio.add(weights, torch.arange(64), scene_owners())
    assert ratio.ratios().item() == pytest.approx(1, rel=1e-6)
    # A plain average would have been fooled: near patches are more often of the query's shape.
    owners = scene_owners().flatten()
    known = (owners[:, None] >= 0) & (owners >= 0) & ~torch.eye(64, dtype=torch.bool)
    own = owners[:, None] == owners
    assert weights[0][known & own].mean() / weights[0][known & ~own].mean() > 1.5


def test_attention_to_the_own_shape_is_found_in_each_head():
    owners = scene_owners().flatten()
    own = (owners[:, None] == owners).float()
    weights = torch.stack([1 + 2 * own, 1 - 0.5 * own]) * (0.5 + weights_over(64) * 0)
    ratio = OwnShapeRatio(2, (8, 8))
    queries = torch.arange(0, 64, 3)
    ratio.add(weights[:, queries], queries, scene_owners())
    torch.testing.assert_close(ratio.ratios(), torch.tensor([3.0, 0.5], dtype=torch.float64))


def test_self_and_ownerless_patches_have_no_say():
    weights = weights_over(64)
    changed = weights.clone()
    changed[:, torch.arange(64), torch.arange(64)] = 50
    changed[:, :, :8] = 50  # the first row has no owner
    before, after = OwnShapeRatio(1, (8, 8)), OwnShapeRatio(1, (8, 8))
    before.add(weights, torch.arange(64), scene_owners())
    after.add(changed, torch.arange(64), scene_owners())
    torch.testing.assert_close(before.ratios(), after.ratios())


def test_habits_of_heads_with_one_habit_each():
    tokens = torch.arange(12)  # 3 rows of 4
    own_row = (tokens // 4 == tokens[:, None] // 4) / 4
    own_column = (tokens % 4 == tokens[:, None] % 4) / 3
    padding = tokens >= 8
    to_padding = (padding / 4).expand(12, 12)
    habits = head_habits(torch.stack([own_row, own_column, to_padding, torch.eye(12)]), tokens, (3, 4), padding)
    torch.testing.assert_close(habits["row"][[0, 3]], torch.ones(2))
    torch.testing.assert_close(habits["column"][[1, 3]], torch.ones(2))
    torch.testing.assert_close(habits["padding"], torch.tensor([1 / 3, 1 / 3, 1, 1 / 3]))
    torch.testing.assert_close(habits["self"], torch.tensor([1 / 4, 1 / 3, 1 / 12, 1]))
    assert habits["distance"][3] == 0 and habits["distance"][0] == pytest.approx(1.25)


def test_energy_and_correlation_of_made_up_tables():
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(127, 24, generator=generator) * 0.02
    assert table_energy(noise) == pytest.approx(1, rel=0.1)
    assert abs(neighbour_correlation(noise)) < 0.05
    wave = torch.sin(torch.arange(127)[:, None] / 9 + torch.arange(24))
    assert neighbour_correlation(wave) > 0.98
    assert table_energy(2 * wave) == pytest.approx(4 * table_energy(wave))
    striped = wave * (-1.0) ** torch.arange(127)[:, None]
    assert neighbour_correlation(striped) < -0.9


def test_seams_show_only_at_window_borders():
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(12, 12, 8, generator=generator)
    assert seam_ratio(features, 4) == pytest.approx(1, abs=0.1)
    of_window = torch.randn(3, 3, 8, generator=generator).repeat_interleave(4, 0).repeat_interleave(4, 1)
    assert seam_ratio(features + 2 * of_window, 4) > 1.5
    # Beyond the photo nothing counts.
    beyond = features.clone()
    beyond[:, 8:] = 0
    assert seam_ratio(beyond, 4, (12, 8)) == seam_ratio(features, 4, (12, 8))
