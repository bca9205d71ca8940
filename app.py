"""The explorer of SAM's image encoder: parse options, build the page, launch."""

import argparse
import logging
from pathlib import Path

import torch

from viz.page.component import build_page, launch_options
from viz.page.explorer import Explorer
from viz.page.models import OFFERED, Models


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="See inside Segment Anything's image encoder.")
    parser.add_argument("--host", default=None, help="address to listen on (default: this machine only; 0.0.0.0: all)")
    parser.add_argument("--port", type=int, default=None, help="port (default: the first free one from 7860)")
    parser.add_argument(
        "--models",
        default=",".join(OFFERED),
        help=f"comma-separated models to offer, the first one is shown first (default: {','.join(OFFERED)})",
    )
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=Path, metavar="FILE", help="offer a local checkpoint as well"
    )
    parser.add_argument("--memory-gb", type=float, default=4.0, help="what all kept traces may take (default: 4)")
    parser.add_argument("--threads", type=int, default=None, help="torch's threads (default: torch's own choice)")
    return parser.parse_args()


def main() -> None:
    """Open the page."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    chosen = options()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    models = Models(
        tuple(name for name in chosen.models.split(",") if name), {path.stem: path for path in chosen.checkpoint}
    )
    explorer = Explorer(models, memory_bytes=int(chosen.memory_gb * 10**9))
    explorer.warm_up()
    page = build_page()
    page.launch(server_name=chosen.host, server_port=chosen.port, **launch_options(explorer))


if __name__ == "__main__":
    main()
