"""What the app serves beside Gradio's own: the page's modules and styles, the answers it asks for, and its health."""

import asyncio
import functools
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol, runtime_checkable

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from viz.page.closed import Closed
from viz.page.joined import joined_scripts, joined_styles
from viz.page.metrics import MEDIA_TYPE, Metrics
from viz.page.turns import Turns
from viz.texts import known, preferred, text

FOLDER = Path(__file__).parent
ASKED = ("open", "view", "proof", "film", "explain", "tour", "guess", "export", "leave")
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
FOR_EVER = "public, max-age=31536000, immutable"
HELD_BACK, HELD_BACK_S = 4, 0.06  # how often and how long an answer waits for a forward pass that is nearly done
QUESTION_BYTES = 64_000  # a question is a selection and a visitor's secret
QUESTION_DEPTH = 64  # brackets of any kind in all of a question: a real one has four
UPLOAD_BYTES = 40 * 2**20
LOOK_S = 1.0  # how long a change of a script or style may go unseen
MAIN = "js/main.js"  # the module that the page starts with
ALL_SCRIPTS, ALL_STYLES = "js/all.js", "css/all.css"  # what the page loads: all files joined
BOOT = "ask/boot"
# The page's root, where it stands until Gradio has a place for it.
ROOT = (
    '<div class="sx" lang="{language}" data-state="loading">'
    '<header class="sx-top"><h1>{title}</h1></header><p>{wait}</p></div>'
)
LATER = re.compile(
    rb'<script type="module" crossorigin src="\./assets/[^>]*></script>|<link rel="stylesheet" [^>]*assets/[^>]*>'
)


class Modules:
    """The page's scripts and styles, under an address that changes whenever one of them does.

    So a browser may keep them for ever, and a change shows at the next reload without a restart.
    """

    def __init__(self, folder: Path = FOLDER, look_s: float = LOOK_S) -> None:
        self.folder = folder
        self.look_s = look_s
        self._look_again = 0.0
        self._files: dict[str, Path] = {}
        self._seen: tuple[tuple[str, int], ...] = ()
        self._version = ""
        self._joined: tuple[str, dict[str, bytes]] = ("", {})  # the version that was joined, and what it became

    def files(self) -> dict[str, Path]:
        """Every file that is served, by its path below the version."""
        self._look()
        return self._files

    def version(self) -> str:
        """A mark of all contents."""
        self._look()
        return self._version

    def _look(self) -> None:
        """Look at the folder, but not for each of a page's fifty files; read files again only if one has changed."""
        if time.monotonic() < self._look_again:
            return
        found = [*self.folder.glob("js/**/*.js"), *self.folder.glob("css/**/*.css")]
        mine = [path for path in found if "node_modules" not in path.parts and path.name != "eslint.config.js"]
        files = {path.relative_to(self.folder).as_posix(): path for path in sorted(mine)}
        seen = tuple((name, path.stat().st_mtime_ns) for name, path in files.items())
        if seen != self._seen:
            contents = hashlib.sha256()
            for name, path in files.items():
                contents.update(name.encode() + b"\0" + path.read_bytes())
            self._seen, self._version = seen, contents.hexdigest()[:12]
        self._files, self._look_again = files, time.monotonic() + self.look_s

    def content(self, name: str) -> bytes | None:
        """A file by its path, or one of the joined ones; None if there is no such file."""
        version, files = self.version(), self.files()
        if name in files:
            return files[name].read_bytes()
        if name not in (ALL_SCRIPTS, ALL_STYLES):
            return None
        if self._joined[0] != version:
            texts = {path: file.read_text("utf-8") for path, file in files.items()}
            scripts = {path: text for path, text in texts.items() if path.endswith(".js")}
            styles = {path: text for path, text in texts.items() if path.endswith(".css")}
            both = {ALL_SCRIPTS: joined_scripts(scripts, MAIN), ALL_STYLES: joined_styles(styles)}
            self._joined = (version, {path: text.encode() for path, text in both.items()})
        return self._joined[1][name]

    def index(self, html: bytes, language: str = "en") -> bytes:
        """Gradio's index with the page in it before any script has run, its first words in the browser's language.

        Its head names the styles, and the scripts joined into one. The page's root stands before Gradio's own, with
        words in it. Gradio's script and style wait until the page has its first picture (`place` in main.js asks for
        them): on a thin line they would come before everything else.
        """
        at = f"modules/{self.version()}"
        head = "".join(
            (
                f'<link rel="stylesheet" href="{at}/{ALL_STYLES}">',
                f'<link rel="modulepreload" id="sx-main" href="{at}/{ALL_SCRIPTS}">',
                f'<link rel="preload" as="fetch" crossorigin href="{BOOT}">',
                f'<script type="module">import {{ begin }} from "./{at}/{ALL_SCRIPTS}"; begin();</script>',
            )
        )
        html = LATER.sub(rb'<template class="sx-later">\g<0></template>', html)
        html = html.replace(b"</head>", head.encode() + b"</head>", 1)
        root = ROOT.format(language=language, title=text(language, "ui.title"), wait=text(language, "ui.loading"))
        return html.replace(b"<gradio-app", root.encode() + b"<gradio-app", 1)

    def serve(self, request: Request) -> Response:
        """One file: kept for ever under its own version, asked for again under any other."""
        name = request.path_params["name"]
        content = self.content(name)
        if content is None:
            return JSONResponse({"error": f"no module {name!r}"}, status_code=404)
        kept = FOR_EVER if request.path_params["version"] == self.version() else "no-cache"
        return Response(
            content,
            media_type=MEDIA_TYPES[Path(name).suffix],
            headers={"Cache-Control": kept, "X-Content-Type-Options": "nosniff"},
        )


