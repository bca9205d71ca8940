"""How a photo was read: what a person should know before trusting the picture."""

from dataclasses import dataclass

from samvit.sentences import PHOTO_FACTS

Value = int | float | str


@dataclass(frozen=True)
class Fact:
    """One thing about how a photo was read: a key of `samvit.sentences.PHOTO_FACTS`, and the values for its places.

    Numbers stay numbers, so that a page, a figure or a command line can write them in its own language.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        """The fact in English: "16 bit, shown from 312 to 3,041"."""
        return PHOTO_FACTS[self.key].format(**{name: written_value(name, value) for name, value in self.values})


def fact(key: str, **values: Value) -> Fact:
    """A fact with its values by name."""
    return Fact(key, tuple(values.items()))


def written_value(name: str, value: Value) -> str:
    """A value to read: thousands with commas, a true minus, shares as per cent."""
    if isinstance(value, str):
        return value
    if name == "share":
        return f"{value:.1%}" if value >= 0.001 else "under 0.1%"
    number = f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    return number.replace("-", "−")
