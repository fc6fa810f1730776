"""Code exercises: a function is called with many inputs, and what it gets wrong is named.

A mistake is recognised by what it does, never by how it is written: the wrong functions of a
declaration are called with the same inputs, and where the reader's gives the same results, that is
what went wrong.
"""

import ast
import builtins
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape

import numpy as np

from lib import exercises
from lib.exercises import base, texts
from lib.exercises.probes import Call, Other, Run, Seeded, Yielded, run, shown

SECONDS = 10.0  # for all calls of a check together, outside the page
RTOL, ATOL = 1e-6, 1e-9
N_DRAWN = 24

# ---------------------------------------------------------------------------------------------
# A declaration
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CodeMistake:
    """A wrong function that people write, or several that are wrong in the same way.

    Where they are too many to be listed, ``like(came, must, *args)`` tells whether a wrong result
    is one of theirs; it must hold for all that are wrong.
    """

    name: str
    function: Callable | tuple
    says: str
    almost: bool = False
    like: Callable | None = None

    @property
    def functions(self):
        """All of its functions."""
        return self.function if isinstance(self.function, tuple) else (self.function,)


@dataclass(frozen=True)
class Law:
    """What must hold for a result where no single result is right: ``holds(result, *args)``."""

    name: str  # of its breach
    holds: Callable
    says: str


class CodeQuestion:
    """A question whose answer is a function.

    ``probes`` are tuples of arguments (or ``call(...)`` where some are named), the small ones and
    the edges; ``draw(rng)`` makes a random one; ``refuses`` are those that must raise an error.
    Results are compared with those of ``reference``. Where they are random they are held to
    ``laws`` instead, and ``summary(result, *args)`` tells the mistakes apart: a few means of a
    large result, each sure to within 0.01.
    """

    kind = "code"

    def __init__(self, id, *, title, text, stub, reference, probes, mistakes, **more):
        self.id, self.title, self.text = id, title, text
        self.stub, self.reference = textwrap.dedent(stub).strip("\n"), reference
        self.mistakes = tuple(mistakes)
        self._take(probes, **more)
        base.register(self)

    def _take(self, probes, *, refuses=(), draw=None, rtol=RTOL, atol=ATOL, **more):
        """Take what has a default."""
        self.probes, self.refuses, self.draw = tuple(probes), tuple(refuses), draw
        self.rtol, self.atol = rtol, atol
        self._take_laws(**more)

    def _take_laws(self, *, laws=(), summary=None, **words):
        """Take what a random result is held to, and what it is recognised by."""
        self.laws, self.summary = tuple(laws), summary
        self._take_words(**words)

    def _take_words(self, *, hints=(), because="", solution="", draws_on=(), core=False):
        """Take what is said around the question."""
        self.hints, self.because, self.solution = tuple(hints), because, solution
        self.draws_on, self.core = tuple(draws_on), core

    def __repr__(self):
        return f"CodeQuestion({self.id!r})"

    @property
    def chapter(self):
        """The chapter that the question stands in."""
        return self.id.partition(".")[0]

    @property
    def name(self):
        """What the stub calls the function."""
        return ast.parse(self.stub).body[-1].name

    @cached_property
    def parameters(self):
        """What the stub calls its parameters."""
        return [argument.arg for argument in ast.parse(self.stub).body[-1].args.args]

    @cached_property
    def calls(self):
        """All calls of a check, the small ones first, then those that must be refused."""
        rngs = [np.random.default_rng(seed) for seed in range(N_DRAWN if self.draw else 0)]
        tried = map(_as_call, [*self.probes, *(self.draw(rng) for rng in rngs)])
        refused = [_as_call(probe, refused=True) for probe in self.refuses]
        by_size = partial(sorted, key=lambda one: one.size)
        return [*by_size(tried), *by_size(refused)]

    @cached_property
    def expected(self):
        """What the reference does."""
        return run(self.reference, self.calls)

    @cached_property
    def wrong_trials(self):
        """Pair each mistake with what its functions do."""
        return [
            (mistake, Trial(self, run(function, self.calls)))
            for mistake in self.mistakes
            for function in mistake.functions
        ]


