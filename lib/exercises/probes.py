"""Run somebody's function on many inputs, and write down what happened.

Nothing here knows what is right. It needs NumPy only, so that a class's homework can be run by a
copy of this file in a process of its own; what it found travels as JSON.
"""

import contextlib
import dis
import inspect
import io
import itertools
import linecache
import sys
import sysconfig
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

MOST_ITEMS = 10_000  # of what a generator yields
MOST_ENTRIES = 1_000_000  # of an array that is kept
REPEATED = 3  # calls that are made twice, to see whether the answer stays
UNLIMITED = sys.platform == "emscripten"  # no threads in the page: there Stop ends a loop

# ---------------------------------------------------------------------------------------------
# What a function is called with
# ---------------------------------------------------------------------------------------------


class Given:
    """A function handed to the reader's function, made from its text: both always agree."""

    def __init__(self, text):
        self.text = text
        self.function = eval(text, {"np": np})  # the text is a declaration's, never a reader's

    def __call__(self, *args):
        """Call the function."""
        return self.function(*args)

    def __repr__(self):
        return self.text


@dataclass(frozen=True)
class Seeded:
    """A random generator that starts anew in every call."""

    seed: int

    def __repr__(self):
        return f"np.random.default_rng({self.seed})"


@dataclass(frozen=True, eq=False)
class Call:
    """The arguments of one call; ``refused`` where the function must raise an error."""

    args: tuple = ()
    kwargs: dict = field(default_factory=dict)
    refused: bool = False

    def fresh(self):
        """Copy the arguments, so that one call cannot spoil the next."""
        args = [_fresh(value) for value in self.args]
        return args, {name: _fresh(value) for name, value in self.kwargs.items()}

    def text(self, name):
        """Write the call as the reader would type it."""
        given = [shown(value) for value in self.args]
        given += [f"{key}={shown(value)}" for key, value in self.kwargs.items()]
        return f"{name}({', '.join(given)})"

    @property
    def size(self):
        """How much there is to read: entries first, then characters."""
        values = [*self.args, *self.kwargs.values()]
        return sum(_entries(value) for value in values), len(self.text(""))

    @property
    def random(self):
        """Whether a random generator is among the arguments."""
        return any(isinstance(value, Seeded) for value in [*self.args, *self.kwargs.values()])


def call(*args, **kwargs):
    """Write a call down: ``call(f, [1.0, 2.0], n_steps=3)``."""
    return Call(args, kwargs)


def _fresh(value):
    """Copy an argument; a generator of random numbers starts anew."""
    if isinstance(value, Seeded):
        return np.random.default_rng(value.seed)
    return value if isinstance(value, Given) else deepcopy(value)


def _entries(value):
    """Count the numbers in an argument; a large whole number counts as what it asks for."""
    if isinstance(value, int):
        return max(1, abs(value))
    return 1 if isinstance(value, Given | Seeded | str | dict) else np.size(value)


# ---------------------------------------------------------------------------------------------
# What came of it
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Other:
    """A thing that is neither a number nor made of numbers: only its type is kept."""

    type_name: str


class Yielded(list):
    """What a generator yielded, one after the other."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one call led to: ``value``, ``raised``, ``unwritten`` or ``time``."""

    kind: str
    value: object = None
    error: str = ""  # the last line of the traceback
    lines: tuple = ()  # the reader's own lines in it
    changed: int = 0  # which argument was changed, counted from 1
    printed: str = ""


@dataclass(frozen=True, eq=False)
class Run:
    """What all calls led to, and what a few led to when they were made again."""

    outcomes: list
    again: dict  # by the index of the call
    outside: tuple = ()  # data of the notebook that the function reads

    def packed(self):
        """Make it of what JSON has."""
        again = {str(index): _packed_outcome(outcome) for index, outcome in self.again.items()}
        outcomes = [_packed_outcome(outcome) for outcome in self.outcomes]
        return {"outcomes": outcomes, "again": again, "outside": list(self.outside)}

    @classmethod
    def unpacked(cls, data):
        """Read it back. The text is a stranger's: it holds values and names, nothing that runs."""
        again = {int(index): _unpacked_outcome(entry) for index, entry in data["again"].items()}
        outcomes = [_unpacked_outcome(entry) for entry in data["outcomes"]]
        return cls(outcomes, again, tuple(map(str, data["outside"])))


