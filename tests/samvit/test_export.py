"""The encoder as a program: exported, traced, compiled and mapped, for batches that the export never saw."""

import copy
import importlib
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from tests.small import SMALL

# One windowed block with padding and one global.
CONFIG = replace(SMALL, name="two blocks", depth=2, global_attn_indexes=(1,))

# What torch itself says while it traces: sizes become constants, and the older ways are going out of use.
pytestmark = [
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def is_ours(name: str) -> bool:
    return name.split(".")[0] == "samvit"


@pytest.fixture(scope="module")
def export() -> Iterator[ModuleType]:
    """`samvit.export`, with all of samvit imported anew, as a person imports it.

    The other tests' checks of shapes would be recorded with the program, and while tracing a size is a tensor.
    """
    checked = {name: sys.modules.pop(name) for name in list(sys.modules) if is_ours(name)}
    finders = sys.meta_path[:]
    sys.meta_path[:] = [finder for finder in finders if not type(finder).__module__.startswith("jaxtyping")]
    try:
        yield importlib.import_module("samvit.export")
    finally:
        sys.meta_path[:] = finders
        for name in list(sys.modules):
            if is_ours(name):
                del sys.modules[name]
        sys.modules.update(checked)


@pytest.fixture
def encoder(export, monkeypatch) -> nn.Module:
    """A small encoder whose fused attention needs several bands of a head, as a large one does at its own size."""
    module = importlib.import_module("samvit.encoder")
    monkeypatch.setattr(module, "BIAS_BUDGET", 3000)
    fill_random = importlib.import_module("samvit.random_weights").fill_random
    return fill_random(module.build_encoder(CONFIG))


def images(batch: int) -> Tensor:
    return torch.randn(batch, 3, 160, 160, generator=torch.Generator().manual_seed(batch))


def assert_as_eager(encoder: nn.Module, program, size: int = 160) -> None:
    """Within 1e-5 for one image, for the two of the export, and for three."""
    for batch in (1, 2, 3):
        x = images(batch)[:, :, :size, :size].contiguous()
        with torch.no_grad():
            torch.testing.assert_close(program(x), encoder(x), atol=1e-5, rtol=1e-5)


def test_torch_export_leaves_the_batch_free(encoder):
    with torch.no_grad():
        shapes = ({0: torch.export.Dim("batch")},)
        program = torch.export.export(encoder, (images(2),), dynamic_shapes=shapes)
    assert_as_eager(encoder, program.module())


def test_a_traced_encoder_takes_other_batches(encoder):
    with torch.no_grad():
        program = torch.jit.trace(encoder, (images(2),))
    assert_as_eager(encoder, program)


def test_a_compiled_encoder_runs_under_inference_mode(encoder):
    """Without inductor, which needs a C++ compiler: that all is captured in one graph is what depends on us."""
    torch._dynamo.reset()
    program = torch.compile(encoder, backend="eager", fullgraph=True)
    with torch.inference_mode():
        assert_as_eager(encoder, program)


def test_vmap_over_images_equals_a_batch(encoder):
    def program(x: Tensor) -> Tensor:
        return torch.func.vmap(encoder)(x[:, None])[:, 0]

    assert_as_eager(encoder, program)


def test_vmap_over_weights_equals_one_encoder_after_another(encoder):
    weights = {name: torch.stack([tensor, 0.9 * tensor]) for name, tensor in encoder.state_dict().items()}
    x = images(1)
    with torch.no_grad():
        both = torch.func.vmap(lambda one: torch.func.functional_call(encoder, one, (x,)))(weights)
        other = copy.deepcopy(encoder)
        other.load_state_dict({name: tensor[1] for name, tensor in weights.items()})
        torch.testing.assert_close(both, torch.stack([encoder(x), other(x)]), atol=1e-5, rtol=1e-5)


def test_forward_derivatives_are_those_of_a_small_step(encoder):
    encoder.double()
    x, step = images(1).double(), images(2)[:1].double()
    with torch.no_grad():
        value, slope = torch.func.jvp(encoder, (x,), (step,))
        torch.testing.assert_close(value, encoder(x))
        change = (encoder(x + 1e-6 * step) - encoder(x - 1e-6 * step)) / 2e-6
    torch.testing.assert_close(slope, change, atol=1e-4, rtol=1e-4)


def onnx_program(file: bytes | Path):
    session = onnxruntime.InferenceSession(file)

    def program(x: Tensor) -> Tensor:
        (output,) = session.run(None, {"image": x.numpy()})
        return torch.tensor(np.asarray(output))

    return program


def test_torchs_older_onnx_export_works_under_no_grad(encoder):
    file = io.BytesIO()
    with torch.no_grad():
        torch.onnx.export(
            encoder,
            (images(2),),
            file,
            dynamo=False,
            opset_version=17,
            input_names=["image"],
            dynamic_axes={"image": {0: "batch"}},
        )
    assert_as_eager(encoder, onnx_program(file.getvalue()))


def test_the_command_writes_an_onnx_file_of_a_checkpoint(encoder, export, tmp_path):
    state = encoder.state_dict()
    other = {name: torch.zeros_like(tensor) for name, tensor in state.items()}
    torch.save({"ema": state, "model": other}, tmp_path / "sam.pth")
    which = ["--checkpoint", str(tmp_path / "sam.pth"), "--prefix", "ema"]

    export.main(["--onnx", str(tmp_path / "sam.onnx"), *which, "--size", "96"])

    assert sorted(file.name for file in tmp_path.iterdir()) == ["sam.onnx", "sam.pth"]
    session = onnxruntime.InferenceSession(tmp_path / "sam.onnx")
    assert [(node.name, node.shape) for node in session.get_inputs()] == [("image", ["batch", 3, 96, 96])]
    assert [node.name for node in session.get_outputs()] == ["image_embedding"]
    assert_as_eager(encoder, onnx_program(tmp_path / "sam.onnx"), size=96)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--onnx", "a.onnx", "--model", "vit_tiny", "--size", "100"], "sides a multiple of 16 px"),
        (["--onnx", "a.onnx", "--checkpoint", "nowhere.pth"], "existing file, got 'nowhere.pth'"),
        (["--onnx", "nowhere/a.onnx", "--model", "vit_tiny"], "existing folder, got 'nowhere'"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(arguments, sentence, export, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        export.main(arguments)
    assert sentence in ended.value.code
    assert list(tmp_path.iterdir()) == []


def test_a_named_models_sizes_are_known(export, capsys):
    with pytest.raises(SystemExit):
        export.main(["--onnx", "a.onnx", "--model", "vit_tiny", "--config", "vit_b"])
    assert "--config and --prefix belong to --checkpoint" in capsys.readouterr().err


def test_packages_that_export_needs_are_named(encoder, export, tmp_path, monkeypatch):
    monkeypatch.setattr(export.importlib.util, "find_spec", lambda name: None if name == "onnxscript" else name)
    with pytest.raises(ValueError, match="packages onnx and onnxscript, got an installation without onnxscript"):
        export.export_onnx(encoder, tmp_path / "sam.onnx")
