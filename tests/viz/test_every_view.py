"""What every view promises, whichever it is: valid panels, the same each time, nothing changed, drawable, sendable."""

import hashlib
import inspect
import io
import json
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

import samvit
from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace
from samvit.what_if import WhatIf
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.figures.export import npz, png
from viz.figures.figure import figure
from viz.figures.maps import Marks
from viz.page.wire import panel_message
from viz.panel import Curves, Maps, Matrix, Panel, Picture, Scale, Table, spoken
from viz.selection import FIELDS, HEADS, SCALES, Selection
from viz.views import VIEWS, view_by_id
from viz.views.view import STAGES, View
from viz.words import Words

WINDOWED, GLOBAL = 0, 1  # of the small encoder's four blocks
BASE = Selection.of(image="noise", model="small", size=160, block=WINDOWED, head=1, query=(4, 5))
# Several other values of every field; sizes are those of the small encoder: 4 blocks, 3 heads, 10×10 patches.
OTHER_VALUES: dict[str, tuple[object, ...]] = {
    "image": ("coffee",),
    "model": ("vit_b",),
    "size": (512,),
    "page": ((2,),),
    "bands": ((3, 2, 1),),
    "way": ("medsam",),
    "what_if": ("rel_w_off",),
    "view": ("heads", "nothing"),
    "block": (1, 2, 3),
    "head": (0, 2),
    "query": ((0, 0), (5, 9), (2, 3)),
    "key": ((0, 0), (5, 5), (4, 9)),
    "against_query": ((0, 0), (5, 9)),
    "heads": HEADS,
    "scale": SCALES,
    "overlay": (0, 100),
    "channel": (1, 7, 15),
    "terms": ("c", "h", "hw", ""),
    "length": (4, 16),
    "regions": (2, 12),
    "foreground": ("component", "likeness"),
    "basis": ("shared",),
    "plane": ("tsne",),
    "dots": ("place", "content"),
    "step": (3, 9),
    "stop": (1, 7),
}
# Fields that only those who draw read: how opaque a map is, and where patches are outlined; or only of two sides.
DRAWN = {"overlay", "query", "key", "against_query", "basis"}
TRACES = ("square", "photo", "wide", "without rel-pos", "without positions", "what if", "one channel", "four channels")
CHANNELS = {"one channel": 1, "four channels": 4}


@cache
def traced(kind: str) -> Trace:
    """A small encoder's trace of one kind; the photo is 6.5 × 10 patches, the wide image 6 × 14."""
    changes: dict[str, object] = {"in_chans": CHANNELS.get(kind, 3)}
    changes |= {"without rel-pos": {"use_rel_pos": False}, "without positions": {"use_abs_pos": False}}.get(kind, {})
    encoder = fill_random(build_encoder(replace(SMALL, **changes)))
    if channels := CHANNELS.get(kind):
        values = np.dstack([noise_photo(65, 100, seed=0), noise_photo(65, 100, seed=1)])[:, :, :channels]
        return trace(encoder, preprocess(np.ascontiguousarray(values), img_size=160, channels=channels))
    if kind == "photo":
        return trace(encoder, preprocess(noise_photo(rows=65, cols=100), img_size=160))
    if kind == "what if":
        image = preprocess(noise_photo(rows=65, cols=100), img_size=160)
        return trace(
            encoder,
            image,
            what_if=WhatIf.parse("rel_h_off,windows_8,padding_masked,head_off.0.1,shifted.5.0,covered.2.2"),
        )
    size = (96, 224) if kind == "wide" else (160, 160)
    return trace(encoder, torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(7)))


def digest(value: object) -> str:
    """A mark of panels, down to the last bit of their arrays."""
    state = hashlib.sha256()

    def add(part: object) -> None:
        if isinstance(part, np.ndarray):
            state.update(f"{part.dtype}{part.shape}".encode() + np.ascontiguousarray(part).tobytes())
        elif is_dataclass(part):
            state.update(type(part).__name__.encode())
            for field in fields(part):
                add(getattr(part, field.name))
        elif isinstance(part, list | tuple):
            state.update(f"[{len(part)}".encode())
            for one in part:
                add(one)
        else:
            state.update(repr(part).encode())

    add(value)
    return state.hexdigest()


