"""Formulas of the built site: valid, copied once, left alone by translators, dark ink on paper."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
import serve
from hands import Figure, address, open_boxes, unfold, until
from playwright.sync_api import expect
from test_mathml import FORMULA, faults

from lib.explorables import BackwardSteps, FitLine, LogitsToLoss, ShapeTable, TwoDistributions

pytestmark = pytest.mark.site

PAGES = [path for path in sorted(serve.SITE.rglob("*.html")) if "lite" not in path.parts]
# How far to drag: a handle may stand at its end, or go in whole steps.
WAYS = [(24, -17), (-24, 17), (70, -60), (-70, 60)]
#: A paragraph as it reads, with the source of each formula in its place.
AS_TEX = """(paragraph) => {
  const copy = paragraph.cloneNode(true);
  for (const formula of copy.querySelectorAll(".katex"))
    formula.replaceWith(`$${formula.querySelector("annotation").textContent.trim()}$`);
  return copy.textContent.replace(/\\s+/g, " ").trim();
}"""
#: What a translator does to a page: every text stands in elements of its own.
WRAP = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) if (texts.currentNode.data.trim()) found.push(texts.currentNode);
  for (const text of found) {
    const [outer, inner] = [0, 1].map(() => document.createElement("font"));
    text.replaceWith(outer);
    outer.append(inner);
    inner.append(text);
  }
  return found.length;
}"""
#: The formulas, code and numbers that a translator may take for words.
TRANSLATED = """() => [...document.querySelectorAll(
  ".katex, math, pre, code, output[data-out], .xp-number, .xp-ticks, b[data-ref]",
)].filter((node) => !node.closest("[translate=no]")).map((node) => node.outerHTML.slice(0, 80))"""
LIGHTNESS = """(node, name) =>
  Math.min(...getComputedStyle(node)[name].match(/[\\d.]+/g).slice(0, 3).map(Number))"""
#: The lines whose ink ends beyond them, where it is cut.
SHORT = """(lines) => lines.filter((line) => {
  const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let right = 0;
  while (texts.nextNode()) {
    range.selectNodeContents(texts.currentNode);
    const seen = texts.currentNode.parentNode.checkVisibility({ visibilityProperty: true });
    if (seen) right = Math.max(right, range.getBoundingClientRect().right);
  }
  return right > line.getBoundingClientRect().right + 1;
}).map((line) => line.textContent)"""
CUT = """(cards) => cards.filter((card) => {
  const [outside, inside] = [card, card.querySelector(".xp").firstElementChild]
    .map((node) => node.getBoundingClientRect());
  return inside.left < outside.left - 1 || inside.right > outside.right + 1
    || inside.top < outside.top - 1 || inside.bottom > outside.bottom + 1 || inside.width < 80;
}).map((card) => card.dataset.module)"""


# ---- MathML --------------------------------------------------------------------------------------


def test_every_formula_of_the_built_site_is_valid():
    formulas = [
        (path.name, formula)
        for path in PAGES
        for formula in FORMULA.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(formulas) > 1000
    assert [(name, found) for name, formula in formulas if (found := faults(formula))] == []


def test_no_letter_of_a_live_formula_is_left_to_the_alphabet_of_a_browser():
    letters = 0
    for path in serve.SITE.glob("explorables/*.html"):
        for formula in FORMULA.findall(path.read_text(encoding="utf-8")):
            assert "<mi>" not in formula, (path.name, formula)
            letters += formula.count('<mi mathvariant="normal"')
    assert letters > 100


# ---- copying -------------------------------------------------------------------------------------


def copied(page):
    """Copy what is selected, by key, and return it as a line."""
    page.keyboard.press("Control+C")
    text = page.evaluate("navigator.clipboard.readText()")
    return re.sub(r"\s+", " ", text).strip()


def mark(page, part):
    """Draw the mouse over a part of the text, from its first letter to its last."""
    unfold(part)
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] - 8, steps=4)
    page.mouse.up()


