"""Who comes first on the processors: hovers before forward passes, and a hover on one processor only."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import torch

BEHIND = 5  # how much nicer than the rest a forward pass is: where all processors are taken, it gets a third of a share


def encoding_thread() -> ThreadPoolExecutor:
    """One thread for what takes seconds: with those that torch starts from it, it takes what hovers leave."""
    return ThreadPoolExecutor(1, thread_name_prefix="forward passes", initializer=step_back)


def step_back() -> None:
    """Let this thread, and those that it starts, come after all others of the process.

    Only on Linux: elsewhere a priority is the whole process's.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + BEHIND)


def compute_alone() -> None:
    """Let torch compute in this thread without helpers: a small product takes longer to share out than to compute.

    Where the processors are busy, each helper would have to wait for its turn first.
    """
    usual = torch.get_num_threads()
    torch.set_num_threads(1)  # of this thread, and of threads that begin to compute later; so theirs is put back
    others = threading.Thread(target=torch.set_num_threads, args=(usual,))
    others.start()
    others.join()
