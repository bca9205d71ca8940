"""What memory looks like from outside: python -m benchmarks.memory [--photos 60] [--memory-gb 2] [--model vit_tiny]

One visitor after another uploads a photo, looks around in it, and leaves. Printed is the process's resident memory over
the start's, beside the budget that it was given and what one photo added; it should stay within 1.15 of the budget.
"""

import argparse
import asyncio
import subprocess
from pathlib import Path

from benchmarks.visitors import Notes, Visitor, photo
from tests.browser.app import app_process

WANTED = 1.15
VIEWS = ("heads", "scores", "neck_pca", "layers")


def resident_bytes(app: "subprocess.Popen[bytes]") -> int:
    """What a process holds in memory, as the system counts it."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{app.pid}/status").read_text().splitlines() if ":" in line
    )
    return int(fields["VmRSS"].split()[0]) * 1024


async def look_around(address: str, notes: Notes, fields: dict[str, str], seed: int) -> None:
    """One visitor: upload, a few views in a few blocks, and gone."""
    visitor = Visitor(address, notes)
    await visitor.open(fields | await visitor.upload(photo(seed)))
    for block in ("2", "8"):
        for view in VIEWS:
            await visitor.look("view", view=view, block=block)
    await visitor.ask("proof", selection=visitor.selection)
    await visitor.hang_up()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=60, help="different photos, one after the other (default: 60)")
    parser.add_argument("--memory-gb", type=float, default=2.0, help="the app's budget (default: 2)")
    parser.add_argument("--model", default="vit_tiny", help="a model that can be had here (default: vit_tiny)")
    parser.add_argument("--size", default="1024", help="the model image's side (default: 1024)")
    chosen = parser.parse_args()
    fields, notes = {"model": chosen.model, "size": chosen.size}, Notes()
    options = ("--models", chosen.model, "--memory-gb", str(chosen.memory_gb))
    with app_process(*options) as (address, app):
        asyncio.run(Visitor(address, notes).open(fields))  # the encoder is loaded, and the first example encoded
        start, most = resident_bytes(app), 0
        print(f"at the start {start / 1e6:6.0f} MB", flush=True)  # noqa: T201
        for count in range(1, chosen.photos + 1):
            asyncio.run(look_around(address, notes, fields, count))
            held = resident_bytes(app) - start
            most = max(most, held)
            if count in (1, 2, 5) or count % 10 == 0:
                line = f"{count:3} photos   {held / 1e6:6.0f} MB over it, {held / count / 1e6:5.0f} MB a photo"
                print(line, flush=True)  # noqa: T201
    ratio = most / (chosen.memory_gb * 1e9)
    print(f"at most {ratio:.2f} of the budget, wanted {WANTED}; {len(notes.wrong)} wrong {notes.wrong[:3]}")  # noqa: T201


if __name__ == "__main__":
    main()
