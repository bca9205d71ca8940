"""Which encoders the page offers, and whether each can be had here and now."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cachetools import LRUCache

from samvit.checkpoint import availability, load_checkpoint, load_encoder
from samvit.config import CONFIGS
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.random_weights import fill_random
from viz.words import Problem, Text, Words, say, symbol

RANDOM = "vit_tiny_random"
HERE = ("vit_tiny", RANDOM)  # need no network
OURS = {
    "vit_tiny": say("model.vit_tiny"),
    RANDOM: say("model.vit_tiny_random"),
    "vit_b": say("model.vit_b"),
    "vit_l": say("model.vit_l"),
    "vit_h": say("model.vit_h"),
}
OFFERED = tuple(OURS)


@dataclass(frozen=True)
class Offer:
    """One model in the page's list: `reason` says why it isn't available, in one sentence."""

    name: str
    available: bool
    reason: Text = ""


class Models:
    """The encoders that the operator allows; each is loaded when first asked for, and the last few stay.

    Args:
        allowed: Names from `OFFERED`.
        checkpoints: Local files; the page opens on the first of them.
        keep: How many loaded encoders stay in memory.
    """

    def __init__(self, allowed: tuple[str, ...] = OFFERED, checkpoints: Sequence[Path] = (), keep: int = 2) -> None:
        for name in allowed:
            if name not in OFFERED:
                raise Problem(say("problem.model", names=", ".join(OFFERED), got=symbol(repr(name[:40]))))
        self.checkpoints = named(checkpoints)
        self.allowed = (*self.checkpoints, *allowed)
        self._loaded: LRUCache[str, ImageEncoderViT] = LRUCache(keep)
        self._lock = threading.Lock()
        self._offers: dict[str, Offer] = {}
        self._looking: threading.Thread | None = None

    def offers(self) -> list[Offer]:
        """Every allowed model, those that can't be had with the reason; as last looked for, which is begun anew.

        Looking may take seconds on a silent network, and a page must not wait for it.
        """
        self.look()
        return [self._offers.get(name, Offer(name, name in HERE, say("problem.looking"))) for name in self.allowed]

    def look(self) -> threading.Thread:
        """Begin to look which models can be had, unless that is under way."""
        if self._looking is None or not self._looking.is_alive():
            self._looking = threading.Thread(target=self._look, name="availability", daemon=True)
            self._looking.start()
        return self._looking

    def _look(self) -> None:
        for name in self.allowed:
            if name in self.checkpoints or name == RANDOM or name in self._loaded:
                self._offers[name] = Offer(name, True)
            else:
                found = availability(name)
                self._offers[name] = Offer(name, found.available, found.reason)

    def encoder(self, name: str) -> ImageEncoderViT:
        """A model's encoder; what it can't load it refuses, and never puts another in its place.

        Raises:
            ValueError: If the operator doesn't offer it, or its weights can't be had (CheckpointError).
        """
        if name not in self.allowed:
            raise Problem(say("problem.model", names=", ".join(self.allowed), got=symbol(repr(name[:40]))))
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            return self._loaded[name]

    def _load(self, name: str) -> ImageEncoderViT:
        if name in self.checkpoints:
            return load_checkpoint(self.checkpoints[name])
        if name == RANDOM:
            return fill_random(build_encoder(CONFIGS["vit_tiny"]))
        return load_encoder(name)


def named(paths: Sequence[Path]) -> dict[str, Path]:
    """A name for each file: its stem, with a number where another model has that name already."""
    names: dict[str, Path] = {}
    for path in paths:
        name, count = path.stem, 1
        while name in names or name in OFFERED:
            count += 1
            name = f"{path.stem}-{count}"
        names[name] = path
    return names


def weights_of(name: str) -> Words:
    """What a model is, and whose weights it has, in one line."""
    return OURS.get(name) or say("model.checkpoint", name=symbol(name))