def _as_call(probe, *, refused=False):
    """Take a tuple of arguments for a call."""
    args, kwargs = (probe.args, probe.kwargs) if isinstance(probe, Call) else (probe, {})
    return Call(tuple(args), kwargs, refused)


# ---------------------------------------------------------------------------------------------
# What is wrong with one result
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What is wrong with a result: a token to compare, and a sentence."""

    token: str
    says: str = ""


def _fault(question, index, outcome):
    """Say what is wrong with what a call led to; None where nothing is."""
    one = question.calls[index]
    if outcome.kind == "time":
        asked = "is there a loop that never stops, or one that is very slow?"
        return Fault("time", f"It did not come to an end in time: {asked}")
    if one.refused:
        return _refusal_fault(question, outcome, question.expected.outcomes[index])
    if outcome.kind == "raised":
        return Fault("raised", "It stops with an error.")
    if outcome.changed:
        name = [*question.parameters[: len(one.args)], *one.kwargs][outcome.changed - 1]
        return Fault(
            "changed",
            f"It changes `{name}`, which belongs to the caller: copy it first, and write "
            "`a = a - b`, not `a -= b`, for arrays.",
        )
    return _value_fault(question, one, question.expected.outcomes[index], outcome)


_ACCIDENTS = ("NameError", "UnboundLocalError", "AttributeError", "ZeroDivisionError")


def _refusal_fault(question, outcome, expected):
    """Ask for an error, of the kind that the text names; one that merely happens is none."""
    if outcome.kind == "raised" and not outcome.error.startswith(_ACCIDENTS):
        came, asked = (one.error.partition(":")[0] for one in (outcome, expected))
        classes = [getattr(builtins, name, None) for name in (came, asked)]
        if asked not in question.text or None in classes or issubclass(*classes):
            return None
        return Fault("other error", f"It is refused with `{came}`; it must be `{asked}`.")
    if outcome.kind == "raised":
        return Fault("raised", "It stops with an error, but not with one that says what is wrong.")
    return Fault("accepted", "This must be refused, with an error that says what is wrong.")


def _value_fault(question, one, expected, outcome):
    """Hold a result to the laws, or to the reference's."""
    if outcome.value is None and expected.value is not None:
        return Fault("none", "It returns nothing: does every path through it end in a `return`?")
    if not question.laws:
        return difference(expected.value, outcome.value, question.rtol, question.atol)
    for law in question.laws:
        if not _holds(law, outcome.value, one):
            return Fault(f"law {law.name}", law.says)
    return None


def _holds(law, value, one):
    """Whether a law holds; a result that it cannot even be asked about breaks it."""
    args, kwargs = one.fresh()
    try:
        return bool(law.holds(value, *args, **kwargs))
    except Exception:
        return False


def difference(expected, came, rtol=RTOL, atol=ATOL):
    """Say in what a result differs from the expected one; None where it does not."""
    if isinstance(came, Yielded) != isinstance(expected, Yielded):
        return _type_fault(came, "a generator" if isinstance(expected, Yielded) else "a value")
    if isinstance(expected, list | tuple):
        return _container_difference(expected, came, rtol, atol)
    if isinstance(expected, dict):
        return _dict_difference(expected, came, rtol, atol)
    if not isinstance(expected, bool | int | float | np.ndarray):
        same = type(came) is type(expected) and came == expected
        return None if same else Fault("value")
    return _array_difference(expected, came, rtol, atol)


def _container_difference(expected, came, rtol, atol):
    """Compare entry by entry; an array of as many rows will do for a list."""
    if isinstance(came, np.ndarray) and came.ndim:
        came = list(came)
    if not isinstance(came, list | tuple):
        return _type_fault(came, f"a {type(expected).__name__} of {len(expected)}")
    if len(came) != len(expected):
        return Fault(
            "shape", f"Look at the length: {len(came)} came back, it must be {len(expected)}."
        )
    faults = (difference(old, new, rtol, atol) for old, new in zip(expected, came, strict=True))
    return next((fault for fault in faults if fault), None)


