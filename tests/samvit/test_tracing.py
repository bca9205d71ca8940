"""A trace against a plain forward pass: bit for bit, within its memory, and without a hook left behind."""

import threading
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

import samvit.attention
import samvit.tracing
from samvit.config import VIT_B, VIT_TINY
from samvit.encoder import Attention, ImageEncoderViT, build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.replay import BLOCK_STEPS, EARLY_STEPS, forward_hooks
from samvit.tracing import Trace, trace
from tests.samvit.reference import segment_anything
from tests.small import SMALL
from tests.viz.photos import noise_photo

WINDOWED, GLOBAL, LAST = 0, 1, 3  # blocks of the small encoder
CORNERS = [(0, 0), (0, 9), (9, 0), (9, 9)]


def hook_count(encoder: nn.Module) -> int:
    """Forward hooks on all of an encoder's modules."""
    return sum(len(module._forward_hooks) for module in encoder.modules())


@torch.no_grad()
def forward_with_hooks(encoder: ImageEncoderViT, image: Tensor) -> dict[str, Tensor]:
    """A plain forward pass, and what entered (`.in`) and left (`.out`) every module, by the module's name."""
    seen: dict[str, Tensor] = {}

    def look(name: str):
        def hook(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            seen[f"{name}.in"], seen[f"{name}.out"] = args[0].clone(), output.clone()

        return hook

    handles = [module.register_forward_hook(look(name)) for name, module in encoder.named_modules() if name]
    encoder(image)
    for handle in handles:
        handle.remove()
    return seen


def on_grid(windows: Tensor, window_size: int, grid: tuple[int, int]) -> Tensor:
    """Tokens (rows, cols, …) put together from windows by segment-anything's own function."""
    if not window_size:
        return windows[0]
    padded = tuple(-(-side // window_size) * window_size for side in grid)
    return segment_anything().window_unpartition(windows, window_size, padded, grid)[0]


# --- the forward pass itself ---


@pytest.mark.parametrize("size", [(160, 160), (96, 224), (16, 16)])
@pytest.mark.parametrize("changes", [{}, {"use_rel_pos": False}, {"use_abs_pos": False}, {"window_size": 0}])
def test_a_traced_forward_equals_a_plain_one_bit_for_bit(size, changes):
    encoder = fill_random(build_encoder(replace(SMALL, **changes)))
    image = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(3))
    traced = trace(encoder, image)
    with torch.no_grad():
        assert torch.equal(traced.embedding, encoder(image)[0])


def test_a_traced_photo_equals_a_plain_forward_of_its_tensor(small_encoder):
    image = preprocess(noise_photo(rows=50, cols=80), img_size=160)
    traced = trace(small_encoder, image)
    with torch.no_grad():
        assert torch.equal(traced.embedding, small_encoder(image.tensor())[0])


def test_the_stream_q_and_k_are_what_hooks_see_in_a_plain_forward(small_encoder, small_image):
    traced = trace(small_encoder, small_image)
    seen = forward_with_hooks(small_encoder, small_image)
    for index, block in enumerate(small_encoder.blocks):
        assert torch.equal(traced.stream[index], seen[f"blocks.{index}.in"][0])
        qkv = on_grid(seen[f"blocks.{index}.attn.qkv.out"], block.window_size, (10, 10))
        q, k, v = qkv.view(10, 10, 3, 3, 12).permute(2, 3, 0, 1, 4)
        assert torch.equal(traced.q[index], q)
        assert torch.equal(traced.k[index], k)
        assert torch.equal(traced[f"blocks.{index}.attn.v"], v)
    assert torch.equal(traced.stream[-1], seen[f"blocks.{LAST}.out"][0])


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL, LAST])
@pytest.mark.parametrize("size", [(160, 160), (96, 224)])
def test_block_steps_equal_hooks_of_a_plain_forward_bit_for_bit(small_encoder, block, size):
    image = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(4))
    grid = (size[0] // 16, size[1] // 16)
    steps = trace(small_encoder, image).block_steps(block)
    seen = forward_with_hooks(small_encoder, image)
    name, window = f"blocks.{block}", small_encoder.blocks[block].window_size
    expected = {
        "norm1": seen[f"{name}.norm1.out"][0],
        "attn.heads": on_grid(seen[f"{name}.attn.proj.in"], window, grid),
        "attn": on_grid(seen[f"{name}.attn.out"], window, grid),
        "residual": seen[f"{name}.norm2.in"][0],
        "norm2": seen[f"{name}.norm2.out"][0],
        "mlp.lin1": seen[f"{name}.mlp.lin1.out"][0],
        "mlp.act": seen[f"{name}.mlp.act.out"][0],
        "mlp": seen[f"{name}.mlp.out"][0],
    }
    assert set(steps) == set(BLOCK_STEPS) == {*expected, "attn.v"}
    for step, tensor in expected.items():
        assert torch.equal(steps[step], tensor), step


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_what_comes_before_attention_is_rebuilt_without_it(small_encoder, small_image, block, monkeypatch):
    traced, whole = (trace(small_encoder, small_image) for _ in range(2))
    steps = whole.block_steps(block)
    monkeypatch.setattr(Attention, "fused_attention", lambda *args: pytest.fail("attention was computed"))
    for step in EARLY_STEPS:
        assert torch.equal(traced[f"blocks.{block}.{step}"], steps[step]), step


def test_steps_add_up_along_the_residual_stream(small_encoder, small_image):
    traced = trace(small_encoder, small_image)
    for block in range(traced.depth):
        steps = traced.block_steps(block)
        assert torch.equal(traced.stream[block] + steps["attn"], steps["residual"])
        assert torch.equal(steps["residual"] + steps["mlp"], traced.stream[block + 1])


def test_neck_steps_equal_hooks_of_a_plain_forward_bit_for_bit(small_encoder, small_image):
    traced = trace(small_encoder, small_image)
    steps = traced.neck_steps()
    seen = forward_with_hooks(small_encoder, small_image)
    assert list(steps) == ["0", "1", "2", "3"]
    for name, tensor in steps.items():
        assert torch.equal(tensor, seen[f"neck.{name}.out"][0])
    assert torch.equal(steps["3"], traced.embedding)


def test_patch_embeddings_and_positions_add_up_to_the_first_input(small_encoder, small_image):
    traced = trace(small_encoder, small_image)
    assert torch.equal(traced["patch_embed"] + traced["pos_embed"], traced["blocks.0.input"])
    assert torch.equal(traced["image"], small_image[0])


# --- hooks ---


def test_no_hook_remains_after_a_trace(small_encoder, small_image):
    traced = trace(small_encoder, small_image)
    traced.block_steps(GLOBAL)
    traced.neck_steps()
    assert hook_count(small_encoder) == 0


@pytest.mark.parametrize("where", ["blocks.2.mlp", "neck.2", "patch_embed"])
def test_no_hook_remains_after_an_error_inside_the_forward(small_encoder, small_image, where):
    def fail(*_: object) -> None:
        raise RuntimeError("on purpose")

    small_encoder.get_submodule(where).forward = fail
    with pytest.raises(RuntimeError, match="on purpose"):
        trace(small_encoder, small_image)
    assert hook_count(small_encoder) == 0


def test_no_hook_remains_when_progress_raises(small_encoder, small_image):
    def stop(step: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trace(small_encoder, small_image, stop)
    assert hook_count(small_encoder) == 0


def test_no_hook_remains_when_a_later_one_cannot_be_registered(small_encoder):
    class Unhookable(nn.Identity):
        def register_forward_hook(self, *args: object, **options: object):
            raise RuntimeError("on purpose")

    with (
        pytest.raises(RuntimeError, match="on purpose"),
        forward_hooks({small_encoder.neck: lambda *_: None, Unhookable(): lambda *_: None}),
    ):
        pass
    assert hook_count(small_encoder) == 0


def test_hooks_of_others_stay(small_encoder, small_image):
    handle = small_encoder.blocks[0].register_forward_hook(lambda *_: None)
    trace(small_encoder, small_image)
    assert hook_count(small_encoder) == 1
    handle.remove()


def test_a_forward_pass_of_another_thread_is_not_heard(small_encoder, small_image):
    heard: list[str] = []
    with torch.no_grad(), forward_hooks({small_encoder.neck: lambda *_: heard.append(threading.current_thread().name)}):
        other = threading.Thread(target=small_encoder, args=(small_image,), name="other")
        other.start()
        other.join()
        assert heard == []
        small_encoder(small_image)
    assert heard == [threading.current_thread().name]


def test_two_threads_tracing_on_one_encoder_do_not_mix(small_encoder):
    """Both are held inside the forward pass, after their first block, until the other is there too."""
    images = [torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(seed)) for seed in (5, 6)]
    alone = [trace(small_encoder, image) for image in images]
    meet = threading.Barrier(2, timeout=60)
    together: dict[int, Trace] = {}

    def run(index: int) -> None:
        together[index] = trace(small_encoder, images[index], lambda step, done, total: done == 1 and meet.wait())

    threads = [threading.Thread(target=run, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in (0, 1):
        both = zip(
            (*together[index].stream, *together[index].q, *together[index].k, together[index].embedding),
            (*alone[index].stream, *alone[index].q, *alone[index].k, alone[index].embedding),
            strict=True,
        )
        assert all(torch.equal(mixed, single) for mixed, single in both)
    assert hook_count(small_encoder) == 0


# --- progress, names, memory ---


def test_progress_is_called_once_a_step_in_order(small_encoder, small_image):
    calls: list[tuple[str, int, int]] = []
    trace(small_encoder, small_image, lambda *call: calls.append(call))
    names = [*(f"block {index}" for index in range(4)), "neck"]
    assert calls == [(name, index + 1, 5) for index, name in enumerate(names)]


@pytest.mark.parametrize("photo", [True, False])
def test_every_listed_tensor_can_be_read_with_its_shape_and_size(small_encoder, small_image, photo):
    image = preprocess(noise_photo(rows=50, cols=80), img_size=160) if photo else small_image
    traced = trace(small_encoder, image)
    listed = traced.tensors()
    assert len({info.name for info in listed}) == len(listed)
    for info in listed:
        tensor = traced[info.name]
        assert tuple(tensor.shape) == tuple(info.shape), info.name
        assert tensor.nbytes == info.nbytes, info.name


@pytest.mark.parametrize("photo", [True, False])
@pytest.mark.parametrize("changes", [{}, {"use_abs_pos": False}, {"mlp_ratio": 2.5}])
def test_a_fresh_trace_holds_exactly_what_it_lists_as_held(small_image, photo, changes):
    encoder = fill_random(build_encoder(replace(SMALL, **changes)))
    image = preprocess(noise_photo(rows=50, cols=80), img_size=160) if photo else small_image
    traced = trace(encoder, image)
    assert sum(info.nbytes for info in traced.tensors() if info.held) == traced.nbytes


def test_memory_grows_with_the_number_of_tokens_and_not_with_its_square():
    """An attention matrix would grow sixteenfold here. On the meta device: shapes alone."""
    with torch.device("meta"):
        small, large = (trace(build_encoder(SMALL), torch.empty(1, 3, side, side)) for side in (160, 320))
    assert large.nbytes == 4 * small.nbytes
    for info, larger in zip(small.tensors(), large.tensors(), strict=True):
        assert larger.nbytes == 4 * info.nbytes, info.name


def test_the_whole_trace_of_vit_b_fits_into_490_mb():
    """Shapes alone: on torch's meta device nothing is computed or allocated."""
    with torch.device("meta"):
        traced = trace(build_encoder(VIT_B), torch.empty(1, 3, 1024, 1024))
    assert traced.grid == (64, 64)
    assert 460e6 < traced.nbytes <= 490e6


def test_the_whole_trace_of_vit_tiny_fits_into_95_mb():
    traced = trace(fill_random(build_encoder(VIT_TINY)), preprocess(noise_photo(rows=48, cols=48), img_size=1024))
    assert traced.photo_grid == (64, 64)
    assert 90e6 < traced.nbytes <= 95e6
    held = {tensor.untyped_storage().data_ptr() for tensor in (*traced.stream, *traced.q, *traced.k)}
    whole = [*traced.stream, *traced.q, *traced.k, traced.embedding]
    assert len(held) == len(whole) - 1
    assert all(tensor.untyped_storage().nbytes() == tensor.nbytes for tensor in whole), "a view keeps more alive"


def test_a_trace_shows_itself_in_one_line(small_encoder, small_image):
    shown = repr(trace(small_encoder, small_image))
    assert shown.startswith("Trace(grid 10×10, 4 blocks (2 windowed), 3 heads, width 36, ") and "\n" not in shown


# --- proofs ---


@pytest.mark.parametrize("query", [*CORNERS, (4, 7)])
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL, LAST])
@pytest.mark.parametrize("changes", [{}, {"use_rel_pos": False}, {"qkv_bias": False}])
def test_the_proof_holds_at_every_border(small_image, block, query, changes):
    encoder = fill_random(build_encoder(replace(SMALL, **changes)))
    proof = trace(encoder, small_image).proof(block, query)
    assert proof.holds
    assert proof.seen.abs().max() > 0.1


def test_the_proof_fails_when_rel_pos_tables_change_in_between(small_encoder, small_image):
    traced = trace(small_encoder, small_image)
    assert traced.proof(GLOBAL, (4, 7)).holds  # what the hook saw is kept from here on
    with torch.no_grad():
        small_encoder.blocks[GLOBAL].attn.rel_pos_h.mul_(1.05)
    assert not traced.proof(GLOBAL, (4, 7)).holds


def scaled_q(attn, query_vectors, query, span, row_biases=samvit.attention.row_biases):
    """The mistake of reading rel_h and rel_w with q already scaled."""
    return row_biases(attn, query_vectors * attn.scale, query, span)


def swapped_axes(attn, query_vectors, query, span, row_biases=samvit.attention.row_biases):
    """The mistake of taking rows for columns."""
    rel_h, rel_w = row_biases(attn, query_vectors, query, span)
    return rel_w, rel_h


@pytest.mark.parametrize(
    ("name", "mistake", "block"),
    [
        ("row_biases", scaled_q, WINDOWED),
        ("row_biases", scaled_q, GLOBAL),
        ("row_biases", swapped_axes, GLOBAL),
        ("key_bias", lambda attn: torch.zeros(3, 12), WINDOWED),
    ],
)
def test_the_proof_fails_when_a_row_is_rebuilt_wrongly(small_encoder, small_image, monkeypatch, name, mistake, block):
    traced = trace(small_encoder, small_image)
    monkeypatch.setattr(samvit.attention, name, mistake)
    assert not traced.proof(block, (9, 6)).holds


def test_the_proof_fails_without_the_values_of_window_padding(small_encoder, small_image, monkeypatch):
    traced = trace(small_encoder, small_image)
    monkeypatch.setattr("samvit.tracing.value_bias", lambda attn: torch.zeros(3, 12))
    assert not traced.proof(WINDOWED, (9, 6)).holds
    assert traced.proof(WINDOWED, (0, 0)).holds  # its window has no padding


# --- errors ---


def test_a_batch_of_two_is_refused(small_encoder):
    with pytest.raises(ValueError, match=r"^a trace holds one image, got 2$"):
        trace(small_encoder, torch.zeros(2, 3, 160, 160))


@pytest.mark.parametrize("shape", [(1, 3, 150, 160), (1, 4, 160, 160), (0, 3, 160, 160)])
def test_an_image_that_does_not_fit_is_refused_before_anything_runs(small_encoder, shape):
    with pytest.raises(
        ValueError, match="image must be batch × 3 × rows × cols .*, got " + " × ".join(map(str, shape))
    ):
        trace(small_encoder, torch.zeros(shape))
    assert hook_count(small_encoder) == 0


@pytest.mark.parametrize("block", [-1, 4])
def test_a_block_that_does_not_exist_is_refused_in_one_sentence(small_encoder, small_image, block):
    traced = trace(small_encoder, small_image)
    for ask in (lambda: traced.attention(block, (0, 0)), lambda: traced.block_steps(block)):
        with pytest.raises(ValueError, match=rf"^block must be in 0\.\.3, got {block}$"):
            ask()


@pytest.mark.parametrize(
    "name",
    ["", "blocks", "blocks.4", "blocks.-1", "blocks.0.nothing", "neck.4", "neck", "pixels", "block.0"],
)
def test_an_unknown_name_is_a_key_error_that_says_where_names_are(small_encoder, small_image, name):
    with pytest.raises(KeyError, match="no tensor named"):
        trace(small_encoder, small_image)[name]


def test_an_encoder_without_absolute_positions_offers_none(small_image):
    traced = trace(fill_random(build_encoder(replace(SMALL, use_abs_pos=False))), small_image)
    assert "pos_embed" not in {info.name for info in traced.tensors()}
    with pytest.raises(KeyError):
        traced["pos_embed"]


def test_the_photo_reaches_over_rows_and_columns_with_fractions_of_a_patch(small_encoder):
    made = trace(small_encoder, preprocess(noise_photo(65, 100), 160))  # 104 × 160 px in patches of 16
    assert made.photo_extent == (6.5, 10) and made.photo_grid == (7, 10)
