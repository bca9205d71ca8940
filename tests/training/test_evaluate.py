import numpy as np
import pytest
import torch

from samvit.config import VIT_TINY
from training.crops import CropEncoder
from training.evaluate import HELD_OUT_SEED, LAST_GLOBAL, SceneScores, scene_sets
from training.scenes import Scene, make_scene
from training.textures import TRAINING_PHOTOS


def test_every_set_has_scenes_of_its_own():
    sets = scene_sets(200, 10)
    assert len({one.stream for one in sets}) == len({(one.name, one.kind) for one in sets}) == 6
    assert {one.count for one in sets if not one.held_out_textures} == {200, 10}


def test_no_photo_of_the_card_is_a_training_texture():
    from training.evaluate import LOOKS

    assert len({look.name for look in LOOKS}) >= 6
    assert not {look.name for look in LOOKS} & set(TRAINING_PHOTOS)


def test_an_untrained_encoder_has_no_preference_for_shapes():
    torch.manual_seed(0)
    model = CropEncoder(VIT_TINY).eval()
    scores = SceneScores(VIT_TINY.num_heads, (10, 10))
    for number in range(2):
        scene = make_scene(np.random.default_rng((HELD_OUT_SEED, number)), (160, 160), "easy")
        scores.add(model, Scene(scene.pixels, scene.owner), (3, 5), queries=50)
    summary = scores.summary()
    assert summary["scenes"] == 2 and 0 < summary["baseline"] < 1
    assert summary["error_left"] == pytest.approx((1 - summary["encoder"]) / (1 - summary["baseline"]))
    for block in LAST_GLOBAL:
        assert summary["own_shape"][str(block)] == pytest.approx([1] * 6, abs=0.3)
