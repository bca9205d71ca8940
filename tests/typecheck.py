"""Shapes checked in tests: at each call of a function that says any, and whenever a dataclass is made."""

import inspect
from typing import Any

import jaxtyping
from beartype import BeartypeConf, beartype

# A whole number is good where a float is asked for.
typechecker = beartype(conf=BeartypeConf(is_pep484_tower=True))


def says_shapes(thing: Any) -> bool:
    """Whether a function has a shape among its annotations."""
    return any("jaxtyping." in repr(annotation) for annotation in inspect.get_annotations(thing).values())


def check_shapes() -> None:
    """Let jaxtyping's import hook leave alone what says no shapes, for mypy checks all that is said there.

    A function inside another one would be prepared anew at each call of that, which takes longer than most tests.
    """
    check = jaxtyping.jaxtyped

    def jaxtyped(*, typechecker: Any) -> Any:
        def checked(thing: Any) -> Any:
            once = inspect.isclass(thing) or ("<locals>" not in thing.__qualname__ and says_shapes(thing))
            return check(thing, typechecker=typechecker) if once else thing

        return checked

    jaxtyping.jaxtyped = jaxtyped