def _packed_outcome(outcome):
    """Make an outcome of what JSON has."""
    return {**asdict(outcome), "value": packed(outcome.value)}


def _unpacked_outcome(data):
    """Read an outcome back."""
    lines = tuple((str(where), str(line)) for where, line in data["lines"])
    texts = {name: str(data[name]) for name in ("kind", "error", "printed")}
    return Outcome(
        value=unpacked(data["value"]), lines=lines, changed=int(data["changed"]), **texts
    )


def plain(value):
    """Copy a result into numbers, texts, arrays and containers of them."""
    if value is None or value is ... or isinstance(value, bool | int | float | complex | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, list | tuple):
        return (list if isinstance(value, list) else tuple)(map(plain, value))
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Iterator):
        return Yielded(plain(item) for item in itertools.islice(value, MOST_ITEMS))
    return _other(value)


def _plain_array(array):
    """Copy an array of numbers; of anything else only the type is kept."""
    if array.dtype.kind not in "biuf" or array.size > MOST_ENTRIES:
        return Other(f"array of shape {array.shape} and type {array.dtype}")
    return np.array(array)


def _other(value):
    """Keep the name of the type; a coroutine that nobody waits for is closed."""
    if inspect.iscoroutine(value):
        value.close()
    return Other(type(value).__name__)


def packed(value):
    """Make a plain value of what JSON has, its type told."""
    if isinstance(value, np.ndarray):
        return {"array": value.tolist(), "shape": list(value.shape), "dtype": value.dtype.str}
    if isinstance(value, Given):
        return {"given": value.text}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [packed(entry) for entry in value]}
    if isinstance(value, dict):
        return {"dict": [[key, packed(entry)] for key, entry in value.items()]}
    kinds = {Other: "type_name", Seeded: "seed"}
    if type(value) in kinds:
        return {kinds[type(value)]: getattr(value, kinds[type(value)])}
    return {"ellipsis": 1} if value is ... else {"is": value if _is_json(value) else str(value)}


def _is_json(value):
    """Whether JSON can hold a value as it is."""
    return value is None or isinstance(value, bool | int | float | str)


def unpacked(data):
    """Read a plain value back."""
    ((kind, inside),) = [pair for pair in data.items() if pair[0] not in ("shape", "dtype")]
    if kind == "array":
        return np.array(inside, dtype=data["dtype"]).reshape(data["shape"])
    if kind == "dict":
        return {str(key): unpacked(entry) for key, entry in inside}
    if kind in ("list", "tuple", "Yielded"):
        return {"list": list, "tuple": tuple, "Yielded": Yielded}[kind](map(unpacked, inside))
    if kind in ("is", "ellipsis"):
        return inside if kind == "is" else ...
    return Other(str(inside))


def _argument(data):
    """Read an argument back: here functions and seeds are allowed, the text is the collector's."""
    if "given" in data:
        return Given(data["given"])
    return Seeded(data["seed"]) if "seed" in data else unpacked(data)


def packed_calls(calls):
    """Make calls of what JSON has."""
    return [
        {
            "args": [packed(value) for value in one.args],
            "kwargs": {name: packed(value) for name, value in one.kwargs.items()},
            "refused": one.refused,
        }
        for one in calls
    ]


def unpacked_calls(data):
    """Read calls back."""
    return [
        Call(
            tuple(_argument(value) for value in one["args"]),
            {name: _argument(value) for name, value in one["kwargs"].items()},
            one["refused"],
        )
        for one in data
    ]


