"""The configuration's views: what is measured of the encoder, in the constructor's order and the catalogue's words."""

import inspect
from dataclasses import replace

import pytest
import torch

from samvit.config import CONFIGS, VIT_TINY
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.measures.parameters import PARTS, block_matrix_parameters, encoder_without_memory
from samvit.tracing import trace
from tests.small import SMALL
from tests.viz.views.reading import english
from viz.numbers import count_text, percent_text
from viz.panel import Curves, Numbers, Places, Table
from viz.selection import Selection
from viz.texts import catalogue
from viz.views import view_by_id
from viz.views.config import ACTS_IN, PART_NAMES
from viz.views.view import STAGES


def traced(encoder, rows=160, cols=160):
    channels = encoder.patch_embed.proj.in_channels
    return trace(encoder, torch.randn(1, channels, rows, cols, generator=torch.Generator().manual_seed(3)))


def argument_rows(encoder):
    table, _ = english(view_by_id("arguments").panels(traced(encoder), Selection()))
    assert isinstance(table, Table)
    return {row[0]: row[1:] for row in table.rows}


@pytest.fixture(scope="module")
def small_rows():
    return argument_rows(build_encoder(SMALL))


@pytest.fixture(scope="module")
def tiny_panels():
    return size_panels(build_encoder(VIT_TINY))


def size_panels(encoder):
    dots, widths, shares = english(view_by_id("sizes").panels(traced(encoder), Selection()))
    assert isinstance(dots, Curves) and isinstance(widths, Table) and isinstance(shares, Table)
    return dots, widths, shares


def test_every_constructor_argument_has_a_row_in_the_constructors_order(small_rows):
    arguments = list(inspect.signature(ImageEncoderViT.__init__).parameters)[1:]

    assert list(small_rows) == arguments


# What to change in SMALL, and how the value and the tensor are then written.
CHANGES = [
    ("img_size", 128, "128 px", "pos_embed 1×8×8×36"),
    ("patch_size", 8, "8 px", "patch_embed.proj.weight 36×3×8×8"),
    ("depth", 3, "3", "blocks.2 10×10×36"),
    ("mlp_ratio", 2.5, "2.5", "blocks.0.mlp.lin1.weight 90×36"),
    ("qkv_bias", False, "False", "no such tensor in this encoder"),
    ("window_size", 6, "6 tokens", "window_partition(blocks.0.norm1) 4×6×6×36"),
    ("global_attn_indexes", (2, 3), "(2, 3)", "blocks.2.attn.rel_pos_h 19×12"),
]


@pytest.mark.parametrize(("argument", "value", "shown", "tensor"), CHANGES, ids=[change[0] for change in CHANGES])
def test_changing_an_argument_changes_its_row(small_rows, argument, value, shown, tensor):
    before = small_rows[argument]
    after = argument_rows(build_encoder(replace(SMALL, **{argument: value})))[argument]

    assert after[0] == shown != before[0]
    assert after[2] == tensor != before[2]


def test_what_the_original_never_reads_is_said_where_its_tensor_would_stand(small_rows):
    assert small_rows["rel_pos_zero_init"][0] == "True"
    assert "never reads it" in small_rows["rel_pos_zero_init"][2]


def test_norm_and_activation_are_those_of_the_modules(small_rows):
    encoder = ImageEncoderViT(32, 16, embed_dim=12, depth=1, num_heads=2, out_chans=4, act_layer=torch.nn.ReLU)
    rows = argument_rows(encoder)

    assert rows["norm_layer"][0] == "LayerNorm, eps 1.0e−5"  # torch's default: build_encoder passes another
    assert small_rows["norm_layer"][0] == "LayerNorm, eps 1.0e−6"
    assert rows["act_layer"][0] == "ReLU"
    assert rows["rel_pos_zero_init"][0] == "this encoder doesn't keep it"  # no config, and no module remembers it


