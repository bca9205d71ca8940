"""The MLP."""

TEXTS = {
    "view.mlp.title": "MLP",
    "view.mlp.what": (
        "Each token goes through the MLP alone: lin1 makes four times as many numbers of it (its neurons), GELU is "
        "applied to each, and lin2 writes the result into the stream. Each dot is a neuron of the pinned patch, on the "
        "curve of GELU. The maps begin with the neuron that writes most at the pinned patch; the chosen one is marked."
    ),
    "view.mlp.formula": r"$\mathrm{mlp}(⟦x⟧) = ⟦W_2⟧ \cdot \mathrm{GELU}(⟦W_1⟧ \cdot ⟦x⟧ + ⟦b_1⟧) + ⟦b_2⟧$",
    "view.mlp.more": (
        "GELU is x·Φ(x), where Φ is the normal distribution’s share below x; torch computes it exactly and not by the "
        "tanh approximation. What a neuron writes is its value after GELU times its column of W₂, and “writes most” "
        "means that this vector is the longest. All neurons’ vectors and b₂ add up to the MLP’s output. With "
        "mlp_ratio 4, two thirds of a block’s weights lie in these two matrices."
    ),
    "view.mlp.not": (
        "A neuron that is large on one thing in this photo isn't a detector of it: in other photos it may be large on "
        "something else. Nor is a neuron below zero switched off: GELU lets a little through, down to −0.17. GELU is "
        "the encoder's only activation function; a norm isn't one."
    ),
    "panel.mlp.curve": "The pinned patch's neurons, before and after GELU",
    "panel.mlp.maps": "The pinned patch's strongest neurons, and the chosen one",
    "panel.mlp.strongest": "The neurons that write most at the pinned patch",
    "panel.mlp.numbers": "The pinned patch's hidden layer",
    "panel.mlp.proof": (
        "A neuron writes its value after GELU times its column of lin2. The difference compares the sum of what all "
        "neurons write, plus lin2's bias, with what the forward pass computed."
    ),
    "label.mlp.neurons": "all {count:count} neurons",
    "label.mlp.strongest": "the strongest {count:count}",
    "label.mlp.neuron": "neuron {neuron}",
    "label.mlp.hidden": "neurons",
    "label.mlp.negative": "below zero before GELU",
    "label.mlp.half": "neurons that write half of it",
    "label.mlp.length": "length of the MLP's output",
    "label.mlp.difference": "largest difference",
    "axis.mlp.before": "before GELU",
    "axis.mlp.after": "after GELU",
    "axis.mlp.neuron": "neuron",
    "axis.mlp.written": "length of what it writes",
    "unit.mlp": "after GELU",
    "note.mlp.pinned": "at the pinned patch {value:number}",
}
