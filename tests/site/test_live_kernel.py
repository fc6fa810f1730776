"""Python in the page, through the page's end of it: what runs, what fails, and how it ends."""

import functools
import http.server
import json
import socketserver
import threading
from pathlib import Path

import pytest
import serve
from playwright.sync_api import Route

pytestmark = pytest.mark.site

PAGE = "intro.html"
WHEELS = "**/pyodide/*.whl*"
SETUP = """async (kernelModule) => {
  const { createKernel } = await import(new URL(kernelModule, document.baseURI));
  const seen = { states: [], lost: [], messages: [], steps: [] };
  const filled = new Promise((resolve) => {
    window.kernel = createKernel({
      onstate: (state) => seen.states.push(state),
      onprogress: (progress) => seen.steps.push(progress),
      onlost: (generation) => seen.lost.push(generation),
      onbackground: resolve,
    });
  });
  kernel.comms.onMessage((message) => seen.messages.push(message));
  Object.assign(window, { seen, filled });
}"""
RUN = """async ([code, cell]) => {
  const outputs = [];
  const start = performance.now();
  const onoutput = (output) => outputs.push({ ...output, after: performance.now() - start });
  const late = new Promise((_, refuse) => setTimeout(refuse, 90000, new Error(`No end: ${code}`)));
  const result = await Promise.race([kernel.run(code, { cell, onoutput }), late]);
  return { ...result, outputs, took: performance.now() - start };
}"""


BECOMES = """async (state) => {
  while (kernel.state !== state) await new Promise((done) => setTimeout(done, 20));
}"""


class Python:
    """The kernel of one page, as a test speaks to it."""

    def __init__(self, page):
        self.page = page
        page.evaluate(SETUP, serve.address("_live/kernel.js"))

    def run(self, code, cell="Cell 7"):
        """Run a cell and return its result, with all that it showed."""
        return self.page.evaluate(RUN, [code, cell])

    def shown(self, code):
        """Run a cell that must go well; return what it showed, without what only passes."""
        result = self.run(code)
        assert result["status"] == "ok", result
        return [each for each in result["outputs"] if each["output_type"] != "waiting"]

    def text(self, code):
        """Run a cell and return what it printed."""
        return "".join(each["text"] for each in self.shown(code) if "text" in each)

    def value(self, code):
        """Run a cell and return its result as text."""
        return self.shown(code)[-1]["data"]["text/plain"]

    def error(self, code):
        """Run a cell that must fail; return its error."""
        result = self.run(code)
        assert result["status"] == "error", result
        return result["outputs"][-1]

    def reason(self):
        """Start Python where it cannot start; return the reason."""
        assert self.page.evaluate("kernel.boot()") == "failed"
        return self.page.evaluate("kernel.failure.reason")

    def becomes(self, state):
        """Wait until Python is in a state."""
        self.page.evaluate(BECOMES, state)

    def messages(self):
        """Take the messages of widgets that have come."""
        return self.page.evaluate("seen.messages.splice(0)")


@pytest.fixture(scope="module")
def python(browser, site):
    """Give one kernel, fully started, to all tests that leave it whole."""
    context = browser.new_context(device_scale_factor=1)
    page = context.new_page()
    page.goto(site + PAGE)
    python = Python(page)
    page.evaluate("kernel.boot().then(() => filled)")
    yield python
    context.close()


@pytest.fixture
def fresh(browser, site):
    """Give a function that makes a kernel of its own, which may end badly."""
    contexts = []

    def fresh(routes=None, script="", path=PAGE):
        contexts.append(browser.new_context(service_workers="block"))
        page = contexts[-1].new_page()
        for pattern, answer in (routes or {}).items():
            contexts[-1].route(pattern, answer)
        if script:
            page.add_init_script(script)
        page.goto(site + path)
        return Python(page)

    yield fresh
    for context in contexts:
        context.close()


def with_body(body, status=200):
    """Answer a request with other bytes than the site has."""
    return lambda route: route.fulfill(status=status, body=body)


# ---------------------------------------------------------------------------------------------
# What runs
# ---------------------------------------------------------------------------------------------


def test_a_cell_ends_in_its_last_value(python):
    assert python.value("1 + 1") == "2"
    assert python.shown("1 + 1;") == []
    assert python.value("_ + 40") == "42"


