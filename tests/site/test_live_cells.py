"""Cells of a chapter that run, as a reader meets them."""

import base64
import copy
import gzip
import hashlib
import json
import re
from pathlib import Path

import browsers
import nbformat
import pytest
import serve
from bs4 import BeautifulSoup
from conftest import STILL, Faults
from hands import CONTRAST, IN_SHORT, unfold, until, violations
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parent.parent.parent
HTML = ROOT / "_build" / "html"
CHAPTER = "datasets.html"
#: The scripts that every chapter loads.
EAGER = {"live.js", "shared.js"}
FULL_AT_WILL = """const write = Storage.prototype.setItem;
Storage.prototype.setItem = function (...entry) {
  if (window.full) throw new DOMException("full", "QuotaExceededError");
  return write.apply(this, entry);
}"""
CHEAP = 'Object.defineProperty(navigator, "connection", {value: {effectiveType: "4g"}})'
# What a reader of the screen is told is only "button", if it is there before its name.
NAMELESS = """window.nameless = [];
new MutationObserver((records) => {
  const nodes = records.flatMap(({ addedNodes }) => [...addedNodes])
    .filter((node) => node.querySelectorAll);
  const buttons = nodes.flatMap((node) => [node, ...node.querySelectorAll("button, summary, a")])
    .filter((node) => node.isConnected && node.matches("button, summary, a"));
  const bare = buttons.filter((node) => !(node.ariaLabel ?? node.textContent).trim());
  if (document.readyState !== "loading") nameless.push(...bare.map((node) => node.outerHTML));
}).observe(document, { childList: true, subtree: true })"""
# Here an edit does not load Python ahead.
COSTLY = 'Object.defineProperty(navigator, "connection", {value: {saveData: true}})'
# The answer of a reader who was asked about the cells above; a frame in a page has no such memory.
ONLY_THIS_ONE = "if (self === top) sessionStorage.setItem('live:before', 'only')"
pytestmark = pytest.mark.site


class Chapter:
    """A chapter on the screen: find its cells, run them, write into them."""

    def __init__(self, page):
        self.page = page
        self.asked = []
        page.on("request", lambda request: self.asked.append(request.url))
        self.news = page.locator("body > .unseen[role=status]")
        self.bar = page.get_by_role("region", name="Python on this page")

    def cell(self, number):
        return self.page.locator(f".live-cell:has(#cell-{number})")

    def button(self, number, name):
        return self.cell(number).locator(".live-bar").get_by_role("button", name=name)

    def run(self, number):
        self.click(number, "Run")

    def click(self, number, name):
        """Press a button in the bar of a cell; open first what the cell is folded into."""
        unfold(self.cell(number).locator(".live-bar"))
        self.button(number, name).click()

    def becomes(self, number, state):
        """Wait until a cell is in a state."""
        expect(self.cell(number)).to_have_attribute("data-state", state, timeout=60_000)

    def run_text(self, number, text=None):
        """Run a cell to its good end, with a text in place of its code if one is given."""
        if text is not None:
            self.write(number, text)
        self.run(number)
        self.becomes(number, "ok")

    def download_and_run(self, number):
        """Run a cell over a costly connection: the page asks first."""
        self.run(number)
        self.note(number).get_by_role("button", name="Download and run").click()
        self.becomes(number, "ok")

    def run_with_those_above(self, number):
        """Press Run, and Enter when the page offers the cells above first."""
        self.run(number)
        first = self.note(number).get_by_role("button").first
        expect(first).to_be_focused(timeout=30_000)
        self.page.keyboard.press("Enter")

    def output(self, number):
        return self.cell(number).locator(".cell_output")

    def note(self, number):
        return self.cell(number).locator(".live-note")

    def source(self, number):
        return self.cell(number).locator(".cell_input pre").text_content().rstrip("\n")

    def editor(self, number):
        return self.page.get_by_role("textbox", name=f"Code of cell {number}", exact=True)

    def write(self, number, text):
        """Put a text in place of the code of a cell, as a reader would."""
        if not self.editor(number).count():
            self.click(number, "Edit")
        self.editor(number).click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def loaded(self, *parts):
        """List what has been asked for below any of these folders."""
        return [url for url in self.asked if any(part in url for part in parts)]


def hold_packages(page):
    """Let the packages be on their way for as long as the page is open: Python starts without.

    What they bring to a page, a start of Matplotlib first of all, costs more than Python itself; a
    cell that imports nothing is run before they have come.
    """
    page.context.route("**/pyodide/*.whl*", lambda route: None)


@pytest.fixture
def chapter(open_page, site):
    """Give a function that opens a chapter, with scripts of the test before its own."""

    def open_chapter(*scripts, path=CHAPTER, packages=True, **options):
        page = open_page(None, **{**STILL, **options})
        if not packages:
            hold_packages(page)
        for script in scripts:
            page.add_init_script(script)
        opened = Chapter(page)
        page.goto(site + path, wait_until="load")
        return opened

    return open_chapter


@pytest.fixture(scope="module")
def unspoilt(browser, site):
    """Give one page to all tests that only look, less what went wrong on it before."""
    context, faults = browser.new_context(viewport={"width": 1280, "height": 900}), Faults()
    page = context.new_page()
    faults.watch(page, site)
    page.goto(site + CHAPTER, wait_until="load")
    page.faults = faults
    yield page
    context.close()


@pytest.fixture
def looked_at(unspoilt):
    """Give a page that is left as it was; a fault fails the test."""
    yield unspoilt
    faults = list(unspoilt.faults)
    unspoilt.faults.clear()
    assert faults == []


class Shared(Chapter):
    """A chapter whose Python several tests use, each in cells that no other has touched."""

    def __init__(self, page, faults):
        super().__init__(page)
        self.faults = faults

    def start(self, address):
        """Open the page, see which cells are not folded away, and let Python start."""
        self.page.goto(address, wait_until="load")
        expect(self.button(1, "Run")).to_be_visible()
        cells = self.page.locator(".live-cell").count()
        *seen, last = [n for n in range(1, cells + 1) if self.button(n, "Run").is_visible()]
        # Two that follow one another are for one test: Shift+Enter goes from here to there.
        self.pairs = [(n, n + 1) for n in seen[::2] if n + 1 in seen]
        self.run_text(last, "1 + 1")

    def take(self):
        """Give the numbers of two cells in a row that are as the page came."""
        return self.pairs.pop(0)

    @property
    def whole(self):
        """Whether Python waits for work, and there are cells for one more test."""
        ready = self.page.locator(".live-page[data-state=ready]").count() == 1
        return bool(self.pairs) and ready


@pytest.fixture(scope="module")
def shelf(browser, site):
    """Keep the page that tests share, and open another one in place of one that is spoilt."""
    contexts, shared = [], []

    def get():
        if shared and shared[-1].whole:
            return shared[-1]
        faults = Faults()
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}, **STILL))
        page = contexts[-1].new_page()
        page.add_init_script(ONLY_THIS_ONE)
        hold_packages(page)
        faults.watch(page, site)
        shared.append(Shared(page, faults))
        shared[-1].start(site + CHAPTER)
        return shared[-1]

    yield get
    for context in contexts:
        context.close()


