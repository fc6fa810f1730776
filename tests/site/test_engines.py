"""The site in Firefox and WebKitGTK: a reader's walk, and pictures held to those of Chromium."""

import io
import json
import os
import re
import zlib

import browsers
import engines
import numpy as np
import pytest
from hands import EVERY, KEYS, REST, WAYS, Figure, Hands, address, open_boxes, unfold, until
from PIL import Image
from test_links import ELSEWHERE, VIEW, WITHIN, landed, picture_landed, read_along, read_on
from test_pages import PAGES

from lib import exercises
from lib.explorables import FitLine, OptimizerRace

pytestmark = pytest.mark.site

#: Two pictures are alike if no cell of the one is further from that of the other: levels of grey.
LIKE = 25
SAID = "(word) => document.activeElement.closest('.xq')?.textContent.includes(word)"
FONTS = "() => document.fonts.ready.then(() => null)"
#: What each formula says on the screen, and the room it takes. A part that is hidden has none. It
#: comes as one text: two thousand formulas, value by value, cost a browser more than the page.
FORMULAS = """() => JSON.stringify([...document.querySelectorAll("math.xp-math")].map((math) => {
  const { width, height } = math.getBoundingClientRect();
  const words = [...math.querySelectorAll("mi, mn, mo, mtext")]
    .filter((node) => node.getClientRects().length && node.getBoundingClientRect().width > 0)
    .map((node) => node.textContent.trim());
  return { text: words.join(" "), width, height };
}))"""
TYPESET = """() => JSON.stringify([...document.querySelectorAll(".katex-html")].map((node) => {
  const { width, height } = node.getBoundingClientRect();
  return { text: node.textContent, width, height };
}))"""
BOXES = """(selector) => [...document.querySelectorAll(selector)].map((node) => {
  const { x, y, width, height } = node.getBoundingClientRect();
  return [x, y, x + width, y + height];
})"""
#: A page as on paper: every rule for paper holds, and none that is for screens alone.
PAPER = """() => {
  const turn = (rules) => [...rules].forEach((rule) => {
    if (rule.media?.mediaText.includes("print")) rule.media.mediaText = "all";
    else if (rule.media?.mediaText.includes("screen")) rule.media.mediaText = "not all";
    if (rule.cssRules) turn(rule.cssRules);
  });
  [...document.styleSheets].forEach((sheet) => turn(sheet.cssRules));
}"""
#: How light the ground of a part is, and its ink.
GROUND = """(node) => {
  const lightness = (colour) => Math.min(...colour.match(/[\\d.]+/g).slice(0, 3).map(Number));
  const { color, backgroundColor } = getComputedStyle(node);
  return [lightness(backgroundColor), lightness(color)];
}"""
SEEN = "(nodes) => nodes.filter((node) => node.getClientRects().length).length"
CONTROLS = """() => [...document.querySelectorAll("[data-model]")]
  .map((node) => [node.dataset.model, node.value, node.checked])"""
PLANTED = """() => {
  window.planted = 0;
  const count = () => { window.planted += 1; };
  console.error("planted word");
  Promise.reject(new Error("planted rejection"));
  setTimeout(() => { count(); throw new Error("planted error"); });
  fetch("missing.json").then(count);
  fetch("http://127.0.0.1:9/").catch(count);
}"""


# ---- a browser, a reader -------------------------------------------------------------------------


@pytest.fixture(scope="session", params=["firefox", "webkit"])
def engine(request, playwright):
    """Start a browser for all tests of this process that want it."""
    name = request.param
    if name not in browsers.wanted() or not browsers.programs(name):
        assert name not in browsers.required(), f"{name} is not here"
        pytest.skip(f"{browsers.TITLES[name]} is not here")
    engine = engines.OTHERS[name](playwright)
    yield engine
    engine.quit()


@pytest.fixture(scope="session")
def served():
    """Serve the site with a listener in each page."""
    return engines.Site()


@pytest.fixture(scope="session")
def library(served):
    """Return the address of the site for all who only read: the browser knows its files."""
    return served.fresh()


