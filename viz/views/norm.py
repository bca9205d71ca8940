"""LayerNorm: in front of attention, and in the neck as LayerNorm2d. Both work on one position at a time."""

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from samvit.encoder import Block, LayerNorm2d, build_encoder
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Scale, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.scales import sequential_scale, signed_scale
from viz.views.view import View

CHANNELS_SHOWN = 6  # of the pinned token, in numbers
NECK_LABELS = ("neck.0 1×1 conv", "neck.1 LayerNorm2d", "neck.2 3×3 conv", "neck.3 LayerNorm2d")


def norm1_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every token's mean and spread before and after norm1, and the pinned token channel by channel."""
    lang, query = selection.lang, selection.focus.query
    norm = trace.encoder.blocks[selection.focus.block].norm1
    assert isinstance(norm, nn.LayerNorm)
    before, after = trace.stream[selection.focus.block], trace[f"blocks.{selection.focus.block}.norm1"]
    weight, bias = _scale_and_shift(norm)
    token = before[query]
    standard = standardise(token, norm.eps)
    return [
        _means_and_spreads(trace, selection, before, after),
        _line_panel(lang, "norm1", query, token, standard, after[query]),
        _channel_table(lang, token, standard, weight, bias, after[query]),
        Numbers(
            text(lang, "panel.norm1.numbers"),
            (
                Number(text(lang, "label.norm.mean_before"), float(token.mean()), role="query"),
                Number(text(lang, "label.norm.variance_before"), float(token.var(correction=0)), role="query"),
                Number("ε", norm.eps),
                Number(text(lang, "label.norm.variance_standard"), float(standard.var(correction=0))),
                Number(
                    text(lang, "label.norm.difference"),
                    float((standard * weight + bias - after[query]).abs().max()),
                    role="result",
                ),
            ),
            text(lang, "panel.norm1.proof"),
        ),
    ]


def neck_norm_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """One channel and all channels' spread through the neck, and the pinned position channel by channel."""
    lang, (row, col) = selection.lang, selection.focus.query
    steps = list(trace.neck_steps().values())
    channel = selection.look.channel
    position = [step[:, row, col] for step in steps]
    norms = [layer for layer in trace.encoder.neck if isinstance(layer, LayerNorm2d)]
    standard = standardise(position[2], norms[-1].eps)
    differences = [
        float((_as_layer_norm(norm, position[index - 1]) - position[index]).abs().max())
        for norm, index in zip(norms, (1, 3), strict=True)
    ]
    return [
        _one_channel(trace, lang, steps, channel),
        _spreads(trace, lang, steps),
        _line_panel(lang, "neck_norm", selection.focus.query, position[2], standard, position[3]),
        Table(
            text(lang, "panel.neck_norm.table", row=row, col=col),
            (text(lang, "axis.norm.step"), text(lang, "label.norm.mean"), text(lang, "label.norm.variance")),
            tuple(
                (label, f"{float(channels.mean()):.4g}", f"{float(channels.var(correction=0)):.4g}")
                for label, channels in zip(NECK_LABELS, position, strict=True)
            ),
            marked=(1, 3),
        ),
        Numbers(
            text(lang, "panel.neck_norm.same"),
            tuple(
                Number(text(lang, "label.norm.neck_difference", step=step), difference, role="result")
                for step, difference in zip((1, 3), differences, strict=True)
            ),
            text(lang, "panel.neck_norm.proof"),
        ),
    ]


def standardise(token: Float[Tensor, " dim"], eps: float) -> Float[Tensor, " dim"]:
    """One token less its mean, over its standard deviation: LayerNorm before its scale and shift."""
    return (token - token.mean()) / torch.sqrt(token.var(correction=0) + eps)


def _scale_and_shift(norm: nn.LayerNorm) -> tuple[Tensor, Tensor]:
    """The layer's learned weight and bias; what changes nothing where it has none."""
    dim = torch.Size(norm.normalized_shape)
    weight = torch.ones(dim) if norm.weight is None else norm.weight.detach()
    bias = torch.zeros(dim) if norm.bias is None else norm.bias.detach()
    return weight, bias


def spread_over(x: Float[Tensor, "*shape"], axis: int) -> Float[Tensor, "*rest"]:
    """Standard deviation along one axis, dividing by its length as LayerNorm does."""
    return (x - x.mean(axis, keepdim=True)).square().mean(axis).sqrt()


def _as_layer_norm(norm: LayerNorm2d, position: Float[Tensor, " chans"]) -> Float[Tensor, " chans"]:
    """One position through torch's LayerNorm with a LayerNorm2d's parameters."""
    with torch.no_grad():
        return F.layer_norm(position, position.shape, norm.weight, norm.bias, norm.eps)


