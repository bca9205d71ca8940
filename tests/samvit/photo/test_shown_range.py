"""Deep pictures: one rule of range, which leaves out what isn't measured and is said in words."""

import pickle

import numpy as np
import pytest

from samvit.photo import Fact, open_photo
from samvit.photo.shown_range import PIECE, choose_scale, spread_to_uint8


def shown(values: np.ndarray) -> list[int]:
    """One row of values as the grey levels that the photo shows."""
    return open_photo(np.atleast_2d(values)).pixels[0, :, 0].tolist()


def said(values: np.ndarray) -> list[str]:
    return [str(fact) for fact in open_photo(values).facts]


def noise(low: float, high: float, dtype: type, shape: tuple[int, ...] = (60, 70)) -> np.ndarray:
    return np.random.default_rng(0).uniform(low, high, shape).astype(dtype)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[np.nan, 0.0, 2.0, np.inf, -np.inf]], dtype=np.float32), [0, 0, 255, 255, 0]),
        (np.array([[np.nan, np.nan]], dtype=np.float32), [0, 0]),
        (np.array([[-3e38, 0.0, 3e38]], dtype=np.float32), [0, 128, 255]),
        (np.array([[0.5, 0.5]], dtype=np.float32), [128, 128]),
        (np.array([[7.0]], dtype=np.float32), [255]),
        (np.array([[65535]], dtype=np.uint16), [255]),
        (np.array([[0]], dtype=np.uint16), [0]),
        (np.array([[-(2**31), 2**31 - 1]], dtype=np.int32), [0, 255]),
    ],
    ids=["not finite", "all nan", "huge", "one float", "float above 1", "one 16 bit", "black", "whole int32"],
)
def test_odd_ranges_have_a_meaning(values, expected):
    assert shown(values) == expected


def test_spreading_in_pieces_is_seamless():
    values = np.arange(3 * 700_000, dtype=np.float32).reshape(3, -1)
    scale = choose_scale(values, 32)

    assert values.size > 2 * PIECE
    expected = np.clip((values.astype(np.float64) - scale.low) * (255 / (scale.high - scale.low)), 0, 255).round()
    assert np.array_equal(spread_to_uint8(values, scale, 32), expected)


@pytest.mark.parametrize(
    "dtype", [np.uint16, np.int16, np.uint32, np.int32, np.uint64, np.float16, np.float32, np.float64]
)
def test_every_type_of_number_is_spread_from_its_low_to_its_high(dtype):
    values = np.array([300, 350, 550], dtype=dtype)

    assert shown(values) == [0, 51, 255]


def test_unsigned_32_bit_numbers_above_2_to_the_31_dont_wrap():
    counts = np.linspace(0, 2**32 - 1, 100).astype(np.uint32)
    levels = shown(counts)

    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, 255)


def test_grey_and_colour_follow_the_same_rule():
    grey = noise(312, 3041, np.uint16)

    colour = open_photo(np.dstack([grey] * 3))

    assert np.array_equal(open_photo(grey).pixels, colour.pixels)
    assert {str(fact) for fact in colour.facts} < {str(fact) for fact in open_photo(grey).facts}


def test_all_bands_share_one_scale_so_that_colours_keep_their_balance():
    red = np.dstack([noise(2000, 4000, np.uint16), noise(200, 400, np.uint16), noise(200, 400, np.uint16)])
    means = open_photo(red).pixels.mean(axis=(0, 1))

    assert means[0] > 10 * means[1]


def test_a_few_hot_and_dead_pixels_dont_make_the_rest_black():
    values = noise(1000, 3000, np.uint16)
    clean = open_photo(values).pixels
    values[5, 5], values[40, 8] = 65535, 0

    assert abs(open_photo(values).pixels.astype(int) - clean).mean() < 1


def test_in_a_picture_of_nearly_one_value_the_others_are_seen():
    counts = np.zeros((100, 100), dtype=np.uint16)
    counts[3, 4], counts[5, 6] = 4, 2

    assert open_photo(counts).pixels[[3, 5], [4, 6], 0].tolist() == [255, 128]


@pytest.mark.parametrize(
    ("values", "bits", "dtype"),
    [(lambda eight: eight * np.uint16(257), 16, np.uint16), (lambda eight: eight / 255, 32, np.float32),
     (lambda eight: eight, 16, np.uint16), (lambda eight: eight, 64, np.float64)],
    ids=["16 bit", "0 to 1", "8 bit in 16", "8 bit in floats"],
)  # fmt: skip
def test_a_photo_on_a_common_scale_is_the_same_picture_as_with_8_bits(values, bits, dtype):
    eight = noise(7, 230, np.uint8, (40, 50, 3))

    assert np.array_equal(open_photo(values(eight).astype(dtype)).pixels, eight)


