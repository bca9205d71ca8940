"""Forward passes come after hovers, and a hover's thread computes without helpers."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from viz.session.threads import BEHIND, compute_alone, encoding_thread


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a priority is the whole process's")
def test_forward_passes_and_the_threads_that_torch_starts_for_them_come_after_all_others():
    here = os.getpriority(os.PRIO_PROCESS, 0)
    before = set(os.listdir("/proc/self/task"))
    large = torch.rand(1000, 1000)
    with encoding_thread() as pool:
        pool.submit(lambda: large @ large).result()
        begun = set(os.listdir("/proc/self/task")) - before
        assert {os.getpriority(os.PRIO_PROCESS, int(one)) for one in begun} == {min(here + BEHIND, 19)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == here


def test_only_the_thread_that_asked_computes_alone():
    usual = torch.get_num_threads()
    with ThreadPoolExecutor(1) as alone, ThreadPoolExecutor(1) as other:
        alone.submit(compute_alone).result()
        assert alone.submit(torch.get_num_threads).result() == 1
        assert other.submit(torch.get_num_threads).result() == usual
    assert torch.get_num_threads() == usual