def test_the_steps_and_the_states_of_a_start_are_told(python):
    states, steps = python.page.evaluate("[seen.states, seen.steps]")
    assert states[:2] == ["starting", "ready"]
    assert {"Downloading Python", "Starting Python", "Loading numpy"} <= {s["step"] for s in steps}
    at_start = [step for step in steps if not step["background"]]
    assert at_start[-1]["loaded"] == at_start[-1]["total"] > 10_000_000


def test_a_cell_may_await(python):
    assert python.value("import asyncio\nawait asyncio.sleep(0.01)\n'slept'") == "'slept'"


def test_what_is_printed_shows_while_the_cell_runs(python):
    result = python.run(
        "import time\nprint('early')\nend = time.time() + 1\nwhile time.time() < end: pass"
    )
    assert result["outputs"][0]["text"] == "early\n"
    assert result["took"] - result["outputs"][0]["after"] > 700


def test_ten_megabytes_of_printing_are_cut_and_said_to_be(python):
    text = python.text("for i in range(160_000): print(f'{i:<60}')")
    assert 200_000 <= len(text) <= 201_000
    assert "Cut here: a cell shows 200,000 characters" in text
    assert "Cut here" in python.value("'x' * 10_000_000")
    assert python.text("print('whole again')") == "whole again\n"


def test_both_streams_keep_their_names(python):
    shown = python.shown("import sys, warnings\nprint('out')\nwarnings.warn('careful')")
    assert [(each["name"], each["text"].split("\n")[0]) for each in shown] == [
        ("stdout", "out"),
        ("stderr", "Cell 7, line 3: UserWarning: careful"),
    ]


def test_a_figure_has_the_size_that_it_has_in_the_book(python):
    python.run("import matplotlib.pyplot as plt\nfrom lib import plotting\n"
               "plotting.use_course_style()")  # fmt: skip
    (figure,) = python.shown("fig, ax = plt.subplots()\n_ = ax.plot([1, 2])")
    assert figure["data"]["text/plain"] == "<Figure size 1382.4x691.2 with 1 Axes>"
    assert figure["metadata"]["image/png"] == {"width": 691, "height": 346}
    size = """async (data) => {
      const image = Object.assign(new Image(), { src: `data:image/png;base64,${data}` });
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }"""
    assert python.page.evaluate(size, figure["data"]["image/png"]) == [691, 345]


def test_figures_come_in_the_order_of_showing_and_are_closed(python):
    shown = python.shown(
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(2, 1))\nplt.show()\n"
        "print('between')\nplt.figure(figsize=(3, 1))\nplt.get_fignums()"
    )
    kinds = [each["output_type"] for each in shown]
    assert kinds == ["display_data", "stream", "execute_result", "display_data"]
    assert shown[2]["data"]["text/plain"] == "[1]"
    assert python.value("plt.get_fignums()") == "[]"


def test_a_figure_that_cannot_be_drawn_is_the_error_of_its_cell_and_loses_no_other(python):
    result = python.run(
        "import matplotlib.pyplot as plt\n"
        "for title in ['one', '$\\\\frac{$', 'three']: plt.figure(figsize=(1, 1)).suptitle(title)"
    )
    outputs = [output.get("ename", output["output_type"]) for output in result["outputs"]]
    assert (result["status"], outputs) == ("error", ["display_data"] * 2 + ["ValueError"])
    assert python.value("plt.get_fignums()") == "[]"


def test_a_progress_bar_is_not_cut(python):
    text = python.text("for i in range(20_000): print(f'{i:60}', end='\\r', flush=True)")
    assert text.endswith(f"{19_999:60}\r") and "Cut here" not in text


def test_results_are_written_as_ipython_writes_them(python):
    long = python.value("{f'key number {i}': list(range(6)) for i in range(4)}")
    assert long.splitlines()[1] == " 'key number 1': [0, 1, 2, 3, 4, 5],"


def test_an_editor_gets_the_names_that_exist(python):
    python.run("import numpy as np\nspecial_name = np.arange(3)")
    complete = "([code]) => kernel.complete(code, code.length)"
    found = python.page.evaluate(complete, ["1 + special_"])
    assert found == {"items": [{"label": "special_name", "type": "variable"}], "from": 4}
    labels = [item["label"] for item in python.page.evaluate(complete, ["np.arra"])["items"]]
    assert "array" in labels and "arange" not in labels
    assert python.page.evaluate(complete, ["print(1)."])["items"] == []


# ---------------------------------------------------------------------------------------------
# What fails in a cell
# ---------------------------------------------------------------------------------------------


