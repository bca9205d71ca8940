"""What a panel is called wherever words don't matter: the key of its title, the same in every language."""

from viz.figures.export import readable
from viz.words import JOINED, VERBATIM, Text, Words


def stable_name(text: Text) -> str:
    """What a panel's values are called: the key of its title, which is the same whatever is selected."""
    if isinstance(text, str):
        return readable(text)
    if text.key == VERBATIM:
        return readable(str(dict(text.values)["name"]))
    if text.key == JOINED:
        return "_".join(filter(None, (stable_name(part) for _, part in text.values if isinstance(part, Words))))
    return text.key.removeprefix("panel.").removeprefix("label.")
