"""Two sides beside each other."""

TEXTS = {
    "panel.compare.difference": "{what}: A − B",
    "panel.compare.a": "A · {what}",
    "panel.compare.b": "B · {what}",
    "caption.side.a": "A: {what}",
    "caption.side.b": "B: {what}",
    "column.compare.what": "value",
    "label.side.a": "A",
    "label.side.b": "B",
    "label.compare.with_unit": "{label}, {unit}",
    "label.compare.difference": "A − B",
    "scale.both_sides": "one scale for A and B",
    "scale.both_sides.log": "one logarithmic scale for A and B",
    "note.compare.map": "correlation {r:number}, largest difference {size} at {place}",
    "note.compare.largest": "largest difference {size} at {place}; one of them doesn’t vary, so it has no correlation",
    "note.compare.nothing": "no patch has a value on both sides",
    "note.compare.chosen": "A and B, {map}: {likeness}.",
    "note.compare.shapes": (
        "A and B have different sizes ({one} and {other}), so there is no difference to show: compare them by eye."
    ),
    "note.compare.no_pair": "A and B show different things here, so there is no difference to show.",
    "note.compare.by_eye": (
        "What is shown here is compared by eye: colours of pictures, categories and tables have no difference."
    ),
    "note.compare.below": "What is under A − B is A’s value less B’s.",
}
