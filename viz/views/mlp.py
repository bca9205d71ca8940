"""The MLP: one token's hidden layer on its activation's curve, and single neurons over the photo."""

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.encoder import MLPBlock
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.scales import signed_scale
from viz.views.view import View

NEURONS_MAPPED = 5  # the pinned patch's strongest, beside the chosen one
NEURONS_LISTED = 8
CURVE_POINTS = 400
CURVE_REACH = 3.0  # the curve is drawn this far at least, so that its dip and its straight arm show


def mlp_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The pinned patch's neurons on the activation's curve, the strongest over the photo, and what they write."""
    lang, query = selection.lang, selection.focus.query
    name, mlp = f"blocks.{selection.focus.block}.mlp", trace.encoder.blocks[selection.focus.block].mlp
    before, after = trace[f"{name}.lin1"], trace[f"{name}.act"]
    neuron = selection.look.channel
    written = writing(mlp, after[query])
    strongest = written.argsort(descending=True, stable=True).tolist()
    listed = strongest[:NEURONS_LISTED]
    return [
        _on_the_curve(lang, mlp, before[query], after[query], listed),
        _neuron_maps(trace, selection, after, [neuron, *(n for n in strongest if n != neuron)][: NEURONS_MAPPED + 1]),
        Table(
            text(lang, "panel.mlp.strongest"),
            tuple(text(lang, f"axis.mlp.{column}") for column in ("neuron", "before", "after", "written")),
            tuple(
                (str(n), *(f"{float(values[n]):.3f}" for values in (before[query], after[query], written)))
                for n in (*listed, *(() if neuron in listed else (neuron,)))
            ),
            marked=(listed.index(neuron) if neuron in listed else len(listed),),
        ),
        _numbers(lang, mlp, before[query], after[query], written, trace[name][query]),
    ]


def writing(mlp: MLPBlock, hidden: Float[Tensor, " hidden"]) -> Float[Tensor, " hidden"]:
    """Length of the vector that each neuron writes through lin2: what makes a neuron strong for one token."""
    return hidden.abs() * mlp.lin2.weight.detach().norm(dim=0)


def _on_the_curve(lang: str, mlp: MLPBlock, before: Tensor, after: Tensor, strongest: list[int]) -> Curves:
    """Every hidden neuron of one token at (before, after), upon the activation drawn as a line of dots."""
    low, high = min(float(before.min()), -CURVE_REACH), max(float(before.max()), CURVE_REACH)
    x = torch.linspace(low, high, CURVE_POINTS)
    with torch.no_grad():
        y = mlp.act(x)
    return Curves(
        text(lang, "panel.mlp.curve"),
        (
            Curve(type(mlp.act).__name__, x.numpy(), y.numpy()),
            Curve(text(lang, "label.mlp.neurons", count=len(before)), before.numpy(), after.numpy(), role="query"),
            Curve(
                text(lang, "label.mlp.strongest", count=len(strongest)),
                before[strongest].numpy(),
                after[strongest].numpy(),
                role="key",
            ),
        ),
        text(lang, "axis.mlp.before"),
        text(lang, "axis.mlp.after"),
        marks=((0.0, "0"),),
        points=True,
    )


def _neuron_maps(trace: Trace, selection: Selection, after: Tensor, neurons: list[int]) -> Maps:
    """What neurons say of every patch: the chosen one first, then the pinned patch's strongest."""
    lang, (rows, cols) = selection.lang, trace.photo_grid
    values = after[..., neurons].permute(2, 0, 1).numpy()
    note = text(lang, "scale.per_map")
    return Maps(
        text(lang, "panel.mlp.maps"),
        values,
        tuple(signed_scale(one[:rows, :cols], text(lang, "unit.mlp"), note) for one in values),
        tuple(text(lang, "label.mlp.neuron", neuron=neuron) for neuron in neurons),
        notes=tuple(text(lang, "note.mlp.pinned", value=f"{one[selection.focus.query]:.2f}") for one in values),
        chosen=0,
    )


def _numbers(lang: str, mlp: MLPBlock, before: Tensor, after: Tensor, written: Tensor, seen: Tensor) -> Numbers:
    """How many neurons there are, lie below zero, and do half of the writing; lin2's sum against the forward pass."""
    falling = written.sort(descending=True).values.cumsum(0)
    half = int((falling < falling[-1] / 2).sum()) + 1
    summed = mlp.lin2.weight.detach() @ after + mlp.lin2.bias.detach()
    return Numbers(
        text(lang, "panel.mlp.numbers"),
        (
            Number(text(lang, "label.mlp.hidden"), float(len(before))),
            Number(text(lang, "label.mlp.negative"), float((before < 0).sum())),
            Number(text(lang, "label.mlp.half"), float(half)),
            Number(text(lang, "label.mlp.length"), float(seen.norm())),
            Number(text(lang, "label.mlp.difference"), float((summed - seen).abs().max()), role="result"),
        ),
        text(lang, "panel.mlp.proof"),
    )


MLP = View(
    id="mlp",
    stage="mlp",
    panels=mlp_panels,
    source=(MLPBlock,),
    tensors=("blocks.{block}.norm2", "blocks.{block}.mlp.lin1", "blocks.{block}.mlp.act", "blocks.{block}.mlp"),
    uses=frozenset({"block", "query", "channel", "overlay"}),
    channels=lambda trace: trace.encoder.blocks[0].mlp.lin1.out_features,
)
VIEWS = (MLP,)
