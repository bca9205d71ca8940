"""The numbers of the model card, from `evaluation.json` to Markdown tables."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from samvit.config import VIT_TINY
from training.recipe import Recipe

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
    """What was asked of the encoder, what it reached, and whether that is enough."""
    scenes, large = results["scenes"]["352 px"], results["scenes"]["1024 px"]
    tables = results["tables"].values()
    lines = ["| asked | reached | |", "|---|---|---|"]

    def line(asked: str, value: float, least: float | None = None, most: float | None = None) -> None:
        met = (least is None or value >= least) and (most is None or value <= most)
        lines.append(f"| {asked} | {value:.2f} | {'met' if met else '**not met**'} |")

    for kind, most in (("easy", 0.4), ("hard", 0.7)):
        value = scenes[kind]["error_left"]
        line(f"1 − AUC over the baseline's, {kind} scenes, 352 px: at most {most}", value, most=most)
        value = large[kind]["error_left"]
        line(f"the same, {kind} scenes, 1024 px: at most {most}", value, most=most)
    for side, of_side in (("352 px", scenes), ("1024 px", large)):
        ratios = np.array([list(of_side[kind]["own_shape"].values()) for kind in of_side])  # (kinds, blocks, heads)
        line(f"own shape over others at equal offset, mean of 12 heads, {side}: at least 1.5", ratios.mean(), least=1.5)
        line(f"the same, best head, {side}: at least 2.5", ratios.mean(0).max(), least=2.5)
        taught = Recipe.taught_heads
        for heads, part in (("taught", ratios[:, :, :taught]), ("left alone", ratios[:, :, taught:])):
            lines.append(f"| of these the {part[0].size} heads that were {heads}, mean, {side} | {part.mean():.2f} | |")
    lines.append("| rel-pos energy at least 10 times that at the start | the start is 0 | met by any table |")
    energies = [table["energy"] for table in tables]
    line(
        "rel-pos energy over that of a start with std 0.02, mean of 24 tables: at least 10",
        np.mean(energies),
        least=10.0,
    )
    line("the same, weakest table: at least 10", min(energies), least=10.0)
    line(
        "neighbouring rel-pos rows, correlation, lowest table: at least 0.8", min(t["correlation"] for t in tables), 0.8
    )
    for place in ("neck", "stream"):
        value = np.mean([photo[f"seam_{place}"] for photo in results["photos"].values()])
        what = {"neck": "the neck's output", "stream": "the last block's output"}[place]
        line(f"window seams in {what}, mean of the photos: at most 1.1", value, most=1.1)
    return "\n".join(lines)


def scene_table(results: dict[str, Any]) -> str:
    """AUC of encoder and baseline on each kind of scene."""
    lines = [
        "| scenes | number | AUC | baseline | AUC, pairs ≥ 8 patches apart | baseline |",
        "|---|---|---|---|---|---|",
    ]
    for name, kinds in results["scenes"].items():
        for kind, of_kind in kinds.items():
            values = [f"{of_kind[key]:.3f}" for key in ("encoder", "baseline", "encoder_far", "baseline_far")]
            lines.append(f"| {kind}, {name} | {of_kind['scenes']} | " + " | ".join(values) + " |")
    return "\n".join(lines)


def head_table(results: dict[str, Any]) -> str:
    """Every head of the last two global blocks: its ratio on scenes, its habits on photos, its name."""
    lines = [
        "| head | own shape ÷ others, 352 px | 1024 px | mean distance | own row | own column | padding | kind |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for block in results["photos"][next(iter(results["photos"]))]["habits"]:
        for head in range(VIT_TINY.num_heads):
            small, large = (head_ratio(results, side, block, head) for side in ("352 px", "1024 px"))
            habits = head_mean_habits(results, block, head)
            cells = (
                f"block {block} head {head}" + (", taught" if head < Recipe.taught_heads else ""),
                f"{small:.2f}",
                f"{large:.2f}",
                f"{habits['distance']:.1f}",
                *(f"{habits[name]:.0%}" for name in ("row", "column", "padding")),
                head_kind(large, habits),
            )
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def seam_table(results: dict[str, Any]) -> str:
    """Seam ratio of each photo."""
    lines = ["| photo | seams, neck | seams, last block |", "|---|---|---|"]
    for name, photo in results["photos"].items():
        lines.append(f"| {name} | {photo['seam_neck']:.3f} | {photo['seam_stream']:.3f} |")
    return "\n".join(lines)


def head_ratio(results: dict[str, Any], side: str, block: str, head: int) -> float:
    """Own shape over others, mean of easy and hard scenes."""
    return float(np.mean([of_kind["own_shape"][block][head] for of_kind in results["scenes"][side].values()]))


def head_mean_habits(results: dict[str, Any], block: str, head: int) -> dict[str, float]:
    """A head's habits, mean of the photos."""
    of_photos = [photo["habits"][block] for photo in results["photos"].values()]
    return {name: float(np.mean([habits[name][head] for habits in of_photos])) for name in of_photos[0]}


def head_kind(ratio: float, habits: dict[str, float]) -> str:
    """A head's name by what it does most plainly.

    On 64 × 64 patches even weight would put 1.6 % in the query's row, and lie 33 patches off on average.

    Args:
        ratio: Own shape over others at equal offset.
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
