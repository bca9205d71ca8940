"""Train the small encoder: python -m training.train --folder FOLDER --minutes 100

Run it again with the same folder and it goes on from the last checkpoint. On several cores, let torchrun start a
process for each: torchrun --standalone --nproc-per-node 2 -m training.train … (processes wait for one another once a
step, threads many times in each layer, which is slow on a machine with other work).
"""

import argparse
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils.data import DataLoader

from samvit.checkpoint import read_checkpoint
from samvit.config import VIT_TINY, EncoderConfig
from training.attention_losses import balance_loss, likeness_loss, teaching_loss, telling_loss
from training.batches import LAYOUTS, Batch, SceneBatches
from training.crops import CropAttention, CropEncoder
from training.optimizers import optimizers_of
from training.pool import load_pool
from training.recipe import SETTLING, Recipe
from training.same_thing import common_loss, contrastive_loss, directions_loss, seam_loss
from training.scenes import NO_SHAPE
from training.textures import load_photos, photo_folder

log = logging.getLogger("training")

CHECKPOINT = "checkpoint.pt"
CPU = torch.device("cpu")
MOST_PROBED = 128  # queries of a scene whose attention is judged


class Trainer:
    """The encoder in training, with all that a checkpoint must hold for a run to go on as if never cut.

    Args:
        clock: Seconds from any fixed moment; only a run measured in minutes reads it.
        device: Where the encoder is trained.
        weights: A file of weights to begin from; None to begin from nothing.
    """

    def __init__(
        self,
        config: EncoderConfig,
        recipe: Recipe,
        clock: Callable[[], float] = time.monotonic,
        device: torch.device = CPU,
        weights: Path | None = None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.clock = recipe, clock
        self.device = device
        self.model, self.window_size = CropEncoder(config).to(device), config.window_size
        self.begun_from = None
        if weights is not None:
            self.model.encoder.load_state_dict(read_checkpoint(weights, config)[1])
            self.begun_from = f"sha256 {hashlib.sha256(weights.read_bytes()).hexdigest()}"
        self.optimizers = optimizers_of(self.model, recipe)
        self.average = {name: value.detach().clone() for name, value in self.model.encoder.state_dict().items()}
        self.step, self.elapsed_s = 0, 0.0
        self.history = [{"from_step": 0, **asdict(recipe)}]
        # Time passes between steps too, while scenes are awaited: it is read off one clock, once a step.
        self.began, self.elapsed_before_s = clock(), 0.0

    @property
    def progress(self) -> float:
        """How much of the run is over, 0..1."""
        return self.recipe.progress(self.step, self.elapsed_s)

    def train_step(self, batch: Batch) -> dict[str, float]:
        """One step of descent on a batch; returns the parts of the loss."""
        factor = self.recipe.rate_factor(self.progress)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
            for group in optimizer.param_groups:
                group["lr"] = group["base_lr"] * factor
        losses = self._losses(batch.to(self.device))
        torch.stack(list(losses.values())).sum().backward()
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
        """Every part of the loss, with its weight."""
        recipe = self.recipe
        probed = batch.compared[:MOST_PROBED]
        halved = torch.autocast(self.device.type, torch.bfloat16, enabled=recipe.bfloat16)
        with self.model.probing(probed) as attentions:
            with halved:
                embedding, stream = self.model(batch.images, batch.corner, batch.hidden)
                pixels = self.model.pixels(stream[batch.hidden]) if batch.hidden.any() else None
            of_attention = self._attention_losses(attentions, batch, probed)
        visible = batch.owners.masked_fill(batch.hidden, NO_SHAPE).flatten(1)[:, batch.compared]
        vectors = embedding.flatten(2)[:, :, batch.compared].transpose(1, 2)
        in_embedding = seam_loss(embedding.permute(0, 2, 3, 1), batch.owners, self.window_size)
        seams = in_embedding + seam_loss(stream, batch.owners, self.window_size)
        return {
            "task": contrastive_loss(vectors, visible),
            "stream": recipe.stream * contrastive_loss(stream.flatten(1, 2)[:, batch.compared], visible),
            "pixels": recipe.pixels * pixel_loss(pixels, batch),
            **of_attention,
            "seams": (recipe.seams if self.progress >= recipe.seams_from else 0.0) * seams,
            "directions": recipe.directions * directions_loss(vectors, visible),
            "common": recipe.common * common_loss(stream),
            "roughness": recipe.smoothness * roughness(self.model.encoder.named_parameters()),
        }

    def _attention_losses(self, attentions: list[CropAttention], batch: Batch, probed: Tensor) -> dict[str, Tensor]:
        """What is asked of attention, mean over scenes and global blocks, with its weights."""
        teaching, telling, balance, likeness = [], [], [], []
        owners = batch.owners.masked_fill(batch.padding, NO_SHAPE)
        asking = owners.masked_fill(batch.hidden, NO_SHAPE).flatten(1)[:, probed] != NO_SHAPE
        for attention in attentions:
            parts = (attention.rows, attention.content, attention.values)  # left there by the probed pass
            rows, content, values = (part.unflatten(0, (len(owners), -1)) for part in parts if part is not None)
            teaching.append(teaching_loss(content, probed, owners, asking))
            telling.append(telling_loss(content, values, probed, owners, asking))
            balance.append(balance_loss(rows, probed, batch.padding.flatten(1)))
            likeness.append(likeness_loss(rows, probed, batch.padding.flatten(1)))
        recipe = self.recipe
        apart = recipe.likeness if self.progress >= recipe.likeness_from else 0.0
        return {
            "teaching": recipe.teaching * torch.stack(teaching).mean(),
            "telling": recipe.telling * torch.stack(telling).mean(),
            "balance": recipe.balance * torch.stack(balance).mean(),
            "likeness": apart * torch.stack(likeness).mean(),
        }

    def _share(self, parameters: list[Tensor]) -> None:
        """Average gradients and elapsed time over all processes.

        So each takes the same step at the same rate, and all end the run after the same one.
        """
        # What this process's scenes had no use for, as the pixel layer where nothing is hidden, counts as 0.
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        message = torch.cat([*(gradient.flatten() for gradient in gradients), torch.tensor([self.elapsed_s])])
        dist.all_reduce(message)
        message /= dist.get_world_size()
        *parts, elapsed = message.split([*(gradient.numel() for gradient in gradients), 1])
        for parameter, part in zip(parameters, parts, strict=True):
            parameter.grad = part.view_as(parameter).clone()
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
            "begun_from": self.begun_from,
            "model": self.model.state_dict(),
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
            ValueError: If the run was begun with another seed, which can't be changed on the way.
        """
        state = torch.load(path, weights_only=True, map_location=self.device)
        last = {name: value for name, value in state["history"][-1].items() if name != "from_step"}
        if last["seed"] != self.recipe.seed:
            raise ValueError(f"seed must be {last['seed']} as in {path.name}, got {self.recipe.seed}")
        self.history, self.begun_from = state["history"], state["begun_from"]
        if last != asdict(self.recipe):
            self.history.append({"from_step": state["step"], **asdict(self.recipe)})
        self.model.load_state_dict(state["model"])
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


def pixel_loss(pixels: Float[Tensor, "hidden values"] | None, batch: Batch) -> Float[Tensor, ""]:
    """Mean absolute error of what hidden patches were told to hold; padding is never hidden.

    Args:
        pixels: One line for each hidden patch: its channels, then rows, then columns; None if none is hidden.
    """
    if pixels is None:
        return torch.zeros((), device=batch.images.device)
    patch = batch.images.shape[2] // batch.owners.shape[1]
    patches = batch.images.unfold(2, patch, patch).unfold(3, patch, patch)  # (batch, 3, grid_h, grid_w, patch, patch)
    truth = patches.permute(0, 2, 3, 1, 4, 5)[batch.hidden].flatten(1)
    return F.l1_loss(pixels.float(), truth)


def roughness(parameters: Iterable[tuple[str, Tensor]]) -> Tensor:
    """Summed squared difference of neighbouring rows of all position tables: far rows are learned from near ones.

    The absolute table counts a tenth: a crop touches few of its entries, so the task pulls at each more weakly.
    """
    parts = []
    for name, table in parameters:
        if "rel_pos" in name:
            parts.append((table[1:] - table[:-1]).square().sum())
        elif name.endswith("pos_embed"):
            parts.append(0.1 * (table[:, 1:] - table[:, :-1]).square().sum())
            parts.append(0.1 * (table[:, :, 1:] - table[:, :, :-1]).square().sum())
    return torch.stack(parts).sum()


def batches_from(dataset: SceneBatches, trainer: Trainer, workers: int) -> Iterator[Batch]:
    """The run's batches from the trainer's step on, made ahead in other processes (in this one if workers is 0)."""

    def keys() -> Iterator[tuple[int, float]]:
        """Step and progress; asked for when the batch is begun, a few steps before it is used."""
        step = trainer.step
        while True:
            yield step, trainer.recipe.of_scenes(trainer.recipe.progress(step, trainer.elapsed_s))
            step += 1

    ahead = 3 if workers else None
    return iter(DataLoader(dataset, batch_size=None, sampler=keys(), num_workers=workers, prefetch_factor=ahead))


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
    source = batches_from(dataset, trainer, workers)
    with (folder / "log.jsonl" if writes else Path(os.devnull)).open("a") as journal:
        while trainer.progress < 1:
            batch = next(source)
            losses = trainer.train_step(batch)
            line = {"step": trainer.step, "minutes": trainer.elapsed_s / 60, "grid": tuple(batch.owners.shape)}
            journal.write(json.dumps(line | losses) + "\n")
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
    length.add_argument("--minutes", type=float, help="minutes of training, over all parts of the run")
    length.add_argument("--steps", type=int, help="steps, for a run that must come out the same twice")
    parser.add_argument("--seed", type=int, help=f"default: {Recipe.seed}, settling {SETTLING['seed']}")
    parser.add_argument(
        "--scenes", type=int, default=Recipe.scenes, help="how many times the scenes of `batches.LAYOUTS` a batch has"
    )
    parser.add_argument("--settle", type=Path, metavar="WEIGHTS", help="go on from a file of weights, at low rates")
    parser.add_argument("--root", type=Path, default=Path("/"), help="folder that the Debian packages lie under")
    parser.add_argument("--photos", type=Path, help="skimage/data (default: that of the installed scikit-image)")
    parser.add_argument("--workers", type=int, default=1, help="processes that make scenes, for each that trains")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    pool, textures = load_pool(args.root), load_photos(args.photos or photo_folder())
    part = (0, 1)
    if dist.is_torchelastic_launched():
        dist.init_process_group("gloo")
        part = (dist.get_rank(), dist.get_world_size())
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    settings = SETTLING if args.settle else {}
    if args.seed is not None:
        settings = settings | {"seed": args.seed}
    recipe = Recipe(steps=args.steps, minutes=args.minutes, scenes=args.scenes, **settings)
    trainer = Trainer(VIT_TINY, recipe, device=device, weights=args.settle)
    layouts = tuple(replace(one, scenes=recipe.scenes * one.scenes) for one in LAYOUTS)
    scenes = SceneBatches(recipe.seed, pool, textures, layouts, part=part)
    run(trainer, scenes, args.folder, args.workers)
    if dist.is_initialized():
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
