"""How long the strip's small pictures take: python -m benchmarks.film [--model vit_tiny | --checkpoint FILE]

Prints the milliseconds for the blocks' and for the neck's, of a fresh trace each time, beside what is promised. Nothing
else should run meanwhile.
"""

import argparse
import statistics
import time
from dataclasses import replace
from pathlib import Path

import samvit
from samvit.measures.layers import block_colours, neck_colours
from samvit.replay import Replay
from viz.session.photos import EXAMPLES

PROMISED_MS = {"vit_tiny": 150, "vit_b": 600}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="vit_tiny", help="a model that can be had here (default: vit_tiny)")
    parser.add_argument("--checkpoint", type=Path, help="a file to time instead")
    parser.add_argument("--size", type=int, default=1024, help="side of the model image (default: 1024)")
    parser.add_argument("--repeats", type=int, default=5, help="traces to time (default: 5)")
    chosen = parser.parse_args()
    encoder = samvit.load_encoder(str(chosen.checkpoint) if chosen.checkpoint else chosen.model)
    made = samvit.trace(encoder, EXAMPLES[0].path, chosen.size)
    rows: dict[str, list[float]] = {"blocks": [], "neck": []}
    for _ in range(chosen.repeats):
        fresh = replace(made, replay=Replay())
        for name, colours in (("blocks", block_colours), ("neck", neck_colours)):
            start = time.perf_counter()
            colours(fresh)
            rows[name].append((time.perf_counter() - start) * 1000)
    both = [sum(times) for times in zip(*rows.values(), strict=True)]
    for name, times in {**rows, "both": both}.items():
        print(f"{name:8} {statistics.median(times):7.0f} ms, slowest {max(times):7.0f} ms")  # noqa: T201
    print(f"promised {PROMISED_MS}")  # noqa: T201


if __name__ == "__main__":
    main()