def _dict_difference(expected, came, rtol, atol):
    """Compare key by key."""
    if not isinstance(came, dict):
        return _type_fault(came, "a dict")
    if set(came) != set(expected):
        return Fault("shape", f"Look at the keys: they must be {', '.join(sorted(expected))}.")
    faults = (difference(expected[key], came[key], rtol, atol) for key in expected)
    return next((fault for fault in faults if fault), None)


def _type_fault(came, wanted):
    """Say what came where something else must."""
    if isinstance(came, Other) and came.type_name == "function":
        return Fault("type", "A function came back: call it, and return its value.")
    if isinstance(came, Yielded):
        return Fault("type", "A generator came back: write `return`, not `yield`.")
    if isinstance(came, Other):
        return Fault("type", f"A value of type {came.type_name} came back, it must be {wanted}.")
    return Fault("type", f"{type(came).__name__} came back, it must be {wanted}.")


def _array_difference(expected, came, rtol, atol):
    """Compare shapes, then values; a list of the right numbers is almost an array."""
    wanted = np.asarray(expected)
    name = f"an array of shape {wanted.shape}" if wanted.ndim else "a number"
    given = _numbers(came)
    if given is None:
        return _type_fault(came, name)
    if given.shape != wanted.shape:
        return Fault(
            "shape", f"Look at the shape: {given.shape} came back, it must be {wanted.shape}."
        )
    fault = _entries_difference(wanted, given, rtol, atol)
    if fault is None and isinstance(came, list | tuple):
        return Fault("list", "The numbers are right. Return them as an array, not as a list.")
    return fault


def _numbers(value):
    """Take a result as an array of numbers; None where it is not made of numbers."""
    if not isinstance(value, bool | int | float | np.ndarray | list | tuple):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array.astype(float) if array.dtype.kind in "biuf" else None


def _entries_difference(wanted, given, rtol, atol):
    """Compare entry by entry; what is not a finite number is told apart from a wrong one."""
    right = np.isclose(given, wanted, rtol=rtol, atol=atol, equal_nan=True)
    if right.all():
        return None
    bad = given[~right]
    if not np.isfinite(bad).all():
        what = "not a number (nan)" if np.isnan(bad).any() else "infinite"
        return Fault(
            "not finite",
            f"An entry is {what}: look for an overflow in `exp`, a `log` of 0, 0 times infinity.",
        )
    return Fault("value")


# ---------------------------------------------------------------------------------------------
# Which mistake it is
# ---------------------------------------------------------------------------------------------


class Trial:
    """What a function did, and what is wrong with it: call by call, and across calls."""

    def __init__(self, question, done):
        self.question, self.outcomes, self.again = question, done.outcomes, done.again
        self.outside = done.outside
        self.faults = [_fault(question, i, outcome) for i, outcome in enumerate(done.outcomes)]
        self.tokens = [fault and fault.token for fault in self.faults]

    @property
    def first(self):
        """The index of the smallest input that fails; None where none does."""
        return next((index for index, fault in enumerate(self.faults) if fault), None)

    @cached_property
    def failing(self):
        """The indices of all that fail; refusals count where nothing else does."""
        failing = [index for index, fault in enumerate(self.faults) if fault]
        return [i for i in failing if not self.question.calls[i].refused] or failing

    @cached_property
    def unsteady(self):
        """The indices of calls that gave another answer when they were made again."""
        pairs = [(index, self.outcomes[index], again) for index, again in self.again.items()]
        return [index for index, *pair in pairs if not _alike(self.question, *pair)]

    @cached_property
    def habit(self):
        """What is wrong across calls: an answer that changes, a generator that is ignored."""
        if self.unsteady:
            return _unsteady_fault(any(one.random for one in self.question.calls))
        if stuck := self.stuck - _stuck_parts(self.question, self.question.expected.outcomes):
            return _stuck_fault(stuck)
        return None

    @cached_property
    def stuck(self):
        """The parts of a random result that are the same, whatever generator is given."""
        return _stuck_parts(self.question, self.outcomes)

    @cached_property
    def summaries(self):
        """What the large random results are on the whole, by the index of the call."""
        calls, summary = self.question.calls, self.question.summary
        large = [i for i in range(len(self.outcomes)) if summary and calls[i].size[0] > 500]
        return {i: _summary(summary, calls[i], self.outcomes[i]) for i in large}

    @property
    def pattern(self):
        """The kinds of fault, call by call and across calls."""
        return [*self.tokens, self.habit and self.habit.token]


