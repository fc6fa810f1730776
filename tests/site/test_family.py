"""Every explorable on its own page: moved by mouse, finger and keys, shared, held to Python."""

import json
import math
import random
import re
from pathlib import Path

import pytest
from hands import (
    EVERY,
    KEYS,
    OWN_LETTERS,
    PLAIN_LETTERS,
    REST,
    WAYS,
    Figure,
    address,
    agrees,
    camel,
    inject,
    key_of,
    swipe,
    until,
)
from playwright.sync_api import expect

from lib import explorables

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "_build" / "screenshots"
COUNT = """
window.listening = 0;
window.frames_asked = 0;
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, listener, options) {
  const outside = this === window || this === document || this instanceof MediaQueryList;
  if (outside && options?.signal) {
    window.listening += 1;
    add.call(options.signal, "abort", () => { window.listening -= 1; });
  }
  return add.call(this, type, listener, options);
};
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => { window.frames_asked += 1; return ask(callback); };
"""
COLOURS = """(root) => [...root.querySelectorAll(".xp-views *:not(button, input)")]
  .map((node) => `${node.className.baseVal ?? node.className} ${getComputedStyle(node).color}`)"""
SPACED = """() => {
  const style = document.head.appendChild(document.createElement("style"));
  style.textContent = "p { margin-bottom: 2em !important } * { line-height: 1.5 !important; "
    + "letter-spacing: 0.12em !important; word-spacing: 0.16em !important }";
}"""
CUT = """(root) => [...root.querySelectorAll(".xp-formula [data-ref]")]
  .filter((node) => node.getBoundingClientRect().right > innerWidth)
  .map((node) => `${node.dataset.ref}: ${node.textContent}`)"""
pytestmark = [
    pytest.mark.site,
    pytest.mark.parametrize("kind", EVERY, ids=[kind.__name__ for kind in EVERY]),
]


@pytest.fixture
def figure(open_page, kind):
    """Give the explorable on its own page."""
    return Figure(kind, open_page(address(kind)))


def plain(state):
    """Cut the numbers of a state to what a page carries."""
    return json.loads(json.dumps(state), parse_float=lambda text: float(f"{float(text):.10g}"))


# ---- it answers ----------------------------------------------------------------------------------


def test_the_first_view_shows_the_numbers_of_python(figure):
    assert figure.disagreements() == {}
    assert len(figure.first.readings) >= 1


def test_a_wrong_digit_on_the_screen_is_noticed(figure):
    for name in figure.first.readings:
        node = figure.part(camel(name))
        right = node.text_content()
        wrong = re.sub(r"\d(?=\D|$)", lambda digit: str((int(digit[0]) + 5) % 10), right, count=1)
        node.evaluate("(node, text) => { node.textContent = text; }", wrong)
        assert list(figure.disagreements()) == [name], (right, wrong)
        node.evaluate("(node, text) => { node.textContent = text; }", right)


def test_each_handle_follows_the_mouse(figure):
    for place in figure.handles():
        ref = place["ref"]
        moved = any(figure.changed_by(figure.drag, ref, dx, dy) for dx, dy in WAYS)
        assert moved, f"{ref} does not move"
        assert figure.disagreements() == {}, ref


def test_each_handle_follows_a_finger_and_the_page_stays(open_page, kind):
    figure = Figure(kind, open_page(address(kind), width=360, height=740, has_touch=True))

    def touch(ref, dx, dy):
        figure.part(ref).scroll_into_view_if_needed()
        x, y = figure.centre(ref)
        swipe(figure.page, (x, y), (x + dx / 2, y + dy / 2), (x + dx, y + dy))

    for place in figure.handles():
        ref = place["ref"]
        figure.part(ref).scroll_into_view_if_needed()
        scrolled = figure.page.evaluate("scrollY")
        assert any(figure.changed_by(touch, ref, dx, dy) for dx, dy in WAYS), ref
        assert figure.page.evaluate("scrollY") == pytest.approx(scrolled, abs=2)  # less rounding
    assert figure.disagreements() == {}


