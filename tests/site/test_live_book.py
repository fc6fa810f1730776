"""The book passes in the browser too: the cells of every chapter run in its page, in order."""

import html
import json
import math
import re
from pathlib import Path

import nbformat
import pytest
from conftest import STILL, Faults
from hands import unfold, until
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parent.parent.parent
CHAPTERS = sorted(path.stem for path in (ROOT / "book").glob("*.ipynb"))
#: The chapters with a widget that needs Python, and what its picture shows before any run.
FRAMES = {"model_fitting": "rate = 0.10", "loss_functions": "delta = 1.00"}
STATE = re.compile(r'class="explorable" data-module="\w+" data-state="([^"]*)"')
SHOWN = """() => [...document.querySelectorAll("div.live-cell")].map((cell) => {
  const output = cell.querySelector(".cell_output");
  const all = (selector) => (output ? [...output.querySelectorAll(selector)] : []);
  return {
    state: cell.dataset.state,
    text: all(".output pre").map((pre) => pre.textContent).join(""),
    figures: all("img.output").map((image) => image.complete && image.naturalWidth > 0),
    explorables: all(".explorable").map(({ dataset, explorable }) => Object.fromEntries(
      Object.keys(JSON.parse(dataset.state)).map((name) => [name, explorable.get(name)]))),
    sliders: all(".output.widget [role=slider], .output.widget input").length,
  };
})"""
ALIVE = """() => [...document.querySelectorAll(".live-cell .cell_output .explorable")].every(
  (el) => el.explorable && el.querySelector("[data-live]"))"""
pytestmark = pytest.mark.site


def expected(outputs):
    """Return what a stored notebook says that a cell shows."""
    bundles = [output.get("data", {}) for output in outputs]
    plain = [data.get("text/plain", "") for data in bundles]
    states = [STATE.search(data.get("text/html", "")) for data in bundles]
    return {
        "text": "".join(output.get("text", "") for output in outputs),
        "figures": sum(text.startswith("<Figure") for text in plain),
        "explorables": [json.loads(html.unescape(state[1])) for state in states if state],
        "interactive": any(text.startswith("interactive(") for text in plain),
    }


def same(a, b):
    """Tell whether two values of a state agree in what a page carries of a number."""
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    numbers = isinstance(a, (int, float)) and not isinstance(a, bool)
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) if numbers else a == b


def differences(shown, stored):
    """List in what a cell on the page differs from the cell that is stored."""
    wanted = expected(stored)
    return {
        name: seen
        for name, agrees, seen in [
            ("state", shown["state"] == "ok", shown["state"]),
            ("text", shown["text"].strip() == wanted["text"].strip(), shown["text"]),
            ("figures", shown["figures"].count(True) >= wanted["figures"], shown["figures"]),
            (
                "explorables",
                len(shown["explorables"]) == len(wanted["explorables"])
                and all(
                    same(seen[name], value)
                    for seen, state in zip(shown["explorables"], wanted["explorables"], strict=True)
                    for name, value in state.items()
                ),
                shown["explorables"],
            ),
            ("widgets", bool(shown["sliders"]) >= wanted["interactive"], shown["sliders"]),
        ]
        if not agrees
    }


def is_shown(cell):
    """Tell whether the page shows a cell; of one that asks a question it shows the output alone."""
    return "remove-input" not in cell.metadata.get("tags", [])


def is_of(page, codes):
    """Say that the cells of a page are those of its notebook."""
    shown = page.locator(".live-cell .cell_input pre").all_text_contents()
    assert [text.rstrip("\n") for text in shown] == [cell.source.rstrip("\n") for cell in codes]
    numbers = page.locator(".live-number").all_text_contents()
    assert numbers == [f"[{number}]" for number in range(1, len(codes) + 1)]


def run_all(page):
    """Run every cell of the open chapter, in order, and wait for the last."""
    cells = page.locator("div.live-cell")
    cells.first.locator(".live-run").click()
    expect(cells.first).to_have_attribute("data-state", "ok", timeout=120_000)
    page.get_by_role("button", name="Run all", exact=True).click()
    finished(cells.last)


