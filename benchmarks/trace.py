"""What a trace costs: python -m benchmarks.trace [--encoders vit_tiny vit_b] [--repeats 5]

Plain and traced forward passes take turns at 1024 px on random weights; then one query's rows, and the bytes held.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

import torch

from samvit.encoder import build_encoder
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace


def seconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def row_ms(made: Trace, block: int) -> float:
    """Median milliseconds to rebuild all heads of one query, over 200 queries."""
    rows, cols = made.grid
    queries = [(index * 7 % rows, index * 13 % cols) for index in range(200)]
    return 1000 * statistics.median(seconds(partial(made.attention, block, query)) for query in queries)


@torch.inference_mode()
def measure(name: str, repeats: int) -> str:
    """One line of the table."""
    encoder = fill_random(build_encoder(name))
    image = torch.randn(1, 3, 1024, 1024, generator=torch.Generator().manual_seed(0))
    encoder(image)
    plain, traced = [], []
    for _ in range(repeats):
        plain.append(seconds(lambda: encoder(image)))
        traced.append(seconds(lambda: trace(encoder, image)))
    ratio = statistics.median(after / before for before, after in zip(plain, traced, strict=True))
    made = trace(encoder, image)
    held = (made.nbytes - image.nbytes + 3 * 1024 * 1024) / 1e6  # a photo is held as bytes, this noise as floats
    windowed, everywhere = (row_ms(made, block) for block in (0, 2))
    return (
        f"{name:9} {statistics.median(plain):8.2f} {statistics.median(traced):8.2f} {ratio:7.3f} {held:8.1f} "
        f"{windowed:12.2f} {everywhere:10.2f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", nargs="+", default=["vit_tiny", "vit_b"])
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    print(f"{'':9} {'plain s':>8} {'traced s':>8} {'ratio':>7} {'held MB':>8} {'row win ms':>12} {'global ms':>10}")  # noqa: T201
    for name in chosen.encoders:
        print(measure(name, chosen.repeats), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
