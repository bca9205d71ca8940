"""requirements.lock: every package that requirements.txt pins, at that version, and none without a hash."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def locked() -> dict[str, list[str]]:
    """The versions and hashes of each package (which may differ between Pythons) as one text each."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text())
    found: dict[str, list[str]] = {}
    for block in blocks:
        if not block.startswith("#"):
            found.setdefault(block.split("==")[0].replace("_", "-").lower(), []).append(block)
    return found


def test_every_package_that_is_pinned_is_locked_at_that_version():
    packages = locked()
    pinned = [line for line in (ROOT / "requirements.txt").read_text().split() if "==" in line]
    assert len(pinned) > 10
    for line in pinned:
        name, version = line.split("==")
        blocks = packages.get(name.replace("_", "-").lower(), [])
        assert any(block.startswith(f"{block.split('==')[0]}=={version} ") for block in blocks), (
            f"{line}: run make lock"
        )


def test_nothing_is_locked_without_a_hash():
    for name, blocks in locked().items():
        assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks), name