def _means_and_spreads(trace: Trace, selection: Selection, before: Tensor, after: Tensor) -> Maps:
    """Mean and standard deviation over the channels of every token; before and after share their scales."""
    lang = selection.lang
    values = np.stack(
        [
            *(tokens.mean(-1).numpy() for tokens in (before, after)),
            *(spread_over(tokens, -1).numpy() for tokens in (before, after)),
        ]
    )
    rows, cols = trace.photo_grid
    note = text(lang, "scale.norm.pair")
    mean = signed_scale(values[:2, :rows, :cols], text(lang, "label.norm.mean"), note)
    spread = _from_zero(values[2:, :rows, :cols], text(lang, "label.norm.std"), note)
    keys = ("mean_before", "mean_after", "std_before", "std_after")
    return Maps(
        text(lang, "panel.norm1.maps"),
        values,
        (mean, mean, spread, spread),
        tuple(text(lang, f"label.norm.{key}") for key in keys),
        notes=tuple(_range_note(lang, one[:rows, :cols]) for one in values),
    )


def _one_channel(trace: Trace, lang: str, steps: list[Tensor], channel: int) -> Maps:
    """One channel through the four steps; under each norm, how far its map still resembles the one before."""
    values = np.stack([step[channel].numpy() for step in steps])
    rows, cols = trace.photo_grid
    photo = values[:, :rows, :cols]
    alike = [_correlation(photo[index - 1], photo[index]) for index in (1, 3)]
    kept = [text(lang, "note.norm.alike", value=f"{value:.3f}") if np.isfinite(value) else "" for value in alike]
    return Maps(
        text(lang, "panel.neck_norm.channel", channel=channel, last=len(steps[0]) - 1),
        values,
        tuple(signed_scale(one, text(lang, "unit.norm.channel"), text(lang, "scale.per_map")) for one in photo),
        NECK_LABELS,
        notes=("", kept[0], "", kept[1]),
    )


def _spreads(trace: Trace, lang: str, steps: list[Tensor]) -> Maps:
    """Standard deviation over the channels at each position; a norm shares its scale with the step before it."""
    values = np.stack([spread_over(step, 0).numpy() for step in steps])
    rows, cols = trace.photo_grid
    unit, note = text(lang, "label.norm.std"), text(lang, "scale.norm.pair")
    pairs = [_from_zero(values[start : start + 2, :rows, :cols], unit, note) for start in (0, 2)]
    return Maps(
        text(lang, "panel.neck_norm.spread"),
        values,
        (pairs[0], pairs[0], pairs[1], pairs[1]),
        NECK_LABELS,
        notes=tuple(_range_note(lang, one[:rows, :cols]) for one in values),
    )


def _line_panel(
    lang: str, view: str, query: tuple[int, int], before: Tensor, standard: Tensor, after: Tensor
) -> Curves:
    """The pinned token's channels as dots: standardised on one straight line, then moved by scale and shift."""
    x = before.numpy()
    curves = (
        Curve(text(lang, "label.norm.final"), x, after.numpy()),
        Curve(text(lang, "label.norm.standard"), x, standard.numpy(), role="query"),
    )
    return Curves(
        text(lang, f"panel.{view}.line", row=query[0], col=query[1]),
        curves,
        text(lang, "axis.norm.before"),
        text(lang, "axis.norm.after"),
        marks=((float(before.mean()), text(lang, "label.norm.mean")),),
        points=True,
    )


def _channel_table(lang: str, token: Tensor, standard: Tensor, weight: Tensor, bias: Tensor, after: Tensor) -> Table:
    """The sum channel by channel, for the channels that stand out most."""
    strongest = standard.abs().argsort(descending=True)[:CHANNELS_SHOWN].tolist()
    keys = ("channel", "before", "standard", "weight", "bias", "final")
    parts = (token, standard, weight, bias, after)
    return Table(
        text(lang, "panel.norm1.table"),
        tuple(text(lang, f"label.norm.{key}") for key in keys),
        tuple((str(index), *(f"{float(part[index]):.4g}" for part in parts)) for index in strongest),
    )


def _from_zero(values: np.ndarray, unit: str, note: str) -> Scale:
    """A sequential scale that starts at zero, as spreads do."""
    return sequential_scale(np.append(values, 0.0), unit, note)


def _range_note(lang: str, values: np.ndarray) -> str:
    """The smallest and the largest value over the photo."""
    return text(lang, "note.norm.range", low=f"{values.min():.3g}", high=f"{values.max():.3g}")


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's correlation of two maps; NaN where one of them is constant."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


NORM1 = View(
    id="norm1",
    stage="norm1",
    panels=norm1_panels,
    source=(Block.forward, build_encoder),
    tensors=("blocks.{block}.norm1",),
    uses=frozenset({"block", "query", "overlay"}),
)
NECK_NORM = View(
    id="neck_norm",
    stage="neck",
    panels=neck_norm_panels,
    source=(LayerNorm2d,),
    tensors=("neck.0", "neck.1", "neck.2", "neck.3"),
    uses=frozenset({"query", "channel", "overlay"}),
    channels=lambda trace: trace.embedding.shape[0],
)
VIEWS = (NORM1, NECK_NORM)