@pytest.fixture
def running(shelf):
    """Give a chapter whose Python is ready, to a test that takes its own cells and leaves it so."""
    opened = shelf()
    yield opened
    faults = list(opened.faults)
    opened.faults.clear()
    assert faults == []


def answering(answer):
    """Answer a request so; without an answer it hangs."""
    return lambda route: answer and route.fulfill(**answer)


# ---- before anybody presses Run -----------------------------------------------------------------


def without_hash(name):
    """Return the name of a file as its source has it."""
    return re.sub(r"\.[0-9a-f]{10}(?=\.)", "", name)


def test_nothing_of_python_is_fetched_before_run_and_intent_fetches_the_small_scripts(chapter):
    opened = chapter()
    opened.page.wait_for_load_state("networkidle")
    names = {without_hash(url.split("/")[-1]) for url in opened.loaded("/_live/")}
    assert names == EAGER | {"live.css"}
    assert opened.loaded("/pyodide/") == []
    with opened.page.expect_response(re.compile("outputs")):
        opened.button(1, "Run").hover()
    opened.page.wait_for_load_state("networkidle")
    assert opened.loaded("/kernel.") and opened.loaded("/runner.")
    assert opened.loaded("/pyodide/", "/editor.", "/worker.", "/widgets.") == []


def test_what_every_chapter_loads_is_at_most_10_kilobytes():
    weight = sum(
        len(gzip.compress((HTML / serve.address(f"_live/{name}")).read_bytes(), 6))
        for name in EAGER
    )
    assert 1_000 < weight <= 10_000


def test_the_editor_is_at_most_130_kilobytes():
    assert len(gzip.compress((HTML / serve.address("_live/editor.js")).read_bytes(), 6)) <= 130_000


def test_without_scripts_nothing_promises_to_run(open_page):
    page = open_page(CHAPTER, java_script_enabled=False)
    assert page.locator(".live-bar, .live-page").count() == 0
    page.get_by_text("Open in…").click()
    assert page.get_by_role("link", name="JupyterLite").is_visible()


def test_the_places_where_else_a_chapter_opens_are_in_one_menu(looked_at):
    page = looked_at
    page.get_by_text("Open in…").click()
    lite = page.get_by_role("link", name="JupyterLite")
    assert lite.get_attribute("href") == "lite/lab/index.html?path=datasets.ipynb"
    assert page.get_by_role("link", name="Download .ipynb").get_attribute("download") is not None
    page.keyboard.press("Escape")
    assert not lite.is_visible()
    expect(page.locator(".open-in summary")).to_be_focused()


def test_code_that_is_folded_away_runs_too(looked_at):
    hidden_code = looked_at.locator(".live-cell.tag_hide-input").first
    unfold(hidden_code)  # the box that it may stand in, and nothing within it
    assert hidden_code.get_by_role("button", name="Run").is_visible()
    hidden_cell = looked_at.locator(".live-cell.tag_hide-cell").first
    unfold(hidden_cell)
    assert not hidden_cell.get_by_role("button", name="Run").is_visible()
    hidden_cell.locator("summary").first.click()
    assert hidden_cell.get_by_role("button", name="Run").is_visible()
    hidden_cell.locator("summary").first.click()


# ---- run ----------------------------------------------------------------------------------------


def test_a_cell_runs_and_says_so(running):
    opened, (one, _) = running, running.take()
    opened.run_text(one, "1 + 1")
    expect(opened.output(one)).to_have_text("2")
    expect(opened.news).to_have_text(f"Cell {one} done")
    expect(opened.cell(one).locator(".live-state")).to_have_text("done")
    expect(opened.bar).to_contain_text("Python 3.12 is ready")


def test_the_cells_above_are_offered_first_and_the_answer_is_remembered(chapter):
    opened = chapter()
    before = opened.output(2).inner_text()
    figure = opened.page.locator("#fig-ds-machine")
    figure.scroll_into_view_if_needed()
    caption, height = figure.locator("figcaption").text_content(), figure.bounding_box()["height"]
    opened.run(3)
    opened.note(3).wait_for()
    # Escape puts the question away.
    opened.page.keyboard.press("Escape")
    expect(opened.note(3)).to_have_count(0)
    expect(opened.button(3, "Run")).to_be_focused()
    opened.becomes(3, "idle")
    assert opened.loaded("/pyodide/") == []
    opened.run(3)
    expect(opened.note(3)).to_contain_text("Cells 1 and 2 have not run yet.")
    expect(opened.page.get_by_role("button", name="Run them first")).to_be_focused()
    opened.page.keyboard.press("Enter")
    # What was printed when the book was built stays until the run prints.
    opened.becomes(1, "starting")
    assert opened.output(2).inner_text() == before
    for number in (1, 2, 3):
        opened.becomes(number, "ok")
    assert opened.output(2).inner_text() == before  # the same numbers, from the page's own Python
    expect(opened.button(3, "Run")).to_be_focused()
    # A figure that is made again keeps its place, its number and its caption.
    expect(figure.locator("img")).to_have_attribute("src", re.compile("^data:image/png"))
    assert figure.locator("figcaption").text_content() == caption
    assert abs(figure.bounding_box()["height"] - height) <= 2
    opened.run(6)
    for number in (4, 5, 6):
        opened.becomes(number, "ok")
    # An error above stops the queue, and is told where the reader waits.
    opened.write(8, "1 / 0")
    opened.run(10)
    opened.becomes(8, "error")
    opened.becomes(9, "idle")
    opened.becomes(10, "idle")
    expect(opened.note(10)).to_contain_text("cell 8 ended in an error")
    expect(opened.note(9)).to_have_count(0)
    opened.note(10).get_by_role("link", name="Go to cell 8").click()
    expect(opened.button(8, "Run")).to_be_focused()
    expect(opened.button(8, "Run")).to_be_in_viewport()


def test_only_this_one_runs_alone_and_run_all_ends_at_an_error(chapter):
    opened = chapter(packages=False)
    opened.run(2)
    opened.page.get_by_role("button", name="Only this one").click()
    opened.becomes(2, "error")
    opened.becomes(1, "idle")
    error = opened.output(2).locator(".error")
    expect(error).to_contain_text("NameError")
    assert error.locator(".error-hint").inner_text()
    expect(opened.news).to_contain_text("Cell 2: error, NameError")
    # All above the cell where the reader is, and no more.
    opened.run_text(1, "a = 1")
    opened.write(2, "b = a + 1")
    opened.write(3, "print(b)")
    opened.page.keyboard.press("Escape")
    opened.bar.locator("summary").click()
    opened.bar.get_by_role("button", name="Run all above cell 3").click()
    opened.becomes(2, "ok")
    opened.becomes(3, "idle")
    # All, up to an error, to which the bar leads.
    opened.write(2, "missing_name")
    opened.bar.get_by_role("button", name="Run all").click()
    opened.becomes(2, "error")
    opened.becomes(3, "idle")
    expect(opened.bar).to_contain_text("cell 2 ended in an error")
    opened.bar.get_by_role("link", name="Go to cell 2").click()
    expect(opened.button(2, "Run")).to_be_focused()
    # What ran before an edit above says so.
    opened.write(2, "print(a)")
    opened.page.keyboard.press("Control+Enter")
    opened.becomes(2, "ok")
    opened.write(1, "a = 2")
    expect(opened.cell(1).locator(".live-state")).to_have_text("edited since it ran")
    expect(opened.cell(2).locator(".live-state")).to_have_text("ran before an edit above")
    opened.page.keyboard.press("Shift+Enter")
    opened.becomes(1, "ok")
    opened.run(2)
    expect(opened.cell(2).locator(".live-state")).to_have_text("done")
    expect(opened.output(2)).to_have_text("2")


