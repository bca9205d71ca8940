"""The encoder's arguments, its attention against the plain formula, padding, other input sizes, errors."""

import inspect
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import samvit.encoder
from samvit.config import VIT_B, VIT_H, VIT_L, VIT_TINY
from samvit.encoder import Attention, Block, ImageEncoderViT, LayerNorm2d, build_encoder, resize_pos_embed
from tests.samvit.reference import segment_anything
from tests.small import SMALL

# Budgets of bias entries on a 6×5 grid with 4 heads: one query row, two (the last band is shorter), one head, three.
BUDGETS = [1, 2 * 5 * 30, 30 * 30, 3 * 30 * 30, 10**9]


def plain_attention(attn: Attention, x: Tensor, real: Tensor | None = None) -> Tensor:
    """softmax(q·kᵀ/√head_dim + rel_h + rel_w)·v written out, each pair's table rows looked up by itself.

    Args:
        real: Which tokens (rows, cols) may be looked at; all, if None.
    """
    batch, rows, cols, dim = x.shape
    q, k, v = attn.qkv(x).view(batch, rows * cols, 3, attn.num_heads, -1).permute(2, 0, 3, 1, 4)
    scores = q @ k.transpose(-1, -2) / (dim // attn.num_heads) ** 0.5
    if attn.use_rel_pos:
        row, col = torch.arange(rows * cols) // cols, torch.arange(rows * cols) % cols
        pair_h = attn.rel_pos_h[row[:, None] - row[None, :] + rows - 1]  # (queries, keys, head_dim)
        pair_w = attn.rel_pos_w[col[:, None] - col[None, :] + cols - 1]
        scores = scores + (q[:, :, :, None, :] * (pair_h + pair_w)).sum(-1)
    if real is not None:
        scores = scores.masked_fill(~real.flatten(), -torch.inf)
    out = scores.softmax(-1) @ v  # (batch, heads, tokens, head_dim)
    return attn.proj(out.transpose(1, 2).reshape(batch, rows, cols, dim))


def biting_attention(**changes) -> Attention:
    """Attention on a 6×5 grid in float64, with weights that spread its scores."""
    torch.manual_seed(0)
    arguments = {"dim": 24, "num_heads": 4, "use_rel_pos": True, "input_size": (6, 5), **changes}
    attn = Attention(**arguments).double()
    for parameter in attn.parameters():
        nn.init.normal_(parameter, std=0.6)
    return attn


def seen_by(module: nn.Module, run) -> list[Tensor]:
    """What enters `module` while `run()` runs."""
    seen: list[Tensor] = []
    handle = module.register_forward_pre_hook(lambda _module, args: seen.append(args[0].detach().clone()))
    run()
    handle.remove()
    return seen


# --- sizes and arguments ---


@pytest.mark.parametrize(
    ("config", "parameters"),
    [(VIT_TINY, 4_371_472), (VIT_B, 89_670_912), (VIT_L, 308_278_272), (VIT_H, 637_026_048)],
    ids=lambda value: getattr(value, "name", None),
)
def test_named_encoders_have_this_many_parameters(config, parameters):
    with torch.device("meta"):
        encoder = build_encoder(config)
    assert sum(parameter.numel() for parameter in encoder.parameters()) == parameters


@pytest.mark.parametrize("name", ["ImageEncoderViT", "Block", "Attention", "MLPBlock", "LayerNorm2d", "PatchEmbed"])
def test_constructors_take_segment_anythings_arguments_and_defaults(name):
    ours = inspect.signature(getattr(samvit.encoder, name)).parameters.values()
    theirs = inspect.signature(getattr(segment_anything(), name)).parameters.values()
    assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs]


def test_build_encoder_takes_a_name_or_a_config():
    with torch.device("meta"):
        assert build_encoder("vit_b").config is VIT_B
    encoder = build_encoder(SMALL)
    assert encoder.config is SMALL
    assert not encoder.training


def test_rel_pos_tables_start_at_zero():
    encoder = build_encoder(SMALL)
    assert all((block.attn.rel_pos_h == 0).all() and (block.attn.rel_pos_w == 0).all() for block in encoder.blocks)


