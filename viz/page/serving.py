"""The routes that the app serves beside Gradio's own: the answers that the page asks for, uploads, and its health."""

import asyncio
import functools
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, Protocol, runtime_checkable

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from viz.page.closed import Closed
from viz.page.kept import Packed
from viz.page.metrics import MEDIA_TYPE, Metrics
from viz.page.modules import Index, Modules, packed_once
from viz.page.turns import Turns
from viz.session.threads import compute_alone
from viz.texts import EDITION, known, preferred, text

ASKED = ("open", "view", "proof", "film", "explain", "tour", "guess", "export", "leave")
WITH_ARRAYS = "application/octet-stream"  # JSON and arrays behind it; the page says that it takes such answers
HELD_BACK, HELD_BACK_S = 4, 0.06  # how often and how long an answer waits for a forward pass that is nearly done
QUESTION_BYTES = 64_000  # a question is a selection and a visitor's secret
QUESTION_DEPTH = 64  # brackets of any kind in all of a question: a real one has four
UPLOAD_BYTES = 40 * 2**20


@runtime_checkable
class Answering(Protocol):
    """Who answers: `boot`, `upload` and all of `ASKED`, each a mapping to a mapping."""

    def boot(self, data: Any) -> Mapping[str, object]:
        """What the page needs before any photo."""

    def upload(self, data: Any) -> Mapping[str, object]:
        """Keep a photo."""

    def at_once(self, data: Any) -> Packed | None:
        """An answer to `view` with its arrays behind it that takes no time, if there is one."""

    def packed(self, data: Any) -> Packed | None:
        """An answer to `view` with its arrays behind it, if it is one that travels so."""

    def leave(self, data: Any) -> Mapping[str, object]:
        """A page that waited was closed."""


async def body_of(request: Request, limit: int) -> bytes | None:
    """The whole body, in memory; None if it is larger than `limit` bytes, and then it isn't read further."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


async def ask(request: Request, explorer: Answering, turns: Turns, metrics: Metrics) -> Response:
    """One question of the page, as JSON; what a person did wrong comes back as `{"error": sentence}`."""
    name = request.path_params["name"]
    body = await body_of(request, QUESTION_BYTES)
    if name not in ASKED or body is None:
        return JSONResponse({"error": "no such question"}, status_code=404 if body is not None else 413)
    try:
        flat = body.count(b"[") + body.count(b"{") <= QUESTION_DEPTH  # counted before anything is parsed
        question = orjson.loads(body or b"{}") if flat else None
    except ValueError:
        question = None  # what isn't JSON is no question either, and is answered so
    if not isinstance(question, dict):
        return JSONResponse({"error": "a question must be a JSON object"}, status_code=400)
    async with turns.of(str(question.get("visitor"))):
        with metrics.timed(name):
            return await answered(request, explorer, name, question)


async def answered(request: Request, explorer: Answering, name: str, question: dict[str, object]) -> Response:
    """The answer to a question; a hover's is made here where it can be, as a thread's turn would take longer."""
    headers = {"Cache-Control": "no-store"}
    takes = request.headers.get("accept", ""), request.headers.get("accept-encoding", "")
    if name == "view" and WITH_ARRAYS in takes[0] and "gzip" in takes[1]:
        packed = explorer.at_once(question) or await run_in_threadpool(explorer.packed, question)
        if packed is not None:
            headers |= {"Content-Encoding": "gzip"} if packed.is_gzip else {}
            return Response(packed.data, media_type=WITH_ARRAYS, headers=headers)
    answer = await answer_to(request, explorer, name, question)
    headers |= {"X-Length": str(len(answer))}  # before it is packed: so the page can say how much has come
    return Response(answer, media_type="application/json", headers=headers)


async def answer_to(request: Request, explorer: Answering, name: str, question: dict[str, object]) -> bytes:
    """An answer as JSON. Word of something under way is held back a little, for it may end meanwhile.

    That takes no thread, as many pages may wait. Where one has hung up by then, what it waited for is left.
    """

    def answer() -> tuple[bool, bytes]:
        found = getattr(explorer, name)(question)
        return found.get("state") == "working" and not found.get("before"), orjson.dumps(found)

    for _ in range(HELD_BACK):
        running, found = await run_in_threadpool(answer)
        if not running:
            return found
        await asyncio.sleep(HELD_BACK_S)
        if await request.is_disconnected():
            await run_in_threadpool(explorer.leave, question)
            return found
    return found


def boot(request: Request, explorer: Answering) -> Response:
    """What the page needs before any photo, for a GET: the index asks for it ahead, and a reload finds it unchanged.

    Its texts are in the language that the link asks for, or else in the browser's own; files that have changed since
    they were read are read anew.
    """
    EDITION.renew()
    own = preferred(request.headers.get("accept-language", ""))
    answer = orjson.dumps(
        explorer.boot({"selection": {"lang": request.query_params.get("lang", own)}, "language": own})
    )
    mark = f'"{hashlib.sha256(answer).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "ETag": mark, "Vary": "Accept-Language"}
    if request.headers.get("if-none-match", "").removeprefix("W/") == mark:
        return Response(status_code=304, headers=headers)
    return packed_once(request, answer, "application/json", headers)


async def upload(request: Request, explorer: Answering, turns: Turns, metrics: Metrics) -> Response:
    """A photo: its bytes are the body and stay in memory, the visitor's secret and language are headers."""
    async with turns.of(request.headers.get("x-visitor", "")):
        with metrics.timed("upload"):
            return await kept(request, explorer)