def _summary(summary, one, outcome):
    """Summarise a result; nothing where that cannot be done."""
    args, kwargs = one.fresh()
    try:
        return np.asarray(summary(outcome.value, *args, **kwargs), float)
    except Exception:
        return np.array([])


def _stuck_parts(question, outcomes):
    """List the parts of random results that are the same for all seeds; -1 is the whole result."""
    drawn = {}
    for one, outcome in zip(question.calls, outcomes, strict=False):
        if one.random and outcome.kind == "value":
            key = tuple(shown(value) for value in one.args if not isinstance(value, Seeded))
            parts = outcome.value if isinstance(outcome.value, tuple) else ()
            for part, value in [(-1, outcome.value), *enumerate(parts)]:
                drawn.setdefault(part, {}).setdefault(key, []).append(shown(value, 12))
    counts = {
        part: [len(set(values)) for values in by_key.values() if len(values) > 1]
        for part, by_key in drawn.items()
    }  # a draw or two may be the same by chance
    return {part for part, distinct in counts.items() if distinct and max(distinct) == 1}


def _stuck_fault(stuck):
    """Name what does not hang on the generator."""
    if -1 in stuck:
        return Fault("ignores rng", "Two generators give the same draws: use the `rng` given.")
    says = (
        f"Part {min(stuck) + 1} of your result is the same whatever `rng` is given: draw it, too."
    )
    return Fault("a part ignores rng", says)


def _unsteady_fault(random):
    """Name an answer that changes."""
    if random:
        cure = "draw from the `rng` that is given and from nothing else"
        return Fault("not reproducible", f"The same call made twice gives two answers: {cure}.")
    cure = "keep nothing in a global or in a default argument"
    return Fault("remembers earlier calls", f"The same call made twice gives two answers: {cure}.")


def recognised(trial):
    """Find the declared mistake that a function makes; None where there is none."""
    wrong_trials = trial.question.wrong_trials
    score, mistake = max(
        ((_score(trial, wrong), mistake) for mistake, wrong in wrong_trials),
        key=lambda pair: pair[0],
        default=(0, None),
    )
    return mistake if score else _by_likeness(trial) or _by_summary(trial) or _by_pattern(trial)


def _by_likeness(trial):
    """Find the mistake whose mark all wrong results bear, where there are several."""
    calls, expected = trial.question.calls, trial.question.expected.outcomes
    wrong = [(calls[i], trial.outcomes[i], expected[i]) for i in trial.failing]
    if len(wrong) < 2 or calls[trial.failing[0]].refused or trial.habit:
        return None
    known = [mistake for mistake in trial.question.mistakes if mistake.like]
    marked = (m for m in known if all(_bears(m.like, *each) for each in wrong))
    return next(marked, None)


def _bears(like, one, outcome, expected):
    """Whether a wrong result bears the mark of a mistake."""
    args, kwargs = one.fresh()
    if outcome.kind != "value" or outcome.changed:
        return False
    try:
        return bool(like(outcome.value, expected.value, *args, **kwargs))
    except Exception:
        return False


