"""Changes of encoder and photo: none is the true one bit for bit, each is what segment-anything computes so changed."""

from itertools import permutations

import numpy as np
import pytest
import torch
from torch import nn

from samvit import forward
from samvit.config import PIXEL_MEAN, PIXEL_STD
from samvit.encoder import build_encoder
from samvit.fingerprint import origin
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from samvit.what_if import GROUPS, KINDS, WhatIf, parse_change
from tests.samvit.reference import difference, segment_anything_encoder
from tests.small import SMALL
from tests.viz.photos import noise_photo

NUMBERS = {"block_off": ".2", "head_off": ".1.2", "shifted": ".-5.9", "covered": ".1.5"}
TEXTS = [kind + NUMBERS.get(kind, "") for kind in KINDS]
OF_THE_PHOTO = ("shifted", "grey", "covered")


def small():
    return fill_random(build_encoder(SMALL))


def noise():
    return torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(7))


def changed(text, encoder=None, image=None):
    """The embedding of a changed forward pass."""
    return trace(encoder or small(), noise() if image is None else image, what_if=WhatIf.parse(text)).embedding


def plainly(text):
    """segment-anything's encoder changed by hand: its modules are replaced, its tables filled with zeros."""
    theirs, change = segment_anything_encoder(small()), parse_change(text)
    windows = {"windows_8": 8, "windows_14": 14, "windows_16": 16, "all_global": 0}
    for block in theirs.blocks:
        for axis in "hw":
            if change.kind in {"rel_pos_off", f"rel_{axis}_off"}:
                getattr(block.attn, f"rel_pos_{axis}").data.zero_()
        if block.window_size and change.kind in windows:
            block.window_size = windows[change.kind]
        if change.kind == "none_global":
            block.window_size = 4
    if change.kind == "abs_pos_off":
        theirs.pos_embed = None
    if change.kind == "block_off":
        theirs.blocks[change["block"]] = nn.Identity()
    if change.kind == "head_off":

        def without_head(module, args):
            heads = args[0].clone()
            heads[..., 12 * change["head"] : 12 * change["head"] + 12] = 0
            return (heads,)

        theirs.blocks[change["block"]].attn.proj.register_forward_pre_hook(without_head)
    return theirs


def test_nothing_changed_is_the_true_forward_pass_bit_for_bit():
    encoder, image = small(), preprocess(noise_photo(90, 150), 160)
    true, same = trace(encoder, image), trace(encoder, image, what_if=WhatIf.parse(""))
    assert same.encoder is encoder and same.image is image and same.true_encoder is None
    assert torch.equal(same.embedding, true.embedding)


# Of the masked one tests/samvit/test_masked.py tells.
@pytest.mark.parametrize("text", [text for text in TEXTS if not text.startswith((*OF_THE_PHOTO, "padding_masked"))])
def test_each_change_is_what_segment_anything_computes_when_it_is_changed_by_hand(text):
    theirs = plainly(text)
    with torch.no_grad():
        assert difference(changed(text), theirs(noise())[0]) < 1e-4
        assert difference(changed(text), changed("")) > 1e-3


@pytest.mark.parametrize("text", TEXTS)
def test_the_true_encoder_and_photo_stay_and_the_trace_knows_them(text):
    encoder, image = small(), preprocess(noise_photo(90, 150), 160)
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    pixels = image.pixels.copy()
    made = trace(encoder, image, what_if=WhatIf.parse(text))
    assert all(torch.equal(value, before[name]) for name, value in encoder.state_dict().items())
    assert [block.window_size for block in encoder.blocks] == [4, 0, 4, 0]
    assert np.array_equal(image.pixels, pixels)
    assert made.true_encoder is encoder and made.true_image is image and str(made.what_if) == text
    assert made.encoder.blocks[0].mlp.lin1.weight is encoder.blocks[0].mlp.lin1.weight
    assert made.proof(2, (3, 4)).holds
    assert origin(made)["weights_sha256"] == origin(trace(encoder, image))["weights_sha256"]
    assert origin(made)["what_if"] == text


def test_the_order_of_changes_does_not_matter():
    texts = ("rel_h_off", "head_off.1.2", "windows_8", "none_global", "abs_pos_off")
    found = [changed(",".join(order)) for order in list(permutations(texts))[::40]]
    assert len(found) == 3 and all(torch.equal(one, found[0]) for one in found)
    assert str(WhatIf.parse("grey,rel_h_off,grey")) == "rel_h_off,grey"


