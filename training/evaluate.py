"""Measure an encoder on scenes and photos it never saw; fill in its model card.

python -m training.evaluate writes evaluation.json, the pictures, and the numbers in README.md, all beside the weights.
"""

import argparse
import json
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_sample_image
from torch import Tensor

from samvit.checkpoint import read_checkpoint
from samvit.config import VIT_TINY
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.preprocess import ModelImage, preprocess, read_photo
from training.attention_losses import TAUGHT
from training.batches import PATCH_PX, normalise
from training.bundle import BUNDLED
from training.card import fill_card
from training.crops import CropEncoder
from training.held_out import HELD_OUT_SEED, Kind, Sources, held_out_scene
from training.measures import (
    OwnShapeRatio,
    attention_inputs,
    attention_rows,
    cosine_similarity,
    head_habits,
    neighbour_correlation,
    pair_auc,
    rel_pos_tables,
    seam_ratio,
    table_energy,
)
from training.pictures import photo_picture, table_picture
from training.pool import load_pool
from training.same_thing import colour_features
from training.scenes import Scene, patch_owners
from training.textures import load_photos, photo_folder

log = logging.getLogger("training")

GLOBAL = VIT_TINY.global_attn_indexes
DISTANT_TOKENS = 8


@dataclass(frozen=True)
class Look:
    """One held-out photo of the model card and the patch whose attention it shows.

    Args:
        query: Row and column as shares of the photo's height and width.
    """

    name: str
    query: tuple[float, float]


LOOKS = (
    Look("chelsea.png", (0.28, 0.45)),  # the cat's forehead
    Look("coffee.png", (0.33, 0.50)),  # the coffee in the cup
    Look("astronaut.png", (0.62, 0.20)),  # the sleeve of the suit
    Look("rocket.jpg", (0.55, 0.495)),  # the rocket
    Look("china.jpg", (0.52, 0.28)),  # the pagoda's body
    Look("camera.png", (0.50, 0.30)),  # the man's coat
)


