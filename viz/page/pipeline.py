"""The architecture as the page draws it: its nodes in the order of the forward pass, and the stage each one opens."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """One step in the diagram (its name is the text `node.<id>`), and the stage whose views show it."""

    id: str
    stage: str


OUTER = (
    Node("config", "config"),
    Node("photo", "photo"),
    Node("pad", "photo"),
    Node("patches", "patches"),
    Node("position", "position"),
    Node("blocks", "softmax"),
    Node("neck.0", "neck"),
    Node("neck.1", "neck"),
    Node("neck.2", "neck"),
    Node("neck.3", "neck"),
    Node("embedding", "embedding"),
    Node("network", "network"),
)

# Inside the selected block.
INNER = (
    Node("norm1", "norm1"),
    Node("partition", "windows"),
    Node("qkv", "qkv"),
    Node("scores", "scores"),
    Node("softmax", "softmax"),
    Node("values", "values"),
    Node("proj", "values"),
    Node("unpartition", "windows"),
    Node("add_attn", "residual"),
    Node("norm2", "norm1"),
    Node("lin1", "mlp"),
    Node("gelu", "mlp"),
    Node("lin2", "mlp"),
    Node("add_mlp", "residual"),
)
