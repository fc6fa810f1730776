"""Fit by hand in a real browser: what it does beyond the family, and what the kit does for all.

What is the same for every explorable because one file of the kit does it (keys that are left alone,
the clipboard, anchors, the announcements) is shown here, on this one.
"""

import re

import pytest
from hands import PLAIN_LETTERS, Figure, Hands, address, key_of, plain, until
from playwright.sync_api import expect

from lib.explorables import DescentPlanes, FitLine

CHAPTER, BARE = "loss_functions.html", "explorables/fit-line.html"
HANDLES = ["left", "middle", "right", "dot"]
FIT = ".explorable[data-module=fit_line]"
STATE = ["x", "y", "w", "b", "loss", "delta"]
SHIFTS = """() => new Promise((done) => {
  let total = 0;
  const add = (list) => list.forEach((entry) => { total += entry.value; });
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  const end = () => { add(observer.takeRecords()); done(total); };
  requestAnimationFrame(() => requestAnimationFrame(end));
})"""
pytestmark = pytest.mark.site


class Explorable(Hands):
    """Fit by hand, with its one number."""

    def __init__(self, page, number=0):
        super().__init__(page, number, among=FIT)
        self.kinds = self.root.locator(".xp-switch")

    def state(self):
        """Read the state that Python knows."""
        return super().state(STATE)

    def shown(self):
        """Read the loss on the screen."""
        self.frame()
        return self.part("lossValue").text_content()

    def expected(self):
        """Compute the loss in Python, in the digits of the screen."""
        return f"{FitLine(**self.state()).loss_value:.4f}"


@pytest.fixture
def fit(visit):
    """Give the explorable on its own page."""
    return Explorable(visit(BARE))


# ---- it answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["index.html", CHAPTER])
def test_it_stands_on_the_home_page_and_in_its_chapter(visit, name):
    fit = Explorable(visit(name))
    assert fit.shown() == fit.expected() == f"{FitLine().loss_value:.4f}"


def test_each_handle_follows_the_mouse_and_the_number_is_that_of_python(fit):
    for ref in HANDLES:
        before, (x, y) = fit.state(), fit.centre(ref)
        fit.drag(ref, 31, 22)
        assert (fit.get("w"), fit.get("b")) != (before["w"], before["b"])
        assert fit.shown() == fit.expected()
        moved_x, moved_y = fit.centre(ref)
        assert moved_y - y == pytest.approx(22, abs=1.5)
        assert moved_x - x == pytest.approx(31 if ref == "dot" else 0, abs=1.5)


def test_turning_one_end_leaves_the_other_where_it_is(fit):
    there = fit.centre("right")
    fit.drag("left", 0, 60)
    assert fit.centre("right") == pytest.approx(there, abs=1)


def test_the_line_itself_can_be_dragged_up_and_down(fit):
    x, y = fit.centre("middle")
    fit.page.mouse.move(x + 60, y)
    fit.page.mouse.down()
    fit.page.mouse.move(x + 60, y + 40)
    fit.page.mouse.up()
    assert fit.get("w") == 0
    assert fit.get("b") < 2
    assert fit.shown() == fit.expected()


def test_only_the_handles_keep_a_finger_from_scrolling(fit):
    actions = fit.root.evaluate(
        "el => Object.fromEntries([...el.querySelectorAll('*')].map("
        "(n) => [n.getAttribute('class') ?? n.tagName, getComputedStyle(n).touchAction]))"
    )
    kept = {name.split()[0] for name, action in actions.items() if action == "none"}
    assert kept == {"xp-handle"}


def test_a_handle_follows_each_key_and_says_where_it_is(fit):
    keys = ["ArrowUp", "ArrowDown", "ArrowRight", "Shift+ArrowUp", "PageDown", "End", "Home"]
    for ref in ("left", "dot"):
        handle = fit.part(ref)
        expect(handle).to_have_role("slider")
        for key in keys:
            before, told = fit.state(), handle.get_attribute("aria-valuetext")
            handle.press(key)
            assert fit.state() != before, key
            assert fit.shown() == fit.expected()
            assert handle.get_attribute("aria-valuetext") != told
            assert fit.shown() in handle.get_attribute("aria-valuetext")