def test_a_copied_text_brings_each_formula_once_as_tex_and_code_as_it_is(visit):
    page = visit("loss_functions.html", permissions=["clipboard-read", "clipboard-write"])
    paragraph = page.locator("p:has(.katex + .katex, .math ~ .math)").first
    wanted = paragraph.evaluate(AS_TEX)
    mark(page, paragraph)
    assert copied(page) == wanted
    assert wanted.count("$") >= 4

    # From the middle of a formula that stands alone to the next paragraph.
    display = page.locator(".katex-display").first
    page.evaluate(
        """() => {
          const all = document.querySelectorAll(".katex-display .katex-html .mathnormal");
          const after = all[0].closest("div.math").nextElementSibling;
          getSelection().setBaseAndExtent(all[0], 0, after, after.childNodes.length);
        }"""
    )
    tex = display.locator("annotation").text_content()
    assert copied(page).startswith("$$" + re.sub(r"\s+", " ", tex).strip() + "$$")

    # Of an exercise, where the formulas are MathML alone, and cut where a line may break.
    page.locator("[id='loss_functions.batch_gradient'] [data-ref=text]").evaluate(
        "(text) => getSelection().selectAllChildren(text)"
    )
    matrix = r"\begin{matrix}0 & 1 & 0 \\ -1 & -1 & -1\end{matrix}"
    assert copied(page).startswith(f"Two samples have the logits $Z=({matrix})$, one sample a row")

    code = page.locator(".cell_input pre").first
    unfold(code)
    mark(page, code)  # a click would open the editor
    lines = page.evaluate("getSelection().toString()").strip()
    assert lines and copied(page) == re.sub(r"\s+", " ", lines)


def test_a_copied_live_formula_is_tex_and_what_is_typed_stays_typed(visit):
    page = visit(address(FitLine), permissions=["clipboard-read", "clipboard-write"])
    figure = Figure(FitLine, page)
    figure.part("guess").fill("$0.5")
    figure.part("guess").press("Control+A")
    assert copied(page) == "$0.5"
    page.locator(".xp-panel .xp-formula").nth(1).evaluate(
        "el => getSelection().selectAllChildren(el)"
    )
    loss = figure.part("lossValue").text_content()
    term = r"\frac{1}{2}(y_{i}-\hat{y}_{i})^{2}"
    assert copied(page) == rf"$L=\frac{{1}}{{9}}∑_{{i}}{term}={loss}$"


# ---- translators ---------------------------------------------------------------------------------


class Translated(HTMLParser):
    """The formulas and code of a page that a translator may take for words."""

    def __init__(self, page):
        super().__init__()
        self.around, self.found = [(None, False)], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        """Go into an element."""
        said = dict(attributes)
        named = "notranslate" in (said.get("class") or "").split()
        isolated = self.around[-1][1] or named or said.get("translate") == "no"
        if tag in ("math", "pre", "code") and not isolated:
            self.found.append((tag, *self.getpos()))
        self.around.append((tag, isolated))

    def handle_startendtag(self, tag, attributes):
        """Pass over an element that holds nothing."""

    def handle_endtag(self, tag):
        """Leave an element, and what was not closed in it."""
        tags = [open_tag for open_tag, _ in self.around]
        if tag in tags:
            del self.around[len(tags) - 1 - tags[::-1].index(tag) :]


def test_a_screen_reader_finds_every_formula_of_a_chapter_with_its_parts(visit):
    page = visit("likelihood.html")
    expect(page.locator("html[data-whole]")).to_be_attached()  # far sections may wait till then
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = Counter(node["role"]["value"] for node in tree if not node["ignored"])
    formulas = page.locator("math:visible:not(.box *):not([aria-hidden] *)")
    assert roles["MathMLMath"] == formulas.count() > 200
    assert roles["MathMLFraction"] == formulas.locator("mfrac").count() > 20


def test_no_formula_and_no_code_of_the_built_site_is_open_to_translators():
    found = {path.name: Translated(path.read_text(encoding="utf-8")).found for path in PAGES}
    assert {name: places for name, places in found.items() if places} == {}
    planted = "<p translate=no><math></math></p><br><math></math><pre translate=no></pre>"
    assert [tag for tag, *_ in Translated(planted).found] == ["math"]


def test_formulas_code_and_readings_are_left_alone_by_translators(visit):
    for path in ("loss_functions.html", "glossary.html", address(ShapeTable)):
        assert visit(path).evaluate(TRANSLATED) == []


