"""Visitors without a browser: they ask the app what a page asks, and note how long it took and what was wrong."""

import asyncio
import gzip
import io
import random
import re
import secrets
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import orjson
from PIL import Image

Answer = dict[str, Any]
NOTHING: Mapping[str, str] = {}
TURN_S = 0.5  # how long a page waits while others' photos come before its own
ANSWER_S = 120.0  # an answer that takes longer counts as none


@dataclass
class Notes:
    """What a crowd of visitors met.

    Attributes:
        seconds: How long answers took, by the act.
        wrong: One line for everything that wasn't as wanted.
        places: For each upload: its first place in the queue, the time it was told, and the time it took.
    """

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    places: list[tuple[int, float, float]] = field(default_factory=list)


class Visitor:
    """One visitor: a secret of its own, and one connection that is kept open."""

    def __init__(self, address: str, notes: Notes) -> None:
        parts = urlsplit(address)
        self.host, self.port, self.base = parts.hostname or "127.0.0.1", parts.port or 80, parts.path.rstrip("/")
        self.secret = secrets.token_hex(18)
        self.notes = notes
        self.selection: dict[str, str] = {}
        self.grid = (1, 1)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """One request of HTTP/1.1; status and decoded body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._streams
        lines = [f"{method} {self.base}/{path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Accept-Encoding: gzip"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"content-length: (\d+)", head)
        data = await (reader.readexactly(int(length[1])) if length else chunks(reader))
        return int(head.split(" ", 2)[1]), gzip.decompress(data) if "content-encoding: gzip" in head else data

    async def hang_up(self) -> None:
        """Close the connection, as a closed tab does."""
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def ask(self, name: str, act: str = "", **question: object) -> Answer:
        """One question, timed under its act; what is wrong with the answer is noted."""
        body = orjson.dumps({"visitor": self.secret, **question})
        start = time.perf_counter()
        try:
            asked = self.request("POST", f"ask/{name}", body, Accept="application/octet-stream, application/json")
            status, data = await asyncio.wait_for(asked, ANSWER_S)
            answer: Answer = orjson.loads(message(data))
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError) as error:
            await self.hang_up()
            self.notes.wrong.append(f"{name}: {type(error).__name__} {error}")
            return {"error": "no answer"}
        self.notes.seconds[act or name].append(time.perf_counter() - start)
        if status != 200 or "error" in answer:
            self.notes.wrong.append(f"{name}: {status} {answer.get('error')}")
        return answer

    async def load_page(self) -> None:
        """The index, all scripts and styles that it names, and what the page asks before any photo."""
        start = time.perf_counter()
        _, index = await self.request("GET", "")
        for path in sorted(set(re.findall(r'href="(modules/[^"]+)"', index.decode()))):
            status, _ = await self.request("GET", path)
            if status != 200:
                self.notes.wrong.append(f"{path}: {status}")
        await self.request("GET", "ask/boot")
        self.notes.seconds["page loaded"].append(time.perf_counter() - start)

    async def open(self, fields: Mapping[str, str] = NOTHING, act: str = "opened", reload_at: int = 0) -> None:
        """Ask until a photo is there, and for its first view; `reload_at` reloads the page after so many answers."""
        start, told, asked = time.perf_counter(), None, 0
        while True:
            answer = await self.ask("open", "open", selection=fields)
            if answer.get("state") == "ready":
                break
            if "error" in answer:
                return
            asked += 1
            if told is None:
                told = (answer["before"], answer["seconds"])
            if asked == reload_at:
                await self.hang_up()
                await self.load_page()
                again = await self.ask("open", "open", selection=fields)
                if again.get("state") == "working" and again["before"] > answer["before"]:
                    self.notes.wrong.append(f"a reload lost its place: {answer['before']} became {again['before']}")
            if answer.get("before"):
                await asyncio.sleep(TURN_S)
        taken = time.perf_counter() - start
        self.notes.seconds[act].append(taken)
        if told:
            self.notes.places.append((*told, taken))
        self.selection = {name: text(value) for name, value in answer["selection"].items() if value is not None}
        self.grid = tuple(answer["scene"]["photoGrid"])
        await self.look("first view")

    async def look(self, act: str, **fields: str) -> None:
        """The view of a selection; a trace that was put away is opened again."""
        answer = await self.ask("view", act, selection=self.selection | fields)
        if answer.get("state") == "gone":
            self.notes.seconds["put away"].append(0.0)
            await self.open(self.selection, "opened again")

    async def wander(self, until: float, per_second: float) -> None:
        """Hover over the photo, and go to another block now and then, until a moment of `time.perf_counter`."""
        await asyncio.sleep(random.random() / per_second)
        while self.selection and (start := time.perf_counter()) < until:
            if random.random() < 0.03:
                self.selection["block"] = str(random.randrange(12))
                await self.look("block")
            else:
                await self.look("hover", query=f"{random.randrange(self.grid[0])},{random.randrange(self.grid[1])}")
            await asyncio.sleep(max(0.0, 1 / per_second - (time.perf_counter() - start)))

    async def upload(self, photo: bytes) -> dict[str, str]:
        """Send a photo, again where there is no room yet; the fields that select it."""
        while True:
            status, data = await self.request("POST", "ask/upload", photo, X_Visitor=self.secret)
            answer = orjson.loads(data)
            if answer.get("state") != "busy":
                break
            self.notes.wrong.append(f"an upload was refused: {answer['error']}")
            await asyncio.sleep(1)
        if "image" not in answer:
            self.notes.wrong.append(f"upload: {status} {answer}")
            return {}
        return {"image": answer["image"]}


def message(data: bytes) -> bytes:
    """The JSON of an answer, whatever arrays come behind it; see `viz.page.wire.Behind`."""
    return data if data.startswith(b"{") else data[4 : 4 + int.from_bytes(data[:4], "little")]


async def chunks(reader: asyncio.StreamReader) -> bytes:
    """A body that comes in chunks."""
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


def text(value: object) -> str:
    """A field of a selection as a link has it."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def photo(seed: int, rows: int = 768, cols: int = 1024) -> bytes:
    """A JPEG like no other: smooth colours with a number's worth of noise."""
    small = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(small).resize((cols, rows), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
