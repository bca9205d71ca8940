"""LayerNorm: in front of attention, and in the neck as LayerNorm2d. Both work on one position at a time."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from samvit.common import LayerNorm2d
from samvit.encoder import Block, build_encoder
from samvit.measures.norm import NormSteps, as_layer_norm, norm_steps, spreads
from samvit.measures.similarity import channel_correlations, largest_difference
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Table
from viz.selection import Selection
from viz.views.scales import on_photo, scale_from_zero, signed_scale
from viz.views.view import View
from viz.words import Words, number, say, symbol

CHANNELS_SHOWN = 6  # of the pinned token, in numbers
NECK_LABELS = (say("label.neck.0"), say("label.neck.1"), say("label.neck.2"), say("label.neck.3"))
NECK_NORMS = (1, 3)  # which of the neck's steps are norms


def norm1_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """What norm1 does to the block's input, on its way to attention."""
    block = selection.focus.block
    return _block_norm_panels(trace, selection, "norm1", trace.stream[block])


def norm2_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """What norm2 does to the stream after attention was added, on its way to the MLP."""
    return _block_norm_panels(trace, selection, "norm2", trace[f"blocks.{selection.focus.block}.residual"])


def _block_norm_panels(
    trace: Trace, selection: Selection, name: str, before: Float[Tensor, "grid_h grid_w dim"]
) -> list[Panel]:
    """Every token's mean and spread before and after one of a block's norms; the pinned token channel by channel."""
    block, query = selection.focus.block, selection.focus.query
    norm = getattr(trace.encoder.blocks[block], name)
    assert isinstance(norm, nn.LayerNorm)
    after = trace[f"blocks.{block}.{name}"]
    steps = norm_steps(norm, before[query])
    difference = largest_difference(steps.final, after[query])
    return [
        _means_and_spreads(trace, before, after),
        _line_panel(say("panel.norm.line", patch=query), before[query], steps, after[query]),
        _channel_table(before[query], steps, after[query]),
        Numbers(
            say("panel.norm.numbers"),
            (
                Number(say("label.norm.mean_before"), float(steps.mean), role="query"),
                Number(say("label.norm.variance_before"), float(steps.variance), role="query"),
                Number(symbol("ε"), norm.eps),
                Number(say("label.norm.variance_standard"), float(steps.standard.var(correction=0))),
                Number(say("label.norm.difference"), difference, role="result"),
            ),
            say("panel.norm.proof", norm=symbol(name)),
        ),
    ]


def neck_norm_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """One channel and all channels' spread through the neck, and the pinned position channel by channel."""
    query = selection.focus.query
    steps = torch.stack(list(trace.neck_steps().values()))  # (4, chans, grid_h, grid_w)
    position = steps[:, :, query[0], query[1]]
    first, last = (trace.encoder.neck[index] for index in NECK_NORMS)
    assert isinstance(first, LayerNorm2d) and isinstance(last, LayerNorm2d)
    return [
        _one_channel(trace, steps, NECK_NORM.channel_of(trace, selection)),
        _spreads(trace, steps),
        _line_panel(say("panel.neck_norm.line", patch=query), position[2], norm_steps(last, position[2]), position[3]),
        Table(
            say("panel.neck_norm.table", patch=query),
            (say("axis.norm.step"), say("label.norm.mean"), say("label.norm.variance")),
            tuple(
                (label, number(float(channels.mean())), number(float(channels.var(correction=0))))
                for label, channels in zip(NECK_LABELS, position, strict=True)
            ),
            marked=NECK_NORMS,
        ),
        Numbers(
            say("panel.neck_norm.same"),
            tuple(
                Number(
                    say("label.norm.neck_difference", step=step),
                    largest_difference(as_layer_norm(norm, position[step - 1]), position[step]),
                    role="result",
                )
                for step, norm in zip(NECK_NORMS, (first, last), strict=True)
            ),
            say("panel.neck_norm.proof"),
        ),
    ]


def _means_and_spreads(
    trace: Trace, before: Float[Tensor, "grid_h grid_w dim"], after: Float[Tensor, "grid_h grid_w dim"]
) -> Maps:
    """Mean and standard deviation over the channels of every token; before and after share their scales."""
    values = torch.stack([before.mean(-1), after.mean(-1), spreads(before), spreads(after)]).numpy()
    photo, note = on_photo(values, trace), say("scale.norm.pair")
    mean = signed_scale(photo[:2], say("label.norm.mean"), note)
    spread = scale_from_zero(photo[2:], say("label.norm.std"), note)
    labels = (
        say("label.norm.mean_before"),
        say("label.norm.mean_after"),
        say("label.norm.std_before"),
        say("label.norm.std_after"),
    )
    return Maps(
        say("panel.norm.maps"),
        values,
        (mean, mean, spread, spread),
        labels,
        notes=tuple(say("note.norm.range", low=float(one.min()), high=float(one.max())) for one in photo),
    )