def test_a_key_that_is_not_for_the_handle_is_left_alone(fit):
    before = fit.state()
    for key in ["a", "Tab", "Control+ArrowUp"]:
        fit.part("dot").press(key)
    assert fit.state() == before


def test_the_keyboard_reaches_every_handle_and_its_focus_is_seen(fit):
    fit.part("left").focus()
    for ref in ["middle", "right", "dot"]:
        fit.page.keyboard.press("Tab")
        assert fit.page.evaluate("document.activeElement.dataset.ref") == ref
        assert fit.part(ref).evaluate("n => getComputedStyle(n).outlineStyle") == "solid"


def test_a_screen_reader_hears_the_line_when_it_comes_to_rest(fit):
    fit.drag("middle", 0, 50)
    words = f"ŷ = 0.000 x + {fit.get('b'):.3f}, mean L2 loss {fit.expected()}"
    told = re.compile(re.escape(words) + "$")
    expect(fit.part("middle")).to_have_attribute("aria-valuetext", told)  # it has the focus
    expect(fit.part("live")).to_be_empty()
    fit.part("guess").focus()
    fit.set(b=1)
    expect(fit.part("live")).to_contain_text("ŷ = 0.000 x + 1.000")
    expect(fit.part("live")).to_have_attribute("aria-live", "polite")


# ---- the kinds of loss -------------------------------------------------------------------------


def test_each_loss_has_its_number_its_contours_and_its_words(fit):
    pictures = set()
    for label in ["L2", "L1", "Huber"]:
        fit.kinds.get_by_text(label, exact=True).click()
        assert fit.shown() == fit.expected()
        assert fit.get("loss") == FitLine(loss=label).loss
        assert fit.root.locator("[data-ref=levels] > path").count() == 10
        assert fit.root.locator("mrow[data-loss]:visible").count() == 1
        assert fit.root.locator("input:checked").get_attribute("value") == fit.get("loss")
        pictures |= {fit.part("levels").inner_html(), fit.part("read").inner_html()}
    assert len(pictures) == 6


def test_delta_belongs_to_huber(fit):
    expect(fit.root.locator("[data-model=delta]")).to_be_hidden()
    fit.kinds.get_by_text("Huber").click()
    before = fit.shown()
    fit.root.locator("[data-model=delta]").press("Home")
    assert fit.get("delta") == 0.1
    assert fit.shown() == fit.expected() != before


def test_the_best_line_is_shown_when_asked_for_and_cannot_be_beaten(fit):
    expect(fit.part("bestMark")).to_be_hidden()
    fit.part("best").click()
    expect(fit.part("bestMark")).to_be_visible()
    note = fit.part("note").text_content()
    w, b, least = (float(number) for number in re.findall(r"\d+\.\d+", note))
    assert FitLine(w=w, b=b).loss_value == pytest.approx(least, abs=1e-4)
    for dw, db in [(0.02, 0), (-0.02, 0), (0, 0.02), (0, -0.02)]:
        assert FitLine(w=w + dw, b=b + db).loss_value > FitLine(w=w, b=b).loss_value
    fit.part("best").click()
    expect(fit.part("bestMark")).to_be_hidden()


def test_a_prediction_is_answered_by_name(fit):
    answers = {
        "": "Type a number",
        "low": "Type a number",
        "-1": "never negative",
        "0": "every point",
        "0.1": "Too low",
        "0,39": "Well guessed",
        "0.6": "lowest loss is lower",
        "5": "already has",
    }
    for guess, answer in answers.items():
        fit.part("guess").fill(guess)
        fit.part("guess").press("Enter")
        expect(fit.part("verdict")).to_contain_text(answer)


# ---- it can be shared --------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["w:1e999", "loss:L9"])
def test_a_link_that_cannot_be_read_gives_the_first_view_and_a_note(visit, text):
    fit = Explorable(visit(f"{BARE}#fit-line={text}"))
    assert fit.shown() == f"{FitLine().loss_value:.4f}"
    expect(fit.part("note")).to_contain_text("could not be read")
    fit.drag("middle", 0, 20)
    expect(fit.part("note")).to_be_empty()


