"""What an encoder was built with is read from its modules, and every parameter is counted in one part."""

from dataclasses import replace

import pytest
import torch

from samvit.config import CONFIGS, VIT_B
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.measures.parameters import (
    argument_tensors,
    argument_values,
    block_matrix_parameters,
    encoder_without_memory,
    global_blocks,
    norm_eps,
    parameters_by_part,
    windowed_blocks,
)
from samvit.tracing import trace
from tests.samvit.reference import segment_anything
from tests.small import SMALL


def traced(encoder):
    channels = encoder.patch_embed.proj.in_channels
    return trace(encoder, torch.zeros(1, channels, 96, 160))


@pytest.mark.parametrize("name", CONFIGS)
def test_values_read_from_the_modules_are_those_the_encoder_was_built_with(name):
    encoder = encoder_without_memory(CONFIGS[name])
    values = argument_values(encoder)
    encoder.config, kept = None, encoder.config
    from_modules_alone = argument_values(encoder)
    encoder.config = kept

    for argument, value in CONFIGS[name].encoder_arguments():
        assert values[argument] == value, argument
        expected = None if argument == "rel_pos_zero_init" else value
        assert from_modules_alone[argument] == expected, argument
    assert (values["norm_layer"], values["act_layer"]) == ("LayerNorm", "GELU")
    assert norm_eps(encoder) == 1e-6


@pytest.mark.parametrize("argument", [{"window_size": 0}, {"global_attn_indexes": (0, 1, 2, 3)}], ids=str)
def test_without_a_windowed_block_the_config_says_what_the_modules_dont(argument):
    config = replace(SMALL, **argument)
    encoder = build_encoder(config)
    values = argument_values(encoder)

    assert (values["window_size"], values["global_attn_indexes"]) == (config.window_size, config.global_attn_indexes)
    encoder.config = None
    assert argument_values(encoder)["window_size"] is argument_values(encoder)["global_attn_indexes"] is None


def test_blocks_are_windowed_or_global(small_encoder):
    assert (windowed_blocks(small_encoder), global_blocks(small_encoder)) == ((0, 2), (1, 3))


# What to change in SMALL, and the tensor in which the change must show, on a 6×10 grid.
CHANGES = [
    ({"img_size": 128}, "img_size", ("pos_embed", (1, 8, 8, 36))),
    ({"use_abs_pos": False}, "img_size", ("blocks.1.attn.rel_pos_h", (19, 12))),
    ({"patch_size": 32}, "patch_size", ("patch_embed.proj.weight", (36, 3, 32, 32))),
    ({"in_chans": 4}, "in_chans", ("patch_embed.proj.weight", (36, 4, 16, 16))),
    ({"embed_dim": 48}, "embed_dim", ("blocks.0.input", (6, 10, 48))),
    ({"depth": 3}, "depth", ("blocks.2", (6, 10, 36))),
    ({"num_heads": 6}, "num_heads", ("blocks.0.attn.q", (6, 6, 10, 6))),
    ({"mlp_ratio": 2.5}, "mlp_ratio", ("blocks.0.mlp.lin1.weight", (90, 36))),
    ({"mlp_ratio": 2.5}, "act_layer", ("blocks.0.mlp.act", (6, 10, 90))),
    ({"out_chans": 8}, "out_chans", ("neck.0.weight", (8, 36, 1, 1))),
    ({"qkv_bias": False}, "qkv_bias", None),
    ({"use_abs_pos": False}, "use_abs_pos", None),
    ({"use_rel_pos": False}, "use_rel_pos", None),
    ({"window_size": 6}, "window_size", ("window_partition(blocks.0.norm1)", (2, 6, 6, 36))),
    ({"window_size": 0}, "window_size", None),
    ({"global_attn_indexes": (2,)}, "global_attn_indexes", ("blocks.2.attn.rel_pos_h", (19, 12))),
    ({"global_attn_indexes": ()}, "global_attn_indexes", None),
]


