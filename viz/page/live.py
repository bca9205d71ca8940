"""The page served from a running program or notebook, until it is closed."""

import threading
from html import escape
from types import TracebackType
from urllib.parse import urlencode

from viz.page.component import build_page, launch_options
from viz.page.explorer import Explorer
from viz.session.session import Session

HERE = "127.0.0.1"  # nobody else can open it
LAST_PORT = 65535


class LivePage:
    """A page that a thread of this program serves, on this machine only.

    A notebook shows it in the cell; `with` closes it at its end.

    Args:
        session: What is shown; it opens on the session's first look, and is closed with the page.
        height: Of the frame in a notebook, in pixels.
        port: Where it listens; the first free one from 7860 if None.

    Attributes:
        url: Where a browser on this machine opens it.

    Raises:
        ValueError: If there is no such port.
        OSError: If the port is taken.
    """

    def __init__(self, session: Session, height: int = 720, port: int | None = None) -> None:
        if port is not None and not 1 <= port <= LAST_PORT:
            raise ValueError(f"port must be in 1..{LAST_PORT}, got {port}")
        self.height = height
        self._session, self._closed = session, threading.Event()
        self._blocks = build_page()
        options = launch_options(Explorer(session))
        try:
            session.warm_up()
            self._blocks.launch(
                server_name=HERE,
                server_port=port,
                prevent_thread_lock=True,
                inline=False,
                inbrowser=False,
                share=False,
                quiet=True,
                **options,
            )
        except BaseException:  # an interruption too: nothing goes on running that nobody can close
            self.close()
            raise
        self.url = f"http://{HERE}:{self._blocks.server_port}/?{urlencode(session.first.to_query(), safe=',')}"

    @property
    def closed(self) -> bool:
        """Whether nothing is served any more."""
        return self._closed.is_set()

    def close(self) -> None:
        """Serve no longer: the port is free again, and what was computed for the page is let go."""
        if not self.closed:
            self._closed.set()
            self._blocks.close(verbose=False)
            self._session.close()

    def wait(self) -> None:
        """Keep a program running until the page is closed, or Ctrl-C closes it."""
        try:
            while not self._closed.wait(1):
                pass
        except KeyboardInterrupt:
            self.close()

    def __enter__(self) -> "LivePage":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"LivePage({self.url}{', closed' if self.closed else ''})"

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        if self.closed:
            return f"<p>{escape(repr(self))}</p>"
        style = f"width:100%;height:{self.height}px;border:0"
        return f'<iframe src="{escape(self.url)}" style="{style}" allow="clipboard-write; fullscreen"></iframe>'