def test_without_zero_init_rel_pos_tables_start_truncated_normal():
    torch.manual_seed(0)
    encoder = build_encoder(replace(SMALL, rel_pos_zero_init=False, img_size=1024))
    for block in (encoder.blocks[1], encoder.blocks[3]):  # global: 127 rows
        for table in (block.attn.rel_pos_h, block.attn.rel_pos_w):
            assert table.std().item() == pytest.approx(0.02, rel=0.1)
            assert abs(table.mean().item()) < 0.002
    assert not torch.equal(encoder.blocks[1].attn.rel_pos_h, encoder.blocks[1].attn.rel_pos_w)
    assert (encoder.blocks[0].attn.rel_pos_h != 0).all()  # windowed blocks too


def test_tables_are_made_for_the_window_or_for_the_grid():
    blocks = build_encoder(SMALL).blocks
    assert [block.window_size for block in blocks] == [4, 0, 4, 0]
    assert [tuple(block.attn.rel_pos_h.shape) for block in blocks] == [(7, 12), (19, 12), (7, 12), (19, 12)]
    oblong = Attention(12, num_heads=2, use_rel_pos=True, input_size=(3, 5))
    assert (oblong.rel_pos_h.shape, oblong.rel_pos_w.shape) == ((5, 6), (9, 6))


def test_arguments_that_turn_parts_off_leave_no_parameter():
    encoder = build_encoder(replace(SMALL, qkv_bias=False, use_abs_pos=False, use_rel_pos=False))
    names = {name for name, _ in encoder.named_parameters()}
    assert not any("pos" in name or name.endswith("qkv.bias") for name in names)
    assert encoder.pos_embed is None


def test_activation_and_norm_layers_are_those_given():
    encoder = ImageEncoderViT(img_size=32, embed_dim=8, depth=2, num_heads=2, act_layer=nn.ReLU, norm_layer=nn.Identity)
    assert all(isinstance(block.mlp.act, nn.ReLU) for block in encoder.blocks)
    assert all(isinstance(block.norm1, nn.Identity) for block in encoder.blocks)
    assert all(isinstance(block.norm2, nn.Identity) for block in encoder.blocks)


def test_every_layer_norm_uses_1e_6():
    norms = [module for module in build_encoder(SMALL).modules() if isinstance(module, nn.LayerNorm | LayerNorm2d)]
    assert len(norms) == 2 * SMALL.depth + 2
    assert {norm.eps for norm in norms} == {1e-6}


def test_layer_norm_2d_normalises_each_position_over_the_channels():
    norm = LayerNorm2d(5).double()
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    x = 1e-3 * torch.randn(2, 5, 3, 4).double()  # so small that eps counts
    expected = F.layer_norm(x.permute(0, 2, 3, 1), (5,), norm.weight, norm.bias, eps=1e-6).permute(0, 3, 1, 2)
    torch.testing.assert_close(norm(x), expected)


# --- attention ---


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("changes", [{}, {"qkv_bias": False}, {"num_heads": 1}, {"num_heads": 3}], ids=str)
def test_fused_attention_equals_the_plain_formula(changes, budget, monkeypatch):
    monkeypatch.setattr(samvit.encoder, "BIAS_BUDGET", budget)
    attn, x = biting_attention(**changes), torch.randn(2, 6, 5, 24).double()
    expected = plain_attention(attn, x)
    with torch.no_grad():
        torch.testing.assert_close(attn(x), expected)  # one reused buffer
    torch.testing.assert_close(attn(x), expected)  # under autograd: fresh tensors


def test_attention_without_rel_pos_equals_the_plain_formula():
    attn, x = biting_attention(use_rel_pos=False), torch.randn(2, 6, 5, 24).double()
    torch.testing.assert_close(attn(x), plain_attention(attn, x))


@pytest.mark.parametrize("budget", BUDGETS)
def test_gradients_equal_the_plain_formulas(budget, monkeypatch):
    monkeypatch.setattr(samvit.encoder, "BIAS_BUDGET", budget)
    attn, x = biting_attention(), torch.randn(2, 6, 5, 24).double().requires_grad_()
    wanted = [x, *attn.parameters()]
    ours = torch.autograd.grad(attn(x).square().sum(), wanted)
    expected = torch.autograd.grad(plain_attention(attn, x).square().sum(), wanted)
    for gradient, correct in zip(ours, expected, strict=True):
        torch.testing.assert_close(gradient, correct)


def test_every_parameter_gets_a_gradient(small_encoder, small_image):
    small_encoder.train()(small_image).square().sum().backward()
    for name, parameter in small_encoder.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_training_equals_evaluation(small_encoder, small_image):
    with torch.no_grad():
        evaluated = small_encoder(small_image)
    torch.testing.assert_close(small_encoder.train()(small_image), evaluated)


