"""Hostile requests: python -m benchmarks.fuzz_requests [--count 20000] [--seed 0]

Asks the app's routes, Gradio's and nonsense, with broken questions and links. Each answer must come, be no server
error, and tell nothing of the server: no stack trace, no path. Prints how many of each status came.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import orjson
from fastapi import FastAPI
from starlette.testclient import TestClient

from samvit.config import VIT_TINY
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.random_weights import fill_random
from viz.page.component import build_page
from viz.page.explorer import Explorer
from viz.page.serving import ASKED, WITH_ARRAYS, app_options
from viz.selection import Selection
from viz.session.models import RANDOM, Models
from viz.session.session import Session
from viz.views import VIEWS

VISITOR = "0" * 36
SLOWEST_S = 5.0
TELLTALE = ("Traceback", 'File "', "site-packages", str(Path(__file__).parents[1]), ".py", "Error:")
GRADIO = [
    "/config",
    "/info",
    "/queue/join",
    "/queue/data",
    "/queue/status",
    "/upload",
    "/upload_progress",
    "/component_server",
    "/reset",
    "/dev/reload",
    "/run/predict",
    "/api/predict",
    "/call/predict",
    "/file=/etc/passwd",
    "/file=app.py",
    "/proxy=http://127.0.0.1/",
    "/stream/a",
    "/monitoring",
    "/login",
    "/login_check",
    "/token",
    "/app_id",
    "/openapi.json",
    "/docs",
    "/runs",
    "/heartbeat/x",
    "/deep_link",
    "/process_recording",
    "/vibe-code",
    "/static/../app.py",
    "/assets/%2e%2e/%2e%2e/config",
    "/static/%2e%2e/app.py",
    "/theme.css",
    "/robots.txt",
    "/profiling/summary",
    "/mcp/",
]
NASTY: tuple[Any, ...] = (
    *("", " ", "-1", "0", "1e999", "NaN", "inf", "9" * 400, "1,2", "1,2,3", ",", "null", "true", "0x10", "1_000", "٣"),
    *("../../etc/passwd", "/etc/passwd", "%2e%2e%2f", "upload-" + "0" * 16, "C:\\boot.ini", "\0", "\ud7ff", "a" * 5000),
    *(
        "{0.__class__}",
        "{got!r:999999999}",
        "${7*7}",
        "<script>alert(1)</script>",
        "'; DROP TABLE --",
        "%s%n",
        "🙂" * 50,
    ),
    *(None, True, 3, 2.5, -(10**18), 1e308, [], {}, [1, [2, [3]]], {"a": {"b": 1}}, ["x"] * 300),
)


class Small(Models):
    """An app whose encoder costs nothing: what is tried here is the routes."""

    def _load(self, name: str) -> ImageEncoderViT:
        config = replace(VIT_TINY, embed_dim=24, depth=2, num_heads=2, global_attn_indexes=(1,), out_chans=16)
        return fill_random(build_encoder(config))


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def requests(seed: int) -> Iterator[Asked]:
    """Endless hostile requests, the same for the same seed."""
    chance = random.Random(seed)
    makers = (question, question, question, raw_question, link, gradio_route, photo)
    while True:
        yield chance.choice(makers)(chance)


def selection(chance: random.Random) -> dict[Any, Any]:
    """A link's fields, some of them broken."""
    chosen: dict[Any, Any] = dict(Selection.of(model=RANDOM, size=512).flat())
    chosen = {name: str(value) for name, value in chosen.items() if value is not None and chance.random() < 0.5}
    chosen["size"] = chance.choice(("16", "64", "96"))  # so that forward passes cost little
    if chance.random() < 0.3:
        chosen["view"] = chance.choice(VIEWS).id
    for _ in range(chance.randrange(3)):
        name = chance.choice([*chosen, "unknown", "__class__", "size\0", "", "lang"])
        chosen[name] = chance.choice(NASTY)
    return chosen


def question(chance: random.Random) -> Asked:
    """A question of the page with broken fields."""
    asked: dict[str, Any] = {
        "visitor": chance.choice((VISITOR, VISITOR, "", "x" * 36, 7)),
        "selection": selection(chance),
    }
    if chance.random() < 0.2:
        asked[chance.choice(("visitor", "selection", "format"))] = chance.choice(NASTY)
    name = chance.choice((*ASKED, "boot", "upload", "__init__", "session", "..", ""))
    return Asked(chance.choice(("POST", "POST", "POST", "GET", "PUT")), f"/ask/{name}", orjson.dumps(asked))