def test_an_error_shows_the_lines_of_the_reader_alone(python):
    error = python.error("from lib import losses\n\nlosses.squared_error([1, 2], [1, 2, 3])")
    assert error["line"] == 3
    assert error["traceback"][:3] == [
        "Traceback (most recent call last):",
        "  Cell 7, line 3",
        "    losses.squared_error([1, 2], [1, 2, 3])",
    ]
    assert not any(".py" in line for line in error["traceback"])


@pytest.mark.parametrize(
    ("code", "ename", "words"),
    [
        ("undefined_name", "NameError", "run the cells above first"),
        ("import pandas", "ModuleNotFoundError", "JupyterLite"),
        ("x = 1\n%timeit x", "UsageError", "'%timeit x' is a Jupyter command"),
        ("!pip install torch", "UsageError", "'!pip install torch' is a shell command"),
        ("input('Your name? ')", "StdinNotImplementedError", "nobody to ask"),
        ("exit()", "SystemExit", "the variables are kept"),
        ("def f(n): return f(n + 1)\nf(0)", "RecursionError", "which call should stop?"),
        ("x = = 3", "SyntaxError", "invalid syntax"),
        ("raise MemoryError", "MemoryError", "no memory left"),
        ("from IPython.display import Audio", "ImportError", "JupyterLite"),
    ],
)
def test_a_common_error_comes_with_a_clear_word(python, code, ename, words):
    error = python.error(code)
    assert error["ename"] == ename
    assert words in error["evalue"] + error.get("hint", "")
    assert python.value("'alive'") == "'alive'"


def test_a_line_for_jupyter_is_named_by_its_number(python):
    assert python.error("x = 1\ny = 2\n%timeit x")["line"] == 3
    assert python.value("%matplotlib inline\n'harmless'") == "'harmless'"


def test_a_hog_of_memory_gets_an_error_and_python_goes_on(python):
    hog = "import numpy as np\nhoard = []\nwhile True: hoard.append(np.empty(30_000_000))"
    assert "Error" in python.error(hog)["ename"]
    assert (
        python.value("x = 'ж'; 'λ → 𝜆' + x") == "'λ → 𝜆ж'"
    )  # letters past Latin-1, while it is full
    assert python.value("del hoard\n'alive'") == "'alive'"


# ---------------------------------------------------------------------------------------------
# Widgets
# ---------------------------------------------------------------------------------------------


def opened(messages):
    """Index the widgets that were opened by their ids."""
    return {m["content"]["comm_id"]: m for m in messages if m["msg_type"] == "comm_open"}


def send(python, comm_id, state):
    """Let the page change a widget; return what came from Python before it was acknowledged."""
    script = """async ([comm_id, state]) => {
      seen.messages.length = 0;
      const content = { comm_id, data: { method: "update", state, buffer_paths: [] } };
      const message = { msg_type: "comm_msg", content, metadata: {}, buffers: [] };
      const handled = await kernel.comms.send(message);
      return [handled, structuredClone(seen.messages)];
    }"""
    return python.page.evaluate(script, [comm_id, state])


def test_an_explorable_opens_without_its_code_and_names_its_module(python):
    python.messages()
    python.run("from lib.explorables import FitLine\nfit = FitLine()")
    (message,) = [m for m in opened(python.messages()).values() if "explorable" in m["metadata"]]
    assert message["metadata"]["explorable"] == "fit_line"
    assert not {"_esm", "_css"} & message["content"]["data"]["state"].keys()


def test_a_widget_of_somebody_else_keeps_its_code(python):
    python.messages()
    python.run(
        "import anywidget\nclass Other(anywidget.AnyWidget):\n    _esm = 'export default {}'\n"
        "other = Other()"
    )
    (message,) = [
        m for m in opened(python.messages()).values() if "_esm" in m["content"]["data"]["state"]
    ]
    assert "explorable" not in message["metadata"]


def test_a_message_is_acknowledged_only_when_its_handlers_are_done(python):
    python.messages()
    python.run(
        "import time\nfrom lib.explorables import FitLine\nfit = FitLine()\n"
        "def follow(change):\n    time.sleep(0.2)\n    fit.b = change.new + 1\n"
        "fit.observe(follow, 'w')"
    )
    comm_id = python.value("fit.model_id").strip("'")
    handled, before = send(python, comm_id, {"w": 1.5})
    assert handled
    states = [m["content"]["data"].get("state", {}) for m in before]
    assert {"b": 2.5} in [{k: v for k, v in s.items() if k == "b"} for s in states]
    assert python.value("fit.w, fit.b") == "(1.5, 2.5)"