@pytest.mark.parametrize(("change", "argument", "expected"), CHANGES, ids=str)
def test_changing_an_argument_changes_the_tensor_named_for_it(change, argument, expected):
    before = argument_tensors(traced(build_encoder(SMALL)))[argument]
    after = argument_tensors(traced(build_encoder(replace(SMALL, **change))))[argument]

    assert after == expected != before


def test_tensors_named_have_the_shapes_of_the_real_ones(small_encoder):
    scene, parameters = traced(small_encoder), dict(small_encoder.named_parameters())

    for argument, (name, shape) in argument_tensors(scene).items():
        if name in parameters:
            assert tuple(parameters[name].shape) == shape, argument
        elif not name.startswith("window_partition"):
            assert tuple(scene[name].shape) == shape, argument
    seen = []
    hook = small_encoder.blocks[0].attn.register_forward_hook(lambda module, args, out: seen.append(args[0].shape))
    small_encoder(scene.model_image())
    hook.remove()
    assert argument_tensors(scene)["window_size"][1] == tuple(seen[0])


def test_a_norm_of_another_make_has_no_eps():
    class Plain(torch.nn.Module):
        def __init__(self, dim):
            super().__init__()

        def forward(self, x):
            return x

    arguments = {"embed_dim": 12, "depth": 1, "num_heads": 2, "out_chans": 4}
    assert norm_eps(ImageEncoderViT(32, 16, norm_layer=Plain, **arguments)) is None
    assert norm_eps(ImageEncoderViT(32, 16, **arguments)) == 1e-5  # torch's default: build_encoder passes another


def test_the_original_never_reads_rel_pos_zero_init():
    torch.manual_seed(0)
    arguments = {"dim": 12, "num_heads": 2, "use_rel_pos": True, "input_size": (4, 4)}
    original = segment_anything().Attention(**arguments, rel_pos_zero_init=False)

    assert not original.rel_pos_h.any() and not original.rel_pos_w.any()
    assert not any("rel_pos_zero_init" in name for name in vars(original))
    block = build_encoder(replace(SMALL, rel_pos_zero_init=False)).blocks[0]
    assert block.attn.rel_pos_h.any()  # ours does read it


def test_parameters_are_counted_from_shapes_and_the_parts_add_up(small_encoder):
    parts = parameters_by_part(small_encoder)

    assert sum(parts.values()) == sum(value.numel() for value in small_encoder.state_dict().values())
    assert parts["position"] == 10 * 10 * 36
    assert parts["rel_pos"] == 2 * 12 * (2 * 7 + 2 * 19)  # two windowed blocks of 4, two global ones of 10
    assert parts["mlp"] == 4 * (36 * 144 + 144 + 144 * 36 + 36)
    assert parts["attention"] == 4 * (36 * 108 + 108 + 36 * 36 + 36)


def test_vit_b_without_memory_counts_what_the_real_one_holds():
    # Layer by layer with pencil and paper: embed, positions, 12 blocks (two norms, qkv, proj, tables, MLP), neck.
    dim, table_rows = 768, 2 * (8 * 27 + 4 * 127)
    block = 4 * dim + (dim * 3 * dim + 3 * dim) + (dim * dim + dim) + (2 * 4 * dim * dim + 5 * dim)
    expected = (768 * dim + dim) + 64 * 64 * dim + 12 * block + table_rows * 64
    expected += dim * 256 + 2 * 256 + 256 * 256 * 9 + 2 * 256

    assert sum(parameters_by_part(encoder_without_memory(VIT_B)).values()) == expected


@pytest.mark.parametrize("config", [*CONFIGS.values(), replace(SMALL, mlp_ratio=2.5)], ids=lambda config: config.name)
def test_the_blocks_matrices_hold_what_the_formula_says(config):
    encoder = encoder_without_memory(config)

    assert block_matrix_parameters(encoder) == config.depth * (4 + 2 * config.mlp_ratio) * config.embed_dim**2
