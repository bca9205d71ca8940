"""Train the small encoder on dead-leaves scenes: python -m training.train --folder FOLDER --minutes 75

Run it again with the same folder and it goes on from the last checkpoint. On several cores, let torchrun start a
process for each: torchrun --standalone --nproc-per-node 2 -m training.train … (processes wait for one another once a
step, threads many times in each layer, which is slow on a machine with other work).
"""

import argparse
import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.utils.data import DataLoader

from samvit.config import VIT_TINY, EncoderConfig
from training.batches import LAYOUTS, Batch, SceneBatches
from training.crops import CropEncoder
from training.recipe import Recipe
from training.same_thing import attention_loss, contrastive_loss, seam_loss
from training.textures import load_photos, photo_folder

log = logging.getLogger("training")

CHECKPOINT = "checkpoint.pt"


class Trainer:
    """The encoder in training, with all that a checkpoint must hold for a run to go on as if never cut.

    Args:
        clock: Seconds from any fixed moment; only a run measured in minutes reads it.
    """

    def __init__(self, config: EncoderConfig, recipe: Recipe, clock: Callable[[], float] = time.monotonic) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.clock = recipe, clock
        self.model, self.window_size = CropEncoder(config), config.window_size
        for attention in self.model.last_global:
            attention.keeps_weights = True
        self.auxiliary_head = nn.Linear(config.embed_dim, 128)
        self.optimizers = _optimizers(self.model, self.auxiliary_head, recipe)
        self.average = {name: value.detach().clone() for name, value in self.model.encoder.state_dict().items()}
        self.step, self.elapsed_s = 0, 0.0
        self.history = [{"from_step": 0, **asdict(recipe)}]
        # Time passes between steps too, while scenes are awaited: it is read off one clock, once a step.
        self.began, self.elapsed_before_s = clock(), 0.0

    @property
    def finished(self) -> bool:
        """Whether the run's steps or minutes are over."""
        return self.recipe.progress(self.step, self.elapsed_s) >= 1

    def train_step(self, batch: Batch) -> dict[str, float]:
        """One step of descent on a batch; returns the parts of the loss."""
        factor = self.recipe.rate_factor(self.recipe.progress(self.step, self.elapsed_s))
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
            for group in optimizer.param_groups:
                group["lr"] = group["base_lr"] * factor
        losses = self._losses(batch)
        sum(losses.values()).backward()
        parameters = [p for optimizer in self.optimizers for group in optimizer.param_groups for p in group["params"]]
        self.elapsed_s = self.elapsed_before_s + self.clock() - self.began
        if dist.is_initialized():
            self._share(parameters)
        norm = nn.utils.clip_grad_norm_(parameters, 1.0)
        if not torch.isfinite(norm):
            raise FloatingPointError(f"gradient must be finite, got norm {norm} at step {self.step}")
        for optimizer in self.optimizers:
            optimizer.step()
        self._update_average()
        self.step += 1
        return {name: loss.item() for name, loss in losses.items()} | {"gradient": norm.item()}

    def _losses(self, batch: Batch) -> dict[str, Tensor]:
        """The task's loss, the auxiliary one and the tables' smoothness, each with its weight."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            embedding, stream, middle = self.model(batch.images, batch.corner)
            middle = self.auxiliary_head(middle)
        places = (embedding.permute(0, 2, 3, 1), stream)
        seams = sum(seam_loss(features, batch.owners, self.window_size) for features in places)
        task, auxiliary = [], []
        for scene, owners in enumerate(batch.owners.flatten(1)):
            task.append(contrastive_loss(embedding[scene].flatten(1).T, owners))
            auxiliary.append(contrastive_loss(middle[scene].flatten(0, 1), owners))
        return {
            "task": torch.stack(task).mean(),
            "attention": self.recipe.attention * self._attention_loss(batch.owners.flatten(1)),
            "auxiliary": self.recipe.auxiliary * torch.stack(auxiliary).mean(),
            "seams": self.recipe.seams * seams,
            "roughness": self.recipe.smoothness * roughness(self.model.encoder.named_parameters()),
        }

    def _attention_loss(self, owners: Tensor) -> Tensor:
        """The attention loss, mean over the scenes and the last two global blocks."""
        parts = []
        for attention in self.model.last_global:
            weights = attention.weights.unflatten(0, (len(owners), -1))[:, : self.recipe.taught_heads]
            parts += [attention_loss(of_scene, owner) for of_scene, owner in zip(weights, owners, strict=True)]
        return torch.stack(parts).mean()

    def _share(self, parameters: list[Tensor]) -> None:
        """Average gradients and elapsed time over all processes.

        So each takes the same step at the same rate, and all end the run after the same one.
        """
        gradients = [p.grad for p in parameters]
        message = torch.cat([*(gradient.flatten() for gradient in gradients), torch.tensor([self.elapsed_s])])
        dist.all_reduce(message)
        message /= dist.get_world_size()
        *parts, elapsed = message.split([*(gradient.numel() for gradient in gradients), 1])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))
        self.elapsed_s = elapsed.item()

    @torch.no_grad()
    def _update_average(self) -> None:
        """Move the exponential average of the weights; its memory grows from nothing, so that it forgets the start."""
        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        for name, value in self.model.encoder.state_dict().items():
            self.average[name].lerp_(value, 1 - decay)

    def state(self) -> dict[str, object]:
        """All that a later `restore` needs."""
        return {
            "history": self.history,
            "model": self.model.state_dict(),
            "auxiliary_head": self.auxiliary_head.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "average": self.average,
            "step": self.step,
            "elapsed_s": self.elapsed_s,
        }

    def save(self, path: Path) -> None:
        """Write a checkpoint whole or not at all: under another name first, then renamed."""
        partial = path.with_suffix(".partial")
        torch.save(self.state(), partial)
        os.replace(partial, path)

    def restore(self, path: Path) -> None:
        """Take up a run where its checkpoint left it; a recipe that differs is noted in the run's history.

        Raises:
            ValueError: If the run was begun with another seed or optimizer, which can't be changed on the way.
        """
        state = torch.load(path, weights_only=True)
        last = {name: value for name, value in state["history"][-1].items() if name != "from_step"}
        for name in ("seed", "optimizer"):
            if last[name] != getattr(self.recipe, name):
                raise ValueError(f"{name} must be {last[name]!r} as in {path.name}, got {getattr(self.recipe, name)!r}")
        self.history = state["history"]
        if last != asdict(self.recipe):
            self.history.append({"from_step": state["step"], **asdict(self.recipe)})
        self.model.load_state_dict(state["model"])
        self.auxiliary_head.load_state_dict(state["auxiliary_head"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            of_recipe = [
                {name: group[name] for name in ("base_lr", "weight_decay")} for group in optimizer.param_groups
            ]
            optimizer.load_state_dict(saved)
            for group, values in zip(optimizer.param_groups, of_recipe, strict=True):
                group.update(values)  # a checkpoint's groups bring their own rates
        self.average = state["average"]
        self.step, self.elapsed_s = state["step"], state["elapsed_s"]
        self.began, self.elapsed_before_s = self.clock(), self.elapsed_s


def roughness(parameters: Iterable[tuple[str, Tensor]]) -> Tensor:
    """Summed squared difference of neighbouring rows of all position tables: far rows are learned from near ones.

    The absolute table counts a tenth: a crop touches few of its entries, so the task pulls at each more weakly.
    """
    total = torch.zeros(())
    for name, table in parameters:
        if "rel_pos" in name:
            total = total + (table[1:] - table[:-1]).square().sum()
        elif name.endswith("pos_embed"):
            total = total + 0.1 * (table[:, 1:] - table[:, :-1]).square().sum()
            total = total + 0.1 * (table[:, :, 1:] - table[:, :, :-1]).square().sum()
    return total


def _optimizers(model: nn.Module, head: nn.Module, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """Muon for the blocks' matrices, AdamW for the rest; no weight decay on norms, biases and position tables."""
    matrices, decayed, plain, tables = [], [], [], []
    for name, value in [*model.named_parameters(), *head.named_parameters()]:
        if "rel_pos" in name or "pos_embed" in name:
            tables.append(value)
        elif value.ndim == 1:
            plain.append(value)
        elif "blocks" in name and recipe.optimizer == "muon":
            matrices.append(value)
        else:
            decayed.append(value)
    groups = [
        {"params": decayed, "base_lr": recipe.rate, "weight_decay": recipe.weight_decay},
        {"params": plain, "base_lr": recipe.rate, "weight_decay": 0.0},
        {"params": tables, "base_lr": recipe.table_rate, "weight_decay": 0.0},
    ]
    optimizers: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), fused=True)]
    if matrices:
        muon_groups = [{"params": matrices, "base_lr": recipe.matrix_rate}]
        optimizers.append(
            torch.optim.Muon(
                muon_groups, lr=recipe.matrix_rate, weight_decay=recipe.weight_decay, adjust_lr_fn="match_rms_adamw"
            )
        )
    return optimizers


