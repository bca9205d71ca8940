import numpy as np
import pytest
import torch

from samvit.config import VIT_TINY
from training.crops import CropEncoder
from training.evaluate import GLOBAL, LOOKS, SceneScores
from training.held_out import HELD_OUT_SEED
from training.scenes import Scene, make_scene
from training.textures import TRAINING_PHOTOS


def test_no_photo_of_the_card_is_a_training_texture():
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
    for block in GLOBAL:
        assert np.mean(summary["own_shape"][str(block)]) == pytest.approx(1, abs=0.25)
