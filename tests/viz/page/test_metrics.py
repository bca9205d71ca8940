"""Numbers for an operator."""

import re

from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.viz.page.test_explorer import ANNA, explorer, opened, png, upload
from viz.page.metrics import Metrics
from viz.page.serving import app_options

assert explorer  # a fixture


def test_answers_are_counted_into_buckets_and_gauges_are_read_anew():
    held = [1.0]
    metrics = Metrics({("held", "What is held."): lambda: held[0], ("done_total", "What was done."): lambda: 7})
    for _ in range(3):
        with metrics.timed("view"):
            pass
    held[0] = 123456789
    text = metrics.text()
    assert 'explorer_answer_seconds_bucket{asked="view",le="0.01"} 3' in text
    assert 'explorer_answer_seconds_count{asked="view"} 3' in text
    assert "# TYPE explorer_held gauge\nexplorer_held 123456789\n" in text
    assert "# TYPE explorer_done_total counter\nexplorer_done_total 7\n" in text
    line = r'(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [-+.e\d]+)'
    assert all(re.fullmatch(line, one) for one in text.splitlines())


def test_they_are_served_where_the_operator_wants_them_and_tell_of_nobody(explorer):
    image = upload(explorer, png())["image"]
    opened(explorer, {"image": image})
    client = TestClient(Starlette(**app_options(explorer, metrics=explorer.metrics())))
    client.post("/ask/view", json={"visitor": ANNA, "selection": {"image": image, "size": "512"}})
    text = client.get("/metrics").text
    assert 'explorer_answer_seconds_count{asked="view"} 1' in text
    assert "explorer_encoded_photos_total 1" in text
    assert re.search(r"explorer_trace_bytes [1-9]", text)
    assert ANNA not in text
    assert image not in text
    assert TestClient(Starlette(**app_options(explorer))).get("/metrics").status_code == 404