class Index:
    """Lets `edit` change the HTML that Gradio serves; it is told the browser's language as well."""

    def __init__(self, app: ASGIApp, edit: Callable[[bytes, str], bytes]) -> None:
        self.app, self.edit = app, edit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def edited(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                if headers.get(b"content-type", b"").startswith(b"text/html"):
                    start = message
                    return
            if not start:
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = self.edit(body, preferred(Headers(scope=scope).get("accept-language", "")))
            kept = [(key, value) for key, value in start["headers"] if key != b"content-length"]
            await send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, edited)


@runtime_checkable
class Answering(Protocol):
    """Who answers: `boot`, `upload` and all of `ASKED`, each a mapping to a mapping."""

    def boot(self, data: Any) -> Mapping[str, object]:
        """What the page needs before any photo."""

    def upload(self, data: Any) -> Mapping[str, object]:
        """Keep a photo."""

    def packed(self, name: str, data: Any) -> bytes | None:
        """A gzipped answer that is there already, if there is one."""

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
    """The answer to a question, packed already where it was asked before."""
    headers = {"Cache-Control": "no-store"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        packed = await run_in_threadpool(explorer.packed, name, question)
        if packed is not None:
            return Response(packed, media_type="application/json", headers=headers | {"Content-Encoding": "gzip"})
    answer = await answer_to(request, explorer, name, question)
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

    Its texts are in the language that the link asks for, or else in the browser's own.
    """
    own = preferred(request.headers.get("accept-language", ""))
    answer = orjson.dumps(
        explorer.boot({"selection": {"lang": request.query_params.get("lang", own)}, "language": own})
    )
    mark = f'"{hashlib.sha256(answer).hexdigest()[:16]}"'
    headers = {"Cache-Control": "no-cache", "ETag": mark, "Vary": "Accept-Language"}
    if request.headers.get("if-none-match", "").removeprefix("W/") == mark:
        return Response(status_code=304, headers=headers)
    return Response(answer, media_type="application/json", headers=headers)


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
        "middleware": [
            Middleware(Closed, own=frozenset(route.path.split("/")[1] for route in routes)),
            Middleware(GZipMiddleware, compresslevel=6),
            Middleware(Index, edit=modules.index),
        ],
    }
