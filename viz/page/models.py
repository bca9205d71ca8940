"""Which encoders the page offers, and whether each can be had here and now."""

import threading
from dataclasses import dataclass
from pathlib import Path

from samvit.checkpoint import availability, load_checkpoint, load_encoder
from samvit.config import CONFIGS
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.random_weights import fill_random
from viz.texts import text

RANDOM = "vit_tiny_random"
HERE = ("vit_tiny", RANDOM)  # need no network
OFFERED = ("vit_tiny", RANDOM, "vit_b", "vit_l", "vit_h")


@dataclass(frozen=True)
class Offer:
    """One model in the page's list: `reason` says why it isn't available, in one sentence."""

    name: str
    available: bool
    reason: str = ""


class Models:
    """The encoders that the operator allows; each is loaded when first asked for, and the last few stay.

    Args:
        allowed: Names from `OFFERED`.
        checkpoints: Local files by the name they get on the page.
        keep: How many loaded encoders stay in memory.
    """

    def __init__(
        self, allowed: tuple[str, ...] = OFFERED, checkpoints: dict[str, Path] | None = None, keep: int = 2
    ) -> None:
        for name in allowed:
            if name not in OFFERED:
                raise ValueError(f"model must be one of {', '.join(OFFERED)}, got {name!r}")
        self.checkpoints = checkpoints or {}
        self.allowed = (*allowed, *self.checkpoints)
        self.keep = keep
        self._loaded: dict[str, ImageEncoderViT] = {}
        self._lock = threading.Lock()
        self._offers: dict[str, Offer] = {}
        self._looking: threading.Thread | None = None

    def offers(self) -> list[Offer]:
        """Every allowed model, those that can't be had with the reason; as last looked for, which is begun anew.

        Looking may take seconds on a silent network, and a page must not wait for it.
        """
        self.look()
        return [
            self._offers.get(name, Offer(name, name in HERE, text("en", "problem.looking"))) for name in self.allowed
        ]

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
            raise ValueError(text("en", "problem.model", names=", ".join(self.allowed), got=repr(name[:40])))
        with self._lock:
            encoder = self._loaded.pop(name, None)
            if encoder is None:
                encoder = self._load(name)
            self._loaded[name] = encoder
            while len(self._loaded) > self.keep:
                self._loaded.pop(next(iter(self._loaded)))
            return encoder

    def _load(self, name: str) -> ImageEncoderViT:
        if name in self.checkpoints:
            return load_checkpoint(self.checkpoints[name])
        if name == RANDOM:
            return fill_random(build_encoder(CONFIGS["vit_tiny"]))
        return load_encoder(name)