class SceneScores:
    """Sums over the scenes of one kind: AUC of encoder and baseline, and attention to the own thing."""

    def __init__(self, heads: int, grid: tuple[int, int]) -> None:
        self.aucs: dict[str, list[float]] = {"encoder": [], "baseline": [], "encoder_far": [], "baseline_far": []}
        self.ratios = {block: OwnShapeRatio(heads, grid) for block in GLOBAL}

    def add(self, model: CropEncoder, scene: Scene, corner: tuple[int, int], queries: int) -> None:
        """Encode one scene and count it; attention is read for about `queries` of its patches."""
        owners = torch.from_numpy(patch_owners(scene.owner))
        with torch.no_grad(), attention_inputs(model.encoder, GLOBAL) as seen:
            embedding = model(normalise(scene.pixels)[None], corner)[0][0]
        colours = colour_features(torch.tensor(scene.pixels, dtype=torch.float32)).flatten(0, 1)
        chosen = torch.arange(0, owners.numel(), max(1, owners.numel() // 1024))  # pairs grow with the square
        similarities = {
            "encoder": cosine_similarity(embedding.flatten(1).T),
            "baseline": -torch.cdist(colours, colours),
        }
        for name, similarity in similarities.items():
            for suffix, apart in (("", 1), ("_far", DISTANT_TOKENS)):
                auc = pair_auc(similarity, owners, apart, chosen)
                if auc is not None:
                    self.aucs[name + suffix].append(auc)
        some = torch.arange(0, owners.numel(), max(1, owners.numel() // queries))
        for block, ratio in self.ratios.items():
            ratio.add(attention_rows(model.encoder.blocks[block].attn, seen[block], some), some, owners)

    def summary(self) -> dict[str, object]:
        """Mean AUCs, the share of the baseline's error that is left, and every head's ratio."""
        mean = {name: float(np.mean(values)) for name, values in self.aucs.items()}
        return {
            "scenes": len(self.aucs["encoder"]),
            **mean,
            "error_left": (1 - mean["encoder"]) / (1 - mean["baseline"]),
            "error_left_far": (1 - mean["encoder_far"]) / (1 - mean["baseline_far"]),
            "own_shape": {str(block): ratio.ratios().tolist() for block, ratio in self.ratios.items()},
        }


@dataclass(frozen=True)
class SceneSet:
    """One set of held-out scenes, square, of one kind."""

    kind: Kind
    side_px: int
    count: int


@cache
def sources(folder: Path, root: Path) -> Sources:
    """What held-out scenes are made of, read once in each process."""
    unknown = [held_out_photo(look.name, folder) for look in LOOKS]
    return Sources(load_photos(folder), unknown, load_pool(root, held_out=True))


def measure_scenes(chosen: SceneSet, weights: Path, folder: Path, root: Path) -> dict[str, object]:
    """All measures of one set of scenes; runs in a process of its own.

    Args:
        folder: Holds scikit-image's photos.
        root: Folder that the Debian packages lie under.
    """
    torch.set_num_threads(1)
    config, side = VIT_TINY, chosen.side_px // PATCH_PX
    model = CropEncoder(config).eval()
    model.encoder.load_state_dict(read_checkpoint(weights, config)[1])
    scores = SceneScores(config.num_heads, (side, side))
    for number in range(chosen.count):
        scene = held_out_scene(chosen.kind, number, chosen.side_px, sources(folder, root))
        rng = np.random.default_rng((HELD_OUT_SEED, number))
        row, col = rng.integers(config.grid_size - side + 1, size=2)
        scores.add(model, scene, (int(row), int(col)), queries=256)
    return scores.summary()


def measure_tables(encoder: ImageEncoderViT) -> dict[str, dict[str, float]]:
    """Energy and neighbour correlation of every relative position table."""
    return {
        name: {"energy": table_energy(table), "correlation": neighbour_correlation(table)}
        for name, table in rel_pos_tables(encoder).items()
    }


def held_out_photo(name: str, folder: Path) -> Image.Image:
    """One of the photos that training never sees, RGB."""
    if name == "china.jpg":
        return Image.fromarray(load_sample_image(name))
    return read_photo(folder / name)


@torch.no_grad()
def look_at(encoder: ImageEncoderViT, image: ModelImage, look: Look, target: Path) -> dict[str, object]:
    """Encode one photo at 1024 px: its picture, seam ratios and each head's habits."""
    config = VIT_TINY
    stream: list[Tensor] = []
    hook = encoder.blocks[-1].register_forward_hook(lambda module, arguments, output: stream.append(output))
    try:
        with attention_inputs(encoder, GLOBAL) as seen:
            embedding = encoder(image.tensor())[0].permute(1, 2, 0)
    finally:
        hook.remove()
    rows, cols = image.geometry.resized
    query = (int(look.query[0] * rows) // config.patch_size, int(look.query[1] * cols) // config.patch_size)
    grid = image.geometry.grid
    whole = (rows // config.patch_size, cols // config.patch_size)  # patches that hold nothing but photo
    token = torch.tensor([query[0] * grid[1] + query[1]])
    weights, habits = {}, {}
    padding = torch.from_numpy(image.geometry.image_padding()).flatten()
    in_photo = (~padding).nonzero().flatten()[::17]
    for block in GLOBAL:
        attention = encoder.blocks[block].attn
        weights[block] = attention_rows(attention, seen[block], token)[:, 0].view(-1, *grid)
        rows_of_attention = attention_rows(attention, seen[block], in_photo)
        of_block = head_habits(rows_of_attention, in_photo, grid, padding)
        habits[str(block)] = {name: values.tolist() for name, values in of_block.items()}
    photo_picture(image, embedding, weights, query, target)
    return {
        "seam_neck": seam_ratio(embedding, config.window_size, whole),
        "seam_stream": seam_ratio(stream[0][0], config.window_size, whole),
        "habits": habits,
    }


def evaluate(
    weights: Path, folder: Path, root: Path, sets: Sequence[SceneSet], processes: int, pictures: Path
) -> dict[str, object]:
    """All measures of one weights file; the pictures go to a folder."""
    encoder = build_encoder(VIT_TINY)
    encoder.load_state_dict(read_checkpoint(weights, VIT_TINY)[1])
    of_sets: dict[str, dict[str, object]] = {}
    of_photos: dict[str, object] = {}
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running = [(one, pool.submit(measure_scenes, one, weights, folder, root)) for one in sets]
        for one, future in running:
            of_sets.setdefault(f"{one.side_px} px", {})[one.kind] = future.result()
            log.info("%s scenes of %d px done", one.kind, one.side_px)
    for look in LOOKS:
        image = preprocess(held_out_photo(look.name, folder), VIT_TINY.img_size, VIT_TINY.patch_size)
        of_photos[look.name] = look_at(encoder, image, look, pictures / f"{Path(look.name).stem}.jpg")
    draw_tables(encoder, pictures / "rel_pos.jpg")
    taught = {str(block): list(TAUGHT) for block in GLOBAL}
    return {"scenes": of_sets, "tables": measure_tables(encoder), "photos": of_photos, "taught": taught}


def draw_tables(encoder: ImageEncoderViT, target: Path) -> None:
    """Draw the tables of all global blocks and of one windowed block."""
    blocks = (0, *GLOBAL)
    chosen = [
        (f"block {block} rel_pos_{axis}", getattr(encoder.blocks[block].attn, f"rel_pos_{axis}"))
        for block in blocks
        for axis in "hw"
    ]
    table_picture(chosen, target)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=BUNDLED)
    parser.add_argument("--out", type=Path, help="folder for numbers and pictures (default: that of the weights)")
    parser.add_argument("--photos", type=Path, help="skimage/data (default: that of the installed scikit-image)")
    parser.add_argument("--root", type=Path, default=Path("/"), help="folder that the Debian packages lie under")
    parser.add_argument("--scenes", type=int, default=100, help="held-out scenes of each kind, 352 px")
    parser.add_argument("--large-scenes", type=int, default=16, help="held-out scenes of each kind, 1024 px")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    kinds: tuple[Kind, ...] = ("easy", "hard", "other", "real")
    sizes = ((1024, args.large_scenes), (352, args.scenes))
    sets = [SceneSet(kind, side_px, count) for side_px, count in sizes for kind in kinds if count]
    out = args.out or args.weights.parent
    out.mkdir(parents=True, exist_ok=True)
    results = evaluate(args.weights, args.photos or photo_folder(), args.root, sets, args.processes, out)
    (out / "evaluation.json").write_text(json.dumps(results, indent=1) + "\n")
    card = out / "README.md"
    if card.exists():
        fill_card(card, results)


if __name__ == "__main__":
    main()
