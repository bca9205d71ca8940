"""Every view shows a trace that wasn't computed in float32."""

import copy
from functools import cache

import pytest
import torch

from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.panel import spoken
from viz.showing import selected
from viz.views import VIEWS


@cache
def traced(kind: str) -> Trace:
    """The small encoder's trace of one photo, in bfloat16 by its weights or by autocast, or in float32."""
    encoder, image = fill_random(build_encoder(SMALL)), preprocess(noise_photo(rows=65, cols=100), img_size=160)
    with torch.autocast("cpu", torch.bfloat16, enabled=kind == "autocast"):
        return trace(copy.deepcopy(encoder).bfloat16() if kind == "bfloat16" else encoder, image)


@pytest.mark.parametrize("kind", ["bfloat16", "autocast"])
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_a_view_shows_a_trace_in_bfloat16_as_it_does_one_in_float32(view, kind):
    shown, plain = (
        spoken(view.panels(made, selected(made, view.id, block=1, head=1, query=(3, 4), key=(5, 6))), "en")
        for made in (traced(kind), traced("float32"))
    )
    assert [type(panel) for panel in shown] == [type(panel) for panel in plain]
