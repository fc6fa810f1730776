"""Python's side of the page, as far as it does not need a page."""

import asyncio
import importlib.util
import json
import sys
import types
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "web" / "live" / "python"
LIBRARY = ROOT / "node_modules" / "pyodide" / "python_stdlib.zip"


@pytest.fixture(scope="module")
def code_of_pyodide():
    """Return Pyodide's own part in running a cell, out of the release that pages load."""
    module = types.ModuleType("pyodide.code")
    with zipfile.ZipFile(LIBRARY) as archive:
        source = archive.read("_pyodide/_base.py")
    exec(compile(source, "/lib/_pyodide/_base.py", "exec"), vars(module))
    return module


@pytest.fixture
def live(monkeypatch, code_of_pyodide):
    """Load the package anew; it sends to ``live.sent``, and the names of cells are in a dict."""
    monkeypatch.setitem(sys.modules, "pyodide", types.ModuleType("pyodide"))
    monkeypatch.setitem(sys.modules, "pyodide.code", code_of_pyodide)
    spec = importlib.util.spec_from_file_location("live", SOURCES / "__init__.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["live"] = module
    spec.loader.exec_module(module)
    module.sent = []
    module.link.post = lambda text, buffers: module.sent.append(json.loads(text))
    monkeypatch.setattr(module.ipython.Shell, "user_ns", {"__builtins__": __builtins__})
    yield module
    for name in [name for name in sys.modules if name.partition(".")[0] == "live"]:
        del sys.modules[name]


def finish(coroutine):
    """Run a coroutine to its end, in a thread: the one of the tests may have a loop of its own."""
    with ThreadPoolExecutor(1) as threads:
        return json.loads(threads.submit(asyncio.run, coroutine).result())


def run(live, code, label="Cell 7"):
    """Run a cell; return how it ended and what it showed."""
    live.sent.clear()
    with redirect_stdout(live.streams[0]), redirect_stderr(live.streams[1]):
        result = finish(live.run("id", json.dumps([code, label]), 1.0))
    return result["status"], [message["output"] for message in live.sent]


def error_of(live, code):
    """Run a cell that must fail; return its error."""
    status, outputs = run(live, code)
    assert status == "error"
    return outputs[-1]


def printed(outputs):
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream")


# --- results ---


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("1 + 1", "2"),
        ("1 + 1;", None),
        ("1 + 1;  # quiet", None),
        ("';'", "';'"),
        ("'a;'  # not; quiet", "'a;'"),
        ("x = 3", None),
        ("None", None),
        ("import asyncio\nawait asyncio.sleep(0, 'slept')", "'slept'"),
        ("", None),
        ("'''a\n   \nb'''", r"'a\n   \nb'"),
        ("async def f(): pass\nf().close()", None),
    ],
)
def test_the_value_of_the_last_expression_shows_unless_it_is_silenced(live, code, shown):
    status, outputs = run(live, code)
    assert status == "ok"
    assert [output["data"]["text/plain"] for output in outputs] == ([shown] if shown else [])


def test_the_last_result_is_remembered_until_a_reader_takes_its_name(live):
    run(live, "6 * 7")
    assert run(live, "_ + 1")[1][0]["data"]["text/plain"] == "43"
    run(live, "_ = 'mine'")
    run(live, "5")
    assert run(live, "_")[1][0]["data"]["text/plain"] == "'mine'"


def test_cells_are_counted_and_an_empty_one_counts(live):
    counts = [finish(live.run("i", json.dumps([c, "C"]), 1))["execution_count"] for c in "1 2"]
    assert counts == [1, 2, 3]


class Rich:
    def _repr_html_(self):
        return "<b>rich</b>"

    def _repr_png_(self):
        return b"\x89PNG"

    def _repr_latex_(self):
        return None

    def __repr__(self):
        return "Rich()"