def test_what_interact_prints_goes_into_its_widget_in_one_change(python):
    python.messages()
    shown = python.shown(
        "from ipywidgets import interact\n"
        "def f(x=3):\n    print('x is', x)\n    print('twice', 2 * x)\n_ = interact(f)"
    )
    assert [each["output_type"] for each in shown] == ["display_data"]
    found = opened(python.messages())
    (slider,) = [
        key
        for key, message in found.items()
        if message["content"]["data"]["state"]["_model_name"] == "IntSliderModel"
    ]
    handled, messages = send(python, slider, {"value": 5})
    changes = [m["content"]["data"]["state"] for m in messages if "state" in m["content"]["data"]]
    outputs = [change["outputs"] for change in changes if "outputs" in change]
    assert handled and [] not in outputs
    assert outputs[-1] == [
        {"output_type": "stream", "name": "stdout", "text": "x is 5\ntwice 10\n"}
    ]


def test_an_error_inside_interact_stays_in_its_widget(python):
    python.messages()
    python.shown("from ipywidgets import interact\ndef f(x=1): return 1 / x\n_ = interact(f)")
    found = opened(python.messages())
    slider = next(
        k for k, m in found.items()
        if m["content"]["data"]["state"]["_model_name"] == "IntSliderModel"
    )  # fmt: skip
    _, messages = send(python, slider, {"value": 0})
    outputs = [m["content"]["data"]["state"].get("outputs") for m in messages]
    (error,) = [each for each in outputs if each][-1]
    assert error["ename"] == "ZeroDivisionError"


# ---------------------------------------------------------------------------------------------
# Stop, restart, and a Python that cannot be had
# ---------------------------------------------------------------------------------------------


STOP = """async ([code, ready]) => {
  const outputs = [];
  let begun;
  const begins = new Promise((done) => { begun = done; });
  const onoutput = (output) => { outputs.push(output); begun(); };
  const running = kernel.run(code, { cell: "Cell 7", onoutput });
  const waiting = kernel.run("1 + 1");
  if (ready) await begins;
  else await new Promise((done) => setTimeout(done, 300));
  kernel.stop();
  const ends = [await running, await waiting];
  return { ends, shown: outputs.length, lost: seen.lost.length };
}"""


def stop(python, code, ready=True):
    """Run a cell, stop it once it has shown something, and return how it and its follower ended."""
    return python.page.evaluate(STOP, [code, ready])


@pytest.mark.parametrize(
    ("code", "line", "also"),
    [
        ("print(1)\nwhile True: pass", 2, ()),
        ("def f():\n    while True:\n        kept\n\nprint(1)\nf()", 6, (2, 3)),
        ("import time\nprint(1)\ntime.sleep(1000)", 3, ()),
        ("import asyncio\nprint(1)\nawait asyncio.sleep(1000)", 3, ()),
        ("import matplotlib.pyplot as plt\nprint(1)\nwhile True: plt.figure(); plt.show()", 3, ()),
    ],
)
def test_stop_interrupts_a_cell_and_its_variables_are_kept(python, code, line, also):
    python.run("kept = 1")
    lost = python.page.evaluate("seen.lost.length")
    found = stop(python, code)
    first, second = found["ends"]
    assert (first["status"], first["variables"]) == ("stopped", "kept")
    assert first["line"] in (line, *also)
    assert (second["status"], found["lost"]) == ("stopped", lost)
    assert python.value("kept + 1") == "2"
    assert python.page.evaluate("[kernel.state, kernel.stopping]") == ["ready", False]


def is_ended(python, code, ready=True):
    """Stop a cell that takes no notice: Python is ended, with its variables, and there again."""
    python.run("kept = 1")
    lost = python.page.evaluate("seen.lost.length")
    found = stop(python, code, ready)
    assert [end["status"] for end in found["ends"]] == ["stopped", "stopped"]
    assert (found["ends"][0]["variables"], found["lost"]) == ("lost", lost + 1)
    assert python.error("kept")["ename"] == "NameError"