def test_bias_never_exists_for_more_entries_than_the_budget(small_encoder, small_image, monkeypatch):
    budget = 10 * 100  # one query row of the 10×10 grid; a window of 16 tokens has 256 pairs
    masks: list[Tensor] = []
    attention = F.scaled_dot_product_attention

    def spy(*args, attn_mask, **kwargs):
        masks.append(attn_mask)
        return attention(*args, attn_mask=attn_mask, **kwargs)

    monkeypatch.setattr(samvit.encoder, "BIAS_BUDGET", budget)
    monkeypatch.setattr(F, "scaled_dot_product_attention", spy)
    with torch.no_grad():
        small_encoder(small_image)
    assert max(mask.numel() for mask in masks) == budget
    whole = sum(mask.numel() for mask in masks)
    assert whole == 2 * 3 * (9 * 16**2 + 100**2)  # 2 windowed and 2 global blocks, 3 heads
    assert len({mask.data_ptr() for mask in masks}) < len(masks) / 4  # buffers are reused


def test_both_paths_take_their_bias_from_one_function(monkeypatch):
    import samvit.rel_pos

    assert samvit.encoder.decomposed_rel_pos is samvit.rel_pos.decomposed_rel_pos
    attn, x = biting_attention(), torch.randn(1, 6, 5, 24).double()
    with_rel_pos = attn(x)

    def no_bias(q, rel_pos_h, rel_pos_w, q_size, k_size):
        return q.new_zeros(len(q), *q_size, k_size[0]), q.new_zeros(len(q), *q_size, k_size[1])

    for module in (samvit.encoder, samvit.rel_pos):
        monkeypatch.setattr(module, "decomposed_rel_pos", no_bias)
    without = attn(x)
    attn.use_rel_pos = False
    torch.testing.assert_close(without, attn(x))
    assert not torch.allclose(without, with_rel_pos)
    scores = torch.randn(1, 30, 30).double()
    tables = attn.rel_pos_h, attn.rel_pos_w
    added = samvit.rel_pos.add_decomposed_rel_pos(scores, torch.randn(1, 30, 6).double(), *tables, (6, 5), (6, 5))
    assert torch.equal(added, scores)


# --- windows and padding ---


def test_window_padding_is_zeros_put_in_after_the_norm(small_encoder, small_image):
    block = small_encoder.blocks[0]
    with torch.no_grad():
        (windows,) = seen_by(block.attn, lambda: small_encoder(small_image))
        (normed,) = seen_by(block.norm1, lambda: small_encoder(small_image))
    assert (block.norm1.bias.abs() > 0).all()  # padding before the norm would come out as this
    assert windows.shape == (9, 4, 4, 36)
    corner = windows[8]  # grid rows and columns 8…11, of which 10 and 11 are padding
    assert (corner[2:] == 0).all() and (corner[:, 2:] == 0).all()
    torch.testing.assert_close(corner[:2, :2], block.norm1(normed)[0, 8:10, 8:10])


def test_padding_tokens_take_part_in_the_softmax(small_encoder, small_image):
    attn = small_encoder.blocks[0].attn
    with torch.no_grad():
        (windows,) = seen_by(attn, lambda: small_encoder(small_image))
        corner, inner = windows[8:9], windows[0:1]
        real = torch.zeros(4, 4, dtype=torch.bool)
        real[:2, :2] = True
        torch.testing.assert_close(attn(corner), plain_attention(attn, corner))
        masked = plain_attention(attn, corner, real)
        change = (attn(corner) - masked)[:, :2, :2].norm(dim=-1) / masked[:, :2, :2].norm(dim=-1)
        assert change.min() > 0.01  # each real query of the corner would look elsewhere if padding were masked
        torch.testing.assert_close(attn(inner), plain_attention(attn, inner, torch.ones_like(real)))


def test_a_windowed_block_stays_in_its_window_and_a_global_block_does_not(small_encoder):
    tokens = torch.randn(1, 10, 10, 36)
    changed = tokens.clone()
    changed[0, 9, 5] += torch.randn(36)  # in the window of rows 8…9, columns 4…7
    with torch.no_grad():
        windowed, everywhere = (
            (block(changed) != block(tokens)).any(-1)[0] for block in (small_encoder.blocks[0], small_encoder.blocks[1])
        )
    reached = torch.zeros(10, 10, dtype=torch.bool)
    reached[8:, 4:8] = True
    assert torch.equal(windowed, reached)
    assert everywhere.all()