def test_an_object_shows_in_every_form_that_it_has(live):
    data, metadata = live.outputs.format_object(Rich())
    assert data == {"text/html": "<b>rich</b>", "image/png": "iVBORw==", "text/plain": "Rich()"}
    assert metadata == {}
    assert list(live.outputs.format_object(Rich(), include=["text/html"])[0]) == ["text/html"]
    assert (
        "text/html" not in live.outputs.format_object(Rich)[0]
    )  # the class is not one of its objects


def test_what_would_freeze_a_page_is_cut(live):
    class Huge:
        def _repr_html_(self):
            return "x" * 3_000_000

    assert list(live.outputs.format_object(Huge())[0]) == ["text/plain"]
    assert len(live.outputs.format_object("x" * 1_000_000)[0]["text/plain"]) < 201_000


@pytest.mark.parametrize(
    "shown",
    [
        "Markdown('[' * 300_000)",
        "Latex('x' * 300_000)",
        "JSON(list(range(100_000)))",
    ],
)
def test_what_a_page_must_read_or_set_is_bounded(live, shown):
    live.shell.user_ns.update(vars(live.outputs))
    _, outputs = run(live, f"display({shown})")
    assert list(outputs[0]["data"]) == ["text/plain"]
    raw = "display({'text/latex': 'x' * 300_000}, raw=True)"
    assert run(live, raw)[1][0]["data"] == {"text/plain": live.outputs.TOO_LONG}


def test_errors_that_end_no_cell_are_bounded_and_its_own_shows(live):
    live.shell.user_ns["shell"] = live.shell
    tell = "shell.showtraceback((None, ValueError(i), None))"
    status, outputs = run(live, f"for i in range(5_000): {tell}\n1 / 0")
    assert status == "error" and 10 < len(outputs) < 200
    assert outputs[-1]["ename"] == "ZeroDivisionError"


def test_a_name_for_a_display_lets_it_be_shown_anew(live):
    live.shell.user_ns.update(display=live.display)
    _, outputs = run(live, "place = display(1, display_id=True)\nplace.update(2)")
    first, second = outputs
    assert second["output_type"] == "update_display_data"
    assert first["transient"] == second["transient"]


def test_numbers_that_json_does_not_know_travel_as_text(live):
    found = json.loads(live.outbox.as_json({"a": [float("nan"), 1.5], "b": -float("inf")}))
    assert found == {"a": ["nan", 1.5], "b": "-inf"}


# --- what is printed ---


def test_print_is_cut_once_and_the_next_cell_prints_again(live):
    _, outputs = run(live, "for i in range(50_000): print('0123456789')")
    text = printed(outputs)
    assert text.count("Cut here") == 1 and text.endswith("a part of it.]\n")
    assert text[:200_000] == ("0123456789\n" * 20_000)[:200_000]
    assert len(outputs) < 1000  # gathered, not one message for a line
    assert printed(run(live, "print('again')")[1]) == "again\n"


def test_a_progress_bar_that_rewrites_its_line_is_not_cut(live):
    bar = "for i in range(30_000): print(f'{i:6d} |##########|', end='\\r', flush=True)"
    status, outputs = run(live, f"{bar}\nprint('done')")
    text = printed(outputs)
    assert status == "ok" and "Cut here" not in text
    assert text.endswith(" 29999 |##########|\rdone\n") and len(text) == 30_000 * 20 + 5
    assert len(outputs) < 10_000  # gathered, though each was flushed
    much = "print('0123456789' * 19_000, end='\\r')\n" * 5 + "print('x' * 210_000)"
    assert printed(run(live, much)[1]).count("Cut here") == 1


@pytest.mark.parametrize(
    ("texts", "count"),
    [
        (["abc"], 3),
        (["abc\n"], 4),
        (["abc\rde"], 3),
        (["abc\rdefg"], 4),
        (["ab", "\rc", "de"], 3),
        (["ab\rabc\n", "\r", "x\r\n", "y"], 7),
    ],
)
def test_only_what_is_seen_of_a_text_counts(live, texts, count):
    assert sum(live.streams[0].seen(text) for text in texts) == count


