import hashlib
import json
from itertools import count

import pytest
import torch
from safetensors.torch import save_file

from tests.small import SMALL
from training import attention_losses
from training.batches import Layout, SceneBatches
from training.recipe import SETTLING, Recipe
from training.train import Trainer, pixel_loss, roughness, run

# Two scenes of 6 × 4 or 2 × 9 patches: windows of 4 have borders and padding in both.
LAYOUTS = (Layout((6, 4), 2, 0.6, 0.2), Layout((2, 9), 2, 0.4, 0.8))
STEPS = 20


def scenes():
    return SceneBatches(1, None, (), LAYOUTS, table_side=10)


def trained(steps=STEPS, **options):
    trainer, dataset = Trainer(SMALL, Recipe(steps=STEPS, **options)), scenes()
    for step in range(steps):
        trainer.train_step(dataset[step, step / STEPS])
    return trainer


@pytest.fixture(scope="module")
def uninterrupted():
    return trained()


def same_weights(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_twenty_steps_with_a_seed_give_the_same_weights_twice(uninterrupted):
    again = trained()
    assert same_weights(uninterrupted.model.state_dict(), again.model.state_dict())
    assert same_weights(uninterrupted.average, again.average)


def test_another_seed_gives_other_weights(uninterrupted):
    other = trained(steps=2, seed=1)
    assert not same_weights(uninterrupted.model.state_dict(), other.model.state_dict())


@pytest.mark.parametrize("cut", [1, 13])
def test_a_resumed_run_equals_an_uninterrupted_one(uninterrupted, tmp_path, cut):
    trained(steps=cut).save(tmp_path / "checkpoint.pt")
    run(Trainer(SMALL, Recipe(steps=STEPS)), scenes(), tmp_path, workers=0)
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert state["step"] == STEPS
    assert same_weights(uninterrupted.model.state_dict(), state["model"])
    assert same_weights(uninterrupted.average, state["average"])
    logged = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in logged] == list(range(cut + 1, STEPS + 1))


