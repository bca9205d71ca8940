"""The MLP: one token's hidden layer on its activation's curve, and single neurons over the photo."""

from jaxtyping import Float
from torch import Tensor

from samvit.common import MLPBlock
from samvit.measures.neurons import (
    activation_curve,
    neurons_for_half,
    strongest_neurons,
    sum_of_neurons,
    written_lengths,
)
from samvit.measures.similarity import largest_difference
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Table
from viz.selection import Selection
from viz.views.scales import on_photo, signed_scale
from viz.views.view import View
from viz.words import number, say, symbol

NEURONS_MAPPED = 5  # the pinned patch's strongest; the chosen one is added if it isn't among them
NEURONS_LISTED = 8
CURVE_POINTS = 400
CURVE_REACH = 3.0  # the curve is drawn this far at least, so that its dip and its straight arm show


def mlp_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The pinned patch's neurons on the activation's curve, the strongest over the photo, and what they write."""
    block, query, neuron = selection.focus.block, selection.focus.query, MLP.channel_of(trace, selection)
    mlp = trace.encoder.blocks[block].mlp
    before, after = trace[f"blocks.{block}.mlp.lin1"], trace[f"blocks.{block}.mlp.act"]
    written = written_lengths(mlp, after[query])
    listed = strongest_neurons(written, NEURONS_LISTED)
    return [
        _on_the_curve(mlp, before[query], after[query], listed),
        _neuron_maps(trace, query, after, listed[:NEURONS_MAPPED], neuron),
        Table(
            say("panel.mlp.strongest"),
            (say("axis.mlp.neuron"), say("axis.mlp.before"), say("axis.mlp.after"), say("axis.mlp.written")),
            tuple(
                (symbol(str(n)), *(number(float(values[n])) for values in (before[query], after[query], written)))
                for n in with_chosen(listed, neuron)
            ),
            marked=(with_chosen(listed, neuron).index(neuron),),
        ),
        _numbers(mlp, before[query], after[query], written, trace[f"blocks.{block}.mlp"][query]),
    ]


def with_chosen(strongest: list[int], neuron: int) -> list[int]:
    """The strongest neurons, and after them the chosen one if it isn't among them."""
    return strongest if neuron in strongest else [*strongest, neuron]


def _on_the_curve(
    mlp: MLPBlock, before: Float[Tensor, " hidden"], after: Float[Tensor, " hidden"], strongest: list[int]
) -> Curves:
    """Every hidden neuron of one token at (before, after), upon the activation drawn as a line of dots."""
    low, high = min(float(before.min()), -CURVE_REACH), max(float(before.max()), CURVE_REACH)
    x, y = activation_curve(mlp, low, high, CURVE_POINTS)
    best = say("label.mlp.strongest", count=len(strongest))
    return Curves(
        say("panel.mlp.curve"),
        (
            Curve(symbol(type(mlp.act).__name__), x.numpy(), y.numpy()),
            Curve(say("label.mlp.neurons", count=len(before)), before.numpy(), after.numpy(), role="query"),
            Curve(best, before[strongest].numpy(), after[strongest].numpy(), role="key"),
        ),
        say("axis.mlp.before"),
        say("axis.mlp.after"),
        marks=((0.0, symbol("0")),),
        points=True,
    )


def _neuron_maps(
    trace: Trace,
    query: tuple[int, int],
    after: Float[Tensor, "grid_h grid_w hidden"],
    strongest: list[int],
    chosen: int,
) -> Maps:
    """What neurons say of every patch: the pinned patch's strongest first, and the chosen one."""
    neurons = with_chosen(strongest, chosen)
    values = after[..., neurons].permute(2, 0, 1).numpy()
    note = say("scale.per_map")
    return Maps(
        say("panel.mlp.maps"),
        values,
        tuple(signed_scale(one, say("unit.mlp"), note) for one in on_photo(values, trace)),
        tuple(say("label.mlp.neuron", neuron=neuron) for neuron in neurons),
        notes=tuple(say("note.mlp.pinned", value=float(one[query])) for one in values),
        chosen=neurons.index(chosen),
    )


def _numbers(
    mlp: MLPBlock,
    before: Float[Tensor, " hidden"],
    after: Float[Tensor, " hidden"],
    written: Float[Tensor, " hidden"],
    seen: Float[Tensor, " dim"],
) -> Numbers:
    """How many neurons there are, lie below zero, and do half of the writing; lin2's sum against the forward pass."""
    difference = largest_difference(sum_of_neurons(mlp, after), seen)
    return Numbers(
        say("panel.mlp.numbers"),
        (
            Number(say("label.mlp.hidden"), float(len(before))),
            Number(say("label.mlp.negative"), float((before < 0).sum())),
            Number(say("label.mlp.half"), float(neurons_for_half(written))),
            Number(say("label.mlp.length"), float(seen.norm())),
            Number(say("label.mlp.difference"), difference, role="result"),
        ),
        say("panel.mlp.proof"),
    )


def strongest_neuron(trace: Trace, selection: Selection) -> int:
    """The neuron that writes most into the pinned patch's token."""
    block, query = selection.focus.block, selection.focus.query
    after = trace[f"blocks.{block}.mlp.act"][query]
    return strongest_neurons(written_lengths(trace.encoder.blocks[block].mlp, after), 1)[0]


MLP = View(
    id="mlp",
    stage="mlp",
    panels=mlp_panels,
    source=(MLPBlock,),
    tensors=("blocks.{block}.norm2", "blocks.{block}.mlp.lin1", "blocks.{block}.mlp.act", "blocks.{block}.mlp"),
    uses=frozenset({"block", "query", "channel", "overlay"}),
    channels=lambda trace: trace.encoder.blocks[0].mlp.lin1.out_features,
    first_channel=strongest_neuron,
    symbols=(("x", "node:norm2"), ("W_1", "panel:0"), ("b_1", "panel:0"), ("W_2", "panel:2"), ("b_2", "node:lin2")),
)
VIEWS = (MLP,)