def test_a_few_lines_are_sent_at_once_and_in_order_with_what_is_shown(live):
    live.shell.user_ns.update(display=live.display)
    _, outputs = run(live, "print('a', end='')\ndisplay(1)\nprint('b')")
    assert [o.get("text", o.get("data")) for o in outputs] == ["a", {"text/plain": "1"}, "b\n"]


# --- figures ---

DRAW = """
import matplotlib.pyplot as plt
for title in titles:
    plt.figure(figsize=(1, 1)).suptitle(title)
"""


@pytest.mark.parametrize(
    ("titles", "code", "status", "shown"),
    [
        (["one", "two"], DRAW, "ok", ["figure", "figure"]),
        (["$\\frac{$"], DRAW, "error", ["ValueError"]),
        (["one", "$\\frac{$", "three"], DRAW, "error", ["figure", "figure", "ValueError"]),
        (["one", "two"], DRAW + "1 / 0", "error", ["figure", "figure", "ZeroDivisionError"]),
        (["$\\frac{$"], DRAW + "1 / 0", "error", ["ValueError", "ZeroDivisionError"]),
    ],
)
def test_a_cell_whose_figure_cannot_be_drawn_ends_in_an_error(live, titles, code, status, shown):
    live.shell.events.register("post_execute", live.flush_figures)
    live.shell.user_ns["titles"] = titles
    ended, outputs = run(live, code)
    assert ended == status
    assert [output.get("ename", "figure") for output in outputs] == shown
    assert run(live, "1 + 1")[0] == "ok"


def test_a_cell_after_which_something_fails_ends_in_an_error(live):
    live.shell.events.register("post_execute", lambda: 1 / 0)
    status, outputs = run(live, "1 + 1")
    assert status == "error"
    assert outputs[-1]["ename"] == "ZeroDivisionError"


# --- errors ---


def test_only_the_frames_of_the_reader_are_shown_with_their_lines(live):
    error = error_of(live, "import json\ndef read(text):\n    return json.loads(text)\n\nread('{')")
    assert error["ename"] == "JSONDecodeError" and error["line"] == 3
    places = [line for line in error["traceback"] if line.startswith("  Cell")]
    assert places == ["  Cell 7, line 5", "  Cell 7, line 3, in read"]
    assert "    return json.loads(text)" in error["traceback"]


def test_an_error_that_came_from_another_shows_both(live):
    lines = error_of(live, "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n"
                           "    raise ValueError('bad') from e")["traceback"]  # fmt: skip
    assert "ZeroDivisionError: division by zero" in lines and lines[-1] == "ValueError: bad"
    assert not any("live" in line for line in lines)


def test_a_line_that_is_not_python_gets_a_caret(live):
    error = error_of(live, "x = 1\ny = = 2")
    assert error["line"] == 2 and error["evalue"] == "invalid syntax (Cell 7, line 2)"
    assert error["traceback"] == [
        "  Cell 7, line 2",
        "    y = = 2",
        "        ^",
        "SyntaxError: invalid syntax",
    ]


def test_the_line_of_an_error_is_one_of_the_cell_that_ran(live):
    run(live, "\n\n\ndef f():\n    return 1 / 0", "Cell 2")
    error = error_of(live, "x = 1\nf()")
    assert error["line"] == 2
    assert "  Cell 2, line 5, in f" in error["traceback"]


def test_an_indented_cell_is_no_python_and_what_runs_a_cell_is_not_shown(live):
    error = error_of(live, "  x = 1")
    assert (error["ename"], error["line"]) == ("IndentationError", 1)
    error = error_of(live, "x = 1\nreturn x")  # it is only the compiler that says no
    assert (error["ename"], error["line"]) == ("SyntaxError", 2)
    assert not any("_base.py" in line or "cells.py" in line for line in error["traceback"])


