"""The live page on a trace: it shows that trace, encodes what is asked for beyond it, and ends when it is closed."""

import json
import socket
import sys
import threading
import time
import urllib.request
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import torch

import samvit
import viz
from samvit.wrapping import config_of, parts_of, sizes_in_memory
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.exploring import in_notebook
from viz.page.explorer import Explorer
from viz.page.live import LivePage
from viz.session.given import Given
from viz.session.models import Models
from viz.session.photos import EXAMPLES
from viz.session.session import Session
from viz.showing import selected

VISITOR = "0" * 32


@pytest.fixture
def traced(small_encoder):
    return samvit.trace(small_encoder, noise_photo(rows=65, cols=100))


def explorer_on(trace, **fields) -> Explorer:
    """What answers a page on a trace."""
    first = selected(trace, **fields)
    encoder = trace.true_encoder or trace.execution.encoder
    return Explorer(Session(Models((), given={first.subject.model: encoder}), given=Given(trace, first)))


def opened(explorer: Explorer, **fields: str) -> dict:
    """The scene of a link, once it is there."""
    asked = {"visitor": VISITOR, "selection": {**explorer.session.first.to_query(), **fields}}
    while (answer := explorer.open(asked)).get("state") == "working":
        time.sleep(0.02)
    return answer


def kept(explorer: Explorer, **fields: str):
    """The trace behind a link that is open."""
    found, _ = explorer.session.look(VISITOR, {**explorer.session.first.to_query(), **fields})
    return found


def test_the_page_is_served_here_on_this_trace_and_gone_once_it_is_closed(traced):
    with viz.explore(traced, "scores", block=1, query=(2, 3), tab=False) as page:
        where = urlsplit(page.url)
        assert where.hostname == "127.0.0.1" and "view=scores" in where.query and "query=2,3" in where.query
        assert repr(page) == f"LivePage({page.url})"
        assert f'src="{page.url.replace("&", "&amp;")}"' in page._repr_html_()
        boot = json.load(urllib.request.urlopen(f"http://{where.netloc}/ask/boot"))
        assert boot["defaults"]["block"] == 1 and [one["name"] for one in boot["models"]] == ["small-random"]
        assert boot["models"][0]["available"]
    assert page.closed and "closed" in repr(page) and "iframe" not in page._repr_html_()
    page.wait()  # there is nothing to wait for
    with socket.create_server(("127.0.0.1", where.port)):
        pass  # the port is free again


def test_a_tab_opens_unless_a_notebook_shows_it(traced, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    with viz.explore(traced) as page:
        assert opened == [page.url]
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1)))
    assert in_notebook()
    with viz.explore(traced) as page:
        assert opened[1:] == []


def test_a_taken_port_is_an_error_and_nothing_goes_on_running(traced):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="port"):
        viz.explore(traced, tab=False, port=taken.getsockname()[1])


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_an_error_before_anything_runs(traced, port):
    with pytest.raises(ValueError, match=rf"port must be in 1\.\.65535, got {port}"):
        viz.explore(traced, tab=False, port=port)


