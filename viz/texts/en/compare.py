"""Two sides beside each other."""

TEXTS = {
    "panel.compare.difference": "{what}: A − B",
    "panel.compare.a": "A · {what}",
    "panel.compare.b": "B · {what}",
    "caption.side.a": "A: {what}",
    "caption.side.b": "B: {what}",
    "ui.compare": "Compare two",
    "ui.compare.b": "B differs in",
    "ui.compare.same": "same",
    "ui.compare.image": "photo",
    "ui.compare.model": "model",
    "ui.compare.size": "input",
    "ui.compare.block": "block",
    "ui.compare.head": "head",
    "ui.compare.query": "patch",
    "ui.compare.query.how": "Choose “2nd query” under the photo: a click then pins B’s own patch.",
    "ui.compare.upload": "your photo",
    "ui.compare.one": "one scale",
    "ui.compare.scales": "The same colour for the same value on both sides; otherwise each side has its own scale.",
    "ui.compare.swap": "A becomes B",
    "ui.compare.leave": "End the comparison",
    "tip.both": "{tip} · {side} {value}",
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
        "This is compared by eye: pictures, categories and tables have no difference in numbers. A picture’s colours "
        "come from its own side’s values, unless both sides share a basis."
    ),
    "note.compare.below": "What is under A − B is A’s value less B’s.",
}
