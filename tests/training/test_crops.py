from dataclasses import replace

import pytest
import torch

from samvit.encoder import build_encoder
from samvit.random_weights import fill_random
from tests.small import SMALL
from training.crops import CropEncoder, relative_rows
from training.measures import attention_inputs, attention_rows


def crop_encoder(config=SMALL):
    """A crop encoder with random weights whose scores spread, and a plain encoder with the same."""
    plain = fill_random(build_encoder(config))
    cropping = CropEncoder(config).eval()
    cropping.encoder.load_state_dict(plain.state_dict())
    return cropping, plain


def test_at_full_size_it_is_the_plain_encoder(small_image):
    cropping, plain = crop_encoder()
    with torch.no_grad():
        torch.testing.assert_close(cropping(small_image)[0], plain(small_image), rtol=1e-4, atol=1e-4)


def test_a_crop_reads_the_middle_of_the_tables_and_a_window_of_the_positions(small_image):
    crop, (row, col) = small_image[:, :, :96, :128], (3, 1)
    cropping, _ = crop_encoder()
    # An encoder whose tables hold just those rows must agree, up to rows that a longer side alone would read.
    smaller = replace(SMALL, img_size=128)
    state = dict(cropping.encoder.state_dict())
    state["pos_embed"] = torch.zeros(1, 8, 8, SMALL.embed_dim)
    state["pos_embed"][:, :6] = cropping.encoder.pos_embed.detach()[:, row : row + 6, col : col + 8]
    for name, table in state.items():
        if "rel_pos" in name and len(table) == 19:
            state[name] = table[2:-2]
    reference = CropEncoder(smaller).eval()
    reference.encoder.load_state_dict(state)
    with torch.no_grad():
        torch.testing.assert_close(cropping(crop, (row, col))[0], reference(crop)[0], rtol=1e-4, atol=1e-4)
        assert not torch.allclose(cropping(crop, (0, 0))[0], reference(crop)[0], rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_entry_q_k_is_the_tables_row_of_their_distance(size):
    table = torch.randn(9, 4)  # made for 5 tokens: row 4 is distance 0
    rows = relative_rows(table, size)
    for query in range(size):
        for key in range(size):
            torch.testing.assert_close(rows[query, :, key], table[4 + query - key])


def test_a_grid_longer_than_the_table_is_refused():
    with pytest.raises(ValueError, match="at most 5, got 6"):
        relative_rows(torch.zeros(9, 4), 6)


def test_gradients_reach_every_parameter(small_image):
    cropping, _ = crop_encoder()
    hidden = torch.zeros(len(small_image), 10, 10, dtype=torch.bool)
    hidden[:, 2:5, 3:7] = True
    embedding, stream = cropping(small_image, hidden=hidden)
    (embedding.square().sum() + cropping.pixels(stream[hidden]).square().sum()).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in cropping.parameters())


def test_hidden_patches_have_no_say(small_image):
    cropping, _ = crop_encoder()
    hidden = torch.zeros(len(small_image), 10, 10, dtype=torch.bool)
    hidden[:, 4, 6] = True
    changed = small_image.clone()
    changed[:, :, 64:80, 96:112] += 3
    with torch.no_grad():
        torch.testing.assert_close(cropping(changed, hidden=hidden)[0], cropping(small_image, hidden=hidden)[0])
        assert not torch.allclose(cropping(changed)[0], cropping(small_image)[0], rtol=1e-2, atol=1e-2)


def test_probed_queries_leave_weights_and_scores_by_content_while_probing_lasts(small_image):
    cropping, plain = crop_encoder()
    queries = torch.tensor([3, 57, 99])
    with torch.no_grad(), cropping.probing(queries) as attentions:
        cropping(small_image)
        rows = [attention.rows for attention in attentions]
        content = [attention.content for attention in attentions]
    assert all(attention.rows is attention.content is attention.probed is None for attention in attentions)
    with attention_inputs(plain, (1, 3)) as seen, torch.no_grad():
        plain(small_image)
    for block, made, by_content in zip((1, 3), rows, content, strict=True):
        attention = plain.blocks[block].attn
        torch.testing.assert_close(made, attention_rows(attention, seen[block], queries), rtol=1e-3, atol=1e-5)
        with torch.no_grad():
            attention.rel_pos_h.zero_()
            attention.rel_pos_w.zero_()
        without_position = attention_rows(attention, seen[block], queries)
        assert not torch.allclose(made, without_position, rtol=1e-2, atol=1e-3)
        torch.testing.assert_close(by_content.softmax(-1), without_position, rtol=1e-3, atol=1e-5)


def test_gradients_of_the_tables_are_those_of_finite_differences(small_image):
    cropping, _ = crop_encoder()
    cropping.double()
    crop = small_image[:, :, :96, :64].double()
    table = cropping.encoder.blocks[1].attn.rel_pos_h
    target = torch.randn(1, SMALL.out_chans, 6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def loss():
        return (cropping(crop)[0] * target).sum()

    loss().backward()
    with torch.no_grad():
        for entry in ((9, 3), (5, 0), (13, 7)):
            table[entry] += 1e-5
            above = loss()
            table[entry] -= 2e-5
            below = loss()
            table[entry] += 1e-5
            torch.testing.assert_close(table.grad[entry], (above - below) / 2e-5, rtol=1e-5, atol=1e-7)