@pytest.mark.parametrize("kind", [FitLine, DescentPlanes])
def test_an_address_that_makes_no_sense_gives_the_first_view_and_a_note(visit, kind):
    """Addresses are read by one file of the kit, link.js, for all: two explorables show it."""
    figure = Figure(kind, visit(address(kind, f"#{key_of(kind)}=nothing:1")))
    for text in ["", "w:abc", ":::"]:
        assert plain(figure.now()) == plain(figure.first.state)
        expect(figure.part("note")).to_contain_text("could not be read")
        figure.page.evaluate(f"location.hash = '{key_of(kind)}={text}'")


def test_plain_anchors_work_as_ever(visit):
    fit = Explorable(visit(CHAPTER))
    fit.drag("middle", 0, 20)
    fit.page.wait_for_url("**#fit-line=*")
    before = fit.state()
    anchor = fit.page.locator("article section[id]").nth(1).get_attribute("id")
    fit.page.evaluate("(id) => { location.hash = id; }", anchor)
    expect(fit.page.locator(f"#{anchor}")).to_be_in_viewport()
    assert fit.state() == before
    expect(fit.part("note")).to_be_empty()


def test_a_new_link_on_the_open_page_is_followed(fit):
    fit.page.evaluate("location.hash = 'fit-line=w:0.5,b:1'")
    expect(fit.part("w")).to_have_text("0.500")
    assert fit.shown() == fit.expected()


def test_what_is_copied_is_the_view_in_python_and_its_address(visit):
    fit = Explorable(visit(BARE, permissions=["clipboard-read", "clipboard-write"]))
    fit.drag("right", 0, -40)
    fit.kinds.get_by_text("Huber").click()
    fit.part("copyPython").click()
    expect(fit.part("note")).to_have_text("Python copied.")
    call = fit.page.evaluate("navigator.clipboard.readText()")
    assert eval(call, {"FitLine": FitLine}).state == fit.state()
    fit.part("copyLink").click()
    expect(fit.part("note")).to_have_text("Link copied.")
    link = fit.page.evaluate("navigator.clipboard.readText()")
    home, _, state = link.partition("#fit-line=")
    assert home == fit.page.url.partition("#")[0]
    assert set(state.split(",")) == {f"w:{fit.get('w')}", f"b:{fit.get('b')}", "loss:huber"}


def test_without_a_clipboard_the_text_is_there_to_copy_by_hand(fit):
    fit.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    fit.part("copyPython").click()
    expect(fit.part("note")).to_have_text("FitLine()")


def test_reset_brings_back_the_first_view(fit):
    before = fit.state()
    fit.drag("left", 0, 80)
    fit.kinds.get_by_text("L1").click()
    fit.part("best").click()
    fit.part("reset").click()
    assert fit.state() == before
    assert fit.shown() == fit.expected()
    expect(fit.part("bestMark")).to_be_hidden()
    until(fit.page, "!location.hash.includes('=')")


# ---- it bears everything -----------------------------------------------------------------------


def doubled(page, site):
    """Let the chapter arrive with a second, other copy of its explorable."""
    second = FitLine(x=[0, 1, 2, 5], y=[1, 3, 4, 2], w=0.5, b=1, loss="L1")._repr_html_()

    def answer(route):
        body = route.fetch().text()
        start = body.index('<div class="explorable"')
        route.fulfill(body=f"{body[:start]}{second}{body[start:]}", content_type="text/html")

    page.route(f"**/{CHAPTER}", answer)
    page.goto(f"{site}{CHAPTER}")
    return Explorable(page, 0), Explorable(page, 1)


def test_two_copies_in_a_chapter_leave_each_other_alone(page, site):
    other, fit = doubled(page, site)
    before = other.state()
    fit.kinds.get_by_text("Huber").click()
    fit.drag("left", 0, 40)
    assert other.state() == before
    assert other.root.locator("input:checked").get_attribute("value") == "absolute_error"
    assert (other.shown(), fit.shown()) == (other.expected(), fit.expected())
    other.drag("dot", 30, 0)
    assert other.shown() == other.expected()
    until(page, "/fit-line=/.test(location.hash) && /fit-line-2=/.test(location.hash)")