def _score(trial, wrong):
    """Count how much of what went wrong a mistake explains; 0 where it does not."""
    failing, calls = wrong.failing, trial.question.calls
    if not failing or failing[-1] >= len(trial.outcomes) or not trial.failing:
        return 0
    if calls[failing[0]].refused != calls[trial.failing[0]].refused:
        return 0
    pairs = ((i, trial.outcomes[i], wrong.outcomes[i]) for i in failing)
    if not all(trial.tokens[i] and _alike(trial.question, a, b) for i, a, b in pairs):
        return 0
    if bool(trial.unsteady) != bool(wrong.unsteady):
        return 0
    pairs = list(zip(trial.tokens, wrong.tokens, strict=False))
    if ("not finite", None) in pairs:  # lost where the mistake does no harm
        return 0
    tokens = zip(calls, trial.tokens, wrong.tokens, strict=False)
    everything = all(mine == other for one, mine, other in tokens if not one.refused)
    return len(failing) * (2 if everything else len(failing) > 1)


def _by_summary(trial):
    """Find the only mistake whose random results look the same on the whole."""
    return _only(trial, lambda wrong: wrong.habit == trial.habit and _look_the_same(trial, wrong))


def _look_the_same(trial, wrong):
    """Whether the summaries of two functions are the same within what chance allows."""
    mine, other = trial.summaries, wrong.summaries
    return mine.keys() == other.keys() != set() and all(
        trial.tokens[i] == wrong.tokens[i] and _near(mine[i], other[i]) for i in mine
    )


def _near(a, b, tolerance=0.03):
    """Whether two summaries agree."""
    return a.shape == b.shape != (0,) and np.allclose(a, b, rtol=0, atol=tolerance, equal_nan=True)


def _by_pattern(trial):
    """Find the only mistake that fails at the same places, where what fails cannot be compared."""
    if not any(trial.pattern) or not set(trial.tokens) <= {None, "not finite"}:
        return None
    return _only(trial, lambda wrong: wrong.pattern == trial.pattern)


def _only(trial, fits):
    """Find the mistake that fits, where no other does."""
    found = {mistake.name: mistake for mistake, wrong in trial.question.wrong_trials if fits(wrong)}
    return next(iter(found.values())) if len(found) == 1 else None


def _alike(question, a, b):
    """Whether two outcomes of the same call are the same, right or wrong."""
    if "raised" in (a.kind, b.kind):
        return a.kind == b.kind
    if a.changed != b.changed:
        return False
    fault = difference(a.value, b.value, 1e-5, question.atol)
    return fault is None or fault.token == "list" or _both_not_finite(a.value, b.value)


def _both_not_finite(a, b):
    """Whether two results are lost in the same way, one as nan and the other as infinity."""
    a, b = _numbers(a), _numbers(b)
    if a is None or b is None or a.shape != b.shape:
        return False
    lost = ~np.isfinite(a) & ~np.isfinite(b)
    return bool(lost.any() and np.allclose(a[~lost], b[~lost], rtol=1e-5))


# ---------------------------------------------------------------------------------------------
# The result
# ---------------------------------------------------------------------------------------------

HEADS = {"right": "Right", "almost": "Almost", "not yet": "Not yet", "unread": "Not counted"}


