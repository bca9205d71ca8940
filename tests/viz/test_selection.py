"""A selection is a link: it comes back as it was, and whatever a link says, something is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samvit.preprocess import WAYS as WAYS_OF_PREPARING
from viz.selection import FIELDS, HEADS, MAX_LENGTH, SCALES, SIZES, TERMS, WAYS, Limits, Selection
from viz.texts import LANGUAGES

NAMES = [known.name for known in FIELDS]
patches = st.tuples(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
wholes = st.none() | st.lists(st.integers(1, 999), min_size=1, max_size=3).map(tuple)
words = st.text(max_size=200)
indexes = st.integers(-(10**9) + 1, 10**9 - 1)
# Values, not selections: beartype looks at tuples by chance, which Hypothesis forbids inside a strategy.
selections = st.builds(
    dict,
    image=words,
    model=words,
    size=st.sampled_from(SIZES),
    page=wholes,
    bands=wholes,
    way=st.sampled_from(WAYS),
    view=words,
    block=indexes,
    head=indexes,
    query=patches,
    key=patches,
    against_query=patches,
    heads=st.sampled_from(HEADS),
    scale=st.sampled_from(SCALES),
    overlay=st.integers(0, 100),
    channel=st.integers(0, 10**9 - 1),
    terms=st.permutations(TERMS).flatmap(lambda letters: st.integers(0, 3).map(lambda n: "".join(letters[:n]))),
    length=st.integers(0, MAX_LENGTH),
    lang=st.sampled_from(LANGUAGES),
)


@given(selections)
def test_a_selection_comes_back_from_its_link_as_it_was(values):
    selection = Selection.of(**values)
    assert Selection.from_query(selection.to_query()) == (selection, [])


@given(selections)
def test_a_link_holds_only_what_differs_from_the_defaults(values):
    selection = Selection.of(**values)
    written = selection.to_query()
    for name in NAMES:
        assert (name in written) == (selection[name] != Selection()[name])
    assert all(isinstance(value, str) for value in written.values())


def test_the_defaults_need_no_link():
    assert Selection().to_query() == {}
    assert Selection.from_query({}) == (Selection(), [])


def test_a_patch_is_written_row_comma_column():
    assert Selection.of(query=(3, 40), key=(0, 7)).to_query() == {"query": "3,40", "key": "0,7"}


@given(st.dictionaries(st.sampled_from([*NAMES, "utm_source", "__class__"]), words))
def test_no_link_raises_and_every_problem_is_one_sentence(query):
    selection, problems = Selection.from_query(query)
    assert len(problems) <= len(query)
    for problem in problems:
        name = str(problem).split(" ")[0]
        assert name in NAMES
        assert selection[name] == Selection()[name]
        assert "got " in str(problem) and "showing " in str(problem)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("block", "x", "block must be a whole number of at most nine digits, got 'x'; showing 11"),
        ("block", "1.5", "block must be a whole number of at most nine digits, got '1.5'; showing 11"),
        ("head", "", "head must be a whole number of at most nine digits, got ''; showing 0"),
        ("head", "--1", "head must be a whole number of at most nine digits, got '--1'; showing 0"),
        ("size", "9999", "size must be in 16..2048, got 9999; showing 1024"),
        ("size", "12.5", "size must be a whole number of at most nine digits, got '12.5'; showing 1024"),
        ("heads", "some", "heads must be one of all, one, mean, max, got 'some'; showing all"),
        ("scale", "LOG", "scale must be one of linear, log, clip, got 'LOG'; showing linear"),
        ("lang", "xx", "lang must be one of {languages}, got 'xx'; showing en"),
        ("overlay", "101", "overlay must be in 0..100, got 101; showing 75"),
        ("overlay", "-1", "overlay must be in 0..100, got −1; showing 75"),
        ("channel", "-1", "channel must not be negative, got −1; showing the one that the view chooses"),
        ("length", "-5", "length must be in 0..256, got −5; showing 0"),
        ("query", "3", "query must be row,col, got '3'; showing (12, 26)"),
        ("query", "3,4,5", "query must be row,col, got '3,4,5'; showing (12, 26)"),
        ("query", "--1,2", "query must be row,col, got '--1,2'; showing (12, 26)"),
        ("query", "a,b", "query must be row,col, got 'a,b'; showing (12, 26)"),
        ("key", "1,", "key must be row,col, got '1,'; showing the strongest"),
        ("page", "0", "page must be up to 16 numbers from 1 on, as in 4,3,2, got '0'; showing the default"),
        (
            "bands",
            "1" + 16 * ",1",
            "bands must be up to 16 numbers from 1 on, as in 4,3,2, got '1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1'; "
            "showing the default",
        ),
        ("bands", "", "bands must be up to 16 numbers from 1 on, as in 4,3,2, got ''; showing the default"),
        ("way", "x", "way must be one of segment-anything, medsam, got 'x'; showing segment-anything"),
        ("terms", "cx", "terms must be letters of 'chw', got 'cx'; showing chw"),
        ("terms", "cc", "terms must be letters of 'chw', got 'cc'; showing chw"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_expected_and_got(name, text, problem):
    selection, problems = Selection.from_query({name: text, "image": "coffee"})
    assert [str(one) for one in problems] == [problem.format(languages=", ".join(LANGUAGES))]
    assert selection == Selection.of(image="coffee")


def test_several_bad_values_are_all_named():
    _, problems = Selection.from_query({"block": "x", "head": "y", "overlay": "200"})
    assert [str(problem).split(" ")[0] for problem in problems] == ["block", "head", "overlay"]


def test_names_that_are_not_fields_are_left_alone():
    assert Selection.from_query({"utm_source": "mail", "__init__": "1"}) == (Selection(), [])


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "../../etc/passwd", "a" * 10**6, "\x00", "％s{0}"])
def test_hostile_words_stay_words_and_short(text):
    selection, problems = Selection.from_query({"image": text, "view": text})
    assert selection.subject.image == selection.view == text[:200]
    assert problems == []


@pytest.mark.parametrize("digits", ["٣", "३", "３"])
def test_digits_of_other_scripts_are_numbers_or_a_problem(digits):
    selection, problems = Selection.from_query({"block": digits})
    assert selection.focus.block == 3 or problems


def test_superscripts_are_no_digits():
    assert [str(one) for one in Selection.from_query({"block": "²"})[1]] == [
        "block must be a whole number of at most nine digits, got '²'; showing 11"
    ]


@pytest.mark.parametrize("name", [known.name for known in FIELDS if known.kind in {"whole", "patch"}])
@pytest.mark.parametrize("digits", ["9" * 10, "9" * 25, "-" + "9" * 199])
def test_numbers_that_no_index_can_be_are_answered_by_a_sentence(name, digits):
    given = f"{digits},{digits}" if name in {"query", "key", "against_query"} else digits
    selection, problems = Selection.from_query({name: given, "image": "coffee"})
    assert len(problems) == 1 and str(problems[0]).startswith(f"{name} must be ")
    assert selection == Selection.of(image="coffee")


def test_a_link_of_before_opens_what_it_opened():
    selection, problems = Selection.from_query({"other": "3,4"})
    assert (selection.against.query, problems) == ((3, 4), [])


def test_every_name_stands_once_in_the_table_of_fields():
    names = [name for known in FIELDS for name in (known.name, *known.alias)]
    assert len(names) == len(set(names))


@given(selections, st.integers(1, 64), st.integers(1, 64), st.integers(1, 32), st.integers(1, 16))
def test_fit_brings_every_index_inside_and_names_what_it_moved(values, rows, cols, depth, heads):
    selection = Selection.of(**values)
    fitted, problems = selection.fit(Limits(depth, heads, (rows, cols)))
    assert 0 <= fitted.focus.block < depth and 0 <= fitted.focus.head < heads
    for row, col in (fitted.focus.query, fitted.focus.key, fitted.against.query):
        assert 0 <= row < rows and 0 <= col < cols
    moved = [name for name in NAMES if fitted[name] != selection[name]]
    assert sorted(str(problem).split(" ")[0] for problem in problems) == sorted(moved)
    assert fitted.fit(Limits(depth, heads, (rows, cols))) == (fitted, [])


def test_fit_leaves_what_fits_alone():
    selection = Selection.of(block=11, head=5, query=(63, 63), key=None, against_query=(0, 0))
    assert selection.fit(Limits(12, 6, (64, 64))) == (selection, [])


def test_fit_says_where_the_limit_is():
    _, problems = Selection.of(block=12, query=(64, -1), channel=99).fit(Limits(12, 6, (64, 43), channels=16))
    assert [str(one) for one in problems] == [
        "block must be in 0..11, got 12; showing 11",
        "query must be a patch in (0..63, 0..42), got (64, -1); showing (63, 0)",
        "channel must be in 0..15, got 99; showing 15",
    ]


def test_the_ways_of_a_link_are_those_of_preprocess():
    assert tuple(WAYS_OF_PREPARING) == WAYS
    assert Selection().subject.way == WAYS[0]


def test_of_two_sides_the_first_is_compared_with_nothing_and_another_photo_has_bands_of_its_own():
    two = Selection.of(compare="one", page=(2,), bands=(3, 2, 1), against_image="coffee", against_query=(1, 2))
    assert two.one_side.flat() == Selection.of(page=(2,), bands=(3, 2, 1)).flat()
    other = two.other_side
    assert (other.subject.image, other.focus.query, other.against) == ("coffee", (1, 2), two.one_side.against)
    assert (other.subject.page, other.subject.bands) == (None, None)
