"""A tour in one trace: its stops as the page goes through them, and the questions at some of them."""

from samvit.tracing import Trace
from viz.guesses import GUESSES
from viz.selection import Selection
from viz.tour import RESET, Stop, Tour
from viz.words import written


def tour_message(tour: Tour, trace: Trace, selection: Selection) -> dict[str, object]:
    """Every stop's fields in this trace, its words with this trace's facts, and whether it asks a question.

    Args:
        selection: What is looked at now; it gives the language, and what a stop leaves open.
    """
    return {
        "title": written(tour.title, selection.lang),
        "stops": [stop_message(stop, number, trace, selection) for number, stop in enumerate(tour.stops, 1)],
    }


def stop_message(stop: Stop, number: int, trace: Trace, selection: Selection) -> dict[str, object]:
    """One stop; `fields` are those that the page sets when it is reached."""
    chosen = stop.at(trace, selection, number)
    names = {*RESET, *stop.fields, "stop", *(["block"] if stop.kind else [])}
    return {
        "fields": {name: chosen[name] for name in sorted(names)},
        "title": stop.told("title", trace, chosen),
        "words": stop.told("words", trace, chosen),
        "notes": stop.told("notes", trace, chosen),
        "lit": stop.lit,
        "asks": bool(stop.guess),
    }


def guess_message(tour: Tour, trace: Trace, selection: Selection) -> dict[str, object]:
    """The question of the stop that the selection names, its answers, and which are right for what is looked at.

    Without a question at that stop, `question` is empty.
    """
    number = selection.look.stop
    name = tour.stops[number - 1].guess if number else ""
    if not name:
        return {"stop": number, "question": "", "options": [], "right": [], "answer": ""}
    guess = GUESSES[name](trace, selection)
    return {
        "stop": number,
        "question": written(guess.question, selection.lang),
        "options": [written(option, selection.lang) for option in guess.options],
        "right": guess.right,
        "answer": written(guess.answer, selection.lang),
    }