def panels_or_sentence(view: View, kind: str, selection: Selection) -> list[Panel]:
    """A view's panels in English; skips where the view says that this encoder or image has nothing to show."""
    try:
        return spoken(view.panels(traced(kind), selection), "en")
    except ValueError as error:
        assert kind != "square" and kind not in CHANNELS, f"{view.id} must be shown for this encoder: {error}"
        assert str(error).strip() and "\n" not in str(error)
        pytest.skip(str(error))


def check_scale(scale: Scale) -> None:
    assert np.isfinite([scale.low, scale.high]).all() and scale.low < scale.high
    if scale.kind == "signed":
        assert scale.low == -scale.high
    if scale.log:
        assert scale.low > 0
    if scale.kind == "categorical":
        assert scale.categories


def check_panel(panel: Panel) -> None:
    """What the types alone don't say."""
    assert panel.title.strip()
    if isinstance(panel, Maps):
        count = len(panel.values)
        assert count >= 1 and len(panel.labels) == count
        assert len(panel.scales) in {1, count} and len(panel.notes) in {0, count}
        assert panel.chosen is None or 0 <= panel.chosen < count
        assert panel.picks in {"", "head", "channel", "block"}
        for index, scale in enumerate(panel.scales):
            check_scale(scale)
            shown = panel.values if len(panel.scales) == 1 else panel.values[index]
            if scale.kind == "categorical":
                named = shown[np.isfinite(shown)]
                assert np.isin(named, np.arange(len(scale.categories))).all()
    if isinstance(panel, Matrix):
        check_scale(panel.scale)
        for mark, size in ((panel.row_mark, panel.values.shape[0]), (panel.col_mark, panel.values.shape[1])):
            assert mark is None or 0 <= mark < size
    if isinstance(panel, Curves):
        assert panel.curves
        assert all(np.isfinite(curve.x).all() and np.isfinite(curve.y).any() for curve in panel.curves)
    if isinstance(panel, Table):
        assert all(len(row) == len(panel.columns) for row in panel.rows)
        assert all(0 <= row < len(panel.rows) for row in panel.marked)
    if isinstance(panel, Picture):
        assert panel.pixels.size


every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)
both_blocks = pytest.mark.parametrize("block", [WINDOWED, GLOBAL], ids=["windowed", "global"])


@every_view
@both_blocks
@pytest.mark.parametrize("kind", TRACES)
def test_a_view_shows_valid_panels_that_can_be_sent(view, block, kind):
    panels = panels_or_sentence(view, kind, BASE.changed(block=block, view=view.id))
    assert panels
    for panel in panels:
        check_panel(panel)
        json.dumps(panel_message(panel), allow_nan=False)


def named_places(value: object) -> list[tuple[str, object]]:
    """The blocks, heads and patches that a text names, and those in texts inside it."""
    if isinstance(value, tuple | list):
        return [found for part in value for found in named_places(part)]
    if not isinstance(value, Words):
        return []
    own = [(name, one) for name, one in value.values if name in {"block", "head", "query", "key"}]
    return own + named_places([one for _, one in value.values])


@every_view
def test_a_title_names_the_block_the_head_and_the_patches_in_view(view):
    selection = BASE.changed(view=view.id, key=(7, 6))
    titles = [panel.title for panel in view.panels(traced("square"), selection)]
    assert [one for one in named_places(titles) if one[1] != selection[one[0]]] == []


@every_view
@pytest.mark.parametrize("kind", ["photo", "wide"])
def test_maps_over_the_photo_have_the_size_of_the_patch_grid(view, kind):
    for panel in panels_or_sentence(view, kind, BASE.changed(view=view.id)):
        if isinstance(panel, Maps) and panel.over_photo:
            assert panel.values.shape[1:] == traced(kind).grid
        if isinstance(panel, Picture) and panel.on_grid:
            assert panel.pixels.shape[:2] == traced(kind).grid


@every_view
@both_blocks
def test_the_same_trace_and_selection_give_the_same_panels_and_stay_as_they_are(view, block):
    one, selection = traced("square"), BASE.changed(block=block, key=(5, 5), against_query=(1, 8), view=view.id)
    held = (*one.stream, *one.q, *one.k, one.embedding, *one.encoder.state_dict().values())
    before, written = [tensor.clone() for tensor in held], selection.to_query()
    first = digest(view.panels(one, selection))
    one.block_steps(3)  # another part in view, so that steps are rebuilt
    assert digest(view.panels(one, selection)) == first
    assert all(torch.equal(tensor, copy) for tensor, copy in zip(held, before, strict=True))
    assert selection.to_query() == written
    assert not any(module._forward_hooks for module in one.encoder.modules())