@pytest.mark.parametrize(("low", "high"), [(30000, 40000), (0, 4095), (60000, 65535)])
def test_16_bits_that_use_less_than_half_of_their_scale_are_spread(low, high):
    pixels = open_photo(noise(low, high, np.uint16)).pixels

    assert pixels.min() == 0
    assert pixels.max() == 255


def test_bands_alternate_in_what_large_pictures_are_judged_by():
    """Every second value would be one band of two, or every second column."""
    values = np.zeros((1500, 1600), dtype=np.uint16)
    values[:, 1::2] = 1000

    scale = choose_scale(values, 16)

    assert (scale.low, scale.high) == (0, 1000)


# What isn't measured.


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_takes_no_part_in_the_range(hole):
    values = noise(100, 150, np.float32)
    whole = open_photo(values).pixels.copy()
    values[:10, :10] = hole

    assert abs(open_photo(values).pixels[10:].astype(int) - whole[10:]).max() <= 1
    assert "NaN and infinity left out, 2.4% of the values" in said(values)


@pytest.mark.parametrize(
    ("fill", "dtype"),
    [
        (-9999, np.float32),
        (-9999, np.int16),
        (-32768, np.int16),
        (float(np.finfo("f4").min), np.float32),
        (1e20, np.float64),
    ],
)
def test_a_customary_nodata_far_from_all_else_is_left_out_and_said(fill, dtype):
    values = noise(100, 160, dtype)
    values[:10, :10] = fill
    pixels = open_photo(values).pixels

    assert len(np.unique(pixels[10:])) > 50
    assert (pixels[:10, :10] == 0).all()
    assert any("taken for nodata and left out, 2.4% of the values" in sentence for sentence in said(values))


def test_a_customary_nodata_among_other_values_is_a_value():
    values = noise(-20000, 20000, np.int16)
    values[:10, :10] = -9999

    assert not any("nodata" in sentence for sentence in said(values))


# What is said.


def test_the_range_is_said_with_its_numbers_as_numbers():
    values = np.array([[312, 3041, 1000]], dtype=np.uint16)
    photo = open_photo(values)

    assert [str(fact) for fact in photo.facts] == ["grey", "16 bit, shown from 312 to 3,041"]
    assert photo.facts[1] == Fact("range", (("bits", 16), ("low", 312), ("high", 3041)))


def test_facts_can_be_compared_kept_in_sets_and_pickled():
    facts = open_photo(np.array([[312, 3041, 1000]], dtype=np.uint16)).facts

    assert pickle.loads(pickle.dumps(facts)) == facts
    assert len(set(facts)) == len(facts)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[-1000, 3000]], dtype=np.int16), "16 bit, shown from −1,000 to 3,000"),
        (np.array([[100.5, 151.25]], dtype=np.float32), "32-bit float, shown from 100.5 to 151.2"),
        (np.array([[0, 60000]], dtype=np.uint16), "16 bit, shown from 0 to 65,535"),
        (np.array([[0.0, 0.9]]), "64-bit float, shown from 0 to 1"),
        (np.array([[3 + 4j, 1j]]), "complex numbers, shown by their magnitude"),
        (np.full((2, 2), 700, dtype=np.uint16), "every pixel has the same value, 700"),
        (np.full((2, 2), 7, dtype=np.uint8), "every pixel has the same value, 7"),
        (np.array([[0, 1, 2]], dtype=np.uint8), "nearly black: 100.0% of the values are at most 15 of 255"),
        (np.full((2, 2), np.nan), "NaN and infinity left out, 100.0% of the values"),
    ],
)
def test_a_picture_that_is_changed_or_shows_nothing_says_so(values, expected):
    assert expected in said(values)


def test_a_few_bright_spots_on_black_are_no_reason_not_to_say_so():
    values = noise(0, 4000, np.uint16)
    values[:3, :9] = 65535  # more than a thousandth: these values make the range

    assert any(sentence.startswith("nearly black: 99.") for sentence in said(values))


def test_plain_8_bit_colour_says_nothing():
    assert said(noise(0, 255, np.uint8, (9, 9, 3))) == []
