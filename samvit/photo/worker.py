"""Decodes photos in a process of its own, which `viz/session/decoding.py` starts: its death costs one photo.

Run as a script. Questions come on standard input and answers go to standard output, each a pickle behind its length in
8 bytes; a photo's pixels follow its answer. What is in the way of one photo's decoding is one sentence; what takes too
long or too much ends the process.
"""

import os
import pickle
import struct
import sys
import types
from pathlib import Path
from typing import Any, BinaryIO

# What one photo may take. Plain ones of 64 megapixels, the largest that are read, take 2 s of one processor and 0.8 GB.
SECONDS = 4
BYTES = 1_500_000_000
LENGTH = struct.Struct("<Q")


def send(stream: BinaryIO, message: Any) -> None:
    """One message to the other side."""
    data = pickle.dumps(message, protocol=5)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The other side's next message; EOFError once it is gone."""
    start = exactly(stream, LENGTH.size)
    return pickle.loads(exactly(stream, LENGTH.unpack(start)[0]))


def exactly(stream: BinaryIO, length: int) -> bytes:
    """So many bytes; EOFError if the other side is gone before."""
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def limit_seconds() -> None:
    """Let this process have so many seconds of a processor from now on; the system ends it after them."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS, hard))


def limit_bytes() -> None:
    """Let this process have no more memory than a photo may take."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until nobody asks any more: a photo's size, what is said of it, then its pixels; or the error."""
    import numpy as np

    from samvit.errors import ImageError
    from samvit.photo.photo import open_photo

    limit_bytes()
    send(answers, "ready")
    while True:
        try:
            data, options = receive(questions)
        except EOFError:
            return
        limit_seconds()
        try:
            photo = open_photo(data, **options)
        except ImageError as error:
            send(answers, error)
        else:
            said = (photo.facts, photo.format, photo.pages, photo.bands)
            planes = photo.planes
            send(answers, (photo.image.size, said, 0 if planes is None else planes.shape[2]))
            answers.write(photo.image.tobytes())  # not pickled: every copy of 36 MB is felt
            if planes is not None:
                answers.write(np.ascontiguousarray(planes).tobytes())
            answers.flush()


def main() -> None:
    """Serve on this process's own input and output, which no library may write to."""
    # samvit itself brings torch, which takes seconds and 200 MB; photos need none of it.
    package = types.ModuleType("samvit")
    package.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["samvit"] = package
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
