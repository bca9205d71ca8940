"""The encoder as an ONNX file: python -m samvit.export --onnx FILE --model vit_b --size 1024."""

import argparse
import importlib.util
import logging
from pathlib import Path

import torch

from samvit.checkpoint import load_checkpoint, load_encoder
from samvit.config import CONFIGS
from samvit.encoder import ImageEncoderViT

log = logging.getLogger(__name__)

# A protobuf message ends at 2 GiB: beyond, the weights go into a file of their own beside it.
ONE_FILE_BYTES = 2**31 - 2**24

OPSET = 18


def export_onnx(encoder: ImageEncoderViT, path: str | Path, img_size: int | None = None) -> None:
    """Write an encoder as ONNX: `image` (batch, in_chans, size, size) → `image_embedding`, the batch left open.

    The image is what SAM's preprocessing makes of a photo: normalised and padded. From 2 GiB on, the weights lie
    beside the file, in one named like it with `.data` after it.

    Args:
        encoder: In any floating point type; position tables are resized for `img_size` within the program.
        img_size: Side of the square model image in pixels; the encoder's own if None.

    Raises:
        ValueError: If the size doesn't fit the encoder, the folder isn't there, or the packages `onnx` and
            `onnxscript` aren't installed.

    Source: torch.onnx.export; segment-anything scripts/export_onnx_model.py (which leaves out the encoder).
    """
    path = Path(path)
    if missing := [name for name in ("onnx", "onnxscript") if importlib.util.find_spec(name) is None]:
        raise ValueError(f"export needs the packages onnx and onnxscript, got an installation without {missing[0]}")
    if not path.parent.is_dir():
        raise ValueError(f"the ONNX file must go into an existing folder, got {path.parent.name!r}, which isn't there")
    conv = encoder.patch_embed.proj
    side = encoder.img_size if img_size is None else img_size
    image = torch.zeros(2, conv.in_channels, side, side, dtype=conv.weight.dtype, device=conv.weight.device)
    encoder.check_image(image)
    batch = torch.export.Dim("batch", min=1)
    with torch.no_grad():
        program = torch.onnx.export(
            encoder,
            (image,),
            input_names=["image"],
            output_names=["image_embedding"],
            dynamic_shapes=({0: batch},),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    nbytes = sum(tensor.nbytes for tensor in encoder.state_dict().values())
    program.save(path, external_data=nbytes > ONE_FILE_BYTES)


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m samvit.export", description="Write SAM's image encoder as ONNX.")
    parser.add_argument("--onnx", type=Path, required=True, metavar="FILE", help="the file to write")
    weights = parser.add_mutually_exclusive_group(required=True)
    weights.add_argument("--model", choices=CONFIGS, help="a named encoder: bundled, on this machine, or downloaded")
    weights.add_argument("--checkpoint", type=Path, metavar="FILE", help="a local checkpoint")
    parser.add_argument("--config", default=None, help="what the checkpoint's shapes can't tell, such as vit_b")
    parser.add_argument("--prefix", default=None, help="which encoder, if the checkpoint holds several")
    parser.add_argument("--size", type=int, default=None, help="side of the image in pixels (default: the encoder's)")
    chosen = parser.parse_args(arguments)
    if chosen.model and (chosen.config or chosen.prefix is not None):
        parser.error("--config and --prefix belong to --checkpoint")
    return chosen


def main(arguments: list[str] | None = None) -> None:
    """Load the weights and write the file; what can't be done ends the program with one sentence."""
    chosen = options(arguments)
    try:
        if chosen.model:
            encoder = load_encoder(chosen.model)
        else:
            encoder = load_checkpoint(chosen.checkpoint, chosen.config, chosen.prefix)
        export_onnx(encoder, chosen.onnx, chosen.size)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        raise SystemExit(f"{chosen.onnx.name} can't be written: {error.strerror or error}") from None
    log.info("wrote %s, %d MB", chosen.onnx.name, round(chosen.onnx.stat().st_size / 10**6))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
