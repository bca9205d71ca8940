"""What Gradio's server offers and this page doesn't use is closed: uploads, files, queues, proxies, monitoring, events.

The page is Gradio's frame around one `gr.HTML` without events: it needs the index, its settings and its assets. All
else would take anybody's files and keep them, hold a queue open, or tell of the server.
"""

from starlette._utils import get_route_path
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# The first part of a path, or all of it where only that one is used.
GRADIO_FOLDERS = ("assets", "static", "svelte")
GRADIO_PATHS = (
    "/",
    "/config",
    "/theme.css",
    "/favicon.ico",
    "/robots.txt",
    "/manifest.json",
    "/pwa_icon",
    "/gradio_api/startup-events",  # Gradio's own launch asks for it
)
READING = ("GET", "HEAD")


class Closed:
    """Answers 404 to everything that is neither the page's own nor needed of Gradio's.

    Args:
        own: First parts of the paths that the page serves itself, such as "ask".
    """

    def __init__(self, app: ASGIApp, own: frozenset[str]) -> None:
        self.app, self.own = app, own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # a socket: nothing here speaks with one
            await send({"type": "websocket.close", "code": 1000})
            return
        path = get_route_path(scope) or "/"
        first = path.split("/")[1] if path.startswith("/") else ""
        if first in self.own:
            await self.app(scope, receive, send)
        elif scope["method"] in READING and ".." not in path and (path in GRADIO_PATHS or first in GRADIO_FOLDERS):
            # The page reads its link in the browser; of Gradio's own fields one (deep_link) opens files of the server.
            await self.app({**scope, "query_string": b""}, receive, send)
        else:
            await JSONResponse({"error": "there is nothing here"}, status_code=404)(scope, receive, send)
