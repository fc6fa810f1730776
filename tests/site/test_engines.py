"""The site in Firefox and in WebKitGTK: what a reader does there, and whether it looks as in Chromium."""

import io

import browsers
import engines
import numpy as np
import pytest
from hands import EVERY, Figure, address, key_of, until
from PIL import Image
from test_pages import PAGES

pytestmark = pytest.mark.site

FONTS = "() => document.fonts.ready.then(() => null)"
#: What each formula says on the screen, and the room that it takes. A cover or a hidden part has none.
FORMULAS = """() => [...document.querySelectorAll("math.xp-math")].map((math) => {
  const { width, height } = math.getBoundingClientRect();
  const words = [...math.querySelectorAll("mi, mn, mo, mtext")]
    .filter((node) => node.getClientRects().length && node.getBoundingClientRect().width > 0)
    .map((node) => node.textContent.trim());
  return { text: words.join(" "), width, height };
})"""
TYPESET = """() => [...document.querySelectorAll(".katex-html")].map((node) => {
  const { width, height } = node.getBoundingClientRect();
  return { text: node.textContent, width, height };
})"""
BOXES = """(selector) => [...document.querySelectorAll(selector)].map((node) => {
  const { x, y, width, height } = node.getBoundingClientRect();
  return [x, y, x + width, y + height];
})"""
#: A page as it is laid out on paper: every rule for paper holds, and none that is for screens alone.
PAPER = """() => {
  const turn = (rules) => [...rules].forEach((rule) => {
    if (rule.media?.mediaText.includes("print")) rule.media.mediaText = "all";
    else if (rule.media?.mediaText.includes("screen")) rule.media.mediaText = "not all";
    if (rule.cssRules) turn(rule.cssRules);
  });
  [...document.styleSheets].forEach((sheet) => turn(sheet.cssRules));
}"""
LIGHTNESS = """(node) => {
  let at = node;
  while (at && getComputedStyle(at).backgroundColor.match(/, 0\\)|transparent/)) at = at.parentElement;
  const parts = getComputedStyle(at ?? document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
  return Math.min(...parts.slice(0, 3));
}"""
HEADING = """(id) => document.getElementById(id).querySelector("h1, h2, h3").getBoundingClientRect().top"""


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


@pytest.fixture
def visit(engine, served):
    """Give a function that opens a page as a new reader; faults fail the test at its end."""
    homes = []

    def visit(path, width=1280, height=900, **options):
        homes.append(served.fresh())
        page = engine.page(width, height, **options)
        page.goto(homes[-1] + path)
        return page

    visit.heard = lambda: served.heard(homes[-1])
    yield visit
    assert [fault for home in homes for fault in served.heard(home)] == []


@pytest.fixture
def chromium(browser, served):
    """Give a function that opens the same page in Chromium."""
    contexts = []

    def chromium(path, width=1280, height=900):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        page.goto(served.fresh() + path)
        return page

    yield chromium
    for context in contexts:
        context.close()


# ---- it looks as in Chromium ---------------------------------------------------------------------


def settled(page, script, argument=None):
    """Return what a script finds once the letters are there."""
    page.evaluate(FONTS)
    return page.evaluate(script, argument)


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
    """Cut the parts of a page out of its picture, coarse and grey."""
    boxes = settled(page, BOXES, selector)
    whole = Image.open(io.BytesIO(page.screenshot())).convert("L")
    cut = [whole.crop(tuple(map(round, box))) for box in boxes]
    return [np.asarray(part.resize((20, 20), Image.Resampling.BOX), float) for part in cut]


def unlike(ours, theirs):
    """Say for each picture how far the worst of its parts is from Chromium's, in levels of grey."""
    assert len(ours) == len(theirs) > 0
    return [float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True)]


def test_probe(visit, chromium, engine):
    for kind in EVERY:
        page, twin = visit(address(kind), height=1400), chromium(address(kind), height=1400)
        Figure(kind, page), Figure(kind, twin)
        print(type(engine).__name__, kind.__name__, [round(v) for v in unlike(pictures(page, ".xp-plot"), pictures(twin, ".xp-plot"))])