def test_a_launch_that_fails_in_whatever_way_leaves_nothing_running(traced, monkeypatch):
    def failing(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gradio.Blocks.launch", failing)
    session = explorer_on(traced).session
    with pytest.raises(KeyboardInterrupt):
        LivePage(session)
    assert session._closed.is_set()


def test_a_decoder_that_cannot_start_and_a_failed_sweep_are_noted_and_end_nothing(traced, monkeypatch, caplog):
    def failing() -> None:
        raise RuntimeError("the process doesn't start")

    session, swept = explorer_on(traced).session, threading.Event()
    monkeypatch.setattr("viz.session.session.DECODER.start", failing)
    monkeypatch.setattr("viz.session.session.SWEEP_S", 0.01)
    monkeypatch.setattr(session.photos, "sweep", failing)
    monkeypatch.setattr(session.store, "get", lambda key: swept.set() if "putting away" in caplog.text else None)
    session.warm_up()
    assert swept.wait(10)  # once more after it failed
    session.close()
    assert "the process doesn't start: a photo that needs it will try again" in caplog.text


def test_control_c_ends_waiting_and_closes_the_page(traced, monkeypatch):
    page = LivePage(Session(Models((), given={"it": traced.encoder}), given=Given(traced, selected(traced))))

    def interrupted(seconds: float) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(page._closed, "wait", interrupted)
    page.wait()
    assert page.closed


def test_it_shows_the_trace_itself_and_encodes_no_example(traced):
    explorer = explorer_on(traced)
    explorer.session.warm_up()
    answer = opened(explorer)
    assert (answer["state"], answer["problems"]) == ("ready", [])
    assert kept(explorer) is traced
    assert explorer.session.jobs.waiting() == explorer.session.jobs.done == len(explorer.session.store) == 0


def test_a_what_if_and_its_undoing_are_computed_from_the_trace_s_own_image(traced):
    explorer = explorer_on(traced)
    assert opened(explorer, what_if="rel_pos_off")["state"] == "ready"
    expected = samvit.trace(traced.encoder, traced.image, what_if="rel_pos_off")
    assert torch.equal(kept(explorer, what_if="rel_pos_off").embedding, expected.embedding)
    back = explorer_on(expected)
    assert opened(back, what_if="")["state"] == "ready"
    assert torch.equal(kept(back, what_if="").embedding, traced.embedding)


def test_of_the_photo_it_has_what_the_trace_holds_and_says_so_at_another_size(traced):
    explorer = explorer_on(traced)
    answer = opened(explorer, size="64")
    assert answer["scene"]["reading"] == ["as a trace holds it, 104 × 160 px"]
    assert kept(explorer, size="64").geometry.original == traced.photo.shape[:2]


def test_a_photo_of_another_way_is_shown_and_changed_in_that_way(small_encoder):
    made = samvit.trace(small_encoder, noise_photo(rows=65, cols=100), way="medsam")
    explorer = explorer_on(made)
    assert explorer.session.first.subject.way == "medsam" and kept(explorer) is made
    opened(explorer, what_if="rel_pos_off")
    expected = samvit.trace(small_encoder, made.image, what_if="rel_pos_off")
    assert torch.equal(kept(explorer, what_if="rel_pos_off").embedding, expected.embedding)


def test_a_trace_of_a_bare_tensor_is_shown_and_says_that_there_is_no_photo(small_encoder, small_image):
    explorer = explorer_on(samvit.trace(small_encoder, small_image))
    assert opened(explorer)["state"] == "ready"
    assert opened(explorer, what_if="rel_pos_off")["state"] == "ready"
    assert "this trace was made of a tensor" in opened(explorer, size="64")["error"]


def test_another_photo_is_encoded_in_the_trace_s_own_number_format(small_encoder):
    with torch.autocast("cpu", torch.bfloat16):
        made = samvit.trace(small_encoder, noise_photo(rows=65, cols=100))
        expected = samvit.trace(small_encoder, EXAMPLES[0].path)
    explorer = explorer_on(made)
    opened(explorer, image=EXAMPLES[0].name)
    found = kept(explorer, image=EXAMPLES[0].name)
    assert found.execution.autocast is torch.bfloat16
    assert torch.equal(found.embedding, expected.embedding)


def test_a_link_to_nothing_shows_the_trace_s_photo(traced):
    answer = opened(explorer_on(traced), image="nothing")
    assert answer["problems"] == ["there is no example named 'nothing'; showing photo"]


def test_the_sizes_of_an_encoder_without_a_config_are_its_layers_own(small_encoder):
    expected = sizes_in_memory(small_encoder)
    assert expected is SMALL
    assert config_of(parts_of(small_encoder)) == SMALL.__class__(**{**vars(SMALL), "name": "vit_36x4"})
    small_encoder.config = None
    assert sizes_in_memory(small_encoder).grid_size == SMALL.grid_size