def test_shift_enter_goes_on_and_control_enter_stays(running):
    opened, (one, two) = running, running.take()
    opened.write(one, "kept = 20")
    opened.page.keyboard.press("Shift+Enter")
    expect(opened.button(two, "Run")).to_be_focused()
    opened.becomes(one, "ok")
    opened.write(two, "kept + 1")
    opened.page.keyboard.press("Control+Enter")
    opened.becomes(two, "ok")
    expect(opened.editor(two)).to_be_focused()
    expect(opened.output(two)).to_have_text("21")
    assert opened.source(two) == "kept + 1"


def test_shift_enter_on_the_bar_of_a_cell_goes_on_too(running):
    opened, (one, two) = running, running.take()
    opened.write(one, "print('one')")
    opened.page.keyboard.press("Escape")
    opened.page.keyboard.press("Shift+Enter")
    expect(opened.button(two, "Run")).to_be_focused()
    opened.becomes(one, "ok")
    expect(opened.output(one)).to_have_text("one")


# What opens where a reader edits and runs; all of a page is looked at further below, and at rest.
OPENED = [".live-cell:has(#cell-1)", ".live-cell:has(#cell-2)", ".live-page"]
LOOKS = [(width, scheme) for scheme in ("light", "dark") for width in (1280, 360)]