def test_several_changes_are_all_made():
    theirs = plainly("block_off.2")
    theirs.pos_embed = None
    with torch.no_grad():
        assert difference(changed("abs_pos_off,block_off.2"), theirs(noise())[0]) < 1e-4
    both = WhatIf.parse("rel_h_off,rel_w_off").encoder(small())
    assert not both.blocks[0].attn.rel_pos_h.any() and not both.blocks[0].attn.rel_pos_w.any()


def test_the_sizes_of_a_changed_encoder_are_those_it_has():
    true = small()
    assert WhatIf.parse("windows_8").encoder(true).config.window_size == 8
    assert WhatIf.parse("none_global").encoder(true).config.global_attn_indexes == ()
    assert WhatIf.parse("all_global").encoder(true).config.global_attn_indexes == (0, 1, 2, 3)
    assert not WhatIf.parse("abs_pos_off").encoder(true).config.use_abs_pos
    assert WhatIf.parse("block_off.1").encoder(true).config == true.config


def test_a_photo_is_moved_made_grey_and_covered_within_its_own_bounds():
    image = preprocess(noise_photo(90, 150), 160)  # 96 × 160 pixels hold photo
    true, mean = image.pixels.astype(float), np.round(PIXEL_MEAN)
    moved = WhatIf.parse("shifted.-5.9").image(image, 16).pixels
    assert np.array_equal(moved[:-5, 9:], true[5:, :-9])
    assert (moved[-5:] == mean).all() and (moved[:, :9] == mean).all()
    grey = WhatIf.parse("grey").image(image, 16).pixels
    assert np.array_equal(grey, np.round(true.mean(-1, keepdims=True)).repeat(3, -1))
    covered = WhatIf.parse("covered.1.5").image(image, 16).pixels
    assert (covered[:64, 48:128] == mean).all()
    hole = true.copy()
    hole[:64, 48:128] = mean
    assert np.array_equal(covered, hole)


def test_a_bare_model_image_is_changed_as_a_photo_is_but_not_rounded():
    image = preprocess(noise_photo(160, 160), 160)
    for text in ("shifted.3.-4", "grey", "covered.9.9"):
        what_if = WhatIf.parse(text)
        ours, floats = what_if.image(image, 16).tensor(), what_if.image(image.tensor(), 16)
        torch.testing.assert_close(ours, floats, rtol=0, atol=0.51 / min(PIXEL_STD))
    covered = WhatIf.parse("covered.9.9").image(torch.ones(1, 4, 160, 160), 16)
    assert not covered[..., 112:, 112:].any() and covered[..., :112, :].all()
    with pytest.raises(ValueError, match="^grey must be of an image of 3 channels, got 4$"):
        WhatIf.parse("grey").image(torch.ones(1, 4, 160, 160), 16)
    assert PIXEL_MEAN[0] > 100  # levels, not shares


def test_python_takes_a_link_s_text_and_says_what_is_wrong():
    made = forward.trace(small(), noise(), what_if="rel_pos_off")
    assert str(made.what_if) == "rel_pos_off"
    with pytest.raises(ValueError, match=r"^a trace must be of the encoder as it is to be saved"):
        made.save("never")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colder", "a change must be one of rel_pos_off, .*, got 'colder'"),
        ("block_off", "block_off must be written block_off.BLOCK, got 'block_off'"),
        ("head_off.1.x", "head_off must be written head_off.BLOCK.HEAD, got 'head_off.1.x'"),
        ("windows_8,all_global", "windows_8 and all_global must not be in one what-if, got both"),
        ("all_global,none_global", "all_global and none_global must not be in one what-if, got both"),
        (",".join(f"block_off.{block}" for block in range(9)), "a what-if must have at most 8 changes, got 9"),
        ("block_off.4", r"block of block_off must be in 0\.\.3, got 4"),
        ("head_off.0.-1", r"head of head_off must be in 0\.\.2, got -1"),
        ("covered.0.10", r"col of covered must be in 0\.\.9, got 10"),
        ("shifted.0.513", r"cols of shifted must be in ±512 pixels, got 513"),
    ],
)
def test_what_does_not_exist_is_refused(text, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        WhatIf.parse(text).check(4, 3, (10, 10))


def test_every_group_is_of_kinds_that_there_are():
    assert GROUPS.keys() <= KINDS.keys()