@pytest.mark.parametrize(
    ("code", "most"),
    [
        ("while True: display(1)", 1002),
        ("while True: print('a line of text')", 7000),
        ("import sys\nwhile True: print('oh', file=sys.stderr)", 7000),
        ("import warnings\nwarnings.simplefilter('always')\nwhile True: warnings.warn('oh')", 7000),
        (
            "from IPython.display import HTML\nwhile True: display(HTML('<p>' + 'x' * 1_000_000))",
            60,
        ),
        ("h = display(0, display_id=True)\nwhile True: h.update('x' * 100_000)", 2000),
        (
            "from IPython.display import clear_output\nwhile True: clear_output(); display('x')",
            4000,
        ),
    ],
)
def test_a_flood_of_outputs_is_bounded_and_stop_answers(python, code, most):
    found = stop(python, code)
    end = found["ends"][0]
    assert end["status"] == "stopped"
    # A machine so busy that Python has not looked up in two seconds ends it, as a reader is told.
    assert end["variables"] in ("kept", "lost")
    assert found["shown"] < most
    assert python.value("1 + 1") == "2"


def test_what_is_too_much_is_said_and_the_next_cell_shows_again(python):
    outputs = python.shown("for i in range(3_000): display(i)")
    said = [each["text"] for each in outputs if each["output_type"] == "stream"]
    assert len(outputs) == 1001 and "a cell shows 1,000 outputs" in said[0]
    assert len(python.shown("display(1)")) == 1
    shown = python.shown("h = display(0, display_id=True)\nfor i in range(5_000): h.update(i)")
    assert len(shown) < 2000 and shown[-1]["data"]["text/plain"] == "4999"


#: Take the messages that have come, and keep of them the values of a slider.
VALUES = """() => seen.messages.splice(0).map(({ content }) => content.data.state ?? {})
  .filter((state) => "value" in state).map(({ value }) => value)"""


def test_a_flood_of_a_widget_is_joined_and_its_last_state_arrives(python):
    python.messages()
    python.run(
        "import ipywidgets as w\ns = w.IntSlider(max=9_999)\nfor i in range(5_000): s.value = i"
    )
    values = python.page.evaluate(VALUES)
    assert len(values) < 2000 and values[-1] == 4999
    error = python.error("while True: w.IntSlider()")
    assert "5,000 parts of widgets" in error["evalue"]
    python.page.evaluate("() => { seen.messages.length = 0; }")  # thousands
    assert python.value("s.value") == "4999"


BUSY = """async ([comm_id, state]) => {
  const content = { comm_id, data: { method: "update", state, buffer_paths: [] } };
  const message = { msg_type: "comm_msg", content, metadata: {}, buffers: [] };
  const handled = kernel.comms.send(message);
  while (kernel.state !== "busy") await new Promise((done) => setTimeout(done, 20));
  const next = kernel.run("1 + 1");
  kernel.stop();
  return [await handled, (await next).status, kernel.state];
}"""


def test_a_handler_that_takes_long_is_busy_and_stop_ends_it(python):
    python.run("import ipywidgets as w\nkept = 5\ns = w.IntSlider()\n"
               "def spin(change):\n    while True: pass\ns.observe(spin, 'value')")  # fmt: skip
    comm_id = python.value("s.model_id").strip("'")
    assert python.page.evaluate(BUSY, [comm_id, {"value": 7}]) == [True, "stopped", "ready"]
    assert python.value("kept") == "5"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("    await asyncio.sleep(0.1)\n    while True: pass", "task.done()"),
        ("    while True: await asyncio.sleep(0)", "task.cancelled()"),
    ],
)
def test_a_task_that_takes_long_is_busy_and_stop_ends_it(python, code, found):
    begun = "task = asyncio.create_task(spin())"
    python.run(f"import asyncio\nkept = 6\nasync def spin():\n{code}\n{begun}")
    python.becomes("busy")
    python.page.evaluate("kernel.stop()")
    python.becomes("ready")
    assert python.value(f"kept, {found}") == "(6, True)"


LATE = """async ([code, next]) => {
  const [late, others] = [[], []];
  const done = new Promise((settle) => {
    const onoutput = ({ text }) => { if (late.push(text) === 2) settle(); };
    kernel.run(code, { cell: "Cell 1", onoutput });
  });
  await kernel.run(next, { cell: "Cell 2", onoutput: (output) => others.push(output) });
  await done;
  return [late, others];
}"""


