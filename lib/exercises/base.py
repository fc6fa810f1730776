"""Declare a question: its kind, its values, its answer, and the mistakes that people make.

A declaration is one call at the top of ``<chapter>.py``, one screen at most; ``loss_functions.py``
has each kind once. Answers and wrong answers are functions of the values, computed by ``lib``; they
name the values that they need, and may ask for ``answer`` too. CONTRIBUTING.md, *Add an exercise*,
lists what else is to be done, and the one command that checks it.
"""

import inspect
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import ClassVar

import numpy as np

from lib.exercises import texts
from lib.exercises.answers import readings_of
from lib.exercises.judge import Verdict, judge_sheet, same

__all__ = [
    "Choice",
    "Choices",
    "FirstWrongLine",
    "Matrix",
    "Mistake",
    "Number",
    "Option",
    "Order",
    "Question",
    "Shape",
    "Vector",
    "Verdict",
    "judge",
    "register",
]

DEALT = 24  # instances of a random question
FEWEST = 6  # with fewer, "another one" is none
TRIED = 400  # seeds that may be looked at
APART = 3  # tolerances between two answers about which different things are said
DIGITS = 12  # of what is stored: the same on every machine

#: Units that may be named and are worth something in each other; the first has size 1.
UNITS = [{"nats": 1.0, "bits": math.log(2)}]
QUESTIONS = {}


def register(question):
    """Enter a question under its id, which nothing else may have."""
    if question.id in QUESTIONS:
        raise ValueError(f"An id must belong to one question, got {question.id!r} twice.")
    QUESTIONS[question.id] = question


@dataclass(frozen=True)
class Mistake:
    """A mistake that people make: its name, the wrong answer it leads to, what is said of it."""

    name: str
    wrong: object
    says: str
    almost: bool = False


@dataclass(frozen=True)
class Option:
    """One of several options that may be ticked, and why it belongs to them or not."""

    text: str
    right: bool
    says: str
    name: str = ""


def called(function, known):
    """Call a function with those of the known values that it names."""
    return function(**{name: known[name] for name in named_by(function)})


@cache
def named_by(function):
    """List the parameters of a function; to find them takes longer than most of our functions."""
    return (*inspect.signature(function).parameters,)