def batches_from(dataset: SceneBatches, step: int, workers: int) -> Iterator[Batch]:
    """The run's batches from `step` on, made ahead in other processes (in this one if workers is 0)."""
    endless = range(step, 1 << 30)
    ahead = 3 if workers else None
    return iter(DataLoader(dataset, batch_size=None, sampler=endless, num_workers=workers, prefetch_factor=ahead))


def run(trainer: Trainer, dataset: SceneBatches, folder: Path, workers: int, save_every_s: float = 150.0) -> None:
    """Train until the run is over, writing `checkpoint.pt` and a line of `log.jsonl` now and then.

    Of several processes the first one writes.
    """
    writes = not dist.is_initialized() or dist.get_rank() == 0
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / CHECKPOINT
    if checkpoint.exists():
        trainer.restore(checkpoint)
        log.info("going on from step %d, %.1f min", trainer.step, trainer.elapsed_s / 60)
    saved = time.monotonic()
    source = batches_from(dataset, trainer.step, workers)
    with (folder / "log.jsonl" if writes else Path(os.devnull)).open("a") as journal:
        while not trainer.finished:
            batch = next(source)
            losses = trainer.train_step(batch)
            line = {
                "step": trainer.step,
                "minutes": trainer.elapsed_s / 60,
                "grid": tuple(batch.owners.shape),
                **losses,
            }
            journal.write(json.dumps(line) + "\n")
            if trainer.step % 20 == 0:
                journal.flush()
            if writes and time.monotonic() - saved > save_every_s:
                trainer.save(checkpoint)
                saved = time.monotonic()
    if writes:
        trainer.save(checkpoint)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="folder for checkpoint.pt and log.jsonl")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, help="length of the whole run, in minutes of training")
    length.add_argument("--steps", type=int, help="length of the whole run, in steps")
    parser.add_argument("--photos", type=Path, help="skimage/data (default: that of the installed scikit-image)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--optimizer", choices=("muon", "adamw"), default="muon")
    parser.add_argument("--smoothness", type=float, default=Recipe.smoothness)
    parser.add_argument("--matrix-rate", type=float, default=Recipe.matrix_rate)
    parser.add_argument("--table-rate", type=float, default=Recipe.table_rate)
    parser.add_argument("--mix", choices=tuple(LAYOUTS), default=Recipe.mix, help="sizes of the scenes")
    parser.add_argument("--seams", type=float, default=Recipe.seams)
    parser.add_argument("--attention", type=float, default=Recipe.attention)
    parser.add_argument("--taught-heads", type=int, default=Recipe.taught_heads)
    parser.add_argument("--average", type=float, default=Recipe.average, help="decay of the averaged weights")
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument("--workers", type=int, default=1, help="processes that make scenes, for each process")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    recipe = Recipe(
        steps=args.steps,
        minutes=args.minutes,
        seed=args.seed,
        optimizer=args.optimizer,
        smoothness=args.smoothness,
        matrix_rate=args.matrix_rate,
        table_rate=args.table_rate,
        seams=args.seams,
        attention=args.attention,
        taught_heads=args.taught_heads,
        average=args.average,
        mix=args.mix,
    )
    photos = load_photos(args.photos or photo_folder())
    part = (0, 1)
    if dist.is_torchelastic_launched():
        dist.init_process_group("gloo")
        part = (dist.get_rank(), dist.get_world_size())
    scenes = SceneBatches(args.seed, photos, LAYOUTS[args.mix], part=part)
    run(Trainer(VIT_TINY, recipe), scenes, args.folder, args.workers)
    if dist.is_initialized():
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