def look(page, width, scheme):
    """Let the reader have a window of another width, and another taste."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)


def axe_finds_no_violation_in_what_opens(opened):
    """Look at a question, an error, an open editor and the menu of the page."""
    opened.write(1, "1 / 0")
    opened.run(2)
    opened.note(2).wait_for()
    opened.page.evaluate(IN_SHORT)
    for width, scheme in LOOKS:
        look(opened.page, width, scheme)
        rules = None if scheme == "light" else [CONTRAST]  # nothing else is another at night
        assert violations(opened.page, OPENED, rules) == [], (width, scheme)
    opened.note(2).get_by_role("button").first.press("Enter")
    opened.becomes(1, "error")
    opened.note(2).wait_for()
    opened.editor(1).click()
    opened.bar.locator("summary").click()
    for width, scheme in LOOKS:
        look(opened.page, width, scheme)
        rules = None if scheme == "light" else [CONTRAST]  # nothing else is another at night
        assert violations(opened.page, OPENED, rules) == [], (width, scheme)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    look(opened.page, *LOOKS[0])
    opened.page.keyboard.press("Escape")


def test_what_opens_is_for_everybody_and_stop_and_a_crash_say_what_is_left_and_lead_on(
    chapter, open_page
):
    opened = chapter(packages=False)
    axe_finds_no_violation_in_what_opens(opened)
    opened.run_text(1, "kept = 1")
    opened.write(2, "print('begun')\nwhile True: pass")
    opened.page.keyboard.press("Control+Enter")
    expect(opened.output(2)).to_have_text("begun")
    opened.button(2, "Stop").click()
    opened.becomes(2, "idle")
    expect(opened.note(2)).to_contain_text("Stopped in line 2. The variables are kept")
    expect(opened.cell(1)).to_have_attribute("data-state", "ok")
    expect(opened.bar).to_contain_text("is ready")
    # What takes no notice of Stop is ended.
    opened.write(2, "print('begun')\nsum(range(10 ** 15))")
    opened.page.keyboard.press("Control+Enter")
    opened.becomes(2, "running")
    opened.button(2, "Stop").click()
    opened.becomes(2, "idle")
    expect(opened.note(2)).to_contain_text("variables are gone. Run cell 1 again")
    opened.becomes(1, "idle")
    opened.note(2).get_by_role("button", name="Run cell 1 again").click()
    opened.becomes(1, "ok")
    opened.write(2, "kept + 1")
    opened.page.keyboard.press("Control+Enter")
    opened.becomes(2, "ok")
    expect(opened.output(2)).to_have_text("2")
    # A crash names its cell, and offers a restart.
    opened.write(2, "import os\nos._exit(1)")
    opened.page.keyboard.press("Control+Enter")
    note = opened.note(2)
    expect(note).to_contain_text("Cell 2 ended Python. Python crashed, and its variables are gone")
    expect(opened.bar).to_contain_text("Python crashed")
    expect(note.get_by_role("button", name="Run cell 1 again")).to_be_visible()
    note.get_by_role("button", name="Restart Python").click()
    expect(opened.bar).to_contain_text("is ready", timeout=60_000)
    # So does a memory that is full.
    opened.write(1, "raise MemoryError")
    opened.page.keyboard.press("Control+Enter")
    expect(opened.note(1)).to_contain_text("memory is full")
    opened.note(1).get_by_role("button", name="Restart Python").click()
    opened.run_text(1, "1 + 1")
    expect(opened.output(1)).to_have_text("2")
    # Its last words may come, or end with it.
    ended = "Program terminated with exit(1)"
    open_page.faults[:] = [fault for fault in open_page.faults if ended not in fault]


def test_a_cell_that_waits_can_be_taken_back(running):
    opened, (one, two) = running, running.take()
    opened.write(one, "while True: pass")
    opened.page.keyboard.press("Control+Enter")
    opened.becomes(one, "running")
    opened.run(two)
    opened.becomes(two, "queued")
    opened.button(two, "Cancel").click()
    opened.becomes(two, "idle")
    opened.becomes(one, "running")
    opened.bar.get_by_role("button", name="Stop Python").click()
    opened.becomes(one, "idle")


def test_names_come_from_the_live_python(running):
    opened, (one, two) = running, running.take()
    opened.run_text(one, "a_long_name_of_mine = 1")
    opened.write(two, "")
    opened.page.keyboard.type("a_long")
    option = opened.page.get_by_role("option", name="a_long_name_of_mine")
    option.wait_for()
    opened.page.keyboard.press("Escape")  # closes the list and not the editor
    expect(option).to_have_count(0)
    expect(opened.editor(two)).to_be_focused()


# Of the cells that stand open, the one with the least room below it in its section.
LOWEST = """() => {
  const bottom = (node) => node.getBoundingClientRect().bottom;
  const room = (cell) => bottom(cell.closest(".chapter > section > section")) - bottom(cell);
  const open = [...document.querySelectorAll(".chapter > section > section .live-cell")]
    .filter((cell) => !cell.closest("details") && !cell.querySelector("details"));
  const [lowest] = open.sort((one, two) => room(one) - room(two));
  return Number(lowest.querySelector(".live-bar").id.split("-")[1]);
}"""


def test_a_name_is_picked_from_a_list_that_reaches_into_the_next_section(chapter):
    opened = chapter(COSTLY)
    cell = opened.page.evaluate(LOWEST)
    opened.write(cell, "".join(f"long_name_{i} = {i}\n" for i in range(8)))
    expect(opened.editor(cell).locator(".tok-number")).to_have_count(8)
    opened.page.keyboard.type("long")
    names = opened.page.get_by_role("listbox")
    names.wait_for()
    box = names.bounding_box()
    opened.page.mouse.click(box["x"] + 30, box["y"] + box["height"] - 8)  # the lowest in sight
    expect(opened.editor(cell)).to_contain_text(re.compile(r"long_name_7 = 7long_name_\d"))


# ---- edit ---------------------------------------------------------------------------------------


def test_an_edit_outlives_a_reload_with_its_colours_and_reset_brings_the_author_back(chapter):
    opened = chapter(COSTLY)
    author = opened.source(2)
    coloured = opened.cell(2).locator(".cell_input pre span[class]").count()
    mine = author + "\nprint('<b>mine</b>')"
    opened.write(2, mine)
    opened.page.reload(wait_until="load")
    assert opened.source(2) == mine
    assert opened.cell(2).locator(".cell_input pre span[class]").count() == coloured
    assert opened.cell(2).locator("pre b").count() == 0
    assert opened.cell(2).get_by_text("edited", exact=True).is_visible()
    opened.button(2, "Reset").click()
    assert opened.source(2) == author
    opened.note(2).get_by_role("button", name="Undo").click()
    assert opened.source(2) == mine
    opened.button(2, "Reset").click()
    opened.page.reload(wait_until="load")
    assert opened.source(2) == author
    assert not opened.button(2, "Reset").is_visible()


class Tab(Chapter):
    """A chapter in one of two tabs: who looks at a cell goes to its tab, unless it is in front."""

    front = None

    def cell(self, number):
        if Tab.front is not self.page:
            self.page.bring_to_front()
            Tab.front = self.page
        return super().cell(number)


def test_two_tabs_keep_each_others_edits_and_lose_neither_version_of_one_cell(chapter):
    one = Tab(chapter(COSTLY).page)
    two = Tab(one.page.context.new_page())
    two.page.add_init_script(COSTLY)
    two.page.goto(one.page.url, wait_until="load")
    one.write(2, "one = 1")
    expect(two.cell(2).locator(".cell_input pre")).to_have_text("one = 1")
    two.write(4, "two = 2")
    expect(one.cell(4).locator(".cell_input pre")).to_have_text("two = 2")
    # Both write into one cell, and the reader chooses.
    answers = {5: "Take its version", 6: "Keep this one"}
    for number, answer in answers.items():
        one.write(number, "one = 1")
        expect(two.cell(number).locator(".cell_input pre")).to_have_text("one = 1")
        two.write(number, "two = 2")
        one.note(number).get_by_role("button", name=answer).click()
        kept = "one = 1" if answer == "Keep this one" else "two = 2"
        expect(one.editor(number)).to_have_text(kept)
    for _ in range(2):
        assert [one.source(n) for n in (2, 4, 5, 6)] == ["one = 1", "two = 2", "two = 2", "one = 1"]
        for number, other in {5: "one = 1", 6: "two = 2"}.items():
            one.button(number, "Your other version").click()
            expect(one.note(number).locator("pre")).to_have_text(other)
        one.page.reload(wait_until="load")
    # Both write into one cell, and the reader goes away without an answer.
    one.write(8, "one = 1")
    expect(two.cell(8).locator(".cell_input pre")).to_have_text("one = 1")
    two.write(8, "two = 2")
    expect(one.note(8)).to_contain_text("Both versions are kept.")
    one.page.keyboard.insert_text("1")
    assert one.source(8) == "one = 11"
    assert two.source(8) == "two = 2"
    one.page.close()
    two.page.reload(wait_until="load")
    assert two.source(8) == "two = 2"
    two.button(8, "Your other version").click()
    expect(two.note(8).locator("pre")).to_have_text("one = 11")


def test_an_edit_kept_without_the_id_of_its_cell_is_carried_over(chapter):
    opened = chapter(COSTLY)
    author = opened.source(2)
    old = {"source": "print('mine')", "author": author.replace("23", "22"), "index": 1}
    key = "live:" + opened.page.evaluate("location.pathname") + ":old"
    plant = "([key, edit]) => localStorage.setItem(key, JSON.stringify(edit))"
    opened.page.evaluate(plant, [key, old])
    opened.page.reload(wait_until="load")
    assert opened.source(2) == author
    expect(opened.note(2)).to_contain_text("The book has changed this cell")
    opened.note(2).get_by_role("button", name="Use my version").click()
    assert opened.source(2) == "print('mine')"
    opened.page.reload(wait_until="load")
    assert opened.source(2) == "print('mine')"
    assert opened.note(2).count() == 0


class Editions:
    """A chapter as editions of the book have it, one after another: its page and its notebook."""

    def __init__(self, opened):
        self.opened = opened
        self.html = BeautifulSoup((HTML / CHAPTER).read_text(encoding="utf-8"), "html.parser")
        self.notebook = json.loads((ROOT / "book" / "datasets.ipynb").read_bytes())
        opened.page.route(
            f"**/{CHAPTER}",
            lambda route: route.fulfill(body=str(self.html), content_type="text/html"),
        )
        opened.page.route(
            "**/_notebooks/*", lambda route: route.fulfill(body=json.dumps(self.notebook))
        )

    @property
    def sources(self):
        """List the code of the cells."""
        return [pre.get_text().rstrip() for pre in self.html.select(".cell_input pre")]

    def place(self, name):
        """Find a cell: its number among all of the notebook, and its element."""
        names = [cell["id"] for cell in self.notebook["cells"]]
        return names.index(name), self.html.find(attrs={"data-cell-id": name})

    def take_out(self, name):
        index, element = self.place(name)
        return self.notebook["cells"].pop(index), element.extract()

    def put_in(self, cell, element, before):
        index, following = self.place(before)
        self.notebook["cells"].insert(index, cell)
        following.insert_before(element)

    def add_new(self, name, text, before):
        index, element = self.place(before)
        cell, element = copy.deepcopy(self.notebook["cells"][index]), copy.copy(element)
        cell["id"] = element["data-cell-id"] = name
        cell["source"] = text
        element.select_one(".cell_input pre").string = f"{text}\n"
        self.put_in(cell, element, before)

    def add_line(self, name, text):
        index, element = self.place(name)
        self.notebook["cells"][index]["source"] += ["\n", text]
        element.select_one(".cell_input pre").append(f"{text}\n")

    def publish(self):
        self.opened.page.reload(wait_until="load")


def test_three_editions_of_the_book_lose_no_edit_and_put_none_into_another_cell(chapter):
    opened = chapter(COSTLY, packages=False)
    editions = Editions(opened)
    opened.write(2, "second = 2")
    opened.write(4, "fourth = 4")
    opened.cell(7).locator("summary").first.click()
    opened.write(7, "seventh = 7")
    # The second edition begins with a new cell, lacks cell 2, and has changed the hidden one.
    second = editions.take_out("cell-003")
    editions.add_line("cell-013", "# better")
    editions.add_new("new", "new = 0", before="cell-001")
    editions.publish()
    book = editions.sources
    gone = opened.page.get_by_role("region", name="Your versions of cells that are gone")
    opened.bar.get_by_role("link", name="cells that are gone").click()
    expect(gone).to_be_in_viewport()
    expect(gone).to_contain_text("It was cell 2 when you edited it")
    expect(gone.locator("pre")).to_have_text("second = 2")
    shown = [opened.source(number) for number in range(1, len(book) + 1)]
    assert shown == [*book[:3], "fourth = 4", *book[4:]]
    # What waits in a folded cell is named in the bar, which leads there; a run takes nothing away.
    opened.download_and_run(1)
    expect(opened.bar).to_contain_text("Look at your versions: cell 7, cells that are gone")
    opened.bar.get_by_role("link", name="cell 7").click()
    use = opened.note(7).get_by_role("button", name="Use my version")
    expect(use).to_be_focused()
    expect(use).to_be_in_viewport()
    mine = downloaded(opened)
    own = [cell.source for cell in mine.cells if "my-version" in cell.metadata.get("tags", [])]
    assert sorted(source.partition("\n")[2] for source in own) == ["second = 2", "seventh = 7"]
    code = [cell.source for cell in mine.cells if cell.cell_type == "code"]
    assert [text for text in code if text in book] == [*book[:3], *book[4:]]
    assert "fourth = 4" in code
    opened.note(7).get_by_role("button", name="Keep the book's").click()
    expect(opened.bar.get_by_role("link", name="cell 7")).to_have_count(0)
    # The third edition has cell 2 again, and the hidden one as it is now.
    editions.put_in(*second, before="cell-005")
    editions.publish()
    assert gone.count() == 0
    assert [opened.source(number) for number in (3, 5, 8)] == ["second = 2", "fourth = 4", book[6]]
    assert not opened.bar.is_visible()
    opened.cell(8).locator("summary").first.click()
    opened.write(8, "eighth = 8")
    opened.button(8, "Your other version").click()
    expect(opened.note(8).locator("pre")).to_have_text("seventh = 7")
    opened.note(8).get_by_role("button", name="Use this version").click()
    assert opened.source(8) == "seventh = 7"
    opened.page.reload(wait_until="load")
    assert opened.source(8) == "seventh = 7"
    opened.cell(8).locator("summary").first.click()
    opened.button(8, "Your other version").click()
    expect(opened.note(8).locator("pre")).to_have_text("eighth = 8")
    opened.note(8).get_by_role("button", name="Delete").click()
    opened.bar.get_by_role("button", name="Undo").click()
    opened.note(8).get_by_role("button", name="Delete").click()
    opened.page.reload(wait_until="load")
    assert opened.source(8) == "seventh = 7"
    assert opened.button(8, "Your other version").count() == 0


def test_the_editor_takes_the_place_of_the_code_traps_no_key_and_gives_what_it_holds(chapter):
    opened = chapter(COSTLY, permissions=["clipboard-read", "clipboard-write"])
    code = opened.cell(2).locator(".highlight").first
    opened.cell(2).scroll_into_view_if_needed()
    line = (
        opened.cell(2)
        .locator(".cell_input pre")
        .evaluate(
            "(pre) => { const range = document.createRange(); range.selectNodeContents(pre);"
            "  const {x, y} = range.getClientRects()[1]; return [x, y]; }"
        )
    )
    style = """(node) => ["fontFamily", "fontSize", "lineHeight", "fontVariantLigatures"]
      .map((name) => getComputedStyle(node)[name])"""
    before, book = code.bounding_box(), opened.cell(2).locator(".cell_input pre").evaluate(style)
    opened.cell(2).locator(".cell_input pre").click(position={"x": 60, "y": 20})
    expect(opened.editor(2)).to_be_focused()
    after = code.bounding_box()
    assert after == pytest.approx(before, abs=0.6)
    first = opened.cell(2).locator(".cm-line").first
    assert first.evaluate(style) == book
    assert abs(first.bounding_box()["y"] - line[1]) < 6
    # The keyboard is never trapped in it, and hears the way out.
    opened.button(3, "Edit").focus()
    opened.page.keyboard.press("Enter")
    expect(opened.editor(3)).to_be_focused()
    hint = opened.page.locator(f"#{opened.editor(3).get_attribute('aria-describedby')}")
    assert "Escape leaves the editor" in hint.text_content()
    opened.page.keyboard.press("Tab")
    expect(opened.editor(3)).to_be_focused()  # a Tab indents
    opened.page.keyboard.press("Escape")
    expect(opened.button(3, "Run")).to_be_focused()
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.closest('.live-editor')") is None
    expect(opened.button(3, "Run")).not_to_be_focused()
    # What is copied is the version of the reader.
    opened.write(2, "mine = 1")
    opened.cell(2).locator(".highlight").first.hover()
    opened.cell(2).get_by_role("button", name="Copy").click()
    opened.cell(2).get_by_text("Copied").wait_for()
    assert opened.page.evaluate("navigator.clipboard.readText()") == "mine = 1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_has_the_colours_of_the_book_and_follows_its_button(chapter, scheme):
    opened = chapter(COSTLY, color_scheme=scheme)
    colours = """(cell, [text, root]) => [...cell.querySelectorAll(root + " span")]
      .filter((span) => span.textContent === text && !span.children.length)
      .map((span) => getComputedStyle(span).color)[0]"""
    words = ["for", "zip", "5", "strict", "print", '"X has shape"']
    cell = opened.cell(2)
    for _ in range(2):
        book = {word: cell.evaluate(colours, [word, "pre"]) for word in words if word != "strict"}
        if not opened.editor(2).count():
            opened.button(2, "Edit").click()
            opened.editor(2).wait_for()
        mine = {word: cell.evaluate(colours, [word, ".cm-line"]) for word in book}
        assert mine == book and None not in mine.values()
        opened.page.get_by_role("button", name="Dark mode").click()


def test_without_its_bundle_the_editor_is_a_plain_field_that_does_the_same(chapter, open_page):
    opened = chapter(COSTLY, packages=False, service_workers="block")
    bundle = "**/_live/editor.*.js"
    answers = {
        "missing": {"status": 404},
        "damaged": {"body": "export const cut = 1", "content_type": "text/javascript"},
        "hanging": None,
    }
    for fault, answer in answers.items():
        opened.page.unroute(bundle)
        opened.page.route(bundle, answering(answer))
        opened.write(1, f"print('{fault}')")
        assert opened.editor(1).evaluate("(node) => node.tagName") == "TEXTAREA"
        opened.page.keyboard.press("Escape")
        expect(opened.button(1, "Run")).to_be_focused()
        opened.editor(1).focus()
        opened.page.keyboard.press("Shift+Enter")  # it runs, once the reader lets Python come
        download = opened.note(1).get_by_role("button", name="Download and run")
        expect(download).to_be_focused()
        if fault == "hanging":
            download.click()
            expect(opened.cell(1)).not_to_have_attribute("data-state", "idle")
            opened.becomes(1, "ok")
            expect(opened.output(1)).to_have_text(fault)
        opened.page.reload(wait_until="load")
        assert opened.source(1) == f"print('{fault}')"
    only(open_page.faults, "_live/editor.", "404", "Service Worker")


# ---- what is kept -------------------------------------------------------------------------------


def downloaded(opened):
    """Let the reader download the notebook, check it, and return it."""
    opened.bar.locator("summary").click()
    with opened.page.expect_download() as download:
        opened.bar.get_by_role("button", name="Download my version").click()
    assert download.value.suggested_filename == "datasets-my-version.ipynb"
    notebook = nbformat.read(download.value.path(), as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    return notebook


def is_shown(cell):
    """Tell whether a page shows a cell as code; of one that asks a question it shows the output."""
    return cell.cell_type == "code" and "remove-input" not in cell.metadata.get("tags", [])


def test_an_edit_starts_python_ahead_and_edits_are_reset_had_back_downloaded_and_said_to_be_lost(
    chapter, open_page
):
    opened = chapter(CHEAP, FULL_AT_WILL, packages=False)
    author = [opened.source(number) for number in (2, 4)]
    with opened.page.expect_response("**/_notebooks/datasets.ipynb"):
        with opened.page.expect_request("**/pyodide/**"):
            opened.write(2, "mine = 2")
        assert not opened.bar.is_visible()
        opened.write(4, "mine = 4")
    opened.run_text(1, "1 + 1")
    edits_are_reset(opened, author)
    what_the_reader_has_is_a_notebook(opened)
    opened.page.context.set_offline(False)
    what_is_not_kept_is_said(opened)
    # A figure may have come near without a network.
    offline = ("/_images/", "ERR_INTERNET_DISCONNECTED")
    open_page.faults[:] = [f for f in open_page.faults if not any(word in f for word in offline)]


def edits_are_reset(opened, author):
    """Reset edits, all and one by one, and have them back."""
    opened.bar.locator("summary").click()
    opened.bar.get_by_role("button", name="Reset edits: cells 1, 2 and 4").click()
    assert [opened.source(number) for number in (2, 4)] == author
    opened.bar.get_by_role("button", name="Undo").click()
    assert [opened.source(number) for number in (2, 4)] == ["mine = 2", "mine = 4"]
    # What is written after a reset is not undone with it.
    opened.button(1, "Reset").click()
    opened.button(4, "Reset").click()
    opened.button(2, "Reset").click()
    opened.write(2, "mine = 22")
    assert opened.note(2).count() == 0
    opened.bar.locator("summary").click()
    opened.bar.get_by_role("button", name="Reset edits: cell 2").click()
    undo = opened.bar.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    opened.write(2, "never = 'run'")
    expect(undo).to_have_count(0)


def what_the_reader_has_is_a_notebook(opened):
    """The version of the reader is a valid notebook, and can be had offline."""
    opened.run_text(1, "print(40 + 2)")
    opened.page.context.set_offline(True)
    mine = downloaded(opened)
    written = nbformat.read(ROOT / "book" / "datasets.ipynb", as_version=4)
    assert [cell.cell_type for cell in mine.cells] == [cell.cell_type for cell in written.cells]
    code, as_written = (list(filter(is_shown, book.cells)) for book in (mine, written))
    assert (code[0].source, code[0].outputs[0].text) == ("print(40 + 2)", "42\n")
    assert (code[1].source, code[1].outputs) == ("never = 'run'", [])
    assert code[2:] == as_written[2:]
    assert any(cell.cell_type == "markdown" and len(cell.source) > 500 for cell in mine.cells)


def what_is_not_kept_is_said(opened):
    """What is said about edits that are not kept goes when they are."""
    words = "Edits stay only until you leave this page"
    opened.write(1, "kept = 1")
    opened.page.evaluate("window.full = true")
    opened.write(1, "kept = 2")
    opened.write(2, "kept = 3")
    expect(opened.bar).to_contain_text(words)
    opened.page.evaluate("window.full = false")
    opened.page.keyboard.insert_text("3")
    expect(opened.bar).not_to_contain_text(words)
    expect(opened.news).to_have_text("Your edits are kept again.")
    opened.page.evaluate("window.full = true")
    opened.write(2, "kept = 4")
    expect(opened.bar).to_contain_text(words)
    # Nothing else is lost: cells run, and what the reader has can be downloaded.
    opened.write(1, "print('still here')")
    opened.page.keyboard.press("Control+Enter")
    opened.becomes(1, "ok")
    expect(opened.output(1)).to_have_text("still here")
    expect(opened.bar).to_contain_text(words)
    with opened.page.expect_download():
        opened.bar.get_by_role("button", name="Download", exact=True).click()
    opened.write(1, "1 / 0")
    opened.page.keyboard.press("Control+Enter")
    opened.becomes(1, "error")
    expect(opened.bar).to_contain_text(words)
    opened.page.evaluate("window.full = false")
    opened.write(1, "kept = 5")
    expect(opened.bar).not_to_contain_text(words)
    opened.page.reload(wait_until="load")
    assert [opened.source(number) for number in (1, 2)] == ["kept = 5", "kept = 4"]


@pytest.fixture(scope="module")
def browser_that_keeps_nothing(browser, tmp_path_factory):
    """Start a browser in which the reader has blocked site data: every kind of storage refuses."""
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    folder = tmp_path_factory.mktemp("nothing")
    (folder / "Default").mkdir()
    (folder / "Default" / "Preferences").write_text(json.dumps(settings), encoding="utf-8")
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=browsers.chromium(), args=list(browsers.FLAGS), **STILL
    )
    yield context
    context.close()


@pytest.fixture
def keeping_nothing(browser_that_keeps_nothing):
    """Open a page in that browser."""
    page = browser_that_keeps_nothing.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    page.close()


def test_a_reader_who_blocks_site_data_has_all_but_what_is_kept(keeping_nothing, site):
    page = keeping_nothing
    page.goto(site + CHAPTER)
    opened = Chapter(page)
    opened.write(1, "print(6 * 7)")
    expect(opened.bar).to_contain_text("Edits stay only until you leave this page")
    page.keyboard.press("Control+Enter")
    opened.becomes(1, "ok")
    expect(opened.output(1)).to_have_text("42")
    expect(opened.bar).to_contain_text("Edits stay only until you leave this page")
    with page.expect_download():
        opened.bar.get_by_role("button", name="Download", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-kept", "no", timeout=60_000)
    opened.button(1, "Reset").click()
    expect(opened.bar).not_to_contain_text("Edits stay only")
    page.get_by_role("button", name="Dark mode").click()
    page.goto(f"{site}explorables/fit-line.html")
    page.locator(".xp[data-live]").wait_for()
    page.goto(f"{site}search.html?q=gradient")
    page.locator("ul.search li a").first.wait_for()
    page.goto(f"{site}review.html")
    expect(page.locator(".rv-note")).to_contain_text("does not let this page keep anything")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".rv-head")).to_contain_text("Question 1 of 10")
    page.goto(f"{site}basics.html#basics.check_sums")
    page.locator("[id='basics.check_sums'] summary", has_text="Show the solution").click()
    mark = page.locator("[id='basics.check_sums'] .xq-mark")
    expect(mark).to_have_text("solution seen, until you leave this page")
    assert page.faults == []


def test_jupyterlite_says_that_nothing_is_kept_and_works(keeping_nothing, site):
    page = keeping_nothing
    page.goto(f"{site}lite/lab/index.html?path={CHAPTER.replace('html', 'ipynb')}")
    said = page.get_by_role("status").filter(has_text="does not let this page keep anything")
    expect(said).to_be_visible(timeout=30_000)
    assert page.evaluate("() => globalThis.indexedDB === undefined")  # it fails at its own time
    with page.expect_download() as download:
        said.get_by_role("link", name="Download the notebook").click()
    assert nbformat.read(download.value.path(), as_version=4).cells
    said.get_by_role("button", name="Close").click()
    expect(said).to_have_count(0)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=120_000)
    assert page.locator(".jp-Dialog").count() == 0


# ---- when Python does not come ------------------------------------------------------------------


def only(faults, *words):
    """Take away the faults that a test has planted, and no others."""
    assert any(word in fault for fault in faults for word in words)
    faults[:] = [fault for fault in faults if not any(word in fault for word in words)]


def damaged(name):
    """Answer with a file of Python in which one bit is another."""
    content = (HTML / "pyodide" / name).read_bytes()
    return {"body": content[:-1] + bytes([content[-1] ^ 1])}


def test_what_keeps_python_from_coming_is_named_and_mended_and_edits_stay(chapter, open_page):
    opened, gone = chapter(packages=False), {"status": 404, "body": "gone"}
    wasm, stdlib = "pyodide.asm.wasm", "python_stdlib.zip"

    def again():
        opened.note(1).get_by_role("button", name="Try again").click()

    def met(press, pattern, answer, words):
        opened.page.context.route(pattern, answering(answer))
        press()
        expect(opened.note(1)).to_contain_text(words, timeout=60_000)
        expect(opened.note(1)).to_contain_text("Your edits are kept.")
        opened.page.context.unroute(pattern)

    # Offline at first use: not even the small scripts are there.
    opened.page.context.set_offline(True)
    opened.run(1)
    expect(opened.note(1)).to_contain_text("You are offline")
    expect(opened.news).to_contain_text("Cell 1 did not run. You are offline")
    opened.page.context.set_offline(False)
    met(again, "**/_live/manifest.*.json", gone, "is not on this server (manifest.json")
    # The small scripts are there, and the files of Python are not.
    opened.page.context.set_offline(True)
    again()
    expect(opened.note(1)).to_contain_text("You are offline")
    expect(opened.note(1)).to_contain_text("Your edits are kept.")
    opened.page.context.set_offline(False)
    met(again, f"**/pyodide/{wasm}*", gone, f"is not on this server ({wasm}")
    met(again, f"**/pyodide/{wasm}*", damaged(wasm), f"arrived changed ({wasm}")
    # What has come is kept as long as the page: the other faults are met after a reload.
    opened.page.reload(wait_until="load")
    stdlib_spoilt = (f"**/pyodide/{stdlib}*", damaged(stdlib), f"arrived changed ({stdlib}")
    met(lambda: opened.run(1), *stdlib_spoilt)
    opened.page.reload(wait_until="load")
    met(
        lambda: (opened.write(1, "6 * 7"), opened.run(1)),
        "**/_live/worker.*.js",
        gone,
        "is not on this server (worker.js",
    )
    again()
    opened.becomes(1, "ok")
    expect(opened.output(1)).to_have_text("42")
    only(open_page.faults, "404", "failed: ", "ERR_INTERNET_DISCONNECTED")


def test_a_browser_without_webassembly_is_told_what_to_do(chapter):
    opened = chapter("delete window.WebAssembly")
    opened.run(1)
    expect(opened.note(1)).to_contain_text("WebAssembly")
    expect(opened.bar).to_contain_text("Python did not start")


def test_a_site_without_python_says_so_before_and_after_run(chapter):
    opened = chapter()

    def without_python(route):
        body = (HTML / CHAPTER).read_text(encoding="utf-8")
        off = 'data-live="off" data-live-reason="no source had the files"'
        route.fulfill(body=body.replace('data-live="on"', off), content_type="text/html")

    opened.page.route(f"**/{CHAPTER}", without_python)
    opened.page.reload(wait_until="load")
    opened.run(1)
    expect(opened.note(1)).to_contain_text("built without Python")
    expect(opened.note(1)).to_contain_text("no source had the files")
    assert opened.note(1).get_by_role("button").count() == 0
    assert opened.loaded("/pyodide/", "/kernel.") == []
    opened.write(1, "mine = 1")
    opened.page.reload(wait_until="load")
    assert opened.source(1) == "mine = 1"


def test_a_page_opened_from_a_file_says_that_it_needs_a_server(browser):
    page = browser.new_page()
    page.goto((HTML / CHAPTER).as_uri())
    expect(page.get_by_text("This page was opened from a file")).to_be_visible()
    page.close()


def test_the_page_of_a_server_does_not_speak_of_files(looked_at):
    assert not looked_at.get_by_text("This page was opened from a file").is_visible()


def test_a_costly_connection_loads_no_python_for_an_edit_and_is_asked_with_the_honest_size(chapter):
    opened = chapter(COSTLY, packages=False)
    opened.write(1, "mine = 1")
    files = json.loads((HTML / serve.address("_live/manifest.json")).read_text(encoding="utf-8"))[
        "files"
    ]
    whole = sum(file["transfer"] for file in files.values())
    opened.run(1)
    expect(opened.note(1)).to_contain_text(f"({whole / 1e6:.0f} MB with figures)")
    assert opened.loaded("/pyodide/") == []
    opened.page.get_by_role("button", name="Not now").click()
    assert opened.loaded("/pyodide/") == []
    opened.run(1)
    opened.page.get_by_role("button", name="Download and run").click()
    opened.becomes(1, "ok")
    opened.page.reload(wait_until="load")
    opened.run(1)  # it has been loaded before: nothing to ask
    opened.becomes(1, "ok")


WRAP_ALL_TEXTS = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    if (!texts.currentNode.parentElement.closest("script, style")) found.push(texts.currentNode);
  }
  for (const text of found) {
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    outer.append(inner);
    text.replaceWith(outer);
    inner.append(text);
  }
  return found.length;
}"""


