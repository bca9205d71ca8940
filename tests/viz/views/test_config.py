"""The configuration's views: every argument is read from the encoder, and every parameter is counted."""

import inspect
from dataclasses import replace

import pytest
import torch

from samvit.config import CONFIGS, VIT_TINY
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.tracing import trace
from tests.samvit.reference import segment_anything
from tests.small import SMALL
from viz.panel import Curves, Numbers, Table
from viz.selection import Selection
from viz.texts import catalogue, grouped
from viz.views import view_by_id
from viz.views.config import ACTS_IN, argument_values, parameters_by_part
from viz.views.view import STAGES


def traced(encoder, rows=160, cols=160):
    channels = encoder.patch_embed.proj.in_channels
    return trace(encoder, torch.randn(1, channels, rows, cols, generator=torch.Generator().manual_seed(3)))


def argument_rows(encoder):
    table, _ = view_by_id("arguments").panels(traced(encoder), Selection())
    assert isinstance(table, Table)
    return {row[0]: row[1:] for row in table.rows}


@pytest.fixture(scope="module")
def small_rows():
    return argument_rows(build_encoder(SMALL))


@pytest.fixture(scope="module")
def tiny_panels():
    return size_panels(build_encoder(VIT_TINY))


def size_panels(encoder):
    dots, widths, shares = view_by_id("sizes").panels(traced(encoder), Selection())
    assert isinstance(dots, Curves) and isinstance(widths, Table) and isinstance(shares, Table)
    return dots, widths, shares


def test_every_constructor_argument_has_a_row_in_the_constructors_order(small_rows):
    arguments = list(inspect.signature(ImageEncoderViT.__init__).parameters)[1:]

    assert list(small_rows) == arguments


@pytest.mark.parametrize("name", CONFIGS)
def test_values_read_from_the_modules_are_those_the_encoder_was_built_with(name):
    config = CONFIGS[name]
    with torch.device("meta"):
        values = argument_values(build_encoder(config))

    units = {"img_size": " px", "patch_size": " px", "window_size": " tokens"}
    for argument, value in config.encoder_arguments():
        written = ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}".replace("1e+", "1e")
        written = str(value) if isinstance(value, bool) else written
        assert values[argument] == written + units.get(argument, ""), argument
    assert values["norm_layer"] == "LayerNorm, eps 1e-06"
    assert values["act_layer"] == "GELU"


# What to change in SMALL, and the value and the tensor that the row must then show.
CHANGES = [
    ("img_size", 128, "128 px", "pos_embed 1×8×8×36"),
    ("patch_size", 8, "8 px", "patch_embed.proj.weight 36×3×8×8"),
    ("in_chans", 4, "4", "patch_embed.proj.weight 36×4×16×16"),
    ("embed_dim", 48, "48", "blocks.0.input 10×10×48"),
    ("depth", 3, "3", "blocks.0 … blocks.2"),
    ("num_heads", 6, "6", "blocks.0.attn.q 6×10×10×6"),
    ("mlp_ratio", 2.5, "2.5", "blocks.0.mlp.lin1.weight 90×36"),
    ("out_chans", 8, "8", "neck.0.weight 8×36×1×1"),
    ("qkv_bias", False, "False", "no such tensor in this encoder"),
    ("use_abs_pos", False, "False", "no such tensor in this encoder"),
    ("use_rel_pos", False, "False", "no such tensor in this encoder"),
    ("window_size", 6, "6 tokens", "window_partition → 4×6×6×36"),
    ("global_attn_indexes", (2,), "2", "blocks.2.attn.rel_pos_h 19×12"),
    ("rel_pos_zero_init", False, "False", None),
]


@pytest.mark.parametrize(("argument", "value", "shown", "tensor"), CHANGES, ids=[change[0] for change in CHANGES])
def test_changing_an_argument_changes_its_row(small_rows, argument, value, shown, tensor):
    before = small_rows[argument]
    after = argument_rows(build_encoder(replace(SMALL, **{argument: value})))[argument]

    assert after[0] == shown != before[0]
    if tensor is None:
        assert "never reads it" in after[2]
    else:
        assert after[2] == tensor != before[2]


def test_norm_and_activation_are_those_of_the_modules():
    encoder = ImageEncoderViT(32, 16, embed_dim=12, depth=1, num_heads=2, out_chans=4, act_layer=torch.nn.ReLU)
    rows = argument_rows(encoder)

    assert rows["norm_layer"][0] == "LayerNorm, eps 1e-05"  # torch's default: build_encoder passes another
    assert rows["act_layer"][0] == "ReLU"
    assert rows["rel_pos_zero_init"][0] == "not kept"  # no config, and no module remembers it
    assert rows["window_size"][0] == "0 tokens"
    assert rows["window_size"][2] == "no such tensor in this encoder"


def test_the_column_of_stages_holds_stages_names_as_the_page_writes_them(small_rows):
    names = {catalogue("en")[f"stage.{stage}"] for stage in STAGES}
    for argument, row in small_rows.items():
        assert set(row[1].split(" · ")) <= names, argument
    assert all(set(stages) <= set(STAGES) for stages in ACTS_IN.values())


