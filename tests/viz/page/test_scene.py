"""The strip's shapes are those of the tensors that a forward pass makes."""

from dataclasses import replace

import pytest

from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from samvit.windows import window_partition
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.page.pipeline import FLOW_NODES, INNER, OUTER
from viz.page.scene import scene_message, shapes
from viz.selection import FLOW_STEPS, Focus, Selection
from viz.texts import catalogue
from viz.views import VIEWS

WINDOWED = 0


def numbers(text):
    return tuple(int(part) for part in text.split("·"))


@pytest.fixture
def made(small_encoder, small_image):
    return trace(small_encoder, small_image)


def test_shapes_inside_a_windowed_block_are_the_modules_own(made):
    told = shapes(made, (160, 160), (160, 160))
    block, seen = made.encoder.blocks[WINDOWED], {}
    hook = block.attn.qkv.register_forward_hook(lambda module, args, output: seen.update(given=tuple(args[0].shape)))
    block(made.stream[WINDOWED][None])
    hook.remove()
    assert numbers(told["partition.windowed"]) == seen["given"] == (9, 4, 4, 36)
    assert told["partition.global"] == "10·10·36"
    windows, _ = window_partition(made.stream[WINDOWED][None], 4)
    keys = windows.shape[1] * windows.shape[2]
    for step in ("scores", "softmax"):
        assert told[f"{step}.windowed"] == f"3·{keys}²" == "3·16²"
        assert told[f"{step}.global"] == "3·100²"


def test_shapes_outside_the_blocks_are_the_tensors_own(made):
    told = shapes(made, (65, 100), (104, 160))
    assert (told["photo"], told["pad"]) == ("65×100", "160×160")
    assert numbers(told["patches"]) == tuple(made["patch_embed"].shape)
    assert numbers(told["qkv"]) == (3, made.heads, made.q[0].shape[-1])
    assert numbers(told["lin1"]) == numbers(told["gelu"]) == tuple(made["blocks.0.mlp.lin1"].shape)
    for step in range(4):
        assert numbers(told[f"neck.{step}"]) == tuple(made[f"neck.{step}"].shape)
    assert numbers(told["embedding"]) == tuple(made.embedding.shape)


def test_an_encoder_of_global_blocks_alone_has_no_windowed_shapes(small_image):
    encoder = fill_random(build_encoder(replace(SMALL, global_attn_indexes=(0, 1, 2, 3))))
    told = shapes(trace(encoder, small_image), (160, 160), (160, 160))
    assert told["scores.windowed"] == told["softmax.windowed"] == ""
    assert told["scores.global"] == "3·100²"


def test_the_scene_says_which_blocks_have_windows(made):
    scene = scene_message(made, Selection(), "weights")
    assert list(scene["windows"]) == [4, None, 4, None]
    assert (scene["depth"], scene["heads"], scene["grid"]) == (4, 3, (10, 10))


@pytest.mark.parametrize("windowed", [True, False])
def test_each_node_says_what_its_shape_is_of(made, windowed):
    told = shapes(made, (65, 100), (104, 160))
    starts = {"tokens": "10·10·", "neurons": "10·10·", "windows": "9·4·4·", "scores": "3·16²" if windowed else "3·100²"}
    counts = {"pixels": 2, "tokens": 3, "neurons": 3, "channels_first": 3, "windows": 4, "qkv": 3, "heads": 2}
    for node in (*OUTER, *INNER):
        shape = told.get(node.id) or told.get(f"{node.id}.{'windowed' if windowed else 'global'}")
        counted = (node.windowed if windowed else None) or node.shape
        assert (shape is None) == (counted is None), node.id
        if counted is None:
            continue
        assert shape.startswith(starts.get(counted.axes, "")), node.id
        assert len(shape.replace("×", "·").split("·")) == counts.get(counted.axes, len(shape.split("·"))), node.id
        assert (counted.of == "token") == all(sign not in shape for sign in ("10·10", "9·4·4", "²", "×")), node.id
        assert catalogue("en")[f"axes.{counted.axes}"] and catalogue("en")[f"of.{counted.of}"]


def test_a_step_that_shares_a_view_names_the_panel_that_shows_it(made):
    named = {
        "partition": "panel.windows.cut",
        "values": "panel.values.maps",
        "proj": "panel.values.heads",
        "unpartition": "panel.windows.way",
        "lin1": "panel.mlp.curve",
        "gelu": "panel.mlp.curve",
        "lin2": "panel.mlp.strongest",
    }
    pointing = [node for node in INNER if node.panel is not None]
    assert {node.id for node in pointing} == named.keys()
    for node in pointing:
        view = next(view for view in VIEWS if view.stage == node.stage)
        selection = Selection(focus=Focus(block=WINDOWED, query=(2, 3)))
        assert view.panels(made, selection)[node.panel].title.key == named[node.id]


def test_a_step_by_step_view_goes_along_the_strip_and_scores_are_counted_by_window_and_by_grid():
    strip = [node.id for node in (*OUTER[: [node.id for node in OUTER].index("blocks")], *INNER)]
    places = [strip.index(FLOW_NODES[step]) for step in FLOW_STEPS]
    assert places == sorted(places)
    inside = FLOW_STEPS[FLOW_STEPS.index("norm1") :]
    assert all(FLOW_NODES[step] == step for step in inside if step in strip)
    for node in INNER:
        if node.shape and node.windowed:
            assert (node.shape.of, node.windowed.of.rstrip("s")) == ("grid", "window")


def test_the_photo_lies_on_the_grid_as_far_as_it_reaches(small_encoder):
    made = trace(small_encoder, preprocess(noise_photo(65, 100), 160))  # 104 × 160 px: 6.5 × 10 patches
    message = scene_message(made, Selection(), "")
    assert (message["photoSpan"], message["photoGrid"], message["grid"]) == ((6.5, 10), (7, 10), (10, 10))