def test_what_a_task_shows_later_goes_to_the_cell_that_began_it(python):
    code = ("import asyncio\nasync def late():\n    await asyncio.sleep(0.1)\n    print('during')\n"
            "    await begun.wait()\n    await asyncio.sleep(0.3)\n    print('after')\n"
            "begun = asyncio.Event()\ntask = asyncio.create_task(late())")  # fmt: skip
    found = python.page.evaluate(LATE, [code, "await asyncio.sleep(0.5)\nbegun.set()"])
    assert found == [["during\n", "after\n"], []]


CRASHES = [
    "import ctypes\nctypes.CFUNCTYPE(None)(1)()",
    "class Loop:\n    def __repr__(self): return repr(self)\nLoop()",
    "eval('+'.join(['1'] * 20_000))",
    "import os\nos._exit(1)",
]
# The inner loop goes round within the try: no interrupt falls between two of them.
STUBBORN = "print(1)\nwhile True:\n    try:\n        while True: print(end='')\n    except: pass"


def crashes(python, code):
    """Let a cell crash Python, which says so and can be restarted."""
    lost = python.page.evaluate("seen.lost.length")
    result = python.run(code)
    if result["status"] == "error":  # this browser's stack was deep enough
        assert result["outputs"][-1]["ename"] in ("RecursionError", "MemoryError", "SystemExit")
        return
    assert result["status"] == "failed"
    state = "[kernel.state, kernel.failure.reason, seen.lost.length]"
    assert python.page.evaluate(state) == ["failed", "crashed", lost + 1]
    assert python.page.evaluate("seen.lost.at(-1) === kernel.generation")
    python.page.evaluate("kernel.restart()")
    assert python.value("1 + 1") == "2"


def test_a_python_that_is_ended_or_has_crashed_says_so_and_there_is_another(fresh):
    python = fresh({WHEELS: lambda route: None})  # no package is needed: none comes
    for code in CRASHES:
        crashes(python, code)
    is_ended(python, "sum(range(10 ** 15))", ready=False)
    is_ended(python, STUBBORN)


# ---------------------------------------------------------------------------------------------
# What a cell must not reach
# ---------------------------------------------------------------------------------------------

WAYS = """
import js
from pyodide.ffi import to_js

async def outcome(way):
    try:
        made = way()
        made = await made if hasattr(made, "then") or hasattr(made, "__await__") else made
        return f"reached: {made}"
    except BaseException as error:
        return "refused"

def xhr():
    request = js.XMLHttpRequest.new()
    request.open("GET", BAD, False)
    request.send()

async def opened(made):
    for _ in range(20):
        await js.Promise.new(lambda done, _: js.setTimeout(done, 50))
        if made.readyState != 0:
            break
    if made.readyState == 1:
        return "open"
    made.close()
    raise OSError("not opened")

ways = {
    "fetch": lambda: js.fetch(BAD),
    "xhr": xhr,
    "importScripts": lambda: js.importScripts(BAD),
    "importScripts of a blob": lambda: js.importScripts(
        js.URL.createObjectURL(js.Blob.new(to_js(["self.mine = 1"])))),
    "socket": lambda: opened(js.WebSocket.new(BAD.replace("http", "ws"))),
    "events": lambda: opened(js.EventSource.new(BAD)),
    "beacon": lambda: js.navigator.sendBeacon(BAD, "x"),
    "eval": lambda: js.eval("1"),
    "function": lambda: js.Function.new("return 1")(),
    "run_js": lambda: __import__("pyodide").code.run_js("1"),
    "worker": lambda: js.Worker.new(BAD),
    "worker of the site": lambda: js.Worker.new(OWN),
    "shared worker": lambda: js.SharedWorker.new(OWN),
    "store": lambda: js.caches.open("x"),
    "store of the prototype": lambda: js.Reflect.get(
        js.Object.getPrototypeOf(js.Object.getPrototypeOf(js.self)), "caches", js.self).open("x"),
    "database": lambda: js.indexedDB.open("x"),
    "files": lambda: js.navigator.storage.getDirectory(),
    "buckets": lambda: js.navigator.storageBuckets.open("x"),
    "service worker": lambda: js.navigator.serviceWorker.getRegistrations(),
    "old files": lambda: js.webkitRequestFileSystemSync(0, 100),
    "other pages": lambda: js.BroadcastChannel.new("x"),
    "pyodide's own packages": lambda: __import__("pyodide_js").loadPackage(BAD),
    "pyodide.http": lambda: __import__("pyodide.http").http.open_url(BAD),
    "pyfetch": lambda: __import__("pyodide.http").http.pyfetch(BAD),
    "a peer": lambda: js.RTCPeerConnection.new(),
}
found = {name: await outcome(way) for name, way in ways.items()}
import json
print(json.dumps(found))
"""