def test_a_line_outside_the_view_is_told_and_can_be_fetched_back(fit):
    for w, b in [(0, 50), (-300, 1), (1e5, -1e5)]:
        fit.set(w=w, b=b)
        expect(fit.part("note")).to_contain_text("outside the view")
        value = FitLine(**fit.state()).loss_value
        assert float(fit.shown()) == pytest.approx(value, rel=5e-3)
    fit.set(w=0, b=50)
    fit.drag("dot", 0, 100)
    expect(fit.part("note")).to_be_empty()
    assert fit.shown() == fit.expected()


def test_a_line_that_diverged_says_so_and_reset_brings_it_back(fit):
    for bad in ["NaN", "Infinity", "-Infinity", "1e308"]:
        fit.root.evaluate(f"el => {{ el.explorable.set('w', {bad}); }}")
        assert fit.shown() == "diverged"
        fit.part("reset").click()
        assert fit.shown() == fit.expected()


def test_a_fault_in_the_mathematics_is_noticed(page, site):
    def spoil(route):
        body, count = re.subn(r"=>\.5\*(\w+)\*\1", r"=>.500001*\1*\1", route.fetch().text())
        assert count == 1
        route.fulfill(body=body, content_type="text/javascript")

    page.route("**/fit_line.*.js", spoil)
    page.goto(f"{site}{CHAPTER}")
    fit = Explorable(page)
    fit.set(w=0, b=100)
    assert fit.shown() != fit.expected()


# ---- how it looks ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 360])
def test_coming_to_life_moves_nothing_in_a_chapter(visit, width):
    fit = Explorable(visit(CHAPTER, width=width))
    assert fit.page.evaluate(SHIFTS) < 0.005
    fit.page.evaluate(PLAIN_LETTERS)
    alive = fit.root.locator(".xp").bounding_box()
    still = visit(CHAPTER, width=width, java_script_enabled=False)
    still.evaluate(PLAIN_LETTERS)
    built = still.locator(f"{FIT} > .xp").bounding_box()
    for side in ("width", "height"):
        assert alive[side] == pytest.approx(built[side], abs=1)


def test_the_views_stand_side_by_side_where_there_is_room(fit):
    tops = {}
    for width in (1280, 360):
        fit.page.set_viewport_size({"width": width, "height": 900})
        panels = fit.root.locator(".xp-panel")
        # Both at one moment: the page may still be settling.
        tops[width] = panels.evaluate_all(
            "(all) => all.map((panel) => panel.getBoundingClientRect().top)"
        )
    assert tops[1280][0] == pytest.approx(tops[1280][1], abs=0.5)
    assert tops[360][0] < tops[360][1]


def test_a_unit_is_as_long_upwards_as_sideways(fit):
    box = fit.root.locator(".xp-plot").first.bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=0.5)


def test_without_scripts_the_picture_and_its_numbers_are_there(visit):
    page = visit(BARE, java_script_enabled=False)
    root = page.locator(FIT)
    assert root.locator("[data-ref=lossValue]").text_content() == f"{FitLine().loss_value:.4f}"
    assert root.locator("[data-ref=levels] > path").count() == 10
    expect(root.locator("[data-ref=squares] > path").first).to_be_visible()
    expect(root.get_by_text("Show the best line")).to_be_hidden()
    assert root.locator("[role=slider]").count() == 0


def test_the_numbers_are_in_a_table_too(fit):
    fit.root.locator(".xp-numbers summary").click()
    fit.drag("middle", 0, 40)
    residuals = FitLine(**fit.state()).residuals
    rows = fit.part("rows").locator("tr")
    expect(rows).to_have_count(9)
    expected = f"{residuals[0]:.3f}".replace("-", "−")
    expect(rows.first.locator("td").nth(4)).to_have_text(expected)