def test_each_handle_follows_the_keys_and_says_where_it_is(figure):
    for place in figure.handles():
        handle = figure.part(place["ref"])
        assert handle.get_attribute("aria-label")
        assert any(figure.changed_by(handle.press, key) for key in KEYS[:4]), place["ref"]
        figure.page.wait_for_timeout(0)
        low, now, high = (
            float(handle.get_attribute(f"aria-value{name}")) for name in ("min", "now", "max")
        )
        assert low - 1e-9 <= now <= high + 1e-9
        assert handle.get_attribute("aria-valuetext")
    assert figure.disagreements() == {}


def test_each_control_moves_the_state_and_the_numbers_follow(figure):
    for control in figure.visible("input[type=range]"):
        assert any(figure.changed_by(control.press, key) for key in ("ArrowRight", "ArrowLeft"))
        assert figure.disagreements() == {}
    for box in figure.visible("input[type=checkbox]"):
        assert figure.changed_by(box.click)
        assert figure.disagreements() == {}
    for button in figure.visible("input[type=radio]"):
        button.click()
        assert figure.disagreements() == {}


def test_a_prediction_gets_an_answer(figure):
    for guess in ["", "much", "-3", "0", "0,5", "1e9"]:
        figure.part("guess").fill(guess)
        figure.part("guess").press("Enter")
        verdict = figure.part("verdict").text_content()
        assert len(verdict) > 10 and "NaN" not in verdict and "undefined" not in verdict


# ---- it can be shared, copied, taken back ------------------------------------------------------


def stir(figure, seed=3):
    """Change what can be changed: a few handles, then a box or a button of a choice."""
    rng = random.Random(seed)
    handles = [place["ref"] for place in figure.handles()]
    for ref in rng.sample(handles, min(2, len(handles))):
        figure.drag(ref, 15, -12)
    for control in figure.visible("input[type=radio]")[1:2]:
        control.click()
    for control in figure.visible("input[type=range]")[:1]:
        control.press("ArrowRight")


def test_a_link_brings_back_the_view_exactly(figure, open_page, kind):
    stir(figure)
    state = figure.now()
    assert state != json.loads(json.dumps(figure.first.state))
    until(figure.page, f"location.hash.includes('{key_of(kind)}=')")
    figure.page.wait_for_timeout(350)  # the address follows when the hand has come to rest
    again = Figure(kind, open_page(f"{address(kind)}#{figure.page.url.partition('#')[2]}"))
    assert again.now() == state
    assert again.disagreements() == {}
    expect(again.part("note")).not_to_contain_text("could not be read")


def test_a_link_that_cannot_be_read_gives_the_first_view_and_a_note(open_page, kind):
    figure = Figure(kind, open_page(address(kind, f"#{key_of(kind)}=nothing:1")))
    for text in ["", "w:abc", ":::"]:
        assert plain(figure.now()) == plain(figure.first.state)
        expect(figure.part("note")).to_contain_text("could not be read")
        figure.page.evaluate(f"location.hash = '{key_of(kind)}={text}'")


def test_a_link_with_values_out_of_all_bounds_does_no_harm(figure, kind):
    for name, value in figure.first.state.items():
        text = {list: "1e300;-1e300", str: "constructor", bool: "maybe"}.get(type(value), "1e300")
        figure.page.evaluate(f"location.hash = '{key_of(kind)}={name}:{text}'")
        figure.page.evaluate(REST)
        assert not re.search("NaN|undefined", figure.root.inner_html()), name
        figure.part("reset").click()
    assert figure.disagreements() == {}


def test_what_is_copied_is_the_view_in_python(figure, kind):
    figure.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    for seed in (None, 3):
        if seed:
            stir(figure, seed)
        figure.now()
        figure.part("copyPython").click()
        expect(figure.part("note")).to_contain_text(f"{kind.__name__}(")
        copied = eval(figure.part("note").text_content(), vars(explorables))
        assert plain(copied.state) == plain(figure.now())


