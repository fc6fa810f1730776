"""Exercises that check themselves and name the mistake.

A question is declared in the file of its chapter, and found here by its id; only that file is
loaded. The widget and the checks of code load when they are asked for.
"""

from importlib import import_module

from lib.exercises.base import QUESTIONS, judge

__all__ = ["CHAPTERS", "Exercise", "answer", "check", "judge", "question", "questions"]

#: The chapters that ask, in the order of the book.
CHAPTERS = (
    "basics",
    "datasets",
    "loss_functions",
    "likelihood",
    "matrix_calculus",
    "chain_rule",
    "model_fitting",
    "overfitting",
)

_LATER = {
    "Exercise": "widget",
    "answer": "hand_in",
    "check": "code",
}  # loaded when they are asked for


def __getattr__(name):
    """Load the widget and the checks of code when they are asked for."""
    if name in _LATER:
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def questions(chapter):
    """List the questions of a chapter, in the order of its file.

    Parameters
    ----------
    chapter : str
        The name of the chapter, such as ``"loss_functions"``.

    Returns
    -------
    list of lib.exercises.base.Question
        The questions.

    Raises
    ------
    ValueError
        If there is no such chapter.

    Examples
    --------
    >>> questions("loss_functions")[0].chapter
    'loss_functions'
    """
    if chapter not in CHAPTERS:
        raise ValueError(f"chapter must be one of {', '.join(CHAPTERS)}, got {chapter!r}.")
    import_module(f"{__name__}.{chapter}")
    return [found for found in QUESTIONS.values() if found.chapter == chapter]


def question(id):
    """Find a question by its id.

    Parameters
    ----------
    id : str
        The id, such as ``"loss_functions.mean_squared_error"``.

    Returns
    -------
    lib.exercises.base.Question
        The question.

    Raises
    ------
    ValueError
        If there is no such question; the ids of the chapter are listed.

    Examples
    --------
    >>> question("loss_functions.mean_squared_error").kind
    'number'
    """
    found = {one.id: one for one in questions(id.partition(".")[0])}
    if id not in found:
        raise ValueError(f"id must be one of {', '.join(found)}, got {id!r}.")
    return found[id]