@dataclass(frozen=True, repr=False)
class CheckResult:
    """What a check found: shown as text and on the page.

    Attributes
    ----------
    id : str
        The question.
    verdict : str
        ``right``, ``almost``, ``not yet`` or ``unread``.
    mistake : str
        The name of the mistake, empty where none was recognised.
    says : str
        What is wrong, in a sentence.
    call, came, must : str
        The smallest input that fails, what came back, and what must.
    trace : tuple of (str, str)
        The reader's own lines in a traceback.
    """

    id: str
    verdict: str
    mistake: str = ""
    says: str = ""
    call: str = ""
    came: str = ""
    must: str = ""
    trace: tuple = ()

    @property
    def rows(self):
        """Label and text of what is shown in fixed type."""
        rows = [("input", self.call), ("came back", self.came), ("must be", self.must)]
        return [(label, text) for label, text in rows if text]

    def __repr__(self):
        if self.says == UNWRITTEN:
            return UNWRITTEN
        head = HEADS[self.verdict] + (f": {self.mistake}." if self.mistake else ".")
        lines = [f"{head} {_as_typed(self.says)}".strip()]
        lines += [f"    {label + ':':<11}{text}" for label, text in self.rows]
        lines += [f"    {where}: {line}" for where, line in self.trace]
        return "\n".join(lines)

    def _repr_html_(self):
        name = f": {escape(self.mistake)}" if self.mistake else ""
        head = "" if self.says == UNWRITTEN else f"<strong>{HEADS[self.verdict]}{name}.</strong> "
        rows = [
            f'<dt>{label}</dt><dd><code translate="no">{escape(text)}</code></dd>'
            for label, text in self.rows
        ]
        rows += [
            f'<dt>{escape(where)}</dt><dd><code translate="no">{escape(line)}</code></dd>'
            for where, line in self.trace
        ]
        return (
            f'<div class="exercise-result" data-exercise="{escape(self.id)}" '
            f'data-verdict="{self.verdict}" data-mistake="{escape(self.mistake)}">'
            f"<div>{head}{texts.render(self.says)}</div>"
            + (f"<dl>{''.join(rows)}</dl>" if rows else "")
            + "</div>"
        )


UNWRITTEN = "Not written yet."

_SIGNS = {"pm": "±", "cdot": "·", "le": "≤", "ge": "≥", "mid": "|", "sigma": "σ", "int": "∫"}


def _as_typed(markup):
    """Write a text for a terminal: formulas as one would type them."""
    text = re.sub(r"\\([a-z]+)", lambda match: _SIGNS.get(match[1], match[1]), markup)
    return text.replace("$", "")


def check(id, function):
    """Check a function that answers a code exercise, and name what is wrong with it.

    Parameters
    ----------
    id : str
        The exercise, as its text says it.
    function : callable
        Your function itself, without parentheses.

    Returns
    -------
    CheckResult
        The verdict; its text is shown when it is the last line of a cell.

    Raises
    ------
    ValueError
        If there is no such exercise, or it does not ask for a function.

    See Also
    --------
    Exercise : the exercises that are answered on the page.

    Notes
    -----
    The function is called with small inputs, with edges, with random ones and with those that it
    must refuse. The smallest that fails is shown. Outside the page all calls together may take ten
    seconds.

    Examples
    --------
    >>> check("loss_functions.stable_bce", lambda y_true, z: ...)
    Not written yet.
    """
    question = exercises.question(id)
    if not isinstance(question, CodeQuestion):
        raise ValueError(f"{id} asks for no function: answer it with Exercise({id!r}).")
    if not callable(function):
        says = f'`check` needs the function itself: `check("{id}", {question.name})`.'
        return CheckResult(id, "unread", says=says, came=shown(function))
    if problem := _uncallable(question, function):
        return CheckResult(id, "unread", says=problem)
    return judge_run(question, run(function, question.calls, seconds=SECONDS))


def _uncallable(question, function):
    """Say why a function cannot be called as the stub is; empty where it can."""
    try:
        signature = inspect.signature(function)
        for one in question.calls:
            signature.bind(*one.args, **one.kwargs)
    except TypeError:
        head = question.stub.partition("def ")[2].partition(":")[0]
        return f"It must be called as `{head}`; yours takes `{signature}`."
    except ValueError:  # a function of C, which does not tell
        return ""
    return ""


def judge_run(question, result):
    """Judge what a function did.

    Parameters
    ----------
    question : CodeQuestion
        The question.
    result : Run
        What its calls led to.

    Returns
    -------
    CheckResult
        The verdict.

    Examples
    --------
    >>> question = exercises.question("loss_functions.stable_bce")
    >>> judge_run(question, question.expected).verdict
    'right'
    """
    if any(outcome.kind == "unwritten" for outcome in result.outcomes):
        return CheckResult(question.id, "unread", says=UNWRITTEN)
    trial = Trial(question, result)
    if not any(trial.pattern):
        return CheckResult(question.id, "right", says=question.because)
    mistake = recognised(trial)
    if mistake is None:
        return _unnamed(trial)
    kind = "almost" if mistake.almost else "not yet"
    return _result(trial, trial.first, kind, mistake.name, mistake.says)