def unused_fields_that_matter(view: View, base: Selection) -> list[str]:
    """Names of fields that the view doesn't say it uses and that change its panels; all are changed at once first."""
    one = traced("square")
    expected = digest(view.panels(one, base))
    unused = {name: values for name, values in OTHER_VALUES.items() if name not in view.uses}
    for end in (0, -1):
        changes = {name: values[end] for name, values in unused.items()}
        if digest(view.panels(one, base.changed(**changes))) != expected:
            return [
                name for name in changes if digest(view.panels(one, base.changed(**{name: changes[name]}))) != expected
            ]
    return []


@every_view
def test_fields_that_a_view_does_not_use_change_nothing(view):
    for base in (BASE, BASE.changed(block=GLOBAL, heads="one", scale="log", against_query=(1, 8))):
        read = unused_fields_that_matter(view, base)
        assert not read, f"{view.id} reads {read} but doesn't say so in `uses`"


def test_a_field_that_is_used_but_not_named_is_found():
    view = replace(view_by_id("heads"), uses=view_by_id("heads").uses - {"scale"})
    assert unused_fields_that_matter(view, BASE) == ["scale"]


@every_view
def test_fields_that_a_view_uses_change_something(view):
    one = traced("square")
    bases = [
        BASE.changed(block=block, heads=heads, step=step)
        for block in (WINDOWED, GLOBAL)
        for heads in ("all", "one")
        for step in ((0, 7) if "step" in view.uses else (0,))
    ]
    for name in sorted(view.uses - DRAWN):
        seen = any(
            digest(view.panels(one, base.changed(**{name: value}))) != digest(view.panels(one, base))
            for base in bases
            for value in OTHER_VALUES[name]
        )
        assert seen, f"{view.id} says that it uses {name}, but no value of it changes anything"


def test_other_values_cover_every_field():
    compared = {known.name for known in FIELDS if known.part == "against"} - {"against_query"}
    assert set(OTHER_VALUES) | {"lang"} | compared == {known.name for known in FIELDS}
    assert all(view.uses <= set(OTHER_VALUES) for view in VIEWS)


@every_view
def test_a_view_can_be_drawn_and_its_numbers_saved(view):
    one, selection = traced("photo"), BASE.changed(key=(2, 2), view=view.id)
    panels = panels_or_sentence(view, "photo", selection)
    rows, cols = one.image.geometry.resized
    marks = Marks(selection.focus.query, selection.focus.key, None, one.grid, (rows / 16, cols / 16))
    drawn = figure(panels, one.image.pixels, view.id, marks)
    shown = " ".join(text.get_text() for text in drawn.texts)
    for panel in panels:
        assert panel.title.split()[0] in shown
    with np.load(io.BytesIO(npz(panels)), allow_pickle=False) as arrays:
        assert len(arrays.files) >= len(panels)


@pytest.mark.parametrize("view", ["photo", "pair", "heads", "neck_norm", "layers", "qk_plane", "what_if"])
def test_a_drawing_becomes_a_png(view):
    panels = panels_or_sentence(view_by_id(view), "photo", BASE.changed(view=view))
    assert png(figure(panels, traced("photo").image.pixels, view, None), dpi=40)[:4] == b"\x89PNG"


@every_view
def test_the_source_shown_is_the_code_of_our_own_encoder(view):
    assert view.source
    for source in view.source:
        source = inspect.unwrap(source)  # the tests' shape checks wrap functions
        path = Path(inspect.getsourcefile(source) or "")
        assert path.parent == Path(samvit.__file__).parent
        lines, first = inspect.getsourcelines(source)
        name = source.__qualname__.split(".")[-1]
        assert any(line.lstrip().startswith((f"def {name}", f"class {name}")) for line in lines)
        assert path.read_text().splitlines()[first - 1].strip() == lines[0].strip()


@every_view
def test_the_tensors_named_exist(view):
    one = traced("photo")
    for name in view.tensors:
        one[name.replace("{block}", "0").replace("{last}", str(one.depth - 1))]


def test_views_stand_once_each_in_the_order_of_the_forward_pass():
    assert len({view.id for view in VIEWS}) == len(VIEWS)
    stages = [STAGES.index(view.stage) for view in VIEWS]
    assert stages == sorted(stages)
    assert all(view_by_id(view.id) is view for view in VIEWS)


def test_an_unknown_view_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match=r"^view must be one of .*heads.*, got 'nothing'$"):
        view_by_id("nothing")