async def kept(request: Request, explorer: Answering) -> Response:
    """What became of an upload."""
    language = request.headers.get("x-language", "")
    visitor = {"visitor": request.headers.get("x-visitor", ""), "selection": {"lang": language}}
    body = await body_of(request, UPLOAD_BYTES)
    if body is None:
        problem = text(known(language), "problem.upload_limit", limit=UPLOAD_BYTES // 2**20)
        return JSONResponse({"error": problem}, status_code=413)
    sent = SimpleNamespace(data=visitor, files=[("photo", body)])
    return JSONResponse(dict(await run_in_threadpool(explorer.upload, sent)))


def health(request: Request, modules: Modules) -> Response:
    """That the app is up, and which scripts it serves."""
    return JSONResponse({"status": "ok", "modules": modules.version()}, headers={"Cache-Control": "no-store"})


def measured(request: Request, metrics: Metrics) -> Response:
    """Numbers for an operator."""
    return Response(metrics.text(), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def running(app: object) -> AsyncIterator[None]:
    """As long as the app runs, the thread that answers makes hovers' answers by itself."""
    compute_alone()
    yield


def app_options(
    explorer: Answering, modules: Modules | None = None, metrics: Metrics | None = None
) -> dict[str, object]:
    """Routes and middleware for `launch(app_kwargs=…)`: everything beside Gradio's own.

    Args:
        metrics: Where answers are counted; served only if it is given.
    """
    modules = modules or Modules()
    counted, turns = metrics or Metrics({}), Turns()
    routes = [
        Route("/modules/{version}/{name:path}", modules.serve),
        Route("/ask/boot", functools.partial(boot, explorer=explorer), methods=["GET"]),
        Route(
            "/ask/upload", functools.partial(upload, explorer=explorer, turns=turns, metrics=counted), methods=["POST"]
        ),
        Route("/ask/{name}", functools.partial(ask, explorer=explorer, turns=turns, metrics=counted), methods=["POST"]),
        Route("/healthz", functools.partial(health, modules=modules)),
        *([Route("/metrics", functools.partial(measured, metrics=metrics))] if metrics else []),
    ]
    return {
        "routes": routes,
        "lifespan": running,
        "middleware": [
            Middleware(Closed, own=frozenset(route.path.split("/")[1] for route in routes)),
            Middleware(
                GZipMiddleware, compresslevel=6, exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, WITH_ARRAYS)
            ),
            Middleware(Index, edit=modules.index),
        ],
    }
