"""The encoder beside segment-anything's and transformers', in one run: seconds, peak memory, largest difference.

    python -m benchmarks.encoder                      # vit_tiny and vit_b at 1024 px
    python -m benchmarks.encoder --encoders vit_tiny --image-px 512 --repeats 9

Each encoder has a process of its own, so that the peak is its own; they take turns, so that other work on the
machine falls on all of them. The weights are random, the same for all. On a shared machine quote the ratios, not
the seconds.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from samvit.config import CONFIGS
from samvit.encoder import build_encoder
from samvit.random_weights import fill_random
from tests.samvit.reference import difference, segment_anything_encoder, transformers_encoder

WHOSE = ("ours", "segment-anything", "transformers sdpa")


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoders", nargs="+", choices=CONFIGS, default=["vit_tiny", "vit_b"])
    parser.add_argument("--image-px", type=int, default=1024, help="side of the image; a multiple of 16")
    parser.add_argument("--repeats", type=int, default=5, help="timed forwards of each encoder, after one to warm up")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--alone", choices=WHOSE, help=argparse.SUPPRESS)  # one encoder, in this process
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)  # where it leaves its image embedding
    return parser.parse_args()


def build(whose: str, encoder_name: str, image_px: int) -> nn.Module:
    """One of the encoders, with random weights that are the same for all."""
    ours = fill_random(build_encoder(replace(CONFIGS[encoder_name], img_size=image_px)))
    if whose == "segment-anything":
        return segment_anything_encoder(ours)
    if whose == "transformers sdpa":
        return transformers_encoder(ours, attention="sdpa")
    return ours


def peak_memory_mb() -> float:
    """The most memory this process ever held. (tracemalloc doesn't see torch's.)"""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3  # macOS counts bytes, Linux kilobytes


def run_alone(arguments: argparse.Namespace) -> None:
    """Run one encoder in this process, once for each line on stdin; answer with seconds and peak memory as JSON."""
    torch.set_num_threads(arguments.threads)
    encoder = build(arguments.alone, arguments.encoders[0], arguments.image_px)
    image = torch.randn(1, 3, arguments.image_px, arguments.image_px, generator=torch.Generator().manual_seed(0))
    before_mb = peak_memory_mb()
    for _ in sys.stdin:
        start = time.perf_counter()
        with torch.no_grad():
            output = encoder(image)
        seconds = time.perf_counter() - start
        embedding: Tensor = output if isinstance(output, Tensor) else output.last_hidden_state
        torch.save(embedding, arguments.output)
        answer = {"seconds": seconds, "peak_mb": peak_memory_mb(), "before_mb": before_mb}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def start_alone(whose: str, encoder_name: str, arguments: argparse.Namespace, output: Path) -> subprocess.Popen[str]:
    """A process that holds one encoder and runs it once for each line it is sent."""
    command = [sys.executable, "-m", "benchmarks.encoder", "--alone", whose, "--encoders", encoder_name]
    command += ["--image-px", str(arguments.image_px), "--threads", str(arguments.threads), "--output", str(output)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def forward(process: subprocess.Popen[str]) -> dict[str, float]:
    """Have a process run its encoder once."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise RuntimeError(f"an encoder's process ended with {process.wait()} instead of an answer")
    return json.loads(answer)


def compare(encoder_name: str, arguments: argparse.Namespace) -> list[str]:
    """One line for each encoder: its median seconds, its peak, and both as ratios to ours."""
    with tempfile.TemporaryDirectory() as folder:
        outputs = {whose: Path(folder) / whose for whose in WHOSE}
        processes = {whose: start_alone(whose, encoder_name, arguments, outputs[whose]) for whose in WHOSE}
        try:
            runs: dict[str, list[dict[str, float]]] = {whose: [] for whose in WHOSE}
            for _ in range(arguments.repeats + 1):
                for whose, process in processes.items():
                    runs[whose].append(forward(process))
        finally:
            for process in processes.values():
                process.kill()
                process.wait()
        embeddings = {whose: torch.load(output, weights_only=True) for whose, output in outputs.items()}
    seconds = {whose: statistics.median(run["seconds"] for run in runs[whose][1:]) for whose in WHOSE}
    peak_mb = {whose: runs[whose][-1]["peak_mb"] for whose in WHOSE}
    forward_mb = {whose: peak_mb[whose] - runs[whose][-1]["before_mb"] for whose in WHOSE}
    return [
        f"{encoder_name:10}{whose:20}{seconds[whose]:8.2f} s{seconds[whose] / seconds['ours']:7.2f} ×"
        f"{peak_mb[whose]:9.0f} MB{forward_mb[whose]:9.0f} MB{forward_mb[whose] / forward_mb['ours']:7.2f} ×"
        f"{difference(embeddings['ours'], embeddings[whose]):12.1e}"
        for whose in WHOSE
    ]


def main() -> None:
    arguments = parse_arguments()
    if arguments.alone:
        run_alone(arguments)
        return
    lines = [
        f"{arguments.image_px} px, float32, {arguments.threads} threads, torch {torch.__version__}, "
        f"median of {arguments.repeats} forwards that take turns",
        f"{'encoder':10}{'whose':20}{'time':>10}{'ratio':>9}{'peak':>12}{'forward':>12}{'ratio':>9}{'difference':>12}",
    ]
    for encoder_name in arguments.encoders:
        lines += compare(encoder_name, arguments)
    lines.append("peak: of the whole process; forward: what it adds over torch and weights;")
    lines.append("difference: largest, in standard deviations of the image embedding")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