@pytest.fixture
def other_host():
    """Listen where nobody should call; return the address, and who has called."""
    called = []

    class Call(socketserver.BaseRequestHandler):
        def handle(self):
            called.append(self.request.recv(2000))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Call) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/x.js", called
        server.shutdown()


def test_a_cell_reaches_no_other_host_no_store_and_no_worker(python, site, other_host):
    (bad, called), own = other_host, site + serve.address("_live/live.js")
    found = json.loads(python.text(f"BAD, OWN = {bad!r}, {own!r}\n{WAYS}"))
    assert set(found.values()) == {"refused"}, found
    assert called == []
    assert python.value("(await js.fetch(OWN)).status") == "200"  # the site's own is there


def test_without_the_policy_of_the_page_it_would_reach_one(browser, site, other_host):
    (bad, called), own = other_host, site + serve.address("_live/live.js")
    context = browser.new_context(bypass_csp=True)
    context.route(WHEELS, lambda route: None)  # no package is needed: none comes
    page = context.new_page()
    page.goto(site + PAGE)
    found = json.loads(Python(page).text(f"BAD, OWN = {bad!r}, {own!r}\n{WAYS}"))
    context.close()
    assert called != [] and found["eval"] == "reached: 1"
    assert (found["store"], found["database"], found["worker of the site"]) == ("refused",) * 3


FAULTS = [
    ("**/_live/manifest.*.json", with_body(b"", 404), "missing"),
    ("**/python_stdlib.zip*", with_body(b"other bytes"), "hash"),
    ("**/pyodide.asm.js*", with_body(b"postMessage('mine')"), "hash"),
    ("**/pyodide.asm.wasm*", with_body(b"", 404), "missing"),
    ("**/pyodide/live.zip*", with_body(b"", 404), "missing"),
    ("**/python_stdlib.zip*", lambda route: route.abort(), "offline"),
]


def test_a_start_that_cannot_be_names_its_reason(fresh):
    python = fresh()
    for pattern, answer, reason in FAULTS:
        python.page.context.route(pattern, answer)
        assert python.reason() == reason, pattern
        python.page.context.unroute(pattern)
        # What has come is kept: the next fault is met by somebody who opens the page.
        python.page.reload()
        python = Python(python.page)


class Host(http.server.SimpleHTTPRequestHandler):
    """A public server, whose answers caches keep. A test spoils it, slows it, mends it."""

    spoilt, asked, slow, slowed = {}, [], None, "asm.wasm"

    def do_GET(self):
        """Send a file, or what stands in its place."""
        name = self.path.partition("?")[0].rpartition("/")[2]
        self.asked.append(name)
        body = self.spoilt.get(name)
        if body is None:
            super().do_GET()
            return
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self):
        """Let caches keep everything."""
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def copyfile(self, source, outputfile):
        """Send a part, and wait for the test where it has said so."""
        while chunk := source.read(2_000_000):
            outputfile.write(chunk)
            if self.slow and self.slowed in self.path:
                self.slow.wait(60)

    def log_message(self, *words):
        """Keep quiet."""