@pytest.fixture
def visit(engine, served, library):
    """Give a function that opens a page; faults fail the test at its end.

    Whoever lets a page keep something is a new reader.
    """
    homes = [library]

    def visit(path, width=1280, height=900, new=False):
        if new:
            homes.append(served.fresh())
        page = engine.page(width, height)
        page.goto(homes[-1] + path)
        return page

    visit.heard = lambda: served.heard(homes[-1])
    yield visit
    heard = [[*served.heard(home)] for home in homes]
    served.heard(library).clear()
    assert [fault for faults in heard for fault in faults] == []


@pytest.fixture(scope="session")
def twin(browser):
    """Open one page in Chromium for all that is held to it."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """Return a folder that the processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "chromium"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def in_chromium(twin, library, kept):
    """Give a function that tells what is found on a page in Chromium, once for all engines."""

    def in_chromium(path, find):
        file = kept / f"{path.replace('/', '-')}.json"
        if not file.exists():
            twin.set_viewport_size({"width": 1280, "height": 900})
            twin.goto(library + path)
            text = json.dumps(find(twin))
            own = file.with_suffix(f".{os.getpid()}")
            own.write_text(text, encoding="utf-8")
            own.replace(file)
        return json.loads(file.read_text(encoding="utf-8"))

    return in_chromium


# ---- it looks as in Chromium ---------------------------------------------------------------------


def settled(page, script, argument=None):
    """Return what a script finds once the letters are there."""
    page.evaluate(FONTS)
    return page.evaluate(script, argument)


def formulas(page, script):
    """List the formulas of a page."""
    return json.loads(settled(page, script))


def odd(ours, theirs, wide, high):
    """List the formulas that say something else than Chromium's, or take other room."""
    assert len(ours) == len(theirs)
    return [
        (one, other)
        for one, other in zip(ours, theirs, strict=True)
        if one["text"] != other["text"]
        or abs(one["width"] - other["width"]) > wide * other["width"] + 4
        or abs(one["height"] - other["height"]) > high * other["height"] + 2
    ]


def pictures(page, selector):
    """Cut the parts of a page out of a picture of the whole."""
    height = settled(page, "document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": height})
    page.evaluate(REST)
    boxes = page.evaluate(BOXES, selector)
    whole = Image.open(io.BytesIO(page.screenshot())).convert("L")
    return [whole.crop(tuple(map(round, box))) for box in boxes]


