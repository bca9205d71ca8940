"""The numeric line: one query, one key, one head; and the proof that the rebuilt row is the encoder's own."""

from samvit.measures.scores import strongest_key
from samvit.tracing import Trace
from viz.selection import Selection


def pair_message(trace: Trace, selection: Selection) -> dict[str, object] | None:
    """content + rel_h + rel_w = score → weight for the pinned query and key, in full float32.

    Without a chosen key it is the strongest one; a key outside the query's window has no weight, and says so. None
    where a damaged encoder gives no weight at all: a view that needs none can still be looked at.
    """
    row = trace.attention(selection.focus.block, selection.focus.query)
    weights = row.weights[selection.focus.head]
    if bool(weights.isnan().all()):
        return None
    key = selection.focus.key or strongest_key(weights)
    message: dict[str, object] = {
        "query": selection.focus.query,
        "key": key,
        "chosen": selection.focus.key is not None,
        "head": selection.focus.head,
        "block": selection.focus.block,
        "span": [row.span.row, row.span.col, *row.span.inside],
        "windowPadding": float(row.window_padding[selection.focus.head]),
        "imagePadding": float(row.image_padding[selection.focus.head]),
    }
    if bool(weights[key].isnan()):
        return message | {"outside": True}
    head = selection.focus.head
    content, rel_h, rel_w = row.content[(head, *key)], row.rel_h[head, key[0]], row.rel_w[head, key[1]]
    return message | {
        "outside": False,
        "content": float(content),
        "relH": float(rel_h),
        "relW": float(rel_w),
        "score": float(content + rel_h + rel_w),  # in the encoder's order and numbers, as `row.scores`
        "weight": float(weights[key]),
    }


def key_of(trace: Trace, selection: Selection) -> tuple[int, int]:
    """The chosen key patch, or the one that the selected head looks at most."""
    if selection.focus.key is not None:
        return selection.focus.key
    return strongest_key(trace.attention(selection.focus.block, selection.focus.query).weights[selection.focus.head])


def proof_message(trace: Trace, selection: Selection) -> dict[str, object]:
    """How far the rebuilt attention output is from what the hook saw, and whether that is rounding only."""
    proof = trace.proof(selection.focus.block, selection.focus.query)
    return {
        "difference": proof.largest_difference,
        "size": float(proof.seen.abs().max()),
        "holds": proof.holds,
        "block": selection.focus.block,
        "query": selection.focus.query,
    }