def test_the_original_never_reads_rel_pos_zero_init():
    torch.manual_seed(0)
    arguments = {"dim": 12, "num_heads": 2, "use_rel_pos": True, "input_size": (4, 4)}
    original = segment_anything().Attention(**arguments, rel_pos_zero_init=False)

    assert not original.rel_pos_h.any() and not original.rel_pos_w.any()
    block = build_encoder(replace(SMALL, rel_pos_zero_init=False)).blocks[0]
    assert block.attn.rel_pos_h.any()  # ours does read it


def test_what_follows_from_the_arguments_is_the_size_of_real_tensors(small_encoder):
    seen = {}
    hook = small_encoder.blocks[0].mlp.lin1.register_forward_hook(lambda m, a, out: seen.update(shape=out.shape))
    scene = traced(small_encoder, 160, 96)
    hook.remove()
    _, numbers = view_by_id("arguments").panels(scene, Selection())

    assert isinstance(numbers, Numbers)
    assert [number.value for number in numbers.numbers] == [10, 60, 12, seen["shape"][-1]]
    assert seen["shape"][1:3] == (10, 6)


def test_parameters_are_counted_from_shapes_and_the_parts_add_up(small_encoder):
    parts = parameters_by_part(small_encoder)

    assert sum(parts.values()) == sum(value.numel() for value in small_encoder.state_dict().values())
    assert parts["position"] == 10 * 10 * 36
    assert parts["rel_pos"] == 2 * 12 * (2 * 7 + 2 * 19)  # two windowed blocks of 4, two global ones of 10
    assert parts["mlp"] == 4 * (36 * 144 + 144 + 144 * 36 + 36)


def test_vit_b_without_memory_counts_what_the_real_one_holds(tiny_panels):
    # Layer by layer with pencil and paper: embed, positions, 12 blocks (two norms, qkv, proj, tables, MLP), neck.
    dim, table_rows = 768, 2 * (8 * 27 + 4 * 127)
    block = 4 * dim + (dim * 3 * dim + 3 * dim) + (dim * dim + dim) + (2 * 4 * dim * dim + 5 * dim)
    expected = (768 * dim + dim) + 64 * 64 * dim + 12 * block + table_rows * 64
    expected += dim * 256 + 2 * 256 + 256 * 256 * 9 + 2 * 256
    _, widths, _ = tiny_panels

    row = next(row for row in widths.rows if row[0] == "vit_b")
    assert row == ("vit_b", "768", "12", "12", "64", "3072", grouped(expected))


def test_a_named_size_is_marked_and_another_gets_a_row_of_its_own(small_encoder, tiny_panels):
    _, widths, shares = size_panels(small_encoder)
    total = sum(value.numel() for value in small_encoder.state_dict().values())

    assert [row[0] for row in widths.rows] == [*CONFIGS, "small"]
    assert widths.marked == shares.marked == (4,)
    assert widths.rows[4][-1] == grouped(total)
    _, widths, _ = tiny_panels
    assert [row[0] for row in widths.rows] == list(CONFIGS)
    assert widths.marked == (0,)


def test_an_encoder_pruned_from_a_named_size_shows_its_own_count():
    pruned = build_encoder(SMALL)
    pruned.config = CONFIGS["vit_b"]
    _, widths, _ = size_panels(pruned)

    assert widths.rows[1][-1] == grouped(sum(value.numel() for value in pruned.state_dict().values()))


def test_shares_of_the_parts_add_up_to_all_parameters(small_encoder):
    _, _, shares = size_panels(small_encoder)

    for row in shares.rows:
        assert sum(float(cell.rstrip("%")) for cell in row[1:]) == pytest.approx(100, abs=0.4)
    mlp = shares.columns.index("MLP")
    assert [row[mlp] for row in shares.rows[1:4]] == ["63.2%", "65.3%", "65.9%"]


def test_dots_of_global_blocks_are_where_the_configs_say(small_encoder):
    dots, _, _ = size_panels(small_encoder)
    windowed, whole = dots.curves

    for line, config in enumerate([*CONFIGS.values(), SMALL]):
        assert tuple(whole.x[whole.y == line].astype(int)) == config.global_attn_indexes
        assert (windowed.y == line).sum() == config.depth - len(config.global_attn_indexes)


@pytest.mark.parametrize(
    "change",
    [
        {"use_rel_pos": False},
        {"use_abs_pos": False},
        {"qkv_bias": False},
        {"patch_size": 8},
        {"window_size": 0},
        {"window_size": 14},
        {"global_attn_indexes": ()},
    ],
    ids=str,
)
def test_both_views_show_encoders_of_every_make(change):
    encoder = build_encoder(replace(SMALL, **change))
    scene = traced(encoder, 160, 96)
    for name in ("arguments", "sizes"):
        panels = view_by_id(name).panels(scene, Selection())
        assert all(all(map(str.strip, row)) for panel in panels if isinstance(panel, Table) for row in panel.rows)