UNREADABLE = {
    "line": "e = SyntaxError('m'); e.lineno = 'x'; e.text = 5; e.filename = 'f'; raise e",
    "class": """
class Meta(type):
    def __getattribute__(self, name): raise ValueError(name)
class Odd(Exception, metaclass=Meta): pass
raise Odd""",
    "chain": """
last = None
for i in range(3_000):
    fresh = Exception(i)
    fresh.__cause__, last = last, fresh
raise last""",
    "key": "display({'text/plain': {(1, 2): 3}, 'a': {(1, 2): 3}}, raw=True); 1 / 0",
    "end": "loop = []; loop.append(loop); display(1, metadata={'a': loop}); 1",
}


@pytest.mark.parametrize("code", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_told_is_an_error_of_the_cell_and_not_the_end_of_python(live, code):
    live.shell.user_ns["display"] = live.display
    assert error_of(live, code)["output_type"] == "error"
    assert run(live, "1 + 1")[1][-1]["data"]["text/plain"] == "2"


def test_what_a_library_calls_after_a_cell_may_even_exit(live):
    live.shell.events.register("post_execute", sys.exit)
    assert error_of(live, "1")["ename"] == "SystemExit"


def test_an_error_without_words_does_not_hide_the_cell(live):
    code = "class Mute(Exception):\n    def __str__(self): raise RuntimeError\nraise Mute"
    assert error_of(live, code)["ename"] == "Mute"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("missing_name", "run the cells above first"),
        ("import surely_not_there", "JupyterLite"),
        ("def f(): return f()\nf()", "without end"),
        ("raise SystemExit", "variables are kept"),
        ("raise MemoryError", "smaller"),
        ("if True:\nx = 1", "same column"),
    ],
)
def test_a_common_error_has_a_hint(live, code, words):
    assert words in error_of(live, code)["hint"]


@pytest.mark.parametrize(
    "code", ["1 / 0", "def f():\n    x += 1\nf()", "import json.nothing", "raise NameError('x')"]
)
def test_an_error_that_speaks_for_itself_has_none(live, code):
    assert "hint" not in error_of(live, code)


# --- lines that belong to Jupyter ---


@pytest.mark.parametrize(
    "line",
    ["%timeit f(1)", "!pip install torch", "%%html", "times = %timeit -o 1", "  !ls", "len?",
     "files = !ls", "?len"],
)  # fmt: skip
def test_a_line_for_jupyter_is_refused_by_its_number_before_anything_runs(live, line):
    error = error_of(live, f"touched = 1\n{line}")
    assert (error["ename"], error["line"]) == ("UsageError", 2)
    assert line.strip() in error["evalue"]
    assert "touched" not in live.shell.user_ns


@pytest.mark.parametrize(
    "code", ["%matplotlib inline\n1", "if True:\n    %matplotlib inline\n1", "%config X.y = 2\n1"]
)
def test_a_harmless_line_for_jupyter_is_passed_over(live, code):
    assert run(live, code)[1][0]["data"]["text/plain"] == "1"


@pytest.mark.parametrize("code", ["(7\n%4)", "'''\n!ls\n%time\n'''", "x = 7\nx %4"])
def test_python_that_looks_like_jupyter_stays_python(live, code):
    assert run(live, code)[0] == "ok"


# --- packages ---


def entries(*names_and_needs):
    return [
        {"name": name, "imports": [name], "depends": needs, "file_name": f"{name}.whl"}
        for name, needs in names_and_needs
    ]


def test_a_package_is_unpacked_once_and_after_what_it_needs(live):
    unpacked = []
    packages = live.packages.Packages(
        entries(("zz_plot", ["zz_math"]), ("zz_math", [])),
        lambda name: unpacked.append(name) or "",
    )
    packages.find_spec("zz_plot")
    packages.find_spec("zz_plot")
    packages.find_spec("zz_math")
    assert unpacked == ["zz_math.whl", "zz_plot.whl"]


def test_a_package_that_cannot_be_had_says_why_and_may_be_tried_again(live):
    answers = ["hash", ""]
    packages = live.packages.Packages(entries(("zz_math", [])), lambda name: answers.pop(0))
    with pytest.raises(ImportError, match="zz_math could not be loaded: its file is damaged"):
        packages.find_spec("zz_math")
    packages.find_spec("zz_math")
    assert answers == []