def test_a_block_adds_attention_then_mlp_to_the_stream(small_encoder):
    block: Block = small_encoder.blocks[1]
    x = torch.randn(2, 10, 10, 36)
    with torch.no_grad():
        middle = x + block.attn(block.norm1(x))
        torch.testing.assert_close(block(x), middle + block.mlp(block.norm2(middle)))


# --- other input sizes ---


def test_pos_embed_that_fits_is_used_as_it_is():
    table = torch.randn(1, 4, 6, 3)
    assert resize_pos_embed(table, (4, 6)) is table


def test_pos_embed_is_resized_bicubic_without_swapping_its_axes():
    rows = torch.linspace(0, 1, 8)[None, :, None, None].expand(1, 8, 8, 1)
    resized = resize_pos_embed(rows, (16, 4))[0, :, :, 0]
    assert resized.shape == (16, 4)
    assert (resized == resized[:, :1]).all()  # alike along the columns
    # Bicubic (a = −0.75), half-pixel centres: the point at 0.25 between rows 3 and 4 of the table.
    weights = torch.tensor([-0.10546875, 0.87890625, 0.26171875, -0.03515625])
    torch.testing.assert_close(resized[7, 0], weights @ rows[0, 2:6, 0, 0])


@pytest.mark.parametrize("shape", [(160, 160), (80, 240), (16, 16), (320, 176)])
def test_any_multiple_of_the_patch_can_be_encoded(shape, small_encoder):
    with torch.no_grad():
        embedding = small_encoder(torch.randn(2, 3, *shape))
    assert embedding.shape == (2, 16, shape[0] // 16, shape[1] // 16)
    assert embedding.isfinite().all()


def test_images_of_a_batch_do_not_see_one_another(small_encoder):
    images = torch.randn(3, 3, 160, 160).double()
    encoder = small_encoder.double()
    with torch.no_grad():
        torch.testing.assert_close(encoder(images), torch.cat([encoder(image[None]) for image in images]))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_other_number_types_work(dtype, small_encoder, small_image):
    with torch.no_grad():
        expected = small_encoder(small_image)
        embedding = small_encoder.to(dtype)(small_image.to(dtype))
    assert embedding.dtype == dtype
    correlation = torch.corrcoef(torch.stack([embedding.float().flatten(), expected.flatten()]))[0, 1]
    assert correlation > 0.99


# --- errors ---


@pytest.mark.parametrize("shape", [(1, 3, 160, 168), (1, 3, 150, 160), (1, 1, 160, 160), (1, 3, 0, 160)])
def test_an_image_that_does_not_fit_is_refused_with_what_was_expected(shape, small_encoder):
    got = " × ".join(map(str, shape))
    with pytest.raises(ValueError, match=f"image must be batch × 3 × rows × cols .* multiple of 16 px, got {got}"):
        small_encoder(torch.zeros(shape))


def test_an_image_without_its_batch_is_refused(small_encoder):
    # Not through forward, whose annotation speaks first in tests.
    with pytest.raises(ValueError, match="image must be batch × 3 × rows × cols .*, got 3 × 160 × 160"):
        small_encoder.check_image(torch.zeros(3, 160, 160))


def test_an_unknown_encoder_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match="encoder must be one of vit_tiny, vit_b, vit_l, vit_h, got 'vit_x'"):
        build_encoder("vit_x")


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match="dim must be a multiple of num_heads, got 10 and 3"):
        Attention(10, num_heads=3)


def test_rel_pos_without_a_grid_is_refused():
    with pytest.raises(ValueError, match=r"use_rel_pos needs input_size \(rows, cols\), got None"):
        Attention(12, num_heads=3, use_rel_pos=True)


# --- other floating point types ---


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_an_encoder_of_any_type_takes_an_image_of_any_type(dtype, small_encoder, small_image):
    """Preprocessing gives float32, whatever the encoder's weights are."""
    with torch.no_grad():
        expected = small_encoder(small_image)
        got = small_encoder.to(dtype)(small_image)
        same = small_encoder(small_image.to(dtype))
    assert got.dtype == dtype
    assert torch.equal(got, same)
    assert (got.double() - expected.double()).abs().mean() < 0.2 * expected.abs().mean()


def test_a_default_type_of_float64_changes_nothing(small_encoder, small_image):
    with torch.no_grad():
        expected = small_encoder(small_image)
        torch.set_default_dtype(torch.float64)
        try:
            got = small_encoder(small_image.double())
        finally:
            torch.set_default_dtype(torch.float32)
    assert got.dtype == torch.float32
    assert torch.equal(got, expected)
