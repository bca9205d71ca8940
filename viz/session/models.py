"""Which encoders the page offers, and whether each can be had here and now."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cachetools import LRUCache

from samvit.checkpoint import availability, inspect_checkpoint, load_checkpoint, load_encoder
from samvit.config import COLOURS, CONFIGS, EncoderConfig
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.errors import CheckpointError
from samvit.measures.photo import photo_way
from samvit.preprocess import SEGMENT_ANYTHING
from samvit.random_weights import fill_random
from samvit.tracing import Trace
from samvit.wrapping import sizes_in_memory
from viz.selection import SIZES
from viz.session.told import of_phrase, of_weights
from viz.words import Problem, Text, Words, joined, say, symbol

log = logging.getLogger(__name__)

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
    """One model in the page's list.

    Attributes:
        available: Whether it can be opened here and now.
        reason: Why it can't, in one sentence.
        sizes: Sides of the model image that are offered, in pixels; the encoder's own comes first.
    """

    name: str
    available: bool
    reason: Text = ""
    sizes: tuple[int, ...] = SIZES


class Models:
    """The encoders that the operator allows; each is loaded when first asked for, and the last few stay.

    Args:
        allowed: Names from `OFFERED`.
        checkpoints: Local files; the page opens on the first of them, if it can show an example.
        config, prefix: What a local file's tensors can't tell; see `samvit.checkpoint.open_checkpoint`.
        keep: How many loaded encoders stay in memory.
        given: Encoders that are in memory already, by the names that they are offered under; they come first.
    """

    def __init__(
        self,
        allowed: tuple[str, ...] = OFFERED,
        checkpoints: Sequence[Path] = (),
        config: str | None = None,
        prefix: str | None = None,
        keep: int = 2,
        given: Mapping[str, ImageEncoderViT] | None = None,
    ) -> None:
        for name in allowed:
            if name not in OFFERED:
                raise Problem(say("problem.model", names=", ".join(OFFERED), got=symbol(repr(name[:40]))))
        self.checkpoints = named(checkpoints)
        self.given = dict(given or {})
        self.allowed = tuple(dict.fromkeys((*self.given, *self.checkpoints, *allowed)))
        self.told = {"config": config, "prefix": prefix}
        # Of the local files, once they were looked at, and of what is in memory.
        self.configs: dict[str, EncoderConfig] = {name: sizes_in_memory(one) for name, one in self.given.items()}
        self._loaded: LRUCache[str, ImageEncoderViT] = LRUCache(keep)
        self._lock = threading.Lock()
        self._offers = {name: Offer(name, True, sizes=sizes_of(one)) for name, one in self.configs.items()}
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
            if name in self.given:
                continue
            try:
                self._offers[name] = self._found(name)
            except Exception:  # whatever it is, the other models must still be looked for
                log.exception("looking for %s failed", name)
                self._offers[name] = Offer(name, False, say("problem.app"))

    def _found(self, name: str) -> Offer:
        """One model as an offer, as it is now."""
        if name in self.checkpoints:
            return self._inspected(name)
        if name == RANDOM or name in self._loaded:
            return Offer(name, True)
        found = availability(name)
        return Offer(name, found.available, of_phrase(found.reason) if found.reason else "")

    def _inspected(self, name: str) -> Offer:
        """A local file as an offer: what it holds is read from its names and shapes."""
        try:
            config = self.configs[name] = inspect_checkpoint(self.checkpoints[name], **self.told).config
        except CheckpointError as error:
            return Offer(name, False, of_phrase(error.phrase))
        return Offer(name, True, sizes=sizes_of(config))

    def config(self, name: str) -> EncoderConfig:
        """A model's sizes, known before it is loaded; ViT-B's for a local file that wasn't looked at yet."""
        usual = CONFIGS["vit_tiny" if name in HERE else "vit_b"]
        return self.configs.get(name) or CONFIGS.get(name, usual)

    def shows_examples(self, name: str) -> bool:
        """Whether a model takes photos of as many channels as the examples have."""
        if name in self.checkpoints and name not in self.configs:
            self._inspected(name)
        return self.config(name).in_chans <= COLOURS

    def patch_size(self, name: str) -> int:
        """Side of a model's patches, in pixels."""
        return self.config(name).patch_size

    def is_loaded(self, name: str) -> bool:
        """Whether a model is in memory."""
        return name in self._loaded or name in self.given

    def encoder(self, name: str) -> ImageEncoderViT:
        """A model's encoder; what it can't load it refuses, and never puts another in its place.

        Raises:
            ValueError: If the operator doesn't offer it, or its weights can't be had (CheckpointError).
        """
        if name not in self.allowed:
            raise Problem(say("problem.model", names=", ".join(self.allowed), got=symbol(repr(name[:40]))))
        if name in self.given:
            return self.given[name]
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            return self._loaded[name]

    def _load(self, name: str) -> ImageEncoderViT:
        if name in self.checkpoints:
            return load_checkpoint(self.checkpoints[name], **self.told)
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


def sizes_of(config: EncoderConfig) -> tuple[int, ...]:
    """The sides of the model image to offer for an encoder: its own, then the usual ones that its patches divide."""
    usual = [size for size in SIZES if size % config.patch_size == 0 and size != config.img_size]
    return (config.img_size, *usual)


def notices_of(encoder: ImageEncoderViT) -> list[Words]:
    """What a person must know before believing any picture of an encoder."""
    return [] if encoder.provenance is None else [of_weights(fact) for fact in encoder.provenance.warnings()]


def other_size(encoder: ImageEncoderViT, size: int) -> Words | None:
    """What to say of a model image of `size` px that isn't the encoder's own."""
    if encoder.config is None or encoder.config.img_size == size:
        return None
    return say("notice.size", own=encoder.config.img_size, size=size)


def other_way(trace: Trace) -> Words | None:
    """What to say of a photo that was made ready in another way than SAM's own."""
    way = photo_way(trace)
    return None if way == SEGMENT_ANYTHING else say(f"notice.way.{way.name}")


def weights_of(name: str, encoder: ImageEncoderViT) -> Words:
    """What a model is, and whose weights it has: by what the weights are, never by a file's name."""
    known = encoder.provenance
    if name in OURS and (known is None or known.origin != "file"):
        return OURS[name]
    if known is None:
        return say("model.memory", name=symbol(name))
    return joined(say("model.checkpoint", name=symbol(name)), *map(of_weights, known.facts()), by=" ")
