"""The encoder is found in any file by its names' ends, once and whole; what isn't SAM's is called what it is."""

from dataclasses import replace

import pytest
import torch

from samvit.checkpoint_layout import Found, find_encoder, segment_anything_name
from samvit.checkpoint_sizes import expected_shapes
from samvit.checkpoint_stored import Stored, StoredTensor
from samvit.config import EncoderConfig
from samvit.errors import CheckpointError
from tests.small import SMALL

NAMES = list(expected_shapes(SMALL))


def stored(names, config: EncoderConfig = SMALL, copy: str = "") -> Stored:
    """A file with tensors of these names, of the small encoder's shapes where a name ends in one of its."""
    shapes = expected_shapes(config)
    tensors = {}
    for name in names:
        shape = next((shapes[ours] for ours in shapes if name.endswith(ours)), (1,))
        tensors[name] = StoredTensor(shape, torch.float32, (copy, name), lambda shape=shape: torch.zeros(shape))
    return Stored(tensors)


def under(prefix: str, names=NAMES) -> list[str]:
    return [prefix + name for name in names]


def found(names, prefix: str | None = None) -> Found:
    return find_encoder(stored(names), prefix)


def refusal(names, prefix: str | None = None) -> str:
    with pytest.raises(CheckpointError) as error:
        found(names, prefix)
    return str(error.value)


PREFIXES = (
    *("sam.", "net.", "sam_model.", "encoder.", "backbone.", "student.", "module.", "model.sam.", "base_model.model."),
    *("_fsdp_wrapped_module.", "image_encoder.", "vision_encoder.", "module.image_encoder.", "a.b.c.d.e."),
    *("model.visual_model.image_encoder.", "ema.module.image_encoder.", "state_dict.net.0."),
)


@pytest.mark.parametrize("prefix", ["", *PREFIXES])
def test_an_encoder_is_found_under_any_prefix(prefix):
    got = found(["mask_decoder.iou_token.weight", *under(prefix), "epoch_losses"])

    assert list(got.tensors) == NAMES
    assert {name: tensor.place[1] for name, tensor in got.tensors.items()} == {name: prefix + name for name in NAMES}
    assert (got.prefix, got.left_out) == (prefix, 2)


@pytest.mark.parametrize(
    "wrapper", ["module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_orig_mod.module"]
)
def test_wrappers_within_the_encoder_are_passed_over(wrapper):
    """FSDP and activation checkpointing wrap each block; torch.compile any part."""
    names = [name.replace("blocks.1.", f"blocks.1.{wrapper}.").replace("neck.", f"neck.{wrapper}.") for name in NAMES]

    assert list(found(under("image_encoder.", names)).tensors) == NAMES


def test_two_whole_copies_are_a_question_that_prefix_answers():
    names = [*under("model.image_encoder."), *under("ema.image_encoder."), *under("")]

    assert refusal(names) == (
        "checkpoint must hold one image encoder, got 3, under 'model.image_encoder.', 'ema.image_encoder.', '': "
        "say which with --prefix (prefix= in Python)"
    )
    for prefix in ("ema", "ema.", "ema.image_encoder", "ema.image_encoder."):
        assert found(names, prefix).prefix == "ema.image_encoder."
    assert found(names, "").prefix == ""


def test_two_names_of_the_same_tensors_are_one_copy():
    one = stored(under("model.image_encoder."))
    two = {name.replace("model.", "net."): tensor for name, tensor in one.tensors.items()}

    assert find_encoder(Stored({**one.tensors, **two})).prefix == "model.image_encoder."


def test_a_copy_in_part_is_never_mixed_with_the_whole_one():
    names = [*under("model.image_encoder."), *under("module.image_encoder.", NAMES[::2])]
    for order in (names, names[::-1]):
        got = found(order)
        assert all(tensor.place[1] == f"model.image_encoder.{name}" for name, tensor in got.tensors.items())


def test_the_same_name_twice_behind_wrappers_is_refused():
    names = [*under("image_encoder."), "image_encoder.blocks.0.module.norm1.weight"]

    assert "must hold each tensor once, got blocks.0.norm1.weight twice under 'image_encoder.'" in refusal(names)


@pytest.mark.parametrize("prefix", ["teacher", "image", "image_encoder.blocks", ""])
def test_a_prefix_that_means_nothing_lists_those_that_do(prefix):
    assert refusal(under("image_encoder."), prefix) == (
        f"prefix must be one under which the file holds an image encoder ('image_encoder.'), got {prefix!r}"
    )


@pytest.mark.parametrize(
    "beside",
    [
        ["mm_extractor.beit3.vision_embed.cls_token", "mm_extractor.beit3.encoder.w"],
        ["memory_attention.layers.0.norm1.weight", "memory_encoder.out_proj.weight"],
        ["dino.cls_token", "dino.patch_embed.proj.weight", "dino.blocks.0.mlp.fc1.weight", "dino.pos_embed"],
        ["model.layers.0.self_attn.q_proj.weight", "model.embed_tokens.weight"],
        ["student.patch_embed.seq.0.c.weight", "student.layers.0.blocks.0.conv1.c.weight"],
    ],
    ids=["BEiT-3", "SAM 2's memory", "DINO", "a language model", "MobileSAM"],
)
def test_another_network_beside_it_does_not_hide_it(beside):
    for prefix in ("image_encoder.", "model.visual_model.image_encoder."):
        assert list(found([*beside, *under(prefix)]).tensors) == NAMES