def test_stop_waits_until_a_module_of_a_package_is_whole(live, tmp_path, monkeypatch):
    held, seen = [0], []
    monkeypatch.setattr(live.link, "stop", types.SimpleNamespace(hold=lambda on: held.append(on)))
    monkeypatch.syspath_prepend(tmp_path)
    sys.seen_by_zz = lambda: seen.append(sum(1 if on else -1 for on in held[1:]))

    def unpack(name):
        sys.seen_by_zz()
        (tmp_path / "zz_parts").mkdir()
        for part in ("__init__", "one"):
            (tmp_path / "zz_parts" / f"{part}.py").write_text(
                "import sys; sys.seen_by_zz()", "utf-8"
            )

    packages = live.packages.Packages(entries(("zz_parts", [])), unpack)
    monkeypatch.setattr(sys, "meta_path", [packages, *sys.meta_path])
    importlib.import_module("zz_parts.one")
    assert seen == [1, 1, 1] and held[1:].count(True) == held[1:].count(False)


def test_a_package_of_which_half_was_unpacked_is_unpacked_again(live):
    answers = [KeyboardInterrupt, None]

    def unpack(name):
        if answer := answers.pop(0):
            raise answer

    packages = live.packages.Packages(entries(("zz_math", [])), unpack)
    with pytest.raises(KeyboardInterrupt):
        packages.find_spec("zz_math")
    packages.find_spec("zz_math")
    assert answers == []


def test_a_cell_that_cannot_be_read_waits_for_nothing(live):
    live.packages.known = live.packages.Packages(entries(("numpy", [])), None)
    assert live.waits_for("import numpy") == '["numpy.whl"]'
    assert live.waits_for("import numpy; '\ud800'") == "[]"


def test_a_package_whose_need_cannot_be_had_may_be_tried_again_too(live):
    answers, unpacked = ["missing", "", ""], []
    packages = live.packages.Packages(
        entries(("zz_plot", ["zz_math"]), ("zz_math", [])),
        lambda name: unpacked.append(name) or answers.pop(0),
    )
    with pytest.raises(ImportError, match="zz_math could not be loaded"):
        packages.find_spec("zz_plot")
    packages.find_spec("zz_plot")
    assert unpacked == ["zz_math.whl", "zz_math.whl", "zz_plot.whl"]


@pytest.mark.parametrize(
    ("code", "files"),
    [
        ("import matplotlib.pyplot as plt", ["matplotlib.whl", "numpy.whl"]),
        ("from lib import losses", ["lib.whl", "numpy.whl"]),
        ("from lib import plotting", ["lib.whl", "matplotlib.whl", "numpy.whl"]),
        ("from lib.exercises import check", ["latex2mathml.whl", "lib.whl", "numpy.whl"]),
        ("import lib\nlib.plotting", ["lib.whl", "matplotlib.whl", "numpy.whl"]),
        ("plotting = 1", []),
        ("def f():\n    import numpy", ["numpy.whl"]),
        ("import math", []),
        ("not python", []),
    ],
)
def test_a_cell_waits_for_what_it_imports(live, code, files):
    plot, text = ("matplotlib", ["numpy"]), ("latex2mathml", [])
    known = entries(("numpy", []), ("lib", ["numpy"]), plot, text)
    assert live.packages.Packages(known, None).files_for(code) == files


# --- widgets ---


def test_an_explorable_is_told_from_other_widgets(live):
    from lib import explorables

    state = {"_anywidget_id": "lib.explorables.loss_functions.FitLine", "_esm": "code", "w": 1.0}
    about = live.widgets.about_explorable("id", state)
    assert about == {"explorable": explorables.FitLine._module}
    assert state == {"_anywidget_id": "lib.explorables.loss_functions.FitLine", "w": 1.0}
    other = {"_anywidget_id": "os.path", "_esm": "code"}
    assert live.widgets.about_explorable("other", other) == {} and "_esm" in other