# ---------------------------------------------------------------------------------------------
# Running
# ---------------------------------------------------------------------------------------------


def run(function, calls, *, seconds=None):
    """Call a function with everything; stop early where it is not written or takes too long."""
    outcomes, again = [], {}
    try:
        within(seconds, lambda: _run_all(function, calls, outcomes, again))
    except TimeUp:
        outcomes = [*outcomes, Outcome("time")][: len(calls)]
    return Run(outcomes, again, _outside(function))


def _run_all(function, calls, outcomes, again):
    """Make all calls, then a few of them again; nothing is printed, nothing warns."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for one in calls:
            outcomes.append(_outcome(function, one, printed))
            if outcomes[-1].kind == "unwritten":
                return
        for index in _spread(len(calls)):
            again[index] = _outcome(function, calls[index], printed)


def _spread(n):
    """Choose a few of n indices: the first, the last, some between."""
    return sorted({round(index) for index in np.linspace(0, n - 1, REPEATED)}) if n else []


def _outcome(function, one, printed):
    """Make one call and write down what happened."""
    args, kwargs = one.fresh()
    printed.seek(0)
    printed.truncate()
    try:
        value = plain(function(*args, **kwargs))
    except NotImplementedError:
        return Outcome("unwritten")
    except (KeyboardInterrupt, TimeUp):
        raise
    except BaseException as error:  # SystemExit and GeneratorExit, too, are the function's own
        return Outcome("raised", error=_last_line(error), lines=own_lines(error, function))
    unwritten = value is ... or (value is None and not _does_something(function))
    kind = "unwritten" if unwritten else "value"
    return Outcome(
        kind,
        value,
        changed=_changed(one, [*args, *kwargs.values()]),
        printed=printed.getvalue()[:200],
    )


def _changed(one, args):
    """Say which argument is not any more what it was, counted from 1; 0 for none."""
    before, named = one.fresh()
    for index, (old, new) in enumerate(zip([*before, *named.values()], args, strict=True), 1):
        if isinstance(old, np.ndarray | list | dict) and not _identical(old, new):
            return index
    return 0


def _identical(old, new):
    """Whether two arguments hold the same, not-a-number included."""
    try:
        np.testing.assert_array_equal(new, old)
    except (AssertionError, ValueError):
        return False
    return True


def _does_something(function):
    """Whether a function has more in it than a docstring, ``pass`` or ``...``."""
    idle = ("RESUME", "NOP", "POP_TOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "CACHE")
    code = getattr(function, "__code__", None)
    return code is None or any(step.opname not in idle for step in dis.get_instructions(code))


def _outside(function):
    """Name the data outside of itself that a function reads: a usual cause of odd results."""
    code, names = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    data = np.ndarray | np.random.Generator | list | int | float
    read = [step.argval for step in dis.get_instructions(code)] if code else []
    found = {str(name) for name in read if isinstance(names.get(str(name)), data)}
    return tuple(sorted(found - set(code.co_varnames if code else ())))


# ---------------------------------------------------------------------------------------------
# A traceback, cut to the reader's own lines
# ---------------------------------------------------------------------------------------------

_ELSEWHERE = tuple(
    str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "purelib", "platlib")
)


def _last_line(error):
    """Name the error as the last line of a traceback does."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def own_lines(error, function):
    """Pair place and text of the reader's lines in a traceback, at most the last four."""
    own = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = traceback.extract_tb(error.__traceback__)
    kept = [f for f in frames if f.filename == own or not _is_foreign(f.filename)]
    lines = [(f"line {f.lineno}, in {f.name}", _source_line(f)) for f in kept]
    return tuple(line for line, _ in itertools.groupby(lines))[-4:]


def _is_foreign(filename):
    """Whether a file is Python's, a package's, or this one."""
    path = str(Path(filename).resolve())
    ours = str(Path(__file__).resolve().parent.parent)
    return filename.startswith("<frozen") or path.startswith((*_ELSEWHERE, ours))


