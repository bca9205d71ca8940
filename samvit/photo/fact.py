"""How a photo was read: what a person should know before trusting the picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Value = int | float


@dataclass(frozen=True)
class Fact:
    """One thing about how a photo was read: a key of `ENGLISH`, and the values for its places.

    Numbers stay numbers, so that a page, a figure or a command line can write them in its own language.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        """The fact in English: "16 bit, shown from 312 to 3,041"."""
        return ENGLISH[self.key].format(**{name: written(name, value) for name, value in self.values})


# Bands, pages and frames count from 1, as GDAL and every viewer count them.
ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "alpha_ignored": "its transparency hides every pixel and was left out",
        "alpha_on_white": "its transparent parts are shown white",
        "band": "band {band} of {bands}, shown as grey",
        "bands": "bands {red}, {green}, {blue} of {bands}",
        "cmyk": "CMYK, made RGB without a colour profile",
        "cmyk_profile": "CMYK, made RGB through the file's own colour profile",
        "dark": "nearly black: {share} of the values are at most {high} of 255",
        "flat": "every pixel has the same value, {value}",
        "frame": "frame {frame} of {frames}",
        "grey": "grey",
        "magnitude": "complex numbers, shown by their magnitude",
        "nodata": "nodata ({value}) left out, {share} of the values, shown black",
        "nodata_assumed": "{value} taken for nodata and left out, {share} of the values, shown black",
        "not_finite": "NaN and infinity left out, {share} of the values",
        "page": "page {page} of {pages}",
        "page_range": "page {page}: {bits} bit, shown from {low} to {high}",
        "page_range_float": "page {page}: {bits}-bit float, shown from {low} to {high}",
        "pages": "pages {red}, {green}, {blue} of {pages} taken as red, green and blue",
        "range": "{bits} bit, shown from {low} to {high}",
        "range_float": "{bits}-bit float, shown from {low} to {high}",
    }
)


def fact(key: str, **values: Value) -> Fact:
    """A fact with its values by name."""
    return Fact(key, tuple(values.items()))


def written(name: str, value: Value) -> str:
    """A value in English: thousands with commas, a true minus, shares as per cent."""
    if name == "share":
        return f"{value:.1%}" if value >= 0.001 else "under 0.1%"
    number = f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    return number.replace("-", "−")
