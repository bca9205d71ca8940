"""The views of the whole network on encoders as deep and with as many heads as ViT-L and ViT-H, but narrow."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from samvit.config import VIT_H, VIT_L, EncoderConfig
from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace
from tests.viz.photos import noise_photo
from tests.viz.test_every_view import check_panel
from viz.panel import Maps, Matrix, Panel, spoken
from viz.selection import Selection
from viz.views import VIEWS, view_by_id

DEEP = {"vit_l": VIT_L, "vit_h": VIT_H}
NETWORK = [view for view in VIEWS if view.stage == "network"]
QUERY = (3, 4)

every_depth = pytest.mark.parametrize("name", DEEP)


def narrow(config: EncoderConfig) -> EncoderConfig:
    """The same depth, heads and global blocks; heads of 4 channels, a grid of 10 × 10 whose windows don't divide it."""
    return replace(config, embed_dim=4 * config.num_heads, img_size=160, window_size=4, out_chans=16)


@cache
def deep(name: str) -> Trace:
    """A trace of a landscape photo, 6 × 10 patches."""
    encoder = fill_random(build_encoder(narrow(DEEP[name])))
    return trace(encoder, preprocess(noise_photo(rows=90, cols=150), 160))


def shown(view: str, name: str, **fields) -> list[Panel]:
    return spoken(view_by_id(view).panels(deep(name), Selection.of(**{"query": QUERY, "view": view, **fields})), "en")


@every_depth
@pytest.mark.parametrize("view", NETWORK, ids=lambda view: view.id)
def test_every_view_of_the_network_has_valid_panels_in_its_last_block_and_head(view, name):
    config = DEEP[name]
    for block in (config.depth - 1, config.global_attn_indexes[0], 0):
        for panel in shown(view.id, name, block=block, head=config.num_heads - 1):
            check_panel(panel)


@every_depth
def test_the_model_view_has_a_map_for_every_head_of_every_block_in_order(name):
    made, config = deep(name), DEEP[name]
    every = shown("model_view", name, block=config.depth - 1)[0]
    assert every.values.shape[0] == config.depth * config.num_heads
    for block in (0, config.global_attn_indexes[0], config.depth - 1):
        expected = made.attention(block, QUERY).weights
        at = block * config.num_heads
        np.testing.assert_allclose(every.values[at : at + config.num_heads], expected, atol=1e-6, equal_nan=True)


@every_depth
def test_layers_are_counted_by_the_encoder_s_own_depth(name):
    depth = DEEP[name].depth
    (table,) = (panel for panel in shown("cka", name) if isinstance(panel, Matrix))
    assert table.values.shape == (depth + 1, depth + 1)
    np.testing.assert_allclose(np.diag(table.values), 1, atol=1e-5)
    for view in ("layer_cosines", "token_norms"):
        first = next(panel for panel in shown(view, name, block=depth - 1) if isinstance(panel, Maps))
        assert len(first.values) == depth and first.chosen == depth - 1
