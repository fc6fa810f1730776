"""The same figures in JupyterLab: a real server, a real kernel, moved from both sides."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from conftest import STILL
from hands import agrees, camel
from playwright.sync_api import expect

from lib import explorables
from lib.exercises import question
from lib.explorables import FitLine

pytestmark = pytest.mark.site

ASKED = "loss_functions.ce_from_logits"
CELLS = [
    "from lib.explorables import FitLine\nfit = FitLine(w=0.5, b=1.0)\nfit",
    'print(f"from Python: {fit!r}")',
    'fit.w, fit.loss = 0.25, "huber"',
    f'from lib.exercises import Exercise\nexercise = Exercise("{ASKED}", instance=3)\nexercise',
    'print(f"{exercise!r}: {exercise.answer}, {exercise.mistake}")',
]
EVERY = [getattr(explorables, name) for name in explorables.__all__ if name != "Explorable"]
FAMILY = [
    "import json\nfrom lib import explorables",
    *(f"{kind._module} = explorables.{kind.__name__}()\n{kind._module}" for kind in EVERY),
    f"every = [{', '.join(kind._module for kind in EVERY)}]\n"
    "print(json.dumps([one.state for one in every]))",
    "for one in every:\n    for name, value in type(one)().state.items():\n"
    "        one.set_trait(name, value)",
]
# All cells stay in the document, those out of sight too.
SETTINGS = {"@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"}}


def free_port():
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address):
    """Tell whether a server answers at an address."""
    try:
        return urllib.request.urlopen(address, timeout=1).status == 200
    except (urllib.error.URLError, OSError):
        return False


def write_notebook(path, sources):
    """Write a notebook with these code cells."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """Start JupyterLab on a folder with one notebook and return the notebook's address."""
    folder = tmp_path_factory.mktemp("lab")
    write_notebook(folder / "figures.ipynb", [*CELLS, *FAMILY])
    for name, values in SETTINGS.items():
        path = folder / ".JUPYTER_CONFIG_DIR" / "lab" / "user-settings" / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    port, home = free_port(), f"--ServerApp.root_dir={folder}"
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root", home]
    private = {name: str(folder / f".{name}") for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    quiet = "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
    command = [sys.executable, "-m", "jupyterlab", *options, quiet, "--IdentityProvider.token="]
    command += ["--LabApp.expose_app_in_browser=True"]
    with open(folder / "server.log", "w", encoding="utf-8") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **private})
    try:
        deadline = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{port}/api") and time.monotonic() < deadline:
            assert server.poll() is None, (folder / "server.log").read_text(encoding="utf-8")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/lab/tree/"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def lab(browser, laboratory):
    """Open the notebook and wait for its kernel."""
    context = browser.new_context(viewport={"width": 1280, "height": 1800}, **STILL)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{laboratory}figures.ipynb?reset")  # no other notebook beside it
    page.locator(".jp-Notebook .jp-CodeCell").nth(2).wait_for()
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
    yield page
    context.close()


def cell_of(page, number):
    """Find a cell of the notebook."""
    return page.locator(".jp-Notebook .jp-CodeCell").nth(number)


def run_cell(page, number):
    """Run one cell and wait until the kernel has answered."""
    cell = cell_of(page, number)
    cell.locator(".cm-content").click()
    expect(cell.locator(".cm-editor.cm-focused")).to_be_visible()
    before = cell.locator(".jp-InputPrompt").first.text_content()
    page.keyboard.press("Control+Enter")
    prompt = cell.locator(".jp-InputPrompt").first
    expect(prompt).not_to_have_text(before, timeout=60_000)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    return cell


def execute(page, number):
    """Let JupyterLab run one cell, in sight or not, and wait until it has run."""
    prompt = cell_of(page, number).locator(".jp-InputPrompt").first
    before = prompt.text_content()
    page.evaluate(
        """(number) => {
          jupyterapp.shell.currentWidget.content.activeCellIndex = number;
          void jupyterapp.commands.execute("notebook:run-cell");
        }""",
        number,
    )
    expect(prompt).not_to_have_text(before, timeout=60_000)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    return cell_of(page, number)


def in_python(page, number=1):
    """Read what the kernel says the figure is."""
    return run_cell(page, number).locator(".jp-OutputArea-output").last.inner_text().strip()