def test_the_column_of_stages_names_the_stages_where_an_argument_acts(small_rows):
    names = {stage: catalogue("en")[f"stage.{stage}"] for stage in STAGES}

    for argument, (_, acts_in, _) in small_rows.items():
        assert isinstance(acts_in, Places)
        assert acts_in.stages == ACTS_IN[argument]
        assert acts_in.texts == tuple(names[stage] for stage in acts_in.stages)


def test_what_follows_from_the_arguments_is_the_size_of_real_tensors(small_encoder):
    seen = {}
    hook = small_encoder.blocks[0].mlp.lin1.register_forward_hook(lambda m, a, out: seen.update(shape=out.shape))
    scene = traced(small_encoder, 160, 96)
    hook.remove()
    _, numbers = english(view_by_id("arguments").panels(scene, Selection()))

    assert isinstance(numbers, Numbers)
    assert [number.value for number in numbers.numbers] == [10, 60, 12, seen["shape"][-1]]
    assert seen["shape"][1:3] == (10, 6)


def test_a_named_size_is_marked_and_another_gets_a_row_of_its_own(small_encoder, tiny_panels):
    _, widths, shares = size_panels(small_encoder)
    total, matrices = sum(value.numel() for value in small_encoder.state_dict().values()), 4 * 12 * 36**2

    assert [row[0] for row in widths.rows] == [*CONFIGS, "small"]
    assert widths.marked == shares.marked == (4,)
    in_formula = f"{count_text(matrices)} ({percent_text(matrices / total)})"
    assert widths.rows[4] == ("small", "36", "4", "3", "12", "144", count_text(total), in_formula)
    _, widths, _ = tiny_panels
    assert [row[0] for row in widths.rows] == list(CONFIGS)
    assert widths.marked == (0,)


def test_an_encoder_without_a_name_is_called_this_encoder(small_encoder):
    small_encoder.config = None
    dots, widths, _ = size_panels(small_encoder)

    assert widths.rows[-1][0] == dots.y_names[-1] == "this encoder"


def test_an_encoder_pruned_from_a_named_size_shows_its_own_count():
    pruned = build_encoder(SMALL)
    pruned.config = CONFIGS["vit_b"]
    _, widths, _ = size_panels(pruned)

    assert widths.rows[1][6] == count_text(sum(value.numel() for value in pruned.state_dict().values()))


def test_shares_of_the_parts_stand_under_their_names_and_add_up(small_encoder):
    _, _, shares = size_panels(small_encoder)

    assert list(PART_NAMES) == list(PARTS)
    for row in shares.rows:
        assert sum(float(cell.rstrip(" %").removeprefix("< ")) for cell in row[1:]) == pytest.approx(100, abs=0.4)
    mlp = shares.columns.index("MLP")
    assert [row[mlp] for row in shares.rows[1:4]] == ["63.2 %", "65.3 %", "65.9 %"]


def test_the_caveat_gives_the_shares_that_the_formula_has_in_the_smallest_and_the_largest_model(tiny_panels):
    caveat, (_, widths, _) = catalogue("en")["view.sizes.not"], tiny_panels
    models = {row[0]: row for row in widths.rows}

    for name, called in (("vit_h", "{} of ViT-H's parameters"), ("vit_tiny", "{} of vit_tiny's")):
        encoder = encoder_without_memory(CONFIGS[name])
        share = block_matrix_parameters(encoder) / sum(parameter.numel() for parameter in encoder.parameters())
        assert called.format(percent_text(share)) in caveat
        assert percent_text(share) in models[name][7]


def test_dots_of_global_blocks_are_where_the_configs_say(small_encoder):
    dots, _, _ = size_panels(small_encoder)
    windowed, whole = dots.curves

    assert (windowed.label, windowed.role, whole.label, whole.role) == ("windowed", "windowed", "global", "global")
    for line, config in enumerate([*CONFIGS.values(), SMALL]):
        assert dots.y_names[line] == config.name
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
    scene = traced(build_encoder(replace(SMALL, **change)), 160, 96)
    for name in ("arguments", "sizes"):
        panels = english(view_by_id(name).panels(scene, Selection()))
        assert all(
            str(cell).strip() for panel in panels if isinstance(panel, Table) for row in panel.rows for cell in row
        )
