"""An exercise in a notebook: a widget where there is a kernel, an element where there is a page."""

import html

import anywidget
import traitlets as t

from lib import checks, modules
from lib.exercises import question

__all__ = ["Exercise"]

_STATIC = "exercises/static"
_STYLES = ("explorables/static/colours.css", "explorables/static/kit/explorables.css")


class Exercise(anywidget.AnyWidget):
    """An exercise that checks itself: in Jupyter as a widget, on a page of the book by itself.

    What the reader does can be read: :attr:`answer` is what was typed or chosen, :attr:`verdict`
    the word of the last check ("right", "almost", "not yet", "unread", or "guess" where a
    prediction was asked), :attr:`mistake` the name of the mistake, :attr:`tries` how often it was
    checked.

    Parameters
    ----------
    id : str
        The id of the question, such as ``"loss_functions.ce_from_logits"``.
    instance : int, optional
        Which of its instances is asked; the same number means the same everywhere.

    Examples
    --------
    >>> exercise = Exercise("loss_functions.ce_from_logits", instance=7)
    >>> exercise
    Exercise('loss_functions.ce_from_logits', instance=7)
    >>> exercise.verdict, exercise.tries
    ('', 0)
    """

    _module = "exercise"
    _esm = t.Unicode().tag(sync=True)
    _css = t.Unicode().tag(sync=True)
    _sheet = t.Dict().tag(sync=True)
    instance = t.Any(0).tag(sync=True)
    answer = t.Union([t.Unicode(), t.Int(), t.List()], default_value="", allow_none=True)
    answer = answer.tag(sync=True)
    verdict = t.Unicode("").tag(sync=True)
    mistake = t.Unicode("").tag(sync=True)
    tries = t.Int(0).tag(sync=True)

    @t.default("_esm")
    def _default_esm(self):
        return modules.single_module(f"{_STATIC}/exercise.js")

    @t.default("_css")
    def _default_css(self):
        return "".join(map(modules.source, [*_STYLES, f"{_STATIC}/exercise.css"]))

    @t.default("_sheet")
    def _default_sheet(self):
        return {**self._question.sheet, "pool": self._question.pool}

    def __init__(self, id, *, instance=0):
        self._question = question(id)
        if self._question.kind == "code":
            raise ValueError(f"{id} asks for a function: check it with check({id!r}, my_function).")
        super().__init__(instance=instance)

    @t.validate("instance")
    def _within_the_pool(self, proposal):
        last = len(self._question.pool) - 1
        return checks.whole_number("instance", proposal["value"], 0, last)

    def __repr__(self):
        facts = {"instance": self.instance, "verdict": self.verdict, "tries": self.tries}
        shown = "".join(f", {name}={value!r}" for name, value in facts.items() if value)
        return f"Exercise({self._question.id!r}{shown})"

    def _repr_html_(self):
        """Return the place where the page sets the question, from the file of its chapter."""
        return (
            f'<div class="exercise" data-exercise="{self._question.id}" '
            f'data-instance="{self.instance}">{html.escape(self._question.title)}</div>'
        )

    def _repr_mimebundle_(self, **kwargs):
        """Show the widget where there is a kernel, the element where there is a page."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": self._repr_html_()}, metadata
