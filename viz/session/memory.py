"""What photos, traces and replays may take together, and giving back to the system what they took."""

import ctypes
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samvit.config import EncoderConfig

FLOAT = 4  # bytes
MOST_REPLAYED = 512 * 10**6  # more of what was rebuilt is seldom looked at again
MOST_UPLOADED = 256 * 10**6
CGROUP = Path("/sys/fs/cgroup")
MOST_ANSWERED = 256 * 10**6  # 5000 hovered patches


@dataclass(frozen=True)
class Shares:
    """One budget in bytes, shared out: uploads, replays and answers have a small part each, traces all the rest."""

    budget: int

    @property
    def uploads(self) -> int:
        """The most that uploads may hold."""
        return min(self.budget // 16, MOST_UPLOADED)

    @property
    def replay(self) -> int:
        """The most that rebuilt parts may hold."""
        return min(self.budget // 8, MOST_REPLAYED)

    @property
    def answers(self) -> int:
        """The most that answers may hold that are kept for the next who asks the same."""
        return min(self.budget // 16, MOST_ANSWERED)

    @property
    def traces(self) -> int:
        """The most that traces may hold."""
        return self.budget - self.uploads - self.replay - self.answers


def trace_bytes(config: EncoderConfig, size: int) -> int:
    """What the trace of a square photo will hold: the stream, each block's q and k, the embedding, and the photo.

    Args:
        size: Side of the model image, in pixels.
    """
    tokens = (size // config.patch_size) ** 2
    floats = (config.depth + 1) * config.embed_dim + 2 * config.depth * config.embed_dim + config.out_chans
    return tokens * floats * FLOAT + 3 * size**2


def needed_bytes(config: EncoderConfig, size: int) -> int:
    """What loading an encoder and one forward pass take, about: weights, the trace, and the widest step's tensors."""
    weights = 12 * config.depth * config.embed_dim**2 * FLOAT
    hidden = (size // config.patch_size) ** 2 * (config.mlp_dim + 3 * config.embed_dim) * FLOAT
    return weights + trace_bytes(config, size) + 2 * hidden


def available_bytes() -> int | None:
    """What this process may still take: of the machine, or of its container; None where the system doesn't say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None
    try:
        limit = int((CGROUP / "memory.max").read_text())
        return min(free, limit - int((CGROUP / "memory.current").read_text()))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return free


@cache
def _trim() -> "ctypes._NamedFuncPointer | None":
    """glibc's malloc_trim; None where the system's malloc is another one."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None


def give_back() -> None:
    """Return freed memory to the system.

    Freed tensors of a few megabytes stay with malloc, in as many arenas as there were threads; so a process that once
    held much looks from outside as if it still did.
    """
    trim = _trim()
    if trim is not None:
        trim(0)