@pytest.fixture
def host(browser):
    """Serve the site as a public server would, and open a page of it in a browser with a cache."""
    Host.spoilt, Host.asked, Host.slow, Host.slowed = {}, [], None, "asm.wasm"
    handler = functools.partial(Host, directory=serve.SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/{PAGE}")
        yield Python(page)
        context.close()
        server.shutdown()


def test_a_file_that_was_bad_once_is_fetched_again_when_the_server_is_mended(host):
    manifest = json.loads((serve.SITE / serve.address("_live/manifest.json")).read_bytes())
    wheel = next(name for name in manifest["files"] if name.startswith("numpy-"))
    good = (serve.SITE / "pyodide" / "python_stdlib.zip").read_bytes()
    small = [Path(serve.address(f"_live/{name}")).name for name in ("manifest.json", "worker.js")]
    Host.spoilt = dict.fromkeys(small, b"{")
    assert host.reason() == "hash"
    Host.spoilt = {small[1]: b"{", "python_stdlib.zip": good[:-1] + b"?", wheel: b""}
    assert host.reason() == "hash"
    Host.spoilt = {"python_stdlib.zip": b"", wheel: b""}
    assert host.reason() == "missing"
    del Host.spoilt["python_stdlib.zip"]
    assert host.value("1 + 1") == "2"
    assert host.error("import numpy")["ename"] == "ImportError"
    Host.spoilt = {}
    assert host.value("import numpy; int(numpy.arange(3).sum())") == "3"
    assert Host.asked.count("pyodide.asm.wasm") == 1


PROGRESS = """async () => {
  const some = () => seen.steps.some(({ loaded }) => loaded > 1_000_000);
  while (!some()) await new Promise((done) => setTimeout(done, 20));
}"""


def test_stop_during_the_download_stops_and_what_has_come_is_kept(host):
    Host.slow = threading.Event()
    host.page.evaluate("() => { window.first = kernel.run('1 + 1'); }")
    host.page.evaluate(PROGRESS)
    host.page.evaluate("kernel.stop()")
    ended = host.page.evaluate("first.then(({ status, variables }) => [status, variables])")
    assert ended == ["stopped", "off"]
    assert host.page.evaluate("kernel.state") == "off"
    Host.slow.set()
    assert host.value("2 + 2") == "4"
    states = host.page.evaluate("seen.states")
    assert states == ["starting", "off", "starting", "ready", "busy", "ready"]
    fetched = [name for name in Host.asked if name.startswith(("pyodide", "python"))]
    assert len(fetched) == len(set(fetched))


#: As long as a package may take to be imported, for which Stop waits.
HELD = """from time import monotonic
from live.outbox import link
print(1)
link.stop.hold(True)
end = monotonic() + 0.7
while monotonic() < end: pass
link.stop.hold(False)
while True: pass"""


def test_stop_while_a_package_is_awaited_or_imported_keeps_variables_and_package(host):
    Host.slow, Host.slowed = threading.Event(), "/numpy-"
    host.run("kept = 1")
    found = stop(host, "import numpy")
    assert found["ends"][0]["status"] == "stopped"
    assert (found["ends"][0]["variables"], found["lost"]) == ("kept", 0)
    assert host.value("kept") == "1"
    Host.slow.set()
    found = stop(host, HELD)
    assert (found["ends"][0]["variables"], found["lost"]) == ("kept", 0)
    assert found["ends"][0]["line"] in (7, 8)
    stop(host, "print(1)\nimport numpy\nwhile True: pass")
    assert host.value("import numpy; int(numpy.arange(3).sum())") == "3"


def test_nothing_runs_by_itself_and_later_python_starts_and_a_package_that_is_bad_fails_a_cell(
    fresh,
):
    # Nothing runs from an address, nor without a network.
    spoilt = {"answer": with_body(b"other bytes")}
    numpy = {"**/numpy-*.whl*": lambda route: spoilt.get("answer", Route.continue_)(route)}
    python = fresh(numpy, path=f"{PAGE}?code=1/0&run=1#code=1/0")
    assert python.page.evaluate("kernel.state") == "off"
    python.page.context.set_offline(True)
    assert python.reason() == "offline"
    python.page.context.set_offline(False)
    assert python.value("len(In)") == "2"
    # A package that is not whole fails the cell and not Python.
    for answer, words in [
        (with_body(b"other bytes"), "damaged"),
        (with_body(b"", 404), "cannot be reached"),
    ]:
        spoilt["answer"] = answer
        error = python.error("import numpy")
        assert error["ename"] == "ImportError" and words in error["evalue"]
        assert python.value("1 + 1") == "2"
    # Mended, it is there in the next Python. Widgets are heard whoever makes them, before anything
    # else has imported what they need.
    del spoilt["answer"]
    python.page.evaluate("kernel.restart()")
    python.shown("import importlib\nmake = importlib.import_module('lib.' + 'explor' + 'ables')")
    python.shown("thing = getattr(make, 'Fit' + 'Line')()")
    assert opened(python.messages())


def test_a_page_without_webassembly_says_so(fresh):
    assert fresh(script="delete globalThis.WebAssembly").reason() == "wasm"


def test_a_server_that_forbids_webassembly_is_named(fresh):
    def forbid(route):
        answer = route.fetch()
        route.fulfill(
            response=answer,
            headers={**answer.headers, "content-security-policy": "script-src 'self'"},
        )

    assert fresh({f"**/{PAGE}": forbid}).reason() == "wasm"