def test_a_translator_takes_nothing_away_and_without_a_notebook_one_is_made_of_the_page(
    chapter, open_page
):
    opened = chapter(COSTLY, packages=False)
    opened.page.route("**/_notebooks/*", lambda route: route.abort())
    opened.write(2, "print(6 * 7)")
    opened.page.keyboard.press("Escape")
    opened.page.reload(wait_until="load")
    assert opened.page.evaluate(WRAP_ALL_TEXTS) > 1000
    assert opened.source(2) == "print(6 * 7)"
    opened.write(1, "for n in range(3): print(n)\n1 / 0 if False else 3")
    opened.download_and_run(1)
    assert opened.output(1).inner_text().split() == ["0", "1", "2", "3"]
    assert opened.page.evaluate(WRAP_ALL_TEXTS) > 1000
    opened.run_text(1)
    assert opened.output(1).inner_text().split() == ["0", "1", "2", "3"]
    mine = downloaded(opened)
    assert mine.cells[0].source == "# Datasets"
    assert "## What a dataset is" in [cell.source for cell in mine.cells]
    code = [cell.source for cell in mine.cells if cell.cell_type == "code"]
    assert code == [opened.source(number + 1) for number in range(len(code))]
    opened.button(1, "Reset").click()
    opened.note(1).get_by_role("button", name="Undo").click()
    opened.button(2, "Edit").click()
    opened.editor(2).press("Control+Enter")
    expect(opened.output(2)).to_have_text("42")
    kept_out = "() => [...document.querySelectorAll('pre')].every((pre) => !pre.translate)"
    assert opened.page.evaluate(kept_out)
    only(open_page.faults, "_notebooks", "ERR_FAILED")


