"""The architecture as the page draws it: its nodes in the order of the forward pass, and the stage each one opens."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """What the numbers of a shape count (the text `axes.<axes>`), and what has this shape (the text `of.<of>`)."""

    axes: str
    of: str


@dataclass(frozen=True)
class Node:
    """One step in the diagram (its name is the text `node.<id>`), and the stage whose views show it.

    Attributes:
        shape: What its live shape says; None for a node without one.
        windowed: What it says in a windowed block, where that is something else.
        view: The one view of its stage that shows this node alone; "" opens the view last seen of the stage.
        panel: Which panel of its stage's first view shows it, where it is one of several nodes of that view.
    """

    id: str
    stage: str
    shape: Shape | None = None
    windowed: Shape | None = None
    view: str = ""
    panel: int | None = None


TOKENS = Shape("tokens", "grid")
CHANNELS = Shape("channels_first", "grid")
NEURONS = Shape("neurons", "grid")
SCORES, SCORES_IN_WINDOW = Shape("scores", "grid"), Shape("scores", "window")

OUTER = (
    Node("config", "config"),
    Node("photo", "photo", Shape("pixels", "photo")),
    Node("pad", "photo", Shape("pixels", "image"), view="image_padding"),
    Node("patches", "patches", TOKENS),
    Node("position", "position", TOKENS),
    Node("blocks", "softmax", TOKENS),
    Node("neck.0", "neck", CHANNELS),
    Node("neck.1", "neck", CHANNELS, view="neck_norm"),
    Node("neck.2", "neck", CHANNELS),
    Node("neck.3", "neck", CHANNELS, view="neck_norm"),
    Node("embedding", "embedding", CHANNELS),
    Node("network", "network"),
)

# Inside the selected block.
INNER = (
    Node("norm1", "norm1", TOKENS),
    Node("partition", "windows", TOKENS, Shape("windows", "windows"), panel=0),
    Node("qkv", "qkv", Shape("qkv", "token")),
    Node("scores", "scores", SCORES, SCORES_IN_WINDOW),
    Node("softmax", "softmax", SCORES, SCORES_IN_WINDOW),
    Node("values", "values", Shape("heads", "token"), panel=0),
    Node("proj", "values", Shape("channels", "token"), panel=2),
    Node("unpartition", "windows", TOKENS, panel=2),
    Node("add_attn", "residual"),
    Node("norm2", "norm2", TOKENS),
    Node("lin1", "mlp", NEURONS, panel=0),
    Node("gelu", "mlp", NEURONS, panel=0),
    Node("lin2", "mlp", TOKENS, panel=2),
    Node("add_mlp", "residual"),
)

# Where each of `viz.selection.FLOW_STEPS` stands in the strip.
FLOW_NODES = {
    "pixels": "photo",
    "values": "pad",
    "token": "patches",
    "input": "position",
    "norm1": "norm1",
    "window": "partition",
    "qkv": "qkv",
    "scores": "scores",
    "softmax": "softmax",
    "mixed": "values",
    "joined": "values",
    "proj": "proj",
    "add_attn": "add_attn",
    "norm2": "norm2",
    "lin1": "lin1",
    "gelu": "gelu",
    "lin2": "lin2",
    "add_mlp": "add_mlp",
}