def _source_line(frame):
    """Give the text of a line, empty where nobody kept it."""
    return (frame.line or linecache.getline(frame.filename, frame.lineno)).strip()


# ---------------------------------------------------------------------------------------------
# A limit of time, on every platform with threads: the exception is raised inside the function
# ---------------------------------------------------------------------------------------------


SHARE = 1 / 4  # of a processor, which a busy machine leaves to everybody


def spent(of_processor, on_clock):
    """Count the seconds spent: those of the processor, and what is clearly idle waiting."""
    return max(of_processor, SHARE * on_clock)


class TimeUp(BaseException):
    """The time is up; no ``except Exception`` of the reader's catches it."""


class _Watch:
    """Raise TimeUp in the thread that made it, after some seconds, until it is told to stop."""

    def __init__(self, seconds):
        self.thread, self.raised = threading.get_ident(), False
        self.lock, self.over = threading.RLock(), threading.Event()
        self.timer = threading.Thread(target=self._wait, args=(seconds,), daemon=True)
        self.timer.start()

    def _wait(self, seconds):
        """Raise, and raise again: a bare ``except`` may have swallowed the first."""
        begun, started = time.process_time(), time.monotonic()
        while not self.over.wait(0.05):
            if spent(time.process_time() - begun, time.monotonic() - started) < seconds:
                continue
            with self.lock:
                if not self.over.is_set():
                    self._raise()
            self.over.wait(0.5)

    def _raise(self):
        """Leave an exception for the thread. One must not be taken back: Python waits for it."""
        import ctypes  # not in the page, where there is no limit

        self.raised = True
        thread, what = ctypes.c_ulong(self.thread), ctypes.py_object(TimeUp)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, what)

    def stop(self):
        """End the watch; what was raised and has not arrived yet arrives here."""
        try:
            with self.lock:
                self.over.set()
            for _ in range(100 if self.raised else 0):
                pass
        except TimeUp:
            self.stop()


def within(seconds, function):
    """Call a function; raise TimeUp where it takes longer. In the page there is no limit."""
    if UNLIMITED or seconds is None:
        return function()
    try:
        watch = _Watch(seconds)
    except RuntimeError:  # no memory for a thread: whoever runs us has limits of their own
        return function()
    try:
        try:
            return function()
        finally:
            watch.stop()
    except TimeUp:
        watch.stop()  # the first was perhaps cut short
        raise


# ---------------------------------------------------------------------------------------------
# Values as text
# ---------------------------------------------------------------------------------------------


def shown(value, digits=6):
    """Write a value as the reader would type it, short, with no address in it."""
    if isinstance(value, np.ndarray):
        return _shown_array(value, digits)
    if isinstance(value, list | tuple):
        inside = ", ".join(shown(entry, digits) for entry in value[:8])
        inside += ", …" if len(value) > 8 else ("," if _is_single(value) else "")
        if isinstance(value, Yielded):
            return f"a generator of {inside}"
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, bool) or not isinstance(value, float):
        return _shown_thing(value)
    return _shown_number(value, digits)


def _is_single(value):
    """Whether a tuple needs its comma."""
    return isinstance(value, tuple) and len(value) == 1


def _shown_thing(value):
    """Write what is no number."""
    if value is ...:
        return "..."
    if isinstance(value, Other):
        return f"a thing of type {value.type_name}"
    return repr(value)


def _shown_number(value, digits):
    """Write a float so that it stays one: 2.0, not 2."""
    text = f"{value:.{digits}g}"
    return text if any(letter in text for letter in ".enai") else text + ".0"


def _shown_array(array, digits):
    """Write an array, or the shape and beginning of a large one."""
    if array.size > 24:
        start = ", ".join(shown(entry, digits) for entry in array.ravel()[:3].tolist())
        return f"an array of shape {array.shape}: {start}, …"
    return f"np.array({shown(array.tolist(), digits)})"