def _one_channel(trace: Trace, steps: Float[Tensor, "4 chans grid_h grid_w"], channel: int) -> Maps:
    """One channel through the four steps; under each norm, how far its map still resembles the one before."""
    values = steps[:, channel]
    photo = on_photo(values, trace)
    alike = [float(channel_correlations(photo[step - 1 : step + 1], 0)[1]) for step in NECK_NORMS]
    unit, note = say("unit.norm.channel"), say("scale.per_map")
    return Maps(
        say("panel.neck_norm.channel", channel=channel, last=steps.shape[1] - 1),
        values.numpy(),
        tuple(signed_scale(one.numpy(), unit, note) for one in photo),
        NECK_LABELS,
        notes=("", say("note.norm.alike", value=alike[0]), "", say("note.norm.alike", value=alike[1])),
    )


def _spreads(trace: Trace, steps: Float[Tensor, "4 chans grid_h grid_w"]) -> Maps:
    """Standard deviation over the channels at each position; a norm shares its scale with the step before it."""
    values = spreads(steps.permute(0, 2, 3, 1)).numpy()
    photo, unit, note = on_photo(values, trace), say("label.norm.std"), say("scale.norm.pair")
    first, last = scale_from_zero(photo[:2], unit, note), scale_from_zero(photo[2:], unit, note)
    return Maps(
        say("panel.neck_norm.spread"),
        values,
        (first, first, last, last),
        NECK_LABELS,
        notes=tuple(say("note.norm.range", low=float(one.min()), high=float(one.max())) for one in photo),
    )


def _line_panel(title: Words, before: Float[Tensor, " dim"], steps: NormSteps, after: Float[Tensor, " dim"]) -> Curves:
    """The pinned token's channels as dots: standardised on one straight line, then moved by scale and shift."""
    x = before.numpy()
    return Curves(
        title,
        (
            Curve(say("label.norm.final"), x, after.numpy()),
            Curve(say("label.norm.standard"), x, steps.standard.numpy(), role="query"),
        ),
        say("axis.norm.before"),
        say("axis.norm.after"),
        marks=((float(steps.mean), say("label.norm.mean")),),
        points=True,
    )


def _channel_table(token: Float[Tensor, " dim"], steps: NormSteps, after: Float[Tensor, " dim"]) -> Table:
    """The sum channel by channel, for the channels that stand out most."""
    strongest = steps.standard.abs().argsort(descending=True)[:CHANNELS_SHOWN].tolist()
    parts = (
        (say("label.norm.before"), token),
        (say("label.norm.standard"), steps.standard),
        (say("label.norm.weight"), steps.weight),
        (say("label.norm.bias"), steps.bias),
        (say("label.norm.final"), after),
    )
    return Table(
        say("panel.norm.table"),
        (say("label.norm.channel"), *(label for label, _ in parts)),
        tuple((symbol(str(channel)), *(number(float(part[channel])) for _, part in parts)) for channel in strongest),
    )


SYMBOLS = (  # of both norms of a block
    ("y.norm", "panel:1"),
    ("x.norm", "panel:1"),
    ("ε", "panel:3"),
    ("w.norm", "panel:2"),
    ("b.norm", "panel:2"),
)
NORM1 = View(
    id="norm1",
    stage="norm1",
    panels=norm1_panels,
    source=(Block.forward, build_encoder),
    tensors=("blocks.{block}.norm1",),
    uses=frozenset({"block", "query", "overlay"}),
    symbols=SYMBOLS,
)
NORM2 = View(
    id="norm2",
    stage="norm2",
    panels=norm2_panels,
    source=(Block.forward, build_encoder),
    tensors=("blocks.{block}.residual", "blocks.{block}.norm2"),
    uses=frozenset({"block", "query", "overlay"}),
    symbols=SYMBOLS,
)
NECK_NORM = View(
    id="neck_norm",
    stage="neck",
    panels=neck_norm_panels,
    source=(LayerNorm2d,),
    tensors=("neck.0", "neck.1", "neck.2", "neck.3"),
    uses=frozenset({"query", "channel", "overlay"}),
    channels=lambda trace: trace.embedding.shape[0],
    symbols=(
        ("y.norm", "map:3"),
        ("x.norm", "map:2"),
        ("mean_c", "panel:3"),
        ("var_c", "panel:3"),
        ("w.norm", "panel:2"),
        ("b.norm", "panel:2"),
    ),
)
VIEWS = (NORM1, NORM2, NECK_NORM)