@pytest.mark.parametrize("kind", [FitLine, LogitsToLoss, BackwardSteps, ShapeTable])
def test_an_explorable_answers_when_a_translator_has_been_there(visit, kind):
    figure = Figure(kind, visit(address(kind)))
    assert figure.page.evaluate(WRAP) > 50
    for ref in [handle["ref"] for handle in figure.handles()[:2]]:
        assert any(figure.changed_by(figure.drag, ref, *way) for way in WAYS)
        assert figure.disagreements() == {}
    for choice in figure.visible("input[type=radio], input[type=checkbox]"):
        choice.click()
        assert figure.disagreements() == {}
    figure.part("guess").fill("1")
    figure.part("guess").press("Enter")
    figure.part("copyPython").click()
    figure.part("reset").click()
    assert figure.disagreements() == {}
    assert figure.now() == {name: figure.first.state[name] for name in figure.names}


def test_a_chapter_works_when_a_translator_has_been_there(open_page):
    page = open_page("datasets.html")
    run = page.get_by_role("button", name="Run").first
    expect(run).to_be_visible()
    page.evaluate(WRAP)
    page.get_by_role("button", name="Dark mode").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    cell = page.locator(".live-cell").first
    cell.scroll_into_view_if_needed()
    cell.locator(".live-run").click()
    expect(cell).to_have_attribute("data-state", "ok", timeout=90_000)
    cell.locator(".live-edit").click()
    page.get_by_role("textbox", name="Code of cell 1", exact=True).click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("print(6 * 7)")
    cell.locator(".live-run").click()
    expect(cell.locator(".cell_output")).to_contain_text("42", timeout=60_000)


# ---- no number loses a digit at the edge ---------------------------------------------------------


LINES = "[...document.querySelectorAll('.xp :is(.xp-formula, .xp-terms)')]"
NONE_SHORT = f"() => ({SHORT})({LINES}).length === 0"


@pytest.mark.parametrize(
    "path",
    ["matrix_calculus.html", "likelihood.html", "chain_rule.html", address(TwoDistributions)],
)
def test_no_line_of_an_explorable_is_cut_at_its_end(visit, path):
    page = visit(path)
    open_boxes(page)
    lines = page.locator(".xp :is(.xp-formula, .xp-terms)")
    for width in (1280, 1000, 360, 345, 320):
        page.set_viewport_size({"width": width, "height": 900})
        until(page, NONE_SHORT)  # the letters of formulas may still be on their way
    lines.first.evaluate("(line) => { line.style.width = '3rem'; }")
    assert len(lines.evaluate_all(SHORT)) == 1


# ---- paper, and the gallery ----------------------------------------------------------------------


@pytest.mark.parametrize("path", [address(FitLine), "loss_functions.html"])
def test_all_is_light_on_paper_for_a_reader_of_dark_pages(visit, path):
    page = visit(path, color_scheme="dark")
    parts = ["body", ".xp", ".katex", "pre span.k, pre span.kn"]
    ink = [page.locator(part).first for part in parts if page.locator(part).count()]
    assert min(part.evaluate(LIGHTNESS, "color") for part in ink[:2]) > 150
    page.emulate_media(media="print")
    assert max(part.evaluate(LIGHTNESS, "color") for part in ink) < 120
    for ground in ["body", ".xp-plot"]:
        assert page.locator(ground).first.evaluate(LIGHTNESS, "backgroundColor") > 240
    handle = page.locator(".xp-handle").first
    assert handle.evaluate("(el) => getComputedStyle(el, '::before').printColorAdjust") == "exact"
    filters = "(all) => all.map((image) => getComputedStyle(image).filter)"
    assert set(page.locator("figure img").evaluate_all(filters)) <= {"none"}


@pytest.mark.parametrize("width", [1280, 360])
def test_every_picture_of_the_gallery_is_whole(visit, width):
    cards = visit("gallery.html", width=width).locator(".explorable-picture")
    assert cards.count() == 22
    assert cards.evaluate_all(CUT) == []
    cards.nth(3).evaluate("(card) => { card.querySelector('.xp').style.scale = 1; }")
    assert len(cards.evaluate_all(CUT)) == 1