def finished(cell):
    """Wait until a cell has run."""
    expect(cell).to_have_attribute("data-state", re.compile("ok|error"), timeout=180_000)


class FirstFrame:
    """A widget as a page has it before any run: a picture, its values and one button."""

    def __init__(self, page, values):
        self.page, self.name = page, values.partition(" ")[0]
        frame = page.locator(".first-frame")
        unfold(frame)
        assert f"Shown for {values}." in frame.text_content()
        assert frame.locator("img").get_attribute("alt")
        assert frame.get_by_role("slider").count() == 0
        assert frame.get_by_role("button").count() == 1
        figure = page.locator("figure", has=frame).get_attribute("id")
        self.cell = page.locator(".cell", has=page.locator(f"#{figure}"))
        self.caption = self.cell.locator("figcaption").text_content()

    def run_all(self):
        """Press the button, let the cells above run first, then go on with those below."""
        unfold(self.cell.locator(".first-frame"))
        self.cell.get_by_role("button", name="Run to make it live").click()
        self.page.get_by_role("button", name="Run them first").click()
        self.cell.get_by_role("slider", name=self.name).wait_for(timeout=120_000)
        last = self.page.locator("div.live-cell").last
        unfold(last.locator(".live-run"))
        last.locator(".live-run").click()
        finished(last)

    def comes_alive(self):
        """Move the slider by a key: the picture is another one, in the same place."""
        image = self.cell.locator("img").first
        before = image.get_attribute("src")
        self.cell.get_by_role("slider", name=self.name).press("ArrowRight")
        drawn = "([img, before]) => img.src !== before && img.complete"
        until(self.page, drawn, [image.element_handle(), before], seconds=60)
        assert self.cell.locator("figcaption").text_content() == self.caption
        assert self.cell.locator(".first-frame").count() == 0


@pytest.fixture(scope="module")
def reader(browser):
    """Give the browser of one reader, who comes to chapter after chapter and keeps Python."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **STILL)
    yield context
    context.close()


@pytest.fixture
def tab(reader, site):
    """Open a tab of that reader; faults fail the test at its end."""
    page, faults = reader.new_page(), Faults()
    faults.watch(page, site)
    yield page
    page.close()
    assert faults == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_cell_of_a_chapter_runs_in_the_page_and_shows_what_is_stored(tab, site, name):
    page = tab
    page.goto(f"{site}{name}.html")
    stored = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    codes = [cell for cell in stored.cells if cell.cell_type == "code" and is_shown(cell)]
    is_of(page, codes)
    frame = FirstFrame(page, FRAMES[name]) if name in FRAMES else None
    if frame:
        frame.run_all()
    else:
        run_all(page)
    until(page, ALIVE)
    shown = page.evaluate(SHOWN)
    assert len(shown) == len(codes)
    wrong = {
        number: found
        for number, (cell, code) in enumerate(zip(shown, codes, strict=True), 1)
        if (found := differences(cell, code.outputs))
    }
    assert wrong == {}
    if frame:
        frame.comes_alive()


def test_the_comparison_notices_each_kind_of_difference():
    stream = nbformat.v4.new_output("stream", text="L = 0.5\n")
    figure = nbformat.v4.new_output("display_data", {"text/plain": "<Figure size 1x1>"})
    markup = '<div class="explorable" data-module="m" data-state="{&quot;w&quot;: 0.5}">'
    explorable = nbformat.v4.new_output("execute_result", {"text/html": markup})
    widget = nbformat.v4.new_output("display_data", {"text/plain": "interactive(children=())"})
    stored = [stream, figure, explorable, widget]
    good = {"state": "ok", "text": "L = 0.5\n", "figures": [True], "explorables": [{"w": 0.5}]}
    good["sliders"] = 1
    assert differences(good, stored) == {}
    spoilt = {
        "state": "error",
        "text": "L = 0.6\n",
        "figures": [False],
        "explorables": [{"w": 0.6}],
        "sliders": 0,
    }
    for name, value in spoilt.items():
        assert len(differences({**good, name: value}, stored)) == 1, name