def test_reset_brings_back_the_first_view(figure):
    before = figure.now()
    stir(figure)
    figure.part("reset").click()
    assert figure.now() == before
    assert figure.disagreements() == {}


# ---- it bears everything -----------------------------------------------------------------------


def numbers_of(kind):
    """List the traits of an explorable that hold one number or several, with what spoils them."""
    traits = kind().traits(state=True)
    for name, trait in traits.items():
        if isinstance(trait, explorables.base.Number):
            yield name, [math.nan, math.inf, 1e308, -1e308]
        elif isinstance(trait, explorables.base.Numbers):
            first = getattr(kind(), name)
            yield name, [[bad, *first[1:]] for bad in (math.nan, 1e308) if first]


def test_numbers_beyond_all_bounds_are_said_to_be_so(figure):
    spoil = "(el, [name, value]) => el.explorable.set(name, value)"
    for name, values in numbers_of(figure.kind):
        for value in values if name not in figure.fixed else []:
            figure.root.evaluate(spoil, [name, value])
            figure.page.evaluate(REST)
            assert not re.search(r"NaN|Infinity|undefined", figure.root.inner_html()), (name, value)
            figure.part("reset").click()
            assert figure.disagreements() == {}, (name, value)


def random_act(figure, rng, handles):
    """Do one thing that a reader might do; return how many input events it took."""
    page, choice = figure.page, rng.random()
    if choice < 0.4 and handles:
        figure.part(rng.choice(handles)).focus()
        for key in rng.choices([*KEYS, "Shift+ArrowUp"], k=4):
            page.keyboard.press(key)
        return 4
    if choice < 0.75 and handles:
        x, y = figure.centre(rng.choice(handles))
        page.mouse.move(x, y)
        page.mouse.down()
        for _ in range(6):
            page.mouse.move(x + rng.randint(-300, 300), y + rng.randint(-300, 300))
        page.mouse.up()
        return 9
    controls = figure.visible(
        "input:is([type=range], [type=radio], [type=checkbox]), "
        "button:not([data-ref^=copy]):not(.xp-answer button)"
    )
    control = rng.choice(controls)
    if control.get_attribute("type") == "range":
        control.focus()
        for key in rng.choices(KEYS, k=3):
            page.keyboard.press(key)
        return 3
    control.click()
    figure.frame()  # a button may take handles away
    return 1


def test_five_hundred_random_inputs_leave_a_view_that_agrees_with_python(figure, kind):
    rng = random.Random(kind.__name__)
    events = checked = 0
    while events < 500:
        handles = [place["ref"] for place in figure.handles()]
        events += random_act(figure, rng, handles)
        if events // 50 > checked:
            checked = events // 50
            assert figure.disagreements() == {}
    assert figure.disagreements() == {}
    assert not re.search("NaN|Infinity|undefined", figure.root.inner_html())


def own(state):
    """Leave out what all explorables of a page share."""
    return {name: value for name, value in state.items() if name != "layout"}


def test_two_copies_on_one_page_leave_each_other_alone(page, site, kind):
    def doubled(route):
        body = route.fetch().text()
        start, end = body.index('<div class="explorable"'), body.index('<p class="credit"')
        route.fulfill(body=body[:end] + body[start:end] + body[end:], content_type="text/html")

    page.route("**/explorables/*.html", doubled)
    page.goto(site + address(kind))
    one, two = Figure(kind, page, 0), Figure(kind, page, 1)
    before = own(two.now())
    stir(one)
    assert own(two.now()) == before
    stir(two, seed=5)
    assert one.disagreements() == two.disagreements() == {}
    until(page, f"location.hash.includes('{key_of(kind)}-2=')")


def test_resizing_and_rotating_keep_the_state(figure):
    stir(figure)
    state = figure.now()
    for width, height in [(360, 740), (740, 360), (1280, 900)]:
        figure.page.set_viewport_size({"width": width, "height": height})
        assert figure.now() == state
        assert figure.page.evaluate("document.documentElement.scrollWidth") <= width
    assert figure.disagreements() == {}


