"""The numbers of the model card, from `evaluation.json` to Markdown tables."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from samvit.config import VIT_TINY

BLOCKS = tuple(str(block) for block in VIT_TINY.global_attn_indexes)
HEADS = range(VIT_TINY.num_heads)
BEGIN, END = "<!-- numbers: written by training/evaluate.py -->", "<!-- end of numbers -->"


def fill_card(card: Path, results: dict[str, Any]) -> None:
    """Replace what stands between the card's two markers.

    Raises:
        ValueError: If the card lacks the markers.
    """
    text = card.read_text()
    pattern = re.compile(re.escape(BEGIN) + ".*" + re.escape(END), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{card.name} must hold the line {BEGIN} and after it {END}")
    numbers = f"{BEGIN}\n\n{markdown(results)}\n\n{END}"
    card.write_text(pattern.sub(lambda match: numbers, text))


def markdown(results: dict[str, Any]) -> str:
    """All tables of the card."""
    return "\n\n".join((demands(results), scene_table(results), head_table(results), seam_table(results)))


def demands(results: dict[str, Any]) -> str:
    """What was asked of the encoder, what it reached at 1024 px, and whether that is enough."""
    scenes = results["scenes"]["1024 px"]
    lines = ["| asked, at 1024 px | reached | |", "|---|---|---|"]

    def line(asked: str, value: float, least: float | None = None, most: float | None = None, digits: int = 2) -> None:
        limit = f"at least {least}" if most is None else f"at most {most}"
        met = (least is None or value >= least) and (most is None or value <= most)
        lines.append(f"| {asked}: {limit} | {value:.{digits}f} | {'met' if met else '**not met**'} |")

    last = {kind: np.array(of_kind["own_shape"]["11"]) for kind, of_kind in scenes.items()}
    line("own thing ÷ others, easy scenes, mean of block 11's heads", last["easy"].mean(), 2.0)
    line("the same, real scenes", last["real"].mean(), 1.4)
    line("the same, easy scenes, best head of block 11", last["easy"].max(), 4.0)
    free = {kind: ratios[len(results["taught"]["11"]) :] for kind, ratios in last.items()}
    lines += [
        f"| of block 11 the heads that weren't taught, mean, {kind} | {free[kind].mean():.2f} | |" for kind in free
    ]
    for block in ("2", "5", "8"):
        line(f"own thing ÷ others, easy, best head of block {block}", max(scenes["easy"]["own_shape"][block]), 2.0)
    for kind, least in (("easy", 0.993), ("hard", 0.93), ("real", 0.95)):
        line(f"AUC, {kind} scenes", scenes[kind]["encoder"], least, digits=3)
    line("1 − AUC over the baseline's, other textures and outlines", scenes["other"]["error_left"], most=0.4)
    photos = results["photos"].values()
    for place, what in (("neck", "the neck's output"), ("stream", "the last block's output")):
        line(f"window seams in {what}, worst of the photos", max(photo[f"seam_{place}"] for photo in photos), most=1.1)
    spread = [head_mean_habits(results, block, head)["perplexity"] for block in BLOCKS for head in HEADS]
    line("patches that the median head's attention is spread over", float(np.median(spread)), 40.0, digits=0)
    alike = [np.mean([head_mean_habits(results, block, head)["alike"] for head in HEADS]) for block in BLOCKS]
    line("mean correlation of the maps of one block's heads, worst block", float(max(alike)), most=0.6)
    return "\n".join(lines)


def scene_table(results: dict[str, Any]) -> str:
    """AUC of encoder and baseline on each kind of scene."""
    lines = [
        "| scenes | number | AUC | baseline | AUC, pairs ≥ 8 patches apart | baseline |",
        "|---|---|---|---|---|---|",
    ]
    for side, kinds in results["scenes"].items():
        for kind, of_kind in kinds.items():
            values = [f"{of_kind[key]:.3f}" for key in ("encoder", "baseline", "encoder_far", "baseline_far")]
            lines.append(f"| {kind}, {side} | {of_kind['scenes']} | " + " | ".join(values) + " |")
    return "\n".join(lines)


def head_table(results: dict[str, Any]) -> str:
    """Every head of the global blocks: its ratio on scenes, its habits on photos, its name."""
    lines = [
        "| head | own ÷ others: easy | hard | real | easy, 352 px | spread over | mean distance | own row | own column "
        "| padding | kind |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for block in BLOCKS:
        taught = results["taught"][block]
        for head in HEADS:
            large, small = results["scenes"]["1024 px"], results["scenes"]["352 px"]
            ratios = [large[kind]["own_shape"][block][head] for kind in ("easy", "hard", "real")]
            habits = head_mean_habits(results, block, head)
            cells = (
                f"block {block} head {head}" + "".join(f", taught: {what}" for what in taught[head : head + 1]),
                *(f"{ratio:.2f}" for ratio in (*ratios, small["easy"]["own_shape"][block][head])),
                f"{habits['perplexity']:.0f}",
                f"{habits['distance']:.1f}",
                *(f"{habits[name]:.0%}" for name in ("row", "column", "padding")),
                head_kind(ratios[0], habits),
            )
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def seam_table(results: dict[str, Any]) -> str:
    """Seam ratio of each photo."""
    lines = ["| photo | seams, neck | seams, last block |", "|---|---|---|"]
    for name, photo in results["photos"].items():
        lines.append(f"| {name} | {photo['seam_neck']:.3f} | {photo['seam_stream']:.3f} |")
    return "\n".join(lines)


def head_mean_habits(results: dict[str, Any], block: str, head: int) -> dict[str, float]:
    """A head's habits, mean of the photos."""
    of_photos = [photo["habits"][block] for photo in results["photos"].values()]
    return {name: float(np.mean([habits[name][head] for habits in of_photos])) for name in of_photos[0]}


def head_kind(ratio: float, habits: dict[str, float]) -> str:
    """A head's name by what it does most plainly.

    On 64 × 64 patches even weight would put 1.6 % in the query's row, and lie 33 patches off on average.

    Args:
        ratio: Own thing over others at equal offset.
        habits: Of `measures.head_habits`.
    """
    if ratio >= 2.5:
        return "same thing"
    if habits["distance"] <= 8:
        return "neighbours"
    if habits["row"] >= 0.12:
        return "row"
    if habits["column"] >= 0.12:
        return "column"
    if habits["padding"] >= 0.4:
        return "padding"
    if ratio >= 1.5:
        return "leans to the same thing"
    return "far" if habits["distance"] >= 36 else "broad"