_NAMES = {
    "time": "no end",
    "changed": "changes its argument",
    "none": "returns nothing",
    "accepted": "does not refuse",
    "other error": "another error",
    "list": "a list for an array",
}


def _unnamed(trial):
    """Say what can be said without a declared mistake, about the smallest input that fails."""
    index, habit = trial.first, trial.habit
    if habit:
        return _result(trial, next(iter(trial.unsteady), None), "not yet", habit.token, habit.says)
    fault = trial.faults[index]
    if fault.token == "none" and trial.outcomes[index].printed:
        says = "The caller cannot use what it prints: write `return` in place of `print`."
        return _result(trial, index, "not yet", "prints, returns nothing", says)
    kind = "almost" if set(trial.tokens) <= {"list", "accepted", "other error", None} else "not yet"
    return _result(trial, index, kind, _generic_name(fault), fault.says or _look_at(trial))


def _generic_name(fault):
    """Name a fault that any function can have; empty where only values are wrong."""
    law = fault.token.removeprefix("law ")
    return law if law != fault.token else _NAMES.get(fault.token, "")


def _look_at(trial):
    """Say what to look at first where only the values are wrong."""
    expected = trial.question.expected.outcomes
    wrong = [index for index, token in enumerate(trial.tokens) if token == "value"]
    pairs = [(_numbers(expected[i].value), _numbers(trial.outcomes[i].value)) for i in wrong]
    factor = _common_factor([pair for pair in pairs if not any(part is None for part in pair)])
    if factor == -1.0:
        return "The size is right everywhere, the sign is wrong."
    if factor and abs(factor - 1) < 1e-3:
        return "Every result is nearly right. Look for rounding, or a small number that is added."
    if factor:
        return f"Every result that is wrong is {factor:.4g} times what it must be."
    if trial.outside:
        return f"It reads `{trial.outside[0]}` from outside: use its arguments only."
    n_wrong, n_all = len(trial.failing), len(trial.faults)
    return f"{n_wrong} of {n_all} inputs give a wrong result. This is the smallest."


def _common_factor(pairs):
    """Find the factor between what came and what must, where it is the same for all."""
    with np.errstate(all="ignore"):
        factors = [(came / must)[must != 0].ravel() for must, came in pairs]
    factors = np.concatenate(factors) if factors else np.array([])
    if len(factors) < 2 or not np.isfinite(factors).all() or factors[0] == 0:
        return None
    return float(np.round(factors[0], 6)) if np.allclose(factors, factors[0], rtol=1e-4) else None


def _result(trial, index, kind, name, says):
    """Show a fault with the smallest input that brings it about."""
    id = trial.question.id
    if index is None:
        return CheckResult(id, kind, name, says)
    one, outcome = trial.question.calls[index], trial.outcomes[index]
    came, must = _came(trial.question, one, outcome, trial.question.expected.outcomes[index])
    if index in trial.unsteady:
        came, must = f"{shown(outcome.value)}, then {shown(trial.again[index].value)}", ""
    text = one.text(trial.question.name)
    return CheckResult(id, kind, name, says, text, came, must, outcome.lines)


def _came(question, one, outcome, expected):
    """Write what came back and what must, with as many digits as tell them apart."""
    must = "an error" if one.refused else ""
    if outcome.changed:
        return "", ""
    if outcome.kind != "value":
        return {"time": "nothing yet", "raised": outcome.error}.get(outcome.kind, ""), must
    if one.refused or question.laws:
        return shown(outcome.value), must
    texts_ = [(shown(outcome.value, n), shown(expected.value, n)) for n in (6, 10, 17)]
    return next((pair for pair in texts_ if pair[0] != pair[1]), (texts_[0][0], ""))


__all__ = ["CheckResult", "CodeMistake", "CodeQuestion", "Law", "Run", "check", "judge_run"]
