"""Every view shows a trace that wasn't computed in float32, and one through which gradients flow."""

import copy
from functools import cache

import numpy as np
import pytest
import torch

import viz
from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.panel import Maps, spoken
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


@cache
def with_gradients() -> Trace:
    encoder, image = fill_random(build_encoder(SMALL)), preprocess(noise_photo(rows=65, cols=100), img_size=160)
    return trace(encoder, image, grad=True)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
def test_a_view_shows_a_trace_through_which_gradients_flow_as_it_does_one_without(view):
    shown, plain = (
        viz.panels(made, view.id, block=1, head=1, query=(3, 4), key=(5, 6))
        for made in (with_gradients(), traced("float32"))
    )
    assert [panel.title for panel in shown] == [panel.title for panel in plain]
    for one, other in zip(shown, plain, strict=True):
        assert not isinstance(one, Maps) or np.allclose(one.values, other.values, atol=1e-5, equal_nan=True)


def test_gradients_still_flow_through_a_trace_that_was_shown():
    made = with_gradients()
    viz.figure(made, "heads", block=1)
    assert made.embedding.requires_grad and not made.detached().embedding.requires_grad
    assert traced("float32").detached() is traced("float32")
    made.embedding.norm().backward()
    assert float(made.model_image().grad.abs().max()) > 0
