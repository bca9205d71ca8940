"""Strangers' photos are decoded in another process: what kills a decoder, or makes it run without end, costs one photo.

Plain 8-bit PNG and baseline JPEG are decoded here: on 12 megapixels the way there and back doubles the work (150 to
310 ms of a processor, `python -m benchmarks.fuzz_photos --times`), and theirs is bounded by their pixels. All else goes
there, progressive JPEG too: its scans can be thousands. That guards against death, endless work and memory; not against
a decoder that was taken over, which runs as the same user.
"""

import atexit
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from PIL import Image

from samvit.config import COLOURS
from samvit.errors import ImageError
from samvit.photo import Photo, open_photo, worker
from samvit.photo.deep_files import jpeg_frame
from samvit.photo.png import BEGINNING as PNG_BEGINNING

log = logging.getLogger(__name__)

PIPE_BYTES = 2**20  # fewer turns between the two processes
JPEG_BEGINNING, BASELINE = b"\xff\xd8\xff", (0xC0, 0xC1)
PATIENCE_S = 60.0  # by the clock, for a process that sleeps instead of working or waits for a processor


def is_plain(data: bytes) -> bool:
    """Whether a file is an 8-bit PNG or a baseline JPEG, by its header."""
    if data.startswith(PNG_BEGINNING):
        return data[12:16] == b"IHDR" and data[24:25] in (b"\1", b"\2", b"\4", b"\x08")
    frame = jpeg_frame(data) if data.startswith(JPEG_BEGINNING) else None
    return frame is not None and frame[0] in BASELINE and frame[1] == 8


def variables() -> dict[str, str]:
    """The environment's variables, for a process to start with.

    Without a copy the system would read the list itself, while another thread may set a variable, as gradio does when
    it is imported: then the list moves in memory, and the start fails. `dict(os.environ)` fails where one is deleted.
    """
    found = ((name, os.environ.get(name)) for name in os.environ)
    return {name: value for name, value in found if value is not None}


class Decoder:
    """One process that decodes one photo after the other; a new one takes its place when it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the process ahead, so that the first photo needn't wait for it.

        Raises:
            RuntimeError: If no such process can be started here.
        """
        with self._lock:
            self._running()

    def open(
        self,
        data: bytes,
        *,
        page: int | Sequence[int] | None = None,
        bands: Sequence[int] | None = None,
        channels: int = COLOURS,
    ) -> Photo:
        """As `samvit.photo.open_photo`.

        Raises:
            ImageError: If the bytes are no photo that can be read, or the process died of them.
            RuntimeError: If no such process can be started here.
        """
        if is_plain(data):
            return open_photo(data, page=page, bands=bands, channels=channels)
        with self._lock:
            answer = self._ask((data, {"page": page, "bands": bands, "channels": channels}))
        if isinstance(answer, ImageError):
            raise answer
        (size, (facts, kind, pages, count), _), pixels, planes = answer
        if planes is not None:
            planes = np.frombuffer(planes, np.uint8).reshape(size[1], size[0], -1)
        return Photo(Image.frombytes("RGB", size, pixels), facts, kind, pages, count, planes)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, question: Any) -> Any:
        """The process's answer; or, when it died, the error to raise."""
        process = self._running()
        late = threading.Timer(PATIENCE_S, process.kill)
        late.daemon = True
        late.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            worker.send(cast(Any, process.stdin), question)
            answer = worker.receive(cast(Any, process.stdout))
            if isinstance(answer, ImageError):
                return answer
            (cols, rows), _, channels = answer
            parts = (worker.exactly(cast(Any, process.stdout), count * cols * rows) for count in (COLOURS, channels))
            pixels, planes = parts
            return answer, pixels, planes or None
        except (OSError, EOFError):
            log.warning("a decoder died of a photo of %d bytes", len(question[0]))
            self._end()
            self._begin()
            return ImageError("photo.too_much")
        finally:
            late.cancel()

    def _running(self) -> "subprocess.Popen[bytes]":
        """The process, once it is ready."""
        process = self._process or self._begin()
        if process.poll() is not None:
            self._end()
            process = self._begin()
        return process

    def _begin(self) -> "subprocess.Popen[bytes]":
        """A new process, waited for until it can be asked."""
        pipe, none = subprocess.PIPE, subprocess.DEVNULL
        command = [sys.executable, "-P", worker.__file__]
        try:
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=none, pipesize=PIPE_BYTES, env=variables()
            )
            worker.receive(cast(Any, self._process.stdout))
        except (OSError, EOFError) as error:
            self._end()
            raise RuntimeError("the process that decodes photos doesn't start") from error
        return self._process

    def _end(self) -> None:
        """No process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was still to be sent
                    continue


DECODER = Decoder()  # one for all sessions of this program
atexit.register(DECODER.close)