def test_nothing_half_written_is_left_behind(uninterrupted, tmp_path):
    uninterrupted.save(tmp_path / "checkpoint.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


@pytest.mark.parametrize("part", ["task", "stream", "pixels", "teaching"])
def test_the_losses_of_one_batch_fall(part):
    trainer = Trainer(SMALL, Recipe(steps=40, bfloat16=False))
    batch = SceneBatches(1, None, (), LAYOUTS[:1], table_side=10, hidden_share=1.0)[0, 0.0]
    losses = [trainer.train_step(batch)[part] for _ in range(25)]
    assert losses[-1] < losses[0] - {"task": 0.2, "stream": 0.05, "pixels": 0.05, "teaching": 0.01}[part]


@pytest.mark.parametrize("part", ["likeness", "seams"])
def test_what_is_asked_late_is_asked_from_the_recipes_moment_on(part, monkeypatch):
    monkeypatch.setattr(attention_losses, "MOST_ALIKE", -1.0)  # untrained heads differ
    for steps, asked in ((100, False), (2, True)):
        trainer = Trainer(SMALL, Recipe(steps=steps, likeness_from=0.5, seams_from=0.5, bfloat16=False))
        dataset = scenes()
        losses = [trainer.train_step(dataset[step, 0.0])[part] for step in range(2)]
        assert losses[0] == 0 and (losses[1] > 0) == asked


def test_hidden_patches_are_told_by_their_pixels():
    batch = scenes()[0, 0.0]
    batch.hidden[:] = False
    assert pixel_loss(None, batch) == 0
    batch.hidden[1, 2, 0] = True
    row, col = 16 * 2, 0
    truth = batch.images[1, :, row : row + 16, col : col + 16].reshape(1, -1)
    assert pixel_loss(truth, batch) == 0
    assert pixel_loss(truth + 0.5, batch).item() == pytest.approx(0.5, abs=1e-5)


def test_tables_begin_at_zero_and_every_parameter_is_trained(uninterrupted):
    start = Trainer(SMALL, Recipe(steps=STEPS)).model.state_dict()
    for name, value in uninterrupted.model.state_dict().items():
        if "rel_pos" in name:
            assert start[name].abs().max() == 0
        assert not torch.equal(start[name], value), name


def test_the_average_lags_behind_the_weights(uninterrupted):
    start = Trainer(SMALL, Recipe(steps=STEPS)).average
    name = "blocks.0.mlp.lin1.weight"
    end, average = uninterrupted.model.encoder.state_dict()[name], uninterrupted.average[name]
    assert 0 < (average - end).norm() < (start[name] - end).norm()


def test_a_run_begins_from_the_weights_it_is_given_and_keeps_their_name(small_encoder, tmp_path):
    save_file(small_encoder.state_dict(), tmp_path / "start.safetensors")
    trainer = Trainer(SMALL, Recipe(steps=STEPS), weights=tmp_path / "start.safetensors")
    assert same_weights(trainer.average, small_encoder.state_dict())
    trainer.save(tmp_path / "checkpoint.pt")
    again = Trainer(SMALL, Recipe(steps=STEPS))
    again.restore(tmp_path / "checkpoint.pt")
    sha256 = hashlib.sha256((tmp_path / "start.safetensors").read_bytes()).hexdigest()
    assert trainer.begun_from == again.begun_from == f"sha256 {sha256}"


def test_settling_goes_on_among_the_scenes_of_the_later_part():
    recipe = Recipe(steps=10, **SETTLING)
    assert [recipe.of_scenes(progress) for progress in (0, 0.5, 1)] == pytest.approx([0.6, 0.8, 1.0])
    assert recipe.rate_factor(0.5) == pytest.approx(0.52, abs=0.01) and recipe.matrix_rate < Recipe.matrix_rate


def test_a_run_keeps_its_seed(uninterrupted, tmp_path):
    uninterrupted.save(tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match=r"seed must be 0 as in checkpoint\.pt, got 4"):
        Trainer(SMALL, Recipe(steps=STEPS, seed=4)).restore(tmp_path / "checkpoint.pt")


def test_other_changes_on_the_way_are_noted_with_their_step(uninterrupted, tmp_path):
    uninterrupted.save(tmp_path / "checkpoint.pt")
    longer = Trainer(SMALL, Recipe(steps=2 * STEPS, seams=0.7, table_rate=0.5))
    longer.restore(tmp_path / "checkpoint.pt")
    assert [(part["from_step"], part["seams"]) for part in longer.history] == [(0, Recipe.seams), (STEPS, 0.7)]
    assert longer.step == STEPS and longer.progress == 0.5
    assert [group["base_lr"] for group in longer.optimizers[0].param_groups][-1] == 0.5


def test_a_run_measured_in_minutes_ends_by_the_clock_over_all_its_parts(tmp_path):
    def ticking():
        seconds = count(0, 6)  # each look at the clock finds 6 s gone
        return lambda: float(next(seconds))

    recipe = Recipe(minutes=1.0)
    first, dataset = Trainer(SMALL, recipe, ticking()), scenes()
    for step in range(3):
        first.train_step(dataset[step, 0.0])
    assert first.elapsed_s == 18 and first.progress < 1
    first.save(tmp_path / "checkpoint.pt")
    run(Trainer(SMALL, recipe, ticking()), dataset, tmp_path, workers=0)
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert state["elapsed_s"] == 60 and state["step"] == 10


def test_a_gradient_that_is_not_finite_stops_the_run():
    trainer, batch = Trainer(SMALL, Recipe(steps=STEPS)), scenes()[0, 0.0]
    batch.images[:] = float("nan")
    with pytest.raises(FloatingPointError, match="at step 0"):
        trainer.train_step(batch)


def test_the_rate_rises_stays_and_falls():
    recipe = Recipe(steps=100, warm_up=0.1, decay_from=0.6)
    factors = [recipe.rate_factor(progress / 100) for progress in range(101)]
    assert factors[0] == 0.02 and set(factors[10:61]) == {1.0} and factors[100] == pytest.approx(0.02)
    assert factors[:11] == sorted(factors[:11]) and factors[60:] == sorted(factors[60:], reverse=True)


@pytest.mark.parametrize("length", [{}, {"steps": 1, "minutes": 1.0}])
def test_a_run_has_one_length(length):
    with pytest.raises(ValueError, match="either steps or minutes"):
        Recipe(**length)


def test_roughness_is_zero_for_level_tables_and_counts_each_step():
    level = torch.full((5, 2), 3.0)
    step = level.clone()
    step[2:] += 2  # one step of 2 in two channels
    assert roughness([("blocks.0.attn.rel_pos_h", level)]) == 0
    assert roughness([("blocks.0.attn.rel_pos_h", step), ("blocks.0.attn.qkv.weight", step)]) == 8
    table = torch.zeros(1, 3, 3, 1)
    table[0, 0, 0] = 1  # a corner has two neighbours
    assert roughness([("pos_embed", table)]).item() == pytest.approx(0.2)
