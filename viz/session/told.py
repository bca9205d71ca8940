"""What samvit says (errors, and facts of photos and weights), as words of the catalogue."""

from samvit import provenance
from samvit.errors import Phrase, SaidError
from samvit.photo.fact import Fact, written_value
from viz.words import Problem, Words, say, written


def of_error(error: Problem | SaidError) -> Words:
    """What a person is told of an error, whoever raised it."""
    return error.words if isinstance(error, Problem) else of_phrase(error.phrase)


def said(error: Exception, language: str) -> str:
    """An error in a language; as it is where it was written in one already."""
    return written(of_error(error), language) if isinstance(error, Problem | SaidError) else str(error)


def of_phrase(phrase: Phrase) -> Words:
    """What an error says; a phrase within it becomes words within words."""
    values = {name: of_phrase(value) if isinstance(value, Phrase) else value for name, value in phrase.values}
    return say(f"samvit.{phrase.key}", **values)


def of_photo(fact: Fact) -> Words:
    """How a photo was read; its numbers are written the same in every language."""
    return say(f"samvit.photo_fact.{fact.key}", **{name: written_value(name, value) for name, value in fact.values})


def of_weights(fact: provenance.Fact) -> Words:
    """What is known of an encoder's weights."""
    shown = fact.shown()
    values = {name: of_phrase(value) if isinstance(value, Phrase) else value for name, value in shown.items()}
    return say(f"samvit.weights_fact.{fact.key}", **values)