# ---- for everybody ------------------------------------------------------------------------------


def test_whatever_a_finger_meets_is_at_least_44_pixels_and_has_a_name_from_the_start(chapter):
    opened = chapter(NAMELESS, COSTLY, width=360, has_touch=True, is_mobile=True)
    editions = Editions(opened)
    opened.write(1, "mine = 1")
    opened.write(2, "mine = 2")
    opened.write(4, "mine = 4")
    editions.add_line("cell-003", "# better")
    editions.take_out("cell-007")
    editions.publish()
    opened.run(3)
    opened.note(3).get_by_role("button", name="Download and run").click()
    opened.note(3).get_by_role("button", name="Run them first").wait_for()
    expect(opened.bar.get_by_role("link")).to_have_count(2)
    opened.bar.locator("summary").click()
    opened.page.get_by_text("Open in…").evaluate("(node) => { node.parentElement.open = true; }")
    script = """() => [...document.querySelectorAll(
        ".live-bar button, .live-note button, .live-page :is(button, a), summary, .menu a")]
      .filter((node) => node.closest(".live-cell, .live-page, .live-gone, .menu"))
      .filter((node) => node.checkVisibility())
      .map((node) => [node.textContent, node.getBoundingClientRect().height])
      .filter(([, height]) => height < 44)"""
    assert opened.page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert opened.page.evaluate(script) == []
    assert opened.page.evaluate("nameless") == []
    opened.page.evaluate(IN_SHORT)
    assert violations(opened.page) == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_bars_of_the_cells_shift_nothing_when_they_come(chapter):
    opened = chapter()
    heights = """() => [...document.querySelectorAll(".cell")].map((node) => node.offsetHeight)"""
    widths = (1280, 360)

    def measured():
        for width in widths:
            opened.page.set_viewport_size({"width": width, "height": 900})
            yield opened.page.evaluate(heights)

    drawn = list(measured())
    opened.page.evaluate(
        """() => document.querySelectorAll(".live-cell").forEach((cell) => {
             cell.classList.remove("live-cell");
             cell.querySelectorAll(".live-bar, .live-notes").forEach((node) => node.remove());
           })"""
    )
    for before, after in zip(drawn, measured(), strict=True):
        assert after == pytest.approx(before, abs=1)