def coarse(picture, size):
    """Return the greys of a picture in cells of some 16 pixels: letters are drawn differently."""
    cells = [max(1, length // 16) for length in size]
    return np.asarray(picture.resize(cells, Image.Resampling.BOX), float)


def greys(page, selector):
    """Return the sizes of the pictures of a page, and their greys."""
    return [
        [picture.size, coarse(picture, picture.size).tolist()]
        for picture in pictures(page, selector)
    ]


def unlike(ours, theirs):
    """Say for each picture how far the worst of its cells is from Chromium's, in levels of grey."""
    assert len(ours) == len(theirs) > 0
    found = [np.abs(coarse(a, b) - grey).max() for a, (b, grey) in zip(ours, theirs, strict=True)]
    print([round(float(v)) for v in found])
    return max(map(float, found))


def same_formulas(page, theirs, script, wide, high):
    """Hold each formula of a page to that of Chromium."""
    assert odd(formulas(page, script), theirs, wide, high) == []


def same_pictures(page, theirs, selector):
    """Hold each picture of a page to that of Chromium."""
    assert unlike(pictures(page, selector), theirs) < LIKE


def words(figure):
    """List what the formulas say after each choice of a reader."""
    found = []
    for choice in figure.visible("input[type=radio]"):
        choice.click()
        figure.now()
        found.append([one["text"] for one in json.loads(figure.page.evaluate(FORMULAS))])
    return found


def all_of(kind):
    """Return what tells the formulas and the pictures of an explorable, and its words."""

    def find(page):
        figure = Figure(kind, page)
        return formulas(page, FORMULAS), greys(page, ".xp-plot"), words(figure)

    return find


# ---- explorables ---------------------------------------------------------------------------------


def link_of(figure):
    """Return the link to the view, as a reader gets it who has no clipboard."""
    figure.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    figure.part("copyLink").click()
    until(figure.page, "() => document.querySelector('[data-ref=note]').textContent.includes('#')")
    return figure.part("note").text_content()


def moved(figure):
    """Move a handle by mouse and by keys, and a slider: the numbers stay those of Python."""
    for ref in [handle["ref"] for handle in figure.handles()[:1]]:
        assert any(figure.changed_by(figure.drag, ref, *way) for way in WAYS)
        assert figure.disagreements() == {}
        assert any(figure.changed_by(figure.part(ref).press, key) for key in KEYS[:4])
    for slider in figure.visible("input[type=range]")[:1]:
        assert any(figure.changed_by(slider.press, key) for key in ("ArrowRight", "ArrowLeft"))
    assert figure.disagreements() == {}


@pytest.mark.parametrize("kind", EVERY, ids=[kind.__name__ for kind in EVERY])
def test_an_explorable_looks_as_in_chromium_moves_and_is_linked_to(visit, in_chromium, kind):
    figure = Figure(kind, visit(address(kind)))
    page, theirs = figure.page, in_chromium(address(kind), all_of(kind))
    assert figure.disagreements() == {}
    same_formulas(page, theirs[0], FORMULAS, wide=0.12, high=0.7)
    same_pictures(page, theirs[1], ".xp-plot")
    assert words(figure) == theirs[2]
    figure.part("reset").click()
    moved(figure)
    state, link = figure.now(), link_of(figure)
    page.goto("about:blank")
    page.goto(link)
    again = Figure(kind, page)
    assert again.now() == state
    assert again.disagreements() == {}


def test_on_paper_an_explorable_is_light_and_whole(visit):
    page = visit("explorables/fit-line.html?theme=dark", new=True)
    root = Hands(page).root
    ground, ink = page.locator("body").evaluate(GROUND)
    assert ground < 60 and ink > 180
    page.evaluate(PAPER)
    ground, ink = page.locator("body").evaluate(GROUND)
    assert ground > 240 and ink < 80
    for part, number in {".xp-plot": 2, ".xp-math": 2, ".xp-handle": 4, "button": 0}.items():
        assert root.locator(part).evaluate_all(SEEN) == number, part


def inks(page):
    """List the colours on the paper that comes out of a printer."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", page.pdf(), re.S)
    plain = [zlib.decompressobj().decompress(one) for one in streams if one[:1] == b"x"]
    return set(re.findall(rb"[\d.]+ [\d.]+ [\d.]+ rg", b"".join(plain)))


def test_the_paper_of_dark_pages_has_the_colours_of_light_ones(visit, engine):
    if not isinstance(engine, engines.Firefox):
        pytest.skip("WebDriver does not print")
    found = []
    for theme in ("light", "dark"):
        page = visit(f"explorables/fit-line.html?theme={theme}", new=True)
        Hands(page)
        found.append(inks(page))
    assert len(found[0]) > 5
    assert found[0] == found[1]


FIGURES = """() => [...document.querySelectorAll("article img")].map(
  (image) => [image.complete, image.naturalWidth, image.naturalHeight])"""


def test_paper_has_all_figures(visit, engine):
    page = visit("datasets.html")
    if isinstance(engine, engines.Firefox):
        assert not any(complete and width for complete, width, _ in page.evaluate(FIGURES))
        found = set(re.findall(rb"/Width (\d+)\s*/Height (\d+)", page.pdf()))
        assert sum(width == b"1382" for width, _ in found) >= 5
    else:  # which does not print here, and has them before anybody does
        until(page, f"({FIGURES})().every(([complete, width]) => complete && width > 0)")


# ---- pages ---------------------------------------------------------------------------------------


PICTURE = ".explorable-picture"


def all_of_page(page):
    """Tell the formulas of a page, and the pictures of a gallery."""
    open_boxes(page)
    found = formulas(page, TYPESET)
    return found, greys(page, PICTURE) if page.locator(PICTURE).count() else []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_and_its_formulas_are_those_of_chromium(visit, in_chromium, name):
    page = visit(f"{name}.html")
    open_boxes(page)
    theirs = in_chromium(f"{name}.html", all_of_page)
    same_formulas(page, theirs[0], TYPESET, wide=0.15, high=0.12)
    if name == "gallery":
        same_pictures(page, theirs[1], PICTURE)
    page.set_viewport_size({"width": 460, "height": 800})
    until(page, "innerWidth === 460 && document.documentElement.scrollWidth <= 460")


def test_links_land_where_they_lead_and_lead_back(visit):
    page = visit("model_fitting.html#momentum")
    landed(page, "momentum")
    site = page.evaluate("new URL('.', location).href")
    read_along(page, site, WITHIN[:2], ELSEWHERE[:1])
    page.goto(f"{site}loss_functions.html#{VIEW}")
    picture_landed(page, "fit_line")
    assert page.locator("[data-module=fit_line] [data-ref=w]").text_content() == "0.500"
    read_on(page, site)


def test_an_address_in_a_closed_box_opens_it_and_its_picture_starts(visit):
    page = visit("overfitting.html#equation-eq-ov-peeking")
    box = "#deeper-peeking-at-the-test-set > details"
    until(page, "(box) => document.querySelector(box).open", box)
    landed(page, "equation-eq-ov-peeking")
    other = page.locator(".on-this-page a[href='#explorable-fifty-datasets']")
    other.click()
    until(page, "() => document.querySelectorAll('details.box[open]').length === 2")
    until(page, "() => !!document.querySelector('[data-module=fifty_datasets] .xp[data-live]')")
    page.locator(".open-all").click()
    until(page, "() => document.querySelectorAll('details.box[open]').length === 4")


def test_an_exercise_is_judged_by_keys_and_stands_as_it_was_when_the_page_is_loaded_again(visit):
    asked = exercises.question("loss_functions.ce_from_logits")
    page = visit("loss_functions.html", 360, new=True)
    root = page.locator(f'.exercise[data-exercise="{asked.id}"]')

    def come_near():
        unfold(root)
        root.scroll_into_view_if_needed()
        root.locator(".xq[data-live]").wait_for()

    come_near()
    field, verdict = (root.locator(f"[data-ref={ref}]") for ref in ("field", "verdict"))
    for typed, word in [("twice", "Not read."), (str(asked.pool[0]["answer"]), "Right.")]:
        field.evaluate("(node) => node.select()")
        field.focus()
        page.keyboard.insert_text(typed)
        field.press("Enter")
        until(
            page,
            "(word) => document.activeElement.closest('.xq')?.textContent.includes(word)",
            word,
        )
    said = verdict.text_content()
    assert root.evaluate("(el) => el.scrollWidth <= el.clientWidth")
    page.reload()
    come_near()
    assert root.locator("[data-ref=verdict]").text_content() == said
    root.locator("[data-ref=another]").click()
    assert root.locator("[data-ref=verdict]").text_content() == ""
    assert asked.pool[1]["slots"]["z"] in root.locator("[data-ref=text]").text_content()


def test_controls_and_picture_agree_when_a_page_is_loaded_again(visit):
    for kind in (OptimizerRace, FitLine):
        page = visit(address(kind))
        figure = Figure(kind, page)
        for control in ("[type=checkbox]", "[type=range]", "[type=radio]"):
            for node in figure.visible(f"input{control}")[-1:]:
                node.press("ArrowLeft") if control == "[type=range]" else node.click()
        state, controls = figure.now(), page.evaluate(CONTROLS)
        assert state != figure.first.state
        until(page, "location.hash.includes(':')")
        page.reload()
        figure = Figure(kind, page)
        assert figure.now() == state
        assert page.evaluate(CONTROLS) == controls
        assert figure.disagreements() == {}


# ---- Python in the page --------------------------------------------------------------------------


class Cells:
    """The cells of a chapter."""

    def __init__(self, page):
        self.page = page

    def cell(self, number):
        """Find a cell."""
        return self.page.locator(f".live-cell:has(#cell-{number})")

    def write(self, number, text):
        """Put a text in place of the code of a cell, as a reader would."""
        editor = self.page.locator(f"[aria-label='Code of cell {number}']")
        if not editor.count():
            unfold(self.cell(number).locator(".live-edit"))
            self.cell(number).locator(".live-edit").click()
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def becomes(self, number, state):
        """Wait until a cell is in a state."""
        found = f"(cell) => cell.dataset.state === {state!r}"
        call = f"() => ({found})(document.querySelector('.live-cell:has(#cell-{number})'))"
        until(self.page, call, seconds=90)

    def run(self, number, text):
        """Run a text in a cell to its good end."""
        self.write(number, text)
        self.press(number)
        self.becomes(number, "ok")

    def press(self, number):
        """Press Run, or Stop while the cell runs."""
        unfold(self.cell(number).locator(".live-run"))
        self.cell(number).locator(".live-run").click()

    def says(self, number, words):
        """Wait until a cell has printed a text."""
        call = f"(words) => document.querySelector('.live-cell:has(#cell-{number}) .cell_output')"
        until(self.page, f"{call}.textContent.includes(words)", words)


#: A request that the policy of the page refuses.
REFUSED = """import js
try: print(await js.fetch("http://127.0.0.1:9/"))
except Exception as error: print("refused:", error)"""


def test_a_cell_runs_draws_is_refused_answers_a_slider_and_is_kept(visit):
    cells = Cells(visit("datasets.html", new=True))
    cells.run(1, "kept = 6 * 7; print(kept)")
    cells.says(1, "42")
    cells.run(2, "import matplotlib.pyplot as plt; _ = plt.plot([1, kept])")
    figure = cells.cell(2).locator(".cell_output img").first
    assert figure.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 300
    cells.run(3, "from ipywidgets import interact; interact(lambda n: print('n is', n), n=(0, 9))")
    cells.says(3, "n is 4")
    cells.cell(3).locator("[role=slider]").first.press("ArrowRight")
    cells.says(3, "n is 5")
    cells.run(4, REFUSED)
    cells.says(4, "refused: ")
    cells.page.reload()
    source = cells.cell(1).locator(".cell_input pre").text_content()
    assert source.strip() == "kept = 6 * 7; print(kept)"


def test_stop_stops_and_the_next_run_answers(visit):
    cells = Cells(visit("datasets.html", new=True))
    cells.write(1, "while True: pass")
    cells.press(1)
    cells.becomes(1, "running")
    cells.press(1)
    cells.becomes(1, "idle")
    cells.run(1, "print(6 * 7)")
    cells.says(1, "42")


# ---- the checks are checked ----------------------------------------------------------------------


def test_what_goes_wrong_on_a_page_is_heard(visit):
    page = visit("explorables/fit-line.html")
    page.evaluate(PLANTED)
    until(page, "window.planted === 3")
    page.evaluate(REST)
    heard = visit.heard()
    words = ["planted word", "planted rejection", "planted error", "404: ", "forbidden: "]
    assert [word for word in words if not any(word in fault for fault in heard)] == []
    assert len(heard) == len(words)
    heard.clear()


def test_what_a_formula_and_a_picture_lack_and_a_choice_that_says_else_are_noticed(
    visit, in_chromium
):
    page = visit(address(FitLine))
    figure = Figure(FitLine, page)
    theirs = in_chromium(address(FitLine), all_of(FitLine))
    same_pictures(page, theirs[1], ".xp-plot")
    assert len(theirs[2]) == 3 and theirs[2][0] != theirs[2][1]
    page.evaluate("() => document.querySelector('.xp-plot [data-ref=dots]').remove()")
    with pytest.raises(AssertionError):
        same_pictures(page, theirs[1], ".xp-plot")
    page.evaluate("() => document.querySelector('[data-ref=lossValue]').remove()")
    with pytest.raises(AssertionError):
        same_formulas(page, theirs[0], FORMULAS, wide=0.12, high=0.7)
    assert words(figure) != theirs[2]
