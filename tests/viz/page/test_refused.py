"""What samvit refuses, and what a damaged encoder can't show: the page says it in its reader's language."""

import re

import pytest
import torch

from samvit import tracing
from samvit.encoder import build_encoder
from samvit.measures.neck_pca import foreground
from samvit.measures.plane import query_key_plane
from samvit.measures.rel_pos import table_rows
from samvit.measures.scores import pair_score
from samvit.measures.similarity import channel_correlations, cosines
from samvit.measures.windows import partition
from samvit.preprocess import check_sizes, named_way
from samvit.random_weights import fill_random
from tests.small import SMALL
from tests.viz.page.test_explorer import ask, opened
from viz.page.explorer import Explorer
from viz.session import models, session
from viz.session.models import Models
from viz.session.session import Session
from viz.texts import catalogue
from viz.views import VIEWS

REFUSED = {
    "block": ("block 必须在 0..3 之内，收到的是 9", lambda trace: trace.attention(9, (0, 0))),
    "row": ("row 必须在 0..9 之内，收到的是 10", lambda trace: trace.attention(0, (10, 0))),
    "head": ("head 必须在 0..2 之内，收到的是 3", lambda trace: query_key_plane(trace, 0, 3)),
    "patch": ("图像块必须在 (0..9, 0..9) 之内，收到的是 (10, 0)", lambda trace: cosines(trace.stream[0], (10, 0))),
    "channel": ("channel 必须在 0..15 之内，收到的是 16", lambda trace: channel_correlations(trace.embedding, 16)),
    "box": ("col 必须在 0..9 之内，收到的是 10", lambda trace: trace.geometry.patch_box(0, 10)),
    "image": (
        "图像必须是 批 × 3 × 行 × 列，边长是 16 像素的倍数，收到的是 1 × 3 × 160 × 150",
        lambda trace: trace.encoder.check_image(torch.zeros(1, 3, 160, 150)),
    ),
    "batch": (
        "一份记录只含一幅图像，收到了 2 幅",
        lambda trace: tracing.trace(trace.encoder, torch.zeros(2, 3, 160, 160)),
    ),
    "size": ("img_size 必须是 16 的倍数，收到的是 100", lambda trace: check_sizes(100, 16)),
    "way": ("way 必须是 segment-anything, medsam 之一，收到的是 'imagenet'", lambda trace: named_way("imagenet")),
    "global block": ("块必须是窗口式块，收到的 1 是全局块", lambda trace: partition(trace, 1)),
    "another window": (
        "键必须在查询的窗口里，收到的是查询 (0, 0) 和键 (9, 9)",
        lambda trace: pair_score(trace, 0, 0, (0, 0), (9, 9)),
    ),
    "no row of the table": (
        "键必须在查询的窗口里，收到的是查询 (0, 0) 和键 (9, 9)",
        lambda trace: table_rows(trace.attention(0, (0, 0)), (9, 9)),
    ),
    "foreground": (
        "foreground 必须是 all, component, likeness 之一，收到的是 'sky'",
        lambda trace: foreground(trace, (0, 0), "sky"),
    ),
}
DAMAGED = "NaN 或无穷大：它的权重在训练时已损坏"


@pytest.fixture
def encoder(monkeypatch):
    """The small encoder, which stands for vit_tiny."""
    small = fill_random(build_encoder(SMALL))
    monkeypatch.setattr(models, "load_encoder", lambda name: small)
    return small


@pytest.fixture
def explorer(encoder):
    made = Explorer(Session(Models(("vit_tiny",))))
    yield made
    made.session.close()


@pytest.mark.parametrize("name", REFUSED)
def test_what_samvit_refuses_is_said_in_chinese(explorer, monkeypatch, name):
    sentence, refused = REFUSED[name]
    monkeypatch.setattr(session, "panels", lambda trace, selection: refused(trace))
    fields = {"size": "160", "view": "heads", "lang": "zh"}
    opened(explorer, fields)
    assert ask(explorer, "view", fields)["error"] == sentence


def test_an_error_that_nobody_wrote_for_a_person_stays_in_the_log(explorer, monkeypatch, caplog):
    def fail(trace, selection):
        raise ValueError("not enough values to unpack")

    monkeypatch.setattr(session, "panels", fail)
    fields = {"size": "160", "view": "heads", "lang": "zh"}
    opened(explorer, fields)
    assert ask(explorer, "view", fields)["error"] == catalogue("zh")["problem.app"]
    assert "not enough values to unpack" in caplog.text


@pytest.mark.parametrize("block", ["0", "1"])
@pytest.mark.parametrize("damage", [float("nan"), float("inf")])
def test_every_view_of_a_damaged_encoder_shows_something_or_says_in_chinese_what_is_wrong(
    explorer, encoder, caplog, damage, block
):
    encoder.blocks[0].attn.qkv.weight.data[0, 0] = damage
    refused = set()
    for view in VIEWS:
        fields = {"size": "160", "view": view.id, "block": block, "key": "0,0", "step": "8", "lang": "zh"}
        opened(explorer, fields)
        answer = ask_as_sent(explorer, fields)
        if "error" in answer:
            assert DAMAGED in answer["error"], view.id
            refused.add(view.id)
        else:
            assert answer["panels"] and answer["pair"] is None, view.id
    assert {"pair", "flow", "neck_pca", "regions"} <= refused
    assert not {"arguments", "photo", "filters"} & refused
    assert caplog.text == ""


def ask_as_sent(explorer, fields):
    """The answer to `view`, whose panels may hold NaN."""
    while True:
        answer = explorer.view({"visitor": "a" * 36, "selection": fields})
        if answer.get("state") != "working":
            return answer


def test_what_a_measure_refuses_of_the_other_side_is_said_of_that_in_chinese(explorer):
    fields = {"size": "160", "view": "regions", "regions": "12", "lang": "zh", "compare": "one", "against_size": "48"}
    opened(explorer, fields)
    assert re.search("^在另一边，区域数必须在 1..9 之内，收到的是 12$", ask(explorer, "view", fields)["error"])
