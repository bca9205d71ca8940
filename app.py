"""The explorer of SAM's image encoder: parse options, build the page, serve."""

import argparse
import gc
import json
import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

# Names that `--models` takes; `viz/session/models.py` holds them to what it offers. Nothing heavy is imported before
# the options are known to be good.
MODELS = ("vit_tiny", "vit_tiny_random", "vit_b", "vit_l", "vit_h")
# A Hugging Face Space has ViT-B on its disk from the start, two processors and 16 GB.
ON_SPACE = "SPACE_ID" in os.environ
OFFERED = ("vit_b", "vit_tiny", "vit_tiny_random") if ON_SPACE else MODELS
MEMORY_GB = 8.0 if ON_SPACE else 4.0
MOST_MEMORY_GB = 1_000_000
MOST_THREADS = 1024


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; ends with one sentence and exit code 2 where it can't be used."""
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
    parser.add_argument(
        "--config", metavar="TEXT", help="what --checkpoint's tensors can't tell, as in global_attn_indexes=2+5+8+11"
    )
    parser.add_argument("--prefix", metavar="TEXT", help="where in --checkpoint the encoder's names begin")
    parser.add_argument(
        "--memory-gb",
        type=float,
        default=MEMORY_GB,
        help=f"what uploads, traces and what is rebuilt of them may take (default: {MEMORY_GB:g})",
    )
    parser.add_argument("--threads", type=int, default=None, help="torch's threads (default: torch's own choice)")
    parser.add_argument("--tour", type=Path, metavar="FILE", help="a guided tour of your own: see docs/tours.md")
    parser.add_argument("--metrics", action="store_true", help="serve numbers for Prometheus under /metrics")
    parser.add_argument("--log-json", action="store_true", help="log one JSON object a line")
    parser.add_argument("--root-path", default=None, metavar="PATH", help="path under which a proxy serves the page")
    chosen = parser.parse_args(arguments)
    chosen.models = tuple(name.strip() for name in chosen.models.split(",") if name.strip())
    problem = problem_of(chosen)
    if problem:
        parser.exit(2, f"{parser.prog}: {problem}\n")
    return chosen


def problem_of(chosen: argparse.Namespace) -> str:
    """What is wrong with the options, in one sentence; nothing if they are good."""
    unknown = [name for name in chosen.models if name not in MODELS]
    if unknown or not chosen.models:
        return f"--models must be some of {', '.join(MODELS)}, got {unknown[0] if unknown else 'none'!r}"
    if not 0 < chosen.memory_gb <= MOST_MEMORY_GB:
        return f"--memory-gb must be a number above 0 and at most {MOST_MEMORY_GB:,}, got {chosen.memory_gb:g}"
    if chosen.threads is not None and not 1 <= chosen.threads <= MOST_THREADS:
        return f"--threads must be in 1..{MOST_THREADS}, got {chosen.threads}"
    for path in chosen.checkpoint:
        if not path.exists():
            return f"--checkpoint must be a file of weights, got {path.name!r}, which isn't there"
    for name in ("config", "prefix"):
        if getattr(chosen, name) is not None and not chosen.checkpoint:
            return f"--{name} says how to read a --checkpoint, and there is none"
    if chosen.tour and not chosen.tour.is_file():
        return f"--tour must be a file, got {chosen.tour.name!r}, which isn't one"
    if chosen.root_path and not chosen.root_path.startswith(("/", "http://", "https://")):
        return f"--root-path must be a path that begins with /, got {chosen.root_path!r}"
    if chosen.port is not None and not 1 <= chosen.port <= 65535:
        return f"--port must be in 1..65535, got {chosen.port}"
    return problem_of_place(chosen.host or "127.0.0.1", chosen.port)


def problem_of_place(host: str, port: int | None) -> str:
    """Why the page can't listen at an address, or at a port of it; nothing if it can."""
    place = f"--host {host}" if port is None else f"--port {port} of {host}"
    try:
        family, *_, address = socket.getaddrinfo(host.strip("[]"), port or 0, type=socket.SOCK_STREAM)[0]
        with socket.create_server(address, family=family):
            return ""
    except (OSError, UnicodeError) as error:  # a name too long to be one is a UnicodeError
        return f"{place} can't be used: {getattr(error, 'strerror', None) or error}"


def as_in_a_url(host: str | None) -> str | None:
    """A host with brackets around it if it is an IPv6 address, as Gradio wants it."""
    return f"[{host.strip('[]')}]" if host and ":" in host else host


class JsonLines(logging.Formatter):
    """One JSON object a line. No line of ours holds a photo, its name, an address or a visitor's secret."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger and message, and the trace of an error."""
        line = {"time": self.formatTime(record), "level": record.levelname, "logger": record.name}
        line["message"] = record.getMessage()
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


def stop_at_once(*_: object) -> None:
    """End without any tidying up: nothing has to be saved, and the process that decodes photos ends by itself.

    That is what Ctrl-C does while libraries are being imported: an exception in the middle of an import can break it
    oddly. numpy and scipy, for one, then look for their own modules until Python's recursion limit. It is also the
    way out after the last visitor: threads that torch is still working in would make Python's own end an abort.
    """
    os._exit(0)


def stop(*_: object) -> None:
    """What Ctrl-C does while the page is served: what is under way is stopped; pressed again, nothing is waited for."""
    signal.signal(signal.SIGINT, stop_at_once)
    raise KeyboardInterrupt


def main() -> None:
    """Open the page."""
    chosen = options()
    signal.signal(signal.SIGINT, stop_at_once)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    if chosen.log_json:
        logging.getLogger().handlers[0].setFormatter(JsonLines())
    logging.getLogger("httpx").setLevel(logging.WARNING)
    import torch

    from samvit.errors import CheckpointError
    from viz import tour_file
    from viz.page.component import build_page, launch_options
    from viz.page.explorer import Explorer
    from viz.session.models import Models
    from viz.session.session import Session
    from viz.words import Problem

    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    models = Models(chosen.models, chosen.checkpoint, chosen.config, chosen.prefix)
    try:
        tour = tour_file.read_tour(chosen.tour) if chosen.tour else None
        for name in models.checkpoints:
            models.encoder(name)
    except (CheckpointError, Problem) as problem:
        sys.stderr.write(f"app.py: {problem}\n")
        sys.exit(2)
    session = Session(models, memory_bytes=int(chosen.memory_gb * 10**9), tour=tour)
    session.warm_up()
    page = build_page()
    gc.freeze()  # what was imported stays: looking through it for garbage would hold all visitors up for 0.2 s
    signal.signal(signal.SIGINT, stop)
    try:
        page.launch(
            server_name=as_in_a_url(chosen.host),
            server_port=chosen.port,
            root_path=chosen.root_path,
            **launch_options(Explorer(session), chosen.metrics),
        )
    except OSError as error:  # another program may have taken the port since the options were looked at
        place = problem_of_place(chosen.host or "127.0.0.1", chosen.port)
        sys.stderr.write(f"app.py: {place or error}\n")
        sys.exit(2)
    finally:
        session.close()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
    sys.stdout.flush()
    stop_at_once()