def test_later_changes_of_an_explorable_carry_no_code_either(live):
    first = {"_anywidget_id": "lib.explorables.loss_functions.FitLine"}
    live.widgets.about_explorable("id", first)
    later = {"_css": "style", "w": 2.0}
    live.widgets.about_explorable("id", later)
    assert later == {"w": 2.0}


class Widget:
    outputs = ()


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def clear(wait):
    return {"output_type": "clear_output", "wait": wait}


def after(live, *messages):
    """Return what a widget that showed something shows after each of several messages."""
    widget, capture, shown = Widget(), live.widgets.Capture("id"), []
    widget.outputs = (stream("old"),)
    for outputs in messages:
        for output in outputs:
            capture.add(widget, output)
        capture.flush(widget)
        shown.append(widget.outputs)
    return shown


def test_clearing_with_wait_never_leaves_a_widget_empty(live):
    shown = after(live, [clear(wait=True)], [stream("new")], [stream("er")])
    assert shown == [(stream("old"),), (stream("new"),), (stream("newer"),)]


def test_clearing_at_once_empties_a_widget(live):
    assert after(live, [clear(wait=False)]) == [()]


def test_a_widget_gets_the_outputs_of_a_message_in_one_change(live):
    changes = []

    class Watched:
        outputs = property(lambda self: (), lambda self, value: changes.append(value))

    capture = live.widgets.Capture("id")
    for output in (clear(wait=True), stream("a"), stream("b")):
        capture.add(Watched(), output)
    assert changes == []
    capture.flush(Watched())
    assert changes == [(stream("ab"),)]


def test_a_widget_is_not_kept_waiting_by_a_long_cell(live, monkeypatch):
    clock = iter([0.0, 0.0, 10.0])
    monkeypatch.setattr(live.time, "monotonic", lambda: next(clock))
    widget, capture = Widget(), live.widgets.Capture("id")
    capture.add(widget, stream("early"))
    assert widget.outputs == ()
    capture.add(widget, stream("late"))
    assert widget.outputs == (stream("earlylate"),)


def test_a_stream_goes_on_where_it_ended(live):
    found = ()
    for output in (stream("a"), stream("b"), stream("!", "stderr"), stream("c")):
        found = live.widgets.joined(found, output)
    assert found == (stream("ab"), stream("!", "stderr"), stream("c"))


# --- names for the editor ---


class Place:
    """A thing with an attribute that costs something to compute."""

    asked = 0

    def __init__(self):
        self.width = 3

    @property
    def height(self):
        type(self).asked += 1
        return self


@pytest.mark.parametrize(
    ("before", "labels"),
    [
        ("pla", ["place"]),
        ("1 + place.w", ["width"]),
        ("place.height.w", []),
        ("place.nothing.w", []),
        ("unknown.a", []),
        ("f(1).w", []),
        ("", []),
    ],
)
def test_names_come_from_what_exists_and_no_code_runs_for_them(live, before, labels):
    live.shell.user_ns.update(place=Place())
    found = json.loads(live.complete(json.dumps(before)))
    assert [item["label"] for item in found["items"]] == labels
    assert Place.asked == 0


class Odd:
    """A thing whose own word on its attributes must not be asked for."""

    def __init__(self):
        object.__getattribute__(self, "__dict__").update({"length": 1, 5: 6})

    def __dir__(self):
        raise RuntimeError

    def __getattribute__(self, name):
        raise RuntimeError


def test_not_even_what_lists_the_attributes_of_a_thing_runs(live):
    live.shell.user_ns.update(odd=Odd(), Odd=Odd)
    found = json.loads(live.complete(json.dumps("odd.l")))
    assert [item["label"] for item in found["items"]] == ["length"]
    labels = [item["label"] for item in json.loads(live.complete(json.dumps("Odd.m")))["items"]]
    assert labels == ["mro"]


def test_a_completion_says_how_much_it_replaces(live):
    live.shell.user_ns.update(place=Place())
    found = json.loads(live.complete(json.dumps("x = place.wi")))
    assert found == {"items": [{"label": "width", "type": "property"}], "length": 2}
