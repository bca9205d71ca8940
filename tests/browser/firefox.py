"""A Firefox that is driven over its own WebDriver BiDi, since Playwright's needs a build of its own."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 120
LISTENING = "WebDriver BiDi listening on "
HIGH = 720 + 85  # pixels: a headless window of this height has 720 left for the page


def firefox_path() -> str | None:
    """Debian's Firefox or anybody's."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Tab:
    """One page in Firefox. `said` holds what its console said of errors."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.said = socket, []
        self._last = 0
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and wait for its result."""
        self._last += 1
        self.socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(PATIENCE_S))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.said.append(message["params"]["text"])
            if message.get("id") == self._last:
                assert message["type"] == "success", message
                return message["result"]

    def open(self, address: str) -> None:
        """Go there."""
        self.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def value(self, expression: str) -> Any:
        """What a JavaScript expression of a plain value is in the page."""
        text = f"JSON.stringify(({expression}) ?? null)"
        answer = self.ask("script.evaluate", expression=text, target={"context": self.context}, awaitPromise=True)
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def until(self, expression: str) -> Any:
        """The expression's value once it is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not (value := self.value(expression)):
            assert time.monotonic() < deadline, f"{expression} never became true"
            time.sleep(0.1)
        return value

    def point(self, x: float, y: float, *, click: bool = False) -> None:
        """Move the pointer to a place of the window, and click there."""
        actions: list[dict[str, object]] = [{"type": "pointerMove", "x": round(x), "y": round(y)}]
        if click:
            actions += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        source = {"type": "pointer", "id": "mouse", "actions": actions}
        self.ask("input.performActions", context=self.context, actions=[source])

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        source = {
            "type": "key",
            "id": "keys",
            "actions": [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")],
        }
        self.ask("input.performActions", context=self.context, actions=[source])


@contextmanager
def firefox_tab() -> Iterator[Tab]:
    """A Firefox of its own, without a window, and its first tab at 1280×720."""
    path = firefox_path()
    assert path is not None, "there is no Firefox here"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        command += ["--width", "1280", "--height", str(HIGH)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
            try:
                assert process.stderr is not None
                address = next(line for line in process.stderr if LISTENING in line).split(LISTENING)[1].strip()
                with connect(f"{address}/session", max_size=None) as socket:
                    yield Tab(socket)
            finally:
                process.terminate()
