"""What samvit says, as words of the catalogue: the same English, and a key for every other language."""

import pytest

from samvit.errors import CheckpointError, ImageError, phrase
from samvit.photo.fact import fact
from samvit.provenance import Fact
from viz.session.told import of_photo, of_phrase, of_weights
from viz.words import written


@pytest.mark.parametrize(
    "error",
    [
        ImageError("photo.format", formats="JPEG, PNG", kind=phrase("kind.damaged_photo", format="GIF")),
        ImageError("photo.pixels", most=64_000_000, cols=10_000, rows=9_000, count=90_000_000),
        ImageError("photo.memory", most=1.07, count=4096.25),
        ImageError("photo.missing", name="it's a {cat}.png"),
        CheckpointError("config.unknown", configs="vit_b", fields="window_size", got="x" * 100),
        CheckpointError("checkpoint.several_lora"),
    ],
    ids=lambda error: error.phrase.key,
)
def test_an_error_reads_in_english_as_samvit_writes_it(error):
    assert written(of_phrase(error.phrase), "en") == str(error)


def test_a_fact_of_a_photo_reads_as_samvit_writes_it():
    for one in (fact("range", bits=16, low=312, high=3041), fact("dark", share=0.9934, high=15), fact("grey")):
        assert written(of_photo(one), "en") == str(one)


def test_a_fact_of_weights_reads_as_samvit_writes_it():
    for one in (
        Fact("dtype", {"dtypes": ("bfloat16", "float32")}),
        Fact("layout", {"layout": "timm", "prefix": "net."}),
        Fact("window_is_grid", {"window": 10, "blocks": phrase("blocks.some", blocks="0, 2"), "img_size": 160}),
    ):
        assert written(of_weights(one), "en") == one.english()