def test_what_else_is_in_the_encoder_would_take_part_and_is_refused():
    names = [*under("image_encoder."), "image_encoder.prompt_generator.shared_mlp.weight"]

    assert "and no others in it, got 1 (prompt_generator.shared_mlp.weight) more" in refusal(names)
    assert "class token" in refusal([*under(""), "cls_token"])


def test_timms_names_of_sams_encoder_are_known():
    """timm's samvit models: their MLP's layers are fc1 and fc2."""
    got = found([name.replace(".mlp.lin", ".mlp.fc") for name in NAMES])

    assert (list(got.tensors), got.layout) == (NAMES, "timm")


def test_layouts_are_told_apart():
    transformers = [name.replace("blocks.", "layers.").replace(".norm", ".layer_norm") for name in NAMES]
    assert found(under("vision_encoder.", transformers)).layout == "transformers"
    assert found(NAMES).layout == "segment-anything"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("layers.11.layer_norm1.weight", "blocks.11.norm1.weight"),
        ("layers.0.layer_norm2.bias", "blocks.0.norm2.bias"),
        ("layers.3.attn.rel_pos_h", "blocks.3.attn.rel_pos_h"),
        ("layers.3.mlp.lin1.weight", "blocks.3.mlp.lin1.weight"),
        ("patch_embed.projection.bias", "patch_embed.proj.bias"),
        ("neck.conv1.weight", "neck.0.weight"),
        ("neck.layer_norm1.weight", "neck.1.weight"),
        ("neck.conv2.weight", "neck.2.weight"),
        ("neck.layer_norm2.bias", "neck.3.bias"),
        ("pos_embed", "pos_embed"),
    ],
)
def test_transformers_names_become_segment_anythings(theirs, ours):
    assert segment_anything_name(theirs) == ours
    assert segment_anything_name(ours) == ours


def without(config: EncoderConfig, part: str) -> list[str]:
    return [name for name in expected_shapes(config) if part not in name]


EFFICIENT_SAM = [name.replace(".mlp.lin", ".mlp.fc") for name in without(replace(SMALL, use_rel_pos=False), "\n")]
PLAIN_TIMM = [name.replace(".mlp.lin", ".mlp.fc") for name in without(SMALL, "neck") if "rel_pos" not in name]


@pytest.mark.parametrize(
    ("keys", "model"),
    [
        (["image_encoder.trunk.blocks.0.norm1.weight", "memory_encoder.out_proj.weight"], "SAM 2"),
        (["vision_encoder.backbone.blocks.0.attn.qkv.weight"], "SAM 2"),
        (["image_encoder.patch_embed.seq.0.c.weight", "image_encoder.layers.0.blocks.0.conv1.c.weight"], "MobileSAM"),
        (["module.image_encoder.patch_embed.seq.0.c.weight"], "MobileSAM"),
        (["patch_embed.seq.0.c.weight", "layers.0.blocks.0.conv1.c.weight"], "MobileSAM"),
        (["detector.backbone.vision_backbone.trunk.blocks.0.norm1.weight"], "SAM 3"),
        (["detector_model.vision_encoder.backbone.layers.0.layer_norm1.weight"], "SAM 3"),
        (["cls_token", "pos_embed", "blocks.0.norm1.weight"], "a plain ViT with a class token"),
        (["model.cls_token", *under("model.", PLAIN_TIMM)], "a plain ViT with a class token"),
        (PLAIN_TIMM, "a plain ViT under timm's names"),
        (under("image_encoder.", EFFICIENT_SAM), "EfficientSAM"),
        (under("sam.image_encoder.", EFFICIENT_SAM), "EfficientSAM"),
        (["image_encoder.features.0.0.c.weight", "image_encoder.fuse_stage2.op_list.0.weight"], "EdgeSAM"),
        (["image_encoder.features.3.token_mixer.0.conv.c.weight"], "RepViT-SAM or EdgeSAM"),
        (["image_encoder.backbone.input_stem.op_list.0.conv.weight"], "EfficientViT-SAM"),
        (["backbone.net.blocks.0.attn.rel_pos_h", "backbone.simfp_2.0.weight"], "ViTDet"),
        (["model.0.conv.weight", "model.22.cv2.0.0.conv.weight"], "a YOLO network, such as FastSAM"),
    ],
)
def test_other_models_are_told_by_name(keys, model):
    assert refusal(keys) == (
        f"checkpoint must hold SAM's own image encoder; this is {model}, whose encoder is another architecture"
    )


@pytest.mark.parametrize(
    ("keys", "got"),
    [
        (["conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "fc.bias"], "4 (conv1.weight, bn1.weight, "),
        (["mask_decoder.iou_token.weight"], "1 (mask_decoder.iou_token.weight)"),
        (["image_encoder.pos_embed"], "1 (image_encoder.pos_embed)"),
        ([], "0 ()"),
    ],
)
def test_a_file_with_nothing_of_the_encoder_is_refused(keys, got):
    assert refusal(keys).startswith(f"checkpoint must hold keys such as image_encoder.blocks.0.norm1.weight, got {got}")


def test_an_adapter_alone_is_called_so():
    assert "got an adapter alone, 2 (w_a_000, w_b_000)" in refusal(["w_a_000", "w_b_000"])
    assert "got an adapter alone" in refusal(["base_model.model.blocks.0.attn.qkv.lora_A.weight"])


def test_a_part_of_an_encoder_is_called_so():
    assert "must hold a whole image encoder, got only a part of one" in refusal(under("", NAMES[4:]))