OUTPUT = """from IPython.display import HTML
HTML('''
<meta http-equiv="refresh" content="0; url=intro.html"><base href="/elsewhere/">
<iframe src="https://example.org/"></iframe><div id="over">over all</div>
<style>#over { position: fixed; inset: 0; pointer-events: none }</style>
<form action="https://example.org/"><button>Send</button></form>
<div style="width: 5000px">wide</div>''')"""
LONG = "x" * 400
CUT_ON_PAPER = """(selector) => [...document.querySelectorAll(selector)].map((node) => {
  const text = document.createRange();
  text.selectNodeContents(node);
  return text.getBoundingClientRect().right - innerWidth;
})"""


def test_what_a_cell_shows_stays_in_its_place_and_is_printed_whole(running, site):
    opened, (one, two) = running, running.take()
    opened.run_text(one, OUTPUT)
    shown = opened.output(one).locator(".text_html")
    opened.run_text(two, f'print("{LONG}")  # {LONG}')  # and still the page is there
    assert opened.page.evaluate("document.baseURI") == opened.page.url == site + CHAPTER
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 1280
    assert shown.evaluate("(node) => [node.scrollWidth > 4900, node.tabIndex]") == [True, 0]
    over = shown.locator("#over").bounding_box()["height"]
    assert over <= shown.bounding_box()["height"] < 700
    opened.page.emulate_media(media="print")
    for selector in (".cell_output .stream pre", ".cell_input pre"):
        over = opened.page.evaluate(CUT_ON_PAPER, selector)
        assert over and max(over) <= 0, selector
    opened.page.emulate_media(media="screen")
    shown.get_by_role("button", name="Send").focus()
    with opened.page.expect_console_message(lambda message: "form-action" in message.text):
        opened.page.keyboard.press("Enter")
    assert opened.page.url == site + CHAPTER
    only(opened.faults, "example.org")


