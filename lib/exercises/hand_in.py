"""What an assignment notebook calls: it notes answers down, and tells how they were read."""

from dataclasses import dataclass

import numpy as np

from lib import exercises
from lib.exercises import texts

GIVEN = {}  # the last answer to each question, as text


@dataclass(frozen=True, repr=False)
class Noted:
    """An answer that was noted, and how it was read."""

    id: str
    text: str

    def __repr__(self):
        return self.text


def answer(id, typed):
    """Note an answer to a question of an assignment; it is judged when it is collected.

    Parameters
    ----------
    id : str
        The question, as its cell says it.
    typed : str, number or array
        The answer: a text as one would type it on the page, or what you computed.

    Returns
    -------
    Noted
        How the answer was read.

    Raises
    ------
    ValueError
        If there is no such question.

    Examples
    --------
    >>> answer("loss_functions.mean_squared_error", "1/2")
    Noted. Read as 0.5.
    """
    question = exercises.question(id)
    if question.kind == "code":
        raise ValueError(f"{id} asks for a function: write check({id!r}, {question.name}).")
    text = typed_text(typed)
    if not text.strip():
        return Noted(id, "Not answered yet.")
    GIVEN[id] = text
    verdict = exercises.judge(question, 0, text)
    if verdict.kind == "unread":
        return Noted(id, f"Not readable yet. {texts.plain(verdict.says)}")
    return Noted(id, f"Noted. {texts.plain(verdict.read) or f'Read as {text}.'}")


def typed_text(value):
    """Write a computed answer as one would type it."""
    if value is None or value is ...:
        return ""
    if isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or array.ndim > 2:
        return str(value)
    if array.ndim == 2:
        return "; ".join(", ".join(map(_number, row)) for row in array.tolist())
    return f"({', '.join(map(_number, array.tolist()))})" if array.ndim else _number(array.item())


def _number(value):
    """Write one number."""
    return repr(int(value) if isinstance(value, bool) else value)
