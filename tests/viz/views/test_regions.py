"""The view of regions: it shows the measure, region by region."""

import numpy as np
import pytest

from samvit.measures.regions import embedding_regions
from tests.viz.views.forward import QUERY, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import count_text, percent_text
from viz.selection import Selection
from viz.views import view_by_id

REGIONS = view_by_id("regions")


@pytest.mark.parametrize("count", [2, 12])
def test_every_photo_patch_has_its_region_and_padding_has_none(count):
    maps, sizes, explained = english(REGIONS.panels(scene(), Selection.of(query=QUERY, regions=count)))
    found = embedding_regions(scene(), count)
    assert np.array_equal(maps.values[0, :6], found.index) and np.isnan(maps.values[0, 6:]).all()
    assert maps.scales[0].categories == tuple(f"region {region}" for region in range(count))
    for region, row in enumerate(sizes.rows):
        size = int((maps.values == region).sum())
        assert row == (f"region {region}", count_text(size), percent_text(size / 60))
    assert sizes.marked == (int(found.index[QUERY]),)
    assert explained.numbers[0].value == found.explained


def test_a_patch_of_image_padding_marks_no_region():
    _, sizes, _ = english(REGIONS.panels(scene(), Selection.of(query=(8, 2))))
    assert sizes.marked == () and len(sizes.rows) == 5


def test_it_reads_what_it_says_and_changes_nothing():
    chosen = Selection.of(query=QUERY)
    assert fields_read(REGIONS, scene(), chosen) == REGIONS.uses - {"overlay"}
    assert_pure(REGIONS, scene(), chosen)
    assert_has_texts(REGIONS)