def test_the_figure_is_a_widget_that_follows_both_hands(lab):
    figure = run_cell(lab, 0).locator(".xp[data-live]")
    figure.wait_for()
    part = {ref: figure.locator(f"[data-ref={ref}]") for ref in ("w", "b", "lossValue", "middle")}
    start = FitLine(w=0.5, b=1.0)
    shown = [part[ref].text_content() for ref in ("w", "b", "lossValue")]
    assert shown == ["0.500", "1.000", f"{start.loss_value:.4f}"]
    assert in_python(lab) == f"from Python: {start!r}"

    part["middle"].press("PageDown")
    expect(part["b"]).not_to_have_text("1.000")
    b = float(part["b"].text_content())
    moved = FitLine(w=0.5, b=b)
    expect(part["lossValue"]).to_have_text(f"{moved.loss_value:.4f}")
    assert in_python(lab) == f"from Python: {moved!r}"

    run_cell(lab, 2)
    again = FitLine(w=0.25, b=b, loss="huber")
    expect(part["w"]).to_have_text("0.250")
    expect(part["lossValue"]).to_have_text(f"{again.loss_value:.4f}")
    assert in_python(lab) == f"from Python: {again!r}"


def test_an_exercise_is_a_widget_whose_answer_and_verdict_python_can_read(lab):
    run_cell(lab, 3)
    root = lab.locator(".xq[data-live]")
    instance = question(ASKED).pool[3]
    expect(root.locator("[data-ref=text]")).to_contain_text(instance["slots"]["z"])
    wrong = str(instance["mistakes"][0])
    for typed, verdict in [(wrong, "not yet"), (str(instance["answer"]), "right")]:
        root.locator("[data-ref=field]").fill(typed)
        root.locator("[data-ref=field]").press("Enter")
        expect(root.locator(f"[data-ref=verdict][data-verdict='{verdict}']")).to_be_visible()
        expect(root.locator("[data-ref=field]")).to_be_focused()
        mistake = "softmax twice" if verdict == "not yet" else ""
        tries = 1 if verdict == "not yet" else 2
        asked = f"Exercise({ASKED!r}, instance=3, verdict={verdict!r}, tries={tries})"
        assert in_python(lab, 4) == f"{asked}: {typed}, {mistake}".strip()


#: Where the family begins in the notebook: a cell that imports it, then one for each.
FIRST = len(CELLS)


def figure_of(page, number):
    """Find one of the family."""
    return cell_of(page, FIRST + 1 + number).locator(".xp[data-live]")


#: The texts on the screen of the named parts of each of the family, in one reading.
TEXTS = """(cells, [first, family]) => family.map((names, number) => {
  const figure = cells[first + number].querySelector(".xp[data-live]");
  const texts = (name) => [...figure.querySelectorAll(`[data-ref=${name}]`)];
  return names.map((name) => texts(name).map((node) => node.textContent));
})"""


def disagreements(page, readings):
    """List the numbers on the screen that are not these numbers of Python."""
    wrong = {}
    names = [[camel(name) for name in values] for values in readings]
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    family = cells.evaluate_all(TEXTS, [FIRST + 1, names])
    for kind, values, found in zip(EVERY, readings, family, strict=True):
        for (name, value), texts in zip(values.items(), found, strict=True):
            if len(texts) != 1 or not agrees(texts[0], value):
                wrong[f"{kind.__name__}.{name}"] = (texts, value)
    return wrong


def until_agreed(page, states):
    """Wait until the screen shows these states; return what disagrees to the last."""
    deadline = time.monotonic() + 20
    readings = [kind.from_state(state).readings for kind, state in zip(EVERY, states, strict=True)]
    while (wrong := disagreements(page, readings)) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    return wrong


def test_the_whole_family_are_widgets_that_follow_both_hands(lab):
    for number in range(len(EVERY) + 1):
        execute(lab, FIRST + number)
    for number in range(len(EVERY)):
        figure_of(lab, number).wait_for()
    first = [kind().state for kind in EVERY]
    assert until_agreed(lab, first) == {}

    for number in range(len(EVERY)):
        figure = figure_of(lab, number)
        handles = figure.locator(".xp-handle[role=slider]:visible")
        part = (handles if handles.count() else figure.locator("input[type=range]:visible")).first
        for key in ("ArrowRight", "ArrowUp", "ArrowUp"):
            part.press(key)
    told = execute(lab, FIRST + len(EVERY) + 1).locator(".jp-OutputArea-output").last.inner_text()
    moved = json.loads(told)
    still = [kind.__name__ for kind, a, b in zip(EVERY, first, moved, strict=True) if a == b]
    assert still == []
    assert until_agreed(lab, moved) == {}

    execute(lab, FIRST + len(EVERY) + 2)
    assert until_agreed(lab, first) == {}
