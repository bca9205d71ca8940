"""What every test shares: shape annotations checked at each call, the threads, and the small encoder."""

import gc
import os

# Two workers share two cores, and so do the apps that they start; alone, a run has both. A thread that waits for
# another spins: with two threads in each process a forward pass takes three times the processor time. Torch, numpy and
# scikit-learn read this when they are imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OMP_NUM_THREADS"] = "1"

import pytest
import torch
from hypothesis import settings
from jaxtyping import install_import_hook
from torch import Tensor

from tests.typecheck import check_shapes

# Before anything imports samvit or viz: from here on a tensor of another shape than its annotation says is an error.
check_shapes()
install_import_hook(["samvit", "viz"], "tests.typecheck.typechecker")

# A slow machine is no error of ours.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker for what `make check` leaves out known."""
    config.addinivalue_line("markers", "slow: seconds and gigabytes, ViT-B at 1024 px; left out of make check")


def pytest_collection_finish() -> None:
    """Let garbage collection leave alone what was imported, a million objects, and come less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def small_encoder():
    """A fresh encoder of the sizes in `tests.small`, with random weights that bite; a test may change it."""
    from samvit.encoder import build_encoder
    from samvit.random_weights import fill_random
    from tests.small import SMALL

    return fill_random(build_encoder(SMALL))


@pytest.fixture
def small_image() -> Tensor:
    """A model image (1, 3, 160, 160) of noise, at the scale of a normalised photo."""
    return torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(1))
