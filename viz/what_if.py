"""A what-if in words."""

from samvit.what_if import Change, WhatIf
from viz.words import Words, joined, say

NAMES = {
    "rel_pos_off": lambda change: say("change.rel_pos_off"),
    "rel_h_off": lambda change: say("change.rel_h_off"),
    "rel_w_off": lambda change: say("change.rel_w_off"),
    "abs_pos_off": lambda change: say("change.abs_pos_off"),
    "windows_8": lambda change: say("change.windows_8"),
    "windows_14": lambda change: say("change.windows_14"),
    "windows_16": lambda change: say("change.windows_16"),
    "all_global": lambda change: say("change.all_global"),
    "none_global": lambda change: say("change.none_global"),
    "padding_masked": lambda change: say("change.padding_masked"),
    "block_off": lambda change: say("change.block_off", block=change["block"]),
    "head_off": lambda change: say("change.head_off", block=change["block"], head=change["head"]),
    "shifted": lambda change: say("change.shifted", rows=change["rows"], cols=change["cols"]),
    "grey": lambda change: say("change.grey"),
    "covered": lambda change: say("change.covered", row=change["row"], col=change["col"]),
}


def change_words(change: Change) -> Words:
    """What one change is."""
    return NAMES[change.kind](change)


def changes_words(what_if: WhatIf) -> Words:
    """All changes, one after the other; empty for the true encoder."""
    return joined(*map(change_words, what_if.changes), by=", ")


def what_if_words(what_if: WhatIf) -> Words | None:
    """The sentence that must stand wherever something of a what-if is shown; None for the true encoder."""
    return say("what_if.sentence", changes=changes_words(what_if)) if what_if else None
