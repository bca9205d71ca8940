"""The MLP."""

TEXTS = {
    "view.mlp.title": "MLP",
    "view.mlp.what": (
        "Each token goes through the MLP alone: lin1 makes four times as many numbers, its neurons, GELU bends each, "
        "and lin2 writes the result into the stream. Each dot is a neuron of the pinned patch, upon GELU's curve."
    ),
    "view.mlp.formula": r"$\mathrm{mlp}(x) = W_2 \cdot \mathrm{GELU}(W_1 \cdot x + b_1) + b_2$",
    "view.mlp.not": (
        "A neuron that lights up on one thing in this photo isn't a detector of it: other photos may light it up for "
        "other reasons. Nor is a neuron left of zero off: GELU lets through a little, down to −0.17. This is the "
        "encoder's only activation; the norms aren't one."
    ),
    "panel.mlp.curve": "The pinned patch's neurons, before and after",
    "panel.mlp.maps": "The chosen neuron, and the pinned patch's strongest",
    "panel.mlp.strongest": "The strongest, by what they write",
    "panel.mlp.numbers": "The pinned patch's hidden layer",
    "panel.mlp.proof": (
        "The difference compares the sum over all neurons of (after × its column of lin2), plus the bias, with what "
        "the forward pass computed."
    ),
    "label.mlp.neurons": "all {count} neurons",
    "label.mlp.strongest": "strongest {count}",
    "label.mlp.neuron": "neuron {neuron}",
    "label.mlp.hidden": "neurons",
    "label.mlp.negative": "below zero before GELU",
    "label.mlp.half": "write half of it",
    "label.mlp.length": "length of the MLP's output",
    "label.mlp.difference": "largest difference",
    "axis.mlp.before": "before GELU",
    "axis.mlp.after": "after GELU",
    "axis.mlp.neuron": "neuron",
    "axis.mlp.written": "length it writes",
    "unit.mlp": "after GELU",
    "note.mlp.pinned": "pinned {value}",
}