def stored(value):
    """Return a number, array or index as JSON has it, with as many digits as every machine has."""
    value = np.asarray(value).tolist()
    if isinstance(value, list):
        return [stored(item) for item in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Question:
    """What every kind has: texts, values, hints, and the pool of its instances."""

    id: str = field(kw_only=False)
    title: str
    text: str
    hints: list = ()
    because: str
    solution: str
    values: Callable | None = None
    shown: Callable | None = None
    draws_on: tuple = ()
    core: bool = False
    predict: bool = False
    section: tuple = ()  # where a reader who misses it reads on: a label of the chapter, its title
    kind: ClassVar[str] = ""

    def __post_init__(self):
        if not re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", self.id):
            raise ValueError(f"An id must read chapter.name, got {self.id!r}.")
        names = [mistake["name"] for mistake in self.spoken_mistakes()]
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            raise ValueError(
                f"{self.id}: two mistakes must not share a name, got {twice[0]!r} twice."
            )
        register(self)

    def __repr__(self):
        return f"{type(self).__name__}({self.id!r})"

    @property
    def chapter(self):
        """The chapter that the question stands in."""
        return self.id.partition(".")[0]

    # --- instances ---

    def deal(self, seed):
        """Return the values that a seed leads to; they are round enough to be told in full."""
        if self.values is None:
            return {}
        values = self.values(np.random.default_rng([zlib.crc32(self.id.encode()), seed]))
        for name, value in values.items():
            if not isinstance(value, str) and not told_in_full(value):
                raise ValueError(f"{self.id}: {name} must be rounded to 6 digits, got {value!r}.")
        return values

    @cached_property
    def pool(self):
        """The vetted instances, as the page has them; each has a number, the same everywhere."""
        found, faults = {}, Counter()
        for seed in range(TRIED if self.values else 1):
            values = self.deal(seed)
            instance = self.instance(values)
            fault = self.fault(instance)
            key = json.dumps(instance["slots"] if self.values else "")
            if fault:
                faults[fault] += 1
            elif key not in found:
                found[key] = {"number": len(found), **instance}
            if len(found) == DEALT:
                break
        if len(found) < (FEWEST if self.values else 1):
            raise ValueError(f"{self.id}: only {len(found)} fair instances; {reasons(faults)}.")
        return list(found.values())

    def instance(self, values):
        """Return the slots, the answer and the wrong answers that follow from values."""
        known = self.known(values)
        used = set().union(*(texts.slot_names(text) for text in self.own_texts()))
        parted = {slot: slot.partition(":") for slot in sorted(used)}
        slots = {
            slot: texts.slot_text(known[name], form)
            for slot, (name, _, form) in parted.items()
            if name in known
        }
        return {"slots": slots, **self.results(known)}

    def known(self, values):
        """Return what texts and functions may name: values, what is shown besides, the answer."""
        known = dict(values)
        known |= called(self.shown, known) if self.shown else {}
        return known

    def fault(self, instance):
        """Return why an instance is not fair, or an empty text."""
        return ""

    # --- the sheet ---

    @cached_property
    def sheet(self):
        """All that a page must know of the question, as JSON, but for its instances."""
        known = self.known(self.deal(0))
        rows = {name for name, value in known.items() if np.ndim(value) == 2}
        setting = {"known": set(known), "rows": rows}
        set_text = {
            "text": texts.render(self.text, **setting, block=True),
            "hints": [texts.render(hint, **setting) for hint in self.hints],
            "because": texts.render(self.because, **setting),
            "solution": texts.render(self.solution, **setting, block=True),
        }
        mistakes = [
            {**mistake, "says": texts.render(mistake["says"], **setting)}
            for mistake in self.spoken_mistakes()
        ]
        marks = {"core": self.core, "predict": self.predict, "draws_on": list(self.draws_on)}
        place = {"section": list(self.section)} if self.section else {}
        facts = {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            **marks,
            **place,
            **set_text,
        }
        options = [texts.render(text, **setting) for text in self.option_texts()]
        return (
            facts
            | self.facts()
            | {"mistakes": mistakes}
            | ({"options": options} if options else {})
        )

    def spoken_mistakes(self):
        """List name, words and grade of each mistake."""
        raise NotImplementedError

    def option_texts(self):
        """List what is offered to choose from, if anything."""
        return []

    def results(self, known):
        """Return the answer and the wrong answers of an instance."""
        raise NotImplementedError

    def facts(self):
        """Return what else the sheet of this kind has."""
        return {}

    def own_texts(self):
        """List all texts, as they were written."""
        says = [mistake["says"] for mistake in self.spoken_mistakes()]
        return [self.text, *self.hints, self.because, self.solution, *says, *self.option_texts()]


def told_in_full(value):
    """Tell whether what stands on the page is the value, to its last digit."""
    array = np.asarray(value)
    if array.dtype.kind in "US":
        return True
    return all(readings_of(texts.slot_text(n)) == [float(n)] for n in array.ravel().tolist())


def reasons(faults):
    """Say what spoils most instances."""
    return (
        "; ".join(f"{fault} ({count} times)" for fault, count in faults.most_common(3))
        or "all alike"
    )


# --- what is measured: numbers, vectors, matrices, shapes ---


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Measured(Question):
    """A question with a value for its answer, and values for its mistakes."""

    answer: Callable
    mistakes: list
    unit: str = ""
    units: tuple = ()
    tolerance: float = 0.005

    def known(self, values):
        """Return values, what is shown besides, and the answer."""
        answer = called(self.answer, values)
        known = dict(values) | {"answer": answer}
        return known | (called(self.shown, known) if self.shown else {})

    def results(self, known):
        """Return the answer and the wrong answers of an instance; None cannot be made here."""
        wrong = [called(mistake.wrong, known) for mistake in self.mistakes]
        return {
            "answer": stored(known["answer"]),
            "mistakes": [None if value is None else stored(value) for value in wrong],
        }

    def fault(self, instance):
        """Return which two answers lie too close together, or what is no number."""
        values = {"the answer": instance["answer"]}
        values |= {
            mistake.name: wrong
            for mistake, wrong in zip(self.mistakes, instance["mistakes"], strict=True)
            if wrong is not None
        }
        if odd := [name for name, value in values.items() if not self.is_sound(value)]:
            return f"{odd[0]} is no {self.kind}"
        names = list(values)
        for at, name in enumerate(names):
            for other in names[:at]:
                if self.too_close(values[name], values[other]):
                    return f"{name!r} gives the same as {other!r}"
        return ""

    def is_sound(self, value):
        """Tell whether a value is a finite answer of this kind."""
        return np.ndim(value) == self.ndim and bool(np.all(np.isfinite(value)))

    def too_close(self, one, other):
        """Tell whether two answers could be taken for one another."""
        gap = self.tolerance or 1e-9
        return same(one, other, gap, APART) or same(other, one, gap, APART)

    def spoken_mistakes(self):
        """List name, words and grade of each mistake."""
        return [{"name": m.name, "says": m.says, "almost": m.almost} for m in self.mistakes]

    def facts(self):
        """Return unit, units that may be named, and tolerance."""
        return {"unit": self.unit, "units": self.named_units(), "tolerance": self.tolerance}

    def named_units(self):
        """List the units that may be named, with their sizes in the unit that is asked."""
        own = dict.fromkeys([self.unit, *self.units], 1.0) if self.unit else {}
        family = next((family for family in UNITS if self.unit in family), {})
        sizes = own | {name: size / family[self.unit] for name, size in family.items()}
        named = [
            {"name": name, "size": size, "spellings": spellings(name)}
            for name, size in sizes.items()
        ]
        return [unit for unit in named if unit["name"] != "%"]


def spellings(unit):
    """List how a unit may be written: in the singular, per step as /step."""
    lower = unit.lower()
    many = [lower, *([lower[:-1]] if lower.endswith("s") else [f"{lower}s"])]
    return [
        *many,
        *(lower.replace("per ", mark) for mark in ("/", "a ", "each ") if lower.startswith("per ")),
    ]


class Number(Measured):
    """A question whose answer is one number."""

    kind, ndim = "number", 0


class Vector(Measured):
    """A question whose answer is a vector."""

    kind, ndim = "vector", 1


class Matrix(Measured):
    """A question whose answer is a matrix."""

    kind, ndim = "matrix", 2


class Shape(Measured):
    """A question whose answer is the shape of an array: lengths, as numbers or letters."""

    kind = "shape"

    def known(self, values):
        """Return values, what is shown besides, and the answer as NumPy writes it."""
        answer = self.lengths(self.answer, values)
        known = dict(values) | {"answer": shape_text(answer)}
        return known | (called(self.shown, known) if self.shown else {})

    @staticmethod
    def lengths(given, values):
        """Return lengths as texts; they may be given as they are, where they are letters."""
        found = called(given, values) if callable(given) else given
        return None if found is None else [str(length).lower() for length in found]

    def results(self, known):
        """Return the lengths of the answer and of the wrong answers."""
        return {
            "answer": self.lengths(self.answer, known),
            "mistakes": [self.lengths(mistake.wrong, known) for mistake in self.mistakes],
        }

    def is_sound(self, value):
        """Tell whether a value is a list of lengths."""
        return isinstance(value, list) and all(isinstance(length, str) for length in value)

    def too_close(self, one, other):
        """Tell whether two shapes are the same."""
        return one == other


def shape_text(lengths):
    """Write a shape as NumPy does."""
    return f"({', '.join(lengths)}{',' if len(lengths) == 1 else ''})"


# --- what is chosen ---


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Choice(Question):
    """A question with one right option; each wrong one is a mistake, the option its wrong."""

    right: str
    wrong: list
    kind: ClassVar[str] = "choice"

    def option_texts(self):
        """List the right option, then the wrong ones."""
        return [self.right, *(mistake.wrong for mistake in self.wrong)]

    def spoken_mistakes(self):
        """List name, words and grade of each wrong option."""
        return [{"name": m.name, "says": m.says, "almost": m.almost} for m in self.wrong]

    def results(self, known):
        """Return the indices of the right option and of the wrong ones."""
        return {"answer": 0, "mistakes": list(range(1, len(self.wrong) + 1))}

    def fault(self, instance):
        """Return whether two options read the same."""
        filled = [texts.fill(text, instance["slots"]) for text in self.sheet["options"]]
        return "two options read the same" if len(set(filled)) < len(filled) else ""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Choices(Question):
    """A question with any number of right options, each an :class:`Option`."""

    options: list
    kind: ClassVar[str] = "choices"

    def option_texts(self):
        """List the options."""
        return [option.text for option in self.options]

    def spoken_mistakes(self):
        """List what is said of each option that is wrongly ticked or left out."""
        named = enumerate(self.options)
        return [
            {"name": option.name or f"option {at + 1}", "says": option.says, "almost": False}
            for at, option in named
        ]

    def results(self, known):
        """Return the indices of the right options, and all that can be got wrong."""
        right = [at for at, option in enumerate(self.options) if option.right]
        return {"answer": right, "mistakes": list(range(len(self.options)))}

    fault = Choice.fault


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Order(Question):
    """Lines to be put in order.

    ``before`` lists the pairs of lines that must keep their order, where not all must. The wrong of
    a mistake is a pair, the line that wrongly stands before the other, or the text of a line that
    does not belong.
    """

    lines: list
    mistakes: list
    before: list | None = None
    kind: ClassVar[str] = "order"

    def option_texts(self):
        """List the lines in order, then those that do not belong."""
        strangers = [mistake.wrong for mistake in self.mistakes if isinstance(mistake.wrong, str)]
        return [*self.lines, *strangers]

    def spoken_mistakes(self):
        """List name, words and grade of each mistake."""
        return [{"name": m.name, "says": m.says, "almost": m.almost} for m in self.mistakes]

    def results(self, known):
        """Return the order of the lines, and each mistake as a pair or the index of a stranger."""
        offered = self.option_texts()
        wrong = [
            offered.index(m.wrong) if isinstance(m.wrong, str) else list(m.wrong)
            for m in self.mistakes
        ]
        return {"answer": list(range(len(self.lines))), "mistakes": wrong}

    def fault(self, instance):
        """Return which mistake is none, for a right order has that pair."""
        pairs = [pair for pair in instance["mistakes"] if isinstance(pair, list)]
        fixed = reachable(
            self.before or list(zip(instance["answer"], instance["answer"][1:], strict=False))
        )
        allowed = [pair for pair in pairs if (pair[1], pair[0]) not in fixed]
        return f"a right order may have {allowed[0]}" if allowed else Choice.fault(self, instance)

    def facts(self):
        """Return the pairs that must keep their order."""
        return {"before": [list(pair) for pair in self.before] if self.before is not None else None}


def reachable(pairs):
    """Return all pairs that follow from some: a before b and b before c put a before c."""
    found = {tuple(pair) for pair in pairs}
    while more := {(a, d) for a, b in found for c, d in found if b == c} - found:
        found |= more
    return found


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FirstWrongLine(Question):
    """Lines of a derivation, one of which is the first that is wrong.

    A line is a text, or a :class:`Mistake` with the line as its wrong and what is said to somebody
    who takes it for the first wrong one.
    """

    lines: list
    wrong: int
    kind: ClassVar[str] = "first wrong line"

    def option_texts(self):
        """List the lines."""
        return [line.wrong if isinstance(line, Mistake) else line for line in self.lines]

    def spoken_mistakes(self):
        """List what is said of each line but the wrong one."""
        return [self.spoken(at) for at in range(len(self.lines)) if at != self.wrong]

    def spoken(self, at):
        """Return name and words of one line."""
        line = self.lines[at]
        if isinstance(line, Mistake):
            return {"name": line.name, "says": line.says, "almost": False}
        says = SOUND_LINE if at < self.wrong else LATER_LINE
        return {"name": f"line {at + 1}", "says": says, "almost": False}

    def results(self, known):
        """Return the index of the wrong line, and of the others."""
        others = [at for at in range(len(self.lines)) if at != self.wrong]
        return {"answer": self.wrong, "mistakes": others}

    fault = Choice.fault


SOUND_LINE = "This line is right. Check the step after it."
LATER_LINE = "This line follows from the one before it: something went wrong earlier."


def judge(question, instance, typed):
    """Judge an answer to a question; ``instance`` is a number of its pool, or what stands there."""
    at = question.pool[instance] if isinstance(instance, int) else instance
    return judge_sheet(question.sheet, at, typed)