def test_a_page_of_320_pixels_cuts_no_number_of_a_formula_nor_spaced_text(open_page, kind):
    figure = Figure(kind, open_page(address(kind), width=320, height=740))
    for place in figure.handles()[:3]:
        figure.drag(place["ref"], 40, -45)
    assert figure.page.evaluate("() => document.documentElement.scrollWidth") == 320
    assert figure.root.evaluate(CUT) == []
    figure.page.evaluate(SPACED)  # as a reader may set it
    for width in (320, 360):
        figure.page.set_viewport_size({"width": width, "height": 740})
        assert figure.page.evaluate("() => document.documentElement.scrollWidth") == width


def test_removing_it_frees_its_listeners_and_stops_its_frames(page, site, kind):
    page.add_init_script(COUNT)
    page.goto(site + address(kind))
    figure = Figure(kind, page)
    assert page.evaluate("listening") > 0
    for button in figure.visible("button[data-ref=run], button[data-ref=play]"):
        button.click()
    figure.root.evaluate("el => el.remove()")
    until(page, "listening === 0")
    asked = page.evaluate("frames_asked")
    page.wait_for_timeout(100)
    assert page.evaluate("frames_asked") == asked


# ---- how it looks ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 360])
def test_it_stands_without_scripts_and_coming_to_life_moves_nothing(open_page, kind, width):
    still = open_page(address(kind), width=width, java_script_enabled=False)
    root = still.locator(".explorable > .xp")
    for name, value in kind().readings.items():
        assert agrees(root.locator(f"[data-ref={camel(name)}]").text_content(), value), name
    assert root.locator("[role=slider]").count() == 0
    assert root.locator("button:visible").count() == 0
    figure = Figure(kind, open_page(address(kind), width=width))
    still.evaluate(PLAIN_LETTERS)
    figure.page.evaluate(PLAIN_LETTERS)
    alive = figure.root.locator(".xp").bounding_box()
    for side in ("width", "height"):
        assert alive[side] == pytest.approx(root.bounding_box()[side], abs=1)
    figure.page.evaluate(OWN_LETTERS)
    assert figure.page.evaluate("document.documentElement.scrollWidth") <= width
    assert hidden_handles(figure) == []
    PICTURES.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        figure.page.evaluate(
            "(theme) => { document.documentElement.dataset.theme = theme; }", theme
        )
        figure.root.screenshot(path=PICTURES / f"{kind._module}-{width}-{theme}.png")


def hidden_handles(figure):
    """List the handles that are too small for a finger, or lie under another one."""
    found = []
    for place in figure.handles():
        figure.part(place["ref"]).scroll_into_view_if_needed()
        top = figure.page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).dataset.ref", figure.centre(place["ref"])
        )
        small = min(place["width"], place["height"]) < 43.99  # 44 less rounding
        found += [(place["ref"], top)] if small or top != place["ref"] else []
    return found


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_nothing_bars_the_way_of_assistive_technology(open_page, kind, width, theme):
    page = open_page(address(kind), width=width, color_scheme=theme)
    figure = Figure(kind, page)
    stir(figure)
    figure.now()
    figure.root.locator("details.xp-numbers > summary").click()
    inject(page, AXE)
    violations = page.evaluate("axe.run().then((r) => r.violations)")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_forced_colours_leave_the_picture_its_own(open_page, kind, theme):
    def colours(**options):
        figure = Figure(kind, open_page(address(kind), color_scheme=theme, **options))
        return figure.root.evaluate(COLOURS)

    assert colours(forced_colors="active") == colours()


def test_on_paper_there_is_the_picture_and_no_button(figure):
    figure.page.emulate_media(media="print")
    expect(figure.root.locator(".xp-plot, [data-picture], .xp-panel").first).to_be_visible()
    assert figure.root.locator("button:visible").count() == 0