# ---- what the page refuses ----------------------------------------------------------------------


def test_every_page_has_a_policy_that_knows_its_one_inline_script():
    pages = [*HTML.glob("*.html"), *HTML.glob("explorables/*.html")]
    assert len(pages) > 20
    for path in pages:
        text = path.read_text(encoding="utf-8")
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
        scripts = re.findall(r"<script>(.*?)</script>", text, re.S)
        digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts]
        assert re.findall(r"'sha256-([^']+)'", policy) == digests, path.name
        assert len(digests) == 1 and "default-src 'none'" in policy
        assert "'unsafe-eval'" not in policy and "http" not in policy
        assert text.index("Content-Security-Policy") < text.index("<script")
        assert not re.search(r"\son\w+=\"", re.sub(r"<pre.*?</pre>", "", text, flags=re.S)), path


def test_an_inline_script_is_refused(looked_at):
    looked_at.evaluate(
        """() => {
             const script = document.createElement("script");
             script.textContent = "window.planted = 1";
             document.head.append(script);
             const image = document.createElement("div");
             image.innerHTML = '<img src="_static/icon.svg" onload="window.planted = 2">';
             document.body.append(image);
             return image.firstChild.decode().catch(() => {}).then(() => image.remove());
           }"""
    )
    assert looked_at.evaluate("window.planted === undefined")
    only(looked_at.faults, "Content Security Policy")


def test_a_request_to_another_server_is_refused(looked_at):
    answer = "fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => error.name)"
    assert looked_at.evaluate(answer) == "TypeError"
    assert not any(fault.startswith("foreign") for fault in looked_at.faults)
    only(looked_at.faults, "Content Security Policy")


def test_an_eval_is_refused(looked_at):
    script = """() => new Promise((done) => setTimeout(() => {
      try { done((0, eval)("1 + 1")); } catch (error) { done(error.name); }
    }))"""
    assert looked_at.evaluate(script) == "EvalError"
    looked_at.faults.clear()  # the refusal is on the console


def test_search_and_bare_pages_work_under_the_policy(page, site, open_page):
    for path in ("search.html?q=gradient", "explorables/fit-line.html"):
        page.goto(site + path)
        until(page, "document.querySelector('ul.search li a, .xp[data-live]') !== null")
        assert open_page.faults == []
