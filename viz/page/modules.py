"""The page's scripts and styles, under addresses that may be kept for ever, and the index that names them."""

import gzip
import hashlib
import re
import time
from collections.abc import Callable
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from viz.page.joined import joined_scripts, joined_styles
from viz.texts import preferred, text

FOLDER = Path(__file__).parent
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
FOR_EVER = "public, max-age=31536000, immutable"
LOOK_S = 1.0  # how long a change of a script or style may go unseen
MAIN = "js/main.js"  # the module that the page starts with
ALL_SCRIPTS, ALL_STYLES = "js/all.js", "css/all.css"  # what the page loads: all files joined
BOOT = "ask/boot"
# The page's root, where it stands until Gradio has a place for it.
ROOT = (
    '<div class="sx" lang="{language}" data-state="loading" data-trouble="{trouble}">'
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
        names = {"title": "ui.title", "wait": "ui.loading", "trouble": "ui.not_yet"}
        words = {name: escape(text(language, key)) for name, key in names.items()}
        root = ROOT.format(language=language, **words)
        return html.replace(b"<gradio-app", root.encode() + b"<gradio-app", 1)

    def serve(self, request: Request) -> Response:
        """One file: kept for ever under its own version, asked for again under any other."""
        name = request.path_params["name"]
        content = self.content(name)
        if content is None:
            return JSONResponse({"error": f"no module {name!r}"}, status_code=404)
        kept = FOR_EVER if request.path_params["version"] == self.version() else "no-cache"
        headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
        return packed_once(request, content, MEDIA_TYPES[Path(name).suffix], headers)


def packed_once(request: Request, content: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """Something that all visitors get alike, gzipped where a browser takes that, and for the first of them only."""
    headers = headers | {"Vary": ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))}
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = gzipped(content), "gzip"
    return Response(content, media_type=media_type, headers=headers)


@lru_cache(32)
def gzipped(content: bytes) -> bytes:
    """As small as gzip makes it; kept for the next visitor."""
    return gzip.compress(content, mtime=0)


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
