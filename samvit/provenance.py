"""What a loaded encoder's weights are and where they came from: facts, and how each is said in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from samvit.config import CONFIGS, EncoderConfig
from samvit.errors import Phrase, phrase
from samvit.sentences import WEIGHTS_FACTS

Origin = Literal["official", "hub", "bundled", "file", "random"]
FactValue = str | int | float | Phrase | tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True)
class Fact:
    """One thing that is known of an encoder's weights: a key of `samvit.sentences.WEIGHTS_FACTS`, and its values."""

    key: str
    values: Mapping[str, FactValue]

    def english(self) -> str:
        """The fact as one sentence."""
        return WEIGHTS_FACTS[self.key].format(**self.shown())

    def shown(self) -> dict[str, str | int | float | Phrase]:
        """The values as the sentence shows them: several of a kind in one row."""
        return {
            name: ", ".join(map(str, value)) if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }


@dataclass(frozen=True)
class Provenance:
    """What an encoder's weights are. A file's name plays no part in it.

    Attributes:
        origin: `official` if the file's SHA-256 is a published one's; `hub` if it lies in the hub's cache of Meta's
            repository; `bundled` if it came with this project; `file` for any other; `random` for no file at all.
        config: The encoder's sizes, its own image size and channels among them.
        repo: Whose weights official and hub ones are, as named on the Hugging Face Hub.
        sha256: Of the file, where it was worked out: for a file that could be an official one.
        layout: Whose names the file uses: segment-anything's, transformers' or timm's.
        prefix: What stood in front of the encoder's names.
        dtypes: The types that its numbers were stored in.
        shards: How many files it lay in.
        joined: Whether q, k and v were three layers.
        lora_rank: Rank of the low-rank updates merged into it; 0 if there were none.
        left_out: Tensors of the file that are no part of the encoder.
        window_is_grid: Whether shapes couldn't tell its windowed blocks from global ones, and nobody said.
        stated: Fields of the config that came from a person, or from a `config.json` beside the file.
        not_finite: Names of tensors that hold NaN or infinity; None before the weights are read.
    """

    origin: Origin
    config: EncoderConfig
    repo: str = ""
    sha256: str = ""
    layout: str = ""
    prefix: str = ""
    dtypes: tuple[str, ...] = ()
    shards: int = 1
    joined: bool = False
    lora_rank: int = 0
    left_out: int = 0
    window_is_grid: bool = False
    stated: tuple[str, ...] = ()
    not_finite: tuple[str, ...] | None = None

    def warnings(self) -> tuple[Fact, ...]:
        """What a person must know before believing a picture: broken numbers, and sizes that nobody could tell."""
        facts = []
        if self.not_finite:
            facts.append(Fact("not_finite", {"count": len(self.not_finite), "first": self.not_finite[0]}))
        if self.window_is_grid:
            blocks = self.config.global_attn_indexes
            facts.append(
                Fact(
                    "window_is_grid",
                    {
                        "window": self.config.grid_size,
                        "blocks": phrase("blocks.all") if len(blocks) == self.config.depth else blocks_named(blocks),
                        "img_size": self.config.img_size,
                    },
                )
            )
        return tuple(facts)

    def facts(self) -> tuple[Fact, ...]:
        """Everything known, what matters most first."""
        config = self.config
        named = config.name in CONFIGS
        sizes = {"embed_dim": config.embed_dim, "depth": config.depth, "num_heads": config.num_heads}
        layout = {"layout": self.layout, "prefix": self.prefix}
        told: list[tuple[bool, str, Mapping[str, FactValue]]] = [
            (True, f"origin.{self.origin}", {"repo": self.repo}),
            (named, "sizes.named", {"name": config.name, "img_size": config.img_size}),
            (not named, "sizes", {**sizes, "img_size": config.img_size}),
            (config.in_chans not in (1, 3), "in_chans", {"in_chans": config.in_chans}),
            (config.in_chans == 1, "in_chans.grey", {}),
            (bool(self.layout and self.prefix), "layout", layout),
            (bool(self.layout and not self.prefix), "layout.bare", layout),
            (self.shards > 1, "shards", {"count": self.shards}),
            (self.joined, "joined", {}),
            (self.lora_rank > 0, "lora", {"rank": self.lora_rank}),
            (self.dtypes not in ((), ("float32",)), "dtype", {"dtypes": self.dtypes}),
            (bool(self.stated), "stated", {"fields": self.stated}),
            (self.left_out > 0, "left_out", {"count": self.left_out}),
        ]
        facts = [Fact(key, values) for applies, key, values in told if applies]
        return (facts[0], *self.warnings(), *facts[1:])


def blocks_named(blocks: tuple[int, ...]) -> Phrase:
    """Numbers of blocks to read."""
    return phrase("blocks.some", blocks=", ".join(map(str, blocks))) if blocks else phrase("blocks.none")