def raw_question(chance: random.Random) -> Asked:
    """A question that isn't JSON, or is far too deep or too long."""
    body = bytearray(question(chance).body)
    kind = chance.randrange(4)
    if kind == 0:
        for _ in range(chance.randrange(1, 9)):
            body[chance.randrange(len(body))] = chance.randrange(256)
    elif kind == 1:
        body = bytearray(b"[" * chance.choice((70, 2000, 60_000)))
    elif kind == 2:
        body = body[: chance.randrange(len(body))]
    else:
        body = bytearray(b'{"selection":"' + b"a" * chance.choice((10_000, 100_000)) + b'"}')
    return Asked("POST", f"/ask/{chance.choice(ASKED)}", bytes(body))


def link(chance: random.Random) -> Asked:
    """The page itself with a broken link."""
    fields = [*selection(chance).items(), ("deep_link", "../../x"), ("__theme", "x"), ("lang", chance.choice(NASTY))]
    query = "&".join(f"{name}={value}" for name, value in fields).encode("utf-8", "replace").decode("latin-1")
    safe = "".join(letter if " " < letter < "\x7f" and letter not in "#" else "%00" for letter in query)
    return Asked("GET", f"{chance.choice(('/', '/', '/ask/boot', '/config'))}?{safe[:4000]}")


def gradio_route(chance: random.Random) -> Asked:
    """A route that Gradio has, with and without its prefix, and a body that it may keep."""
    path = chance.choice(("", "/gradio_api")) + chance.choice(GRADIO)
    body = chance.choice((b"", b"{}", b'{"fn_index":0,"data":[],"session_hash":"x"}', b"\xff" * 100))
    headers = chance.choice(
        ((), (("content-type", "application/json"),), (("content-type", "multipart/form-data; boundary=x"),))
    )
    return Asked(chance.choice(("GET", "POST", "HEAD", "DELETE")), path, body, headers)


def photo(chance: random.Random) -> Asked:
    """An upload that is no photo, from nobody in particular."""
    data = chance.choice((b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0")) + chance.randbytes(chance.randrange(200))
    return Asked("POST", "/ask/upload", data, (("x-visitor", chance.choice((VISITOR, "", "é", "a" * 4000))),))


def client_of(session: Session) -> TestClient:
    """A browser of the whole app, Gradio included, in this process."""
    options = app_options(Explorer(session))
    app = gr.mount_gradio_app(FastAPI(), build_page(), path="/", app_kwargs=options, ssr_mode=False, run_history=False)
    accept = {"Accept": f"{WITH_ARRAYS}, application/json"}  # as the page's own scripts ask
    return TestClient(app, raise_server_exceptions=False, headers=accept)


def fault(asked: Asked, status: int, text: str, seconds: float) -> str:
    """What is wrong with an answer, if anything."""
    if status >= 500:
        return f"HTTP {status}"
    if seconds > SLOWEST_S:
        return f"{seconds:.1f} s"
    is_page = status == 200 and (asked.method != "POST" or asked.path == "/ask/explain")  # which show code
    return next((f"tells {word!r}" for word in TELLTALE if word in text and not is_page), "")


def answered(client: TestClient, asked: Asked) -> tuple[Any, float]:
    """An answer, and after how many seconds it came."""
    start = time.perf_counter()
    headers = {name: value.encode() for name, value in asked.headers}
    answer = client.request(asked.method, asked.path, content=asked.body, headers=headers)  # type: ignore[arg-type]
    return answer, time.perf_counter() - start


def told(asked: Asked) -> str:
    """A request to read."""
    return f"{asked.method} {asked.path[:80]} {asked.body[:200]!r}"


def fuzz(count: int, seed: int) -> tuple[Counter[int], list[str], tuple[float, str]]:
    """How many answers of each status came, a line for each wrong one, and the slowest with its seconds."""
    session = Session(Small((RANDOM,)), memory_bytes=10**9)
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    slowest = (0.0, "")
    with client_of(session) as client:
        for _, asked in zip(range(count), requests(seed), strict=False):
            answer, seconds = answered(client, asked)
            if seconds > SLOWEST_S:  # a busy machine is slow once, a fault always
                answer, seconds = answered(client, asked)
            statuses[answer.status_code] += 1
            slowest = max(slowest, (seconds, told(asked)))
            if wrong := fault(asked, answer.status_code, answer.text, seconds):
                faults.append(f"{wrong}: {told(asked)} → {answer.text[:200]}")
    session.close()
    return statuses, faults, slowest


def main() -> None:
    """Fuzz, and say what came."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    start = time.perf_counter()
    statuses, faults, slowest = fuzz(chosen.count, chosen.seed)
    said = f"{chosen.count} requests in {time.perf_counter() - start:.0f} s: {dict(sorted(statuses.items()))}"
    said += f"\nthe slowest took {slowest[0]:.1f} s: {slowest[1]}"
    sys.stdout.write("\n".join((said, *(faults[:20] or ["no fault"]), "")))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
