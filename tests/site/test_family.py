"""Every explorable on its own page: moved by mouse, finger and keys, shared, held to Python.

All tests of one explorable share its page: at a desk, on a phone, twice on one page and without
scripts. A test begins in the first view, or in one that a reader has made; Reset takes back what
the test before has left.
"""

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
    TEXTS,
    WAYS,
    Figure,
    address,
    camel,
    key_of,
    plain,
    swipe,
    until,
    violations,
)
from playwright.sync_api import expect

from lib import explorables

ROOT = Path(__file__).resolve().parent.parent.parent
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
window.later = (frames) => new Promise((done) => {
  const next = (left) => (left ? ask(() => next(left - 1)) : setTimeout(done));
  next(frames);
});
"""
COLOURS = """(root) => [...root.querySelectorAll(".xp-views *:not(button, input)")]
  .map((node) => `${node.className.baseVal ?? node.className} ${getComputedStyle(node).color}`)"""
SPACED = """() => {
  const style = document.head.appendChild(document.createElement("style"));
  style.textContent = "p { margin-bottom: 2em !important } * { line-height: 1.5 !important; "
    + "letter-spacing: 0.12em !important; word-spacing: 0.16em !important }";
  return style;
}"""
CUT = """(root) => [...root.querySelectorAll(".xp-formula [data-ref]")]
  .filter((node) => node.getBoundingClientRect().right > innerWidth)
  .map((node) => `${node.dataset.ref}: ${node.textContent}`)"""
PLANT = f"""(root, planted) => planted.map(([ref, text]) => {{
  const node = root.querySelector(`[data-ref=${{ref}}]`);
  const right = [...node.childNodes];
  node.textContent = text;
  const texts = ({TEXTS})(root);
  node.replaceChildren(...right);
  return texts;
}})"""
ARIA = """(node) => Object.fromEntries(
  ["label", "valuemin", "valuenow", "valuemax", "valuetext"].map(
    (name) => [name, node.getAttribute(`aria-${name}`)]))"""
TOPS = """(root, selector) => [...root.querySelectorAll(selector)].flatMap((node) => {
  node.scrollIntoView({ block: "nearest", behavior: "instant" });
  const { x, y, width, height } = node.getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  return width ? [[node.dataset.ref, Math.min(width, height), top?.dataset.ref]] : [];
})"""
#: The words of a figure that no reader should see, whatever she does.
ODD = """const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const odd = (root) => root.innerHTML.match(/NaN|Infinity|undefined/g) ?? [];
const reset = (root) => root.querySelector("[data-ref=reset]").click();
"""
SPOIL = f"""async (root, [spoilt, names]) => {{
  {ODD}
  const found = [];
  for (const [name, value] of spoilt) {{
    root.explorable.set(name, value);
    await frame();
    await frame();
    const words = odd(root);
    reset(root);
    await frame();
    const state = Object.fromEntries(names.map((name) => [name, root.explorable.get(name)]));
    found.push([words, state, ({TEXTS})(root)]);
  }}
  return found;
}}"""
LINKS = f"""async (root, links) => {{
  {ODD}
  const found = [];
  for (const link of links) {{
    location.hash = link;
    await frame();
    await frame();
    found.push(odd(root));
    reset(root);
  }}
  return found;
}}"""
#: Tell whether the address holds these values.
WRITTEN = """([key, values]) => {
  const part = location.hash.slice(1).split("&").find((one) => one.startsWith(`${key}=`)) ?? "";
  const written = part.slice(key.length + 1).split(",");
  const text = (value) => (Array.isArray(value) ? value.join(";") : encodeURIComponent(value));
  const parts = Object.entries(values).map(([name, value]) => `${name}:${text(value)}`);
  return parts.every((one) => written.includes(one));
}"""
#: How many frames have been asked for, now and some frames later.
ASKED = """async () => {
  const asked = frames_asked;
  await later(6);
  return [asked, frames_asked];
}"""
RESET = "(root) => root.querySelector('[data-ref=reset]').click()"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
pytestmark = [pytest.mark.site, pytest.mark.usefixtures("faultless")]


# ---- the pages -----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=EVERY, ids=[kind.__name__ for kind in EVERY])
def kind(request):
    """Give each explorable in turn."""
    return request.param


def arrive(page, home, kind, link=""):
    """Open the page of an explorable."""
    page.goto("about:blank")
    page.goto(home + address(kind, link))
    return Figure(kind, page)


def first_view(figure, size):
    """Go back to the first view in a window of the usual size, loading the page again at need."""
    if figure.page.viewport_size != size:
        figure.page.set_viewport_size(size)
    figure.root.evaluate(RESET)
    if plain(figure.now()) != plain(figure.first.state):
        figure.page.reload()
        figure.now()
    return figure


@pytest.fixture(scope="module")
def desk(lasting, site, kind):
    """Open the page of the explorable at a desk."""
    return arrive(lasting("desk", **DESK), site, kind)


@pytest.fixture(scope="module")
def phone(lasting, site, kind):
    """Open it on a phone, in the dark."""
    return arrive(lasting("phone", **PHONE, has_touch=True, color_scheme="dark"), site, kind)


@pytest.fixture
def figure(desk):
    """Give the explorable in its first view."""
    return first_view(desk, DESK)


@pytest.fixture
def small(phone):
    """Give the explorable on a phone in its first view."""
    return first_view(phone, PHONE)


def stirred(figure, size):
    """Give a figure in the view that a reader has made of it."""
    if not hasattr(figure, "stirred") or figure.now() != figure.stirred:
        stir(first_view(figure, size))
        figure.stirred = figure.now()
    return figure


@pytest.fixture
def moved(desk):
    """Give the explorable in a view that a reader has made."""
    return stirred(desk, DESK)


@pytest.fixture
def moved_small(phone):
    """Give it on a phone in such a view."""
    return stirred(phone, PHONE)


@pytest.fixture
def still(lasting, site, kind):
    """Give a function that opens the page beside a living one, in a browser without scripts."""

    def still(size, **options):
        page = lasting(f"still {size}", **size, **options, java_script_enabled=False)
        page.goto(site + address(kind))
        return page

    return still


def double(page):
    """Let each explorable arrive twice, on a page that counts what it listens to."""

    def doubled(route):
        body = route.fetch().text()
        start, end = body.index('<div class="explorable"'), body.index('<p class="credit"')
        route.fulfill(body=body[:end] + body[start:end] + body[end:], content_type="text/html")

    page.add_init_script(COUNT)
    page.route("**/explorables/*.html", doubled)


@pytest.fixture(scope="module")
def copies(lasting, site, kind):
    """Open a page with two copies of the explorable."""
    one = arrive(lasting("copies", double, **DESK), site, kind)
    return one, Figure(kind, one.page, 1)


# ---- as it comes ---------------------------------------------------------------------------------


def test_the_first_view_shows_the_numbers_of_python(figure):
    assert figure.disagreements() == {}
    assert len(figure.first.readings) >= 1


def another(text):
    """Change the last digit of a number."""
    return re.sub(r"\d(?=\D|$)", lambda digit: str((int(digit[0]) + 5) % 10), text, count=1)


def test_a_wrong_digit_on_the_screen_is_noticed(figure):
    state, right = figure.look()
    names = list(figure.first.readings)
    planted = [[camel(name), another(right[camel(name)])] for name in names]
    for name, texts in zip(names, figure.root.evaluate(PLANT, planted), strict=True):
        assert list(figure.wrong(state, texts)) == [name], (right, texts)


def stands(still, figure):
    """Hold the page without scripts to Python, and the room that it takes to that of the living."""
    root = still.locator(".explorable > .xp")
    assert figure.wrong(figure.first.state, root.evaluate(TEXTS)) == {}
    assert root.locator("[role=slider]").count() == 0
    assert root.locator("button:visible").count() == 0
    sizes = [
        (page.evaluate(PLAIN_LETTERS), place.bounding_box(), page.evaluate(OWN_LETTERS))[1]
        for page, place in ((still, root), (figure.page, figure.root.locator(".xp")))
    ]
    for side in ("width", "height"):
        assert sizes[0][side] == pytest.approx(sizes[1][side], abs=1)


def hidden_handles(figure):
    """List the handles that are too small for a finger, or lie under another one."""
    found = figure.root.evaluate(TOPS, ".xp-handle[role=slider]")
    least = 43.99  # 44 less rounding
    return [(ref, top) for ref, size, top in found if size < least or top != ref]


def test_it_stands_without_scripts_and_coming_to_life_moves_nothing(still, figure, small):
    pages = (still(DESK), still(PHONE, has_touch=True))
    for page, alive, size in zip(pages, (figure, small), (DESK, PHONE), strict=True):
        stands(page, alive)
        assert alive.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert hidden_handles(alive) == []


def test_forced_colours_leave_the_picture_its_own(figure, small):
    for alive in (figure, small):
        own = alive.root.evaluate(COLOURS)
        alive.page.emulate_media(forced_colors="active")
        forced = alive.root.evaluate(COLOURS)
        alive.page.emulate_media(forced_colors="none")
        assert forced == own


def test_on_paper_there_is_the_picture_and_no_button(figure):
    figure.page.emulate_media(media="print")
    expect(figure.root.locator(".xp-plot, [data-picture], .xp-panel").first).to_be_visible()
    buttons = figure.root.locator("button:visible").count()
    figure.page.emulate_media(media="screen")
    assert buttons == 0


# ---- it answers ----------------------------------------------------------------------------------


def test_each_handle_follows_the_mouse(figure):
    for place in figure.handles():
        ref = place["ref"]
        moved = any(figure.changed_by(figure.drag, ref, dx, dy) for dx, dy in WAYS)
        assert moved, f"{ref} does not move"
        assert figure.disagreements() == {}, ref


def test_each_handle_follows_a_finger_and_the_page_stays(small):
    def touch(ref, dx, dy):
        x, y = small.bring(ref)
        swipe(small.page, (x, y), (x + dx / 2, y + dy / 2), (x + dx, y + dy))

    for place in small.handles():
        ref = place["ref"]
        small.bring(ref)
        scrolled = small.page.evaluate("scrollY")
        assert any(small.changed_by(touch, ref, dx, dy) for dx, dy in WAYS), ref
        assert small.page.evaluate("scrollY") == pytest.approx(scrolled, abs=2)  # less rounding
    assert small.disagreements() == {}


def test_each_handle_follows_the_keys_and_says_where_it_is(figure):
    for place in figure.handles():
        handle = figure.part(place["ref"])
        assert any(figure.changed_by(handle.press, key) for key in KEYS[:4]), place["ref"]
        said = handle.evaluate(ARIA)
        low, now, high = (float(said[f"value{name}"]) for name in ("min", "now", "max"))
        assert low - 1e-9 <= now <= high + 1e-9
        assert said["label"] and said["valuetext"]
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
        figure.page.keyboard.press("Enter")
        verdict = figure.part("verdict").text_content()
        assert len(verdict) > 10 and "NaN" not in verdict and "undefined" not in verdict


# ---- it bears everything -----------------------------------------------------------------------


def numbers_of(kind):
    """List the traits of an explorable that hold one number or several, with what spoils them."""
    first = kind()
    for name, trait in first.traits(state=True).items():
        if isinstance(trait, explorables.base.Number):
            yield name, [math.nan, math.inf, 1e308, -1e308]
        elif isinstance(trait, explorables.base.Numbers):
            values = getattr(first, name)
            yield name, [[bad, *values[1:]] for bad in (math.nan, 1e308) if values]


def test_numbers_beyond_all_bounds_are_said_to_be_so(figure):
    spoilt = [
        [name, value]
        for name, values in numbers_of(figure.kind)
        for value in values
        if name not in figure.fixed
    ]
    found = figure.root.evaluate(SPOIL, [spoilt, figure.names])
    for (name, value), (words, state, texts) in zip(spoilt, found, strict=True):
        assert words == [], (name, value)
        assert plain(state) == plain(figure.first.state), (name, value)
        assert figure.wrong(state, texts) == {}, (name, value)


def test_a_link_with_values_out_of_all_bounds_does_no_harm(figure, kind):
    texts = {list: "1e300;-1e300", str: "constructor", bool: "maybe"}
    links = [
        f"{key_of(kind)}={name}:{texts.get(type(value), '1e300')}"
        for name, value in figure.first.state.items()
    ]
    found = figure.root.evaluate(LINKS, links)
    assert [(link, words) for link, words in zip(links, found, strict=True) if words] == []
    assert figure.disagreements() == {}


def random_act(figure, rng, handles):
    """Do one thing that a reader might do; return how many input events it took."""
    page, choice = figure.page, rng.random()
    if choice < 0.4 and handles:
        figure.part(rng.choice(handles)).focus()
        for key in rng.choices([*KEYS, "Shift+ArrowUp"], k=4):
            page.keyboard.press(key)
        return 4
    if choice < 0.75 and handles:
        x, y = figure.bring(rng.choice(handles))
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


def test_a_hundred_and_fifty_random_inputs_leave_a_view_that_agrees_with_python(figure, kind):
    rng = random.Random(kind.__name__)
    events = checked = 0
    while events < 150:
        handles = [place["ref"] for place in figure.handles()]
        events += random_act(figure, rng, handles)
        if events // 25 > checked:
            checked = events // 25
            assert figure.disagreements() == {}
    assert figure.disagreements() == {}
    assert not re.search("NaN|Infinity|undefined", figure.root.inner_html())


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


def test_resizing_and_rotating_keep_the_state(moved):
    state = moved.now()
    for width, height in [(360, 740), (740, 360), (1280, 900)]:
        moved.page.set_viewport_size({"width": width, "height": height})
        assert moved.now() == state
        assert moved.page.evaluate("document.documentElement.scrollWidth") <= width
    assert moved.disagreements() == {}


def refuse_clipboard(page):
    """Let the page show what it would copy."""
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")


def test_what_is_copied_is_the_first_view_in_python(figure, kind):
    refuse_clipboard(figure.page)
    assert plain(copied(figure)) == plain(figure.now())


def copied(figure):
    """Copy the call in Python, make it, and return its state."""
    figure.part("copyPython").click()
    expect(figure.part("note")).to_contain_text(f"{figure.kind.__name__}(")
    return eval(figure.part("note").text_content(), vars(explorables)).state


def test_what_is_copied_is_the_view_in_python(moved):
    refuse_clipboard(moved.page)
    assert plain(copied(moved)) == plain(moved.now())


def barriers(figure):
    """List what bars the way of assistive technology when all of the page is open."""
    page, summaries = figure.page, figure.root.locator("summary")
    summaries.evaluate_all("(all) => all.forEach((summary) => summary.click())")
    found = violations(page)
    summaries.evaluate_all("(all) => all.forEach((summary) => summary.click())")
    return found


def test_nothing_bars_the_way_of_assistive_technology(moved):
    assert barriers(moved) == []


def test_nothing_bars_its_way_on_a_small_dark_screen(moved_small):
    assert moved_small.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert barriers(moved_small) == []


def test_a_link_brings_back_the_view_exactly(moved, lasting, site, kind):
    state, first = moved.now(), plain(moved.first.state)
    assert state != json.loads(json.dumps(moved.first.state))
    changed = {name: state[name] for name in state if plain(state)[name] != first[name]}
    until(moved.page, WRITTEN, [key_of(kind), changed])  # when the hand has come to rest
    link = f"#{moved.page.url.partition('#')[2]}"
    again = arrive(lasting("tab", **DESK), site, kind, link)
    assert again.now() == state
    assert again.disagreements() == {}
    expect(again.part("note")).not_to_contain_text("could not be read")


def test_reset_brings_back_the_first_view(moved):
    assert plain(moved.now()) != plain(moved.first.state)
    moved.part("reset").click()
    assert plain(moved.now()) == plain(moved.first.state)
    assert moved.disagreements() == {}


# ---- on a small screen ---------------------------------------------------------------------------


def test_a_page_of_320_pixels_cuts_no_number_of_a_formula_nor_spaced_text(small):
    small.page.set_viewport_size({"width": 320, "height": 740})
    for place in small.handles()[:3]:
        small.drag(place["ref"], 40, -45)
    assert small.page.evaluate("() => document.documentElement.scrollWidth") == 320
    assert small.root.evaluate(CUT) == []
    style = small.page.evaluate_handle(SPACED)  # as a reader may set it
    widths = []
    for width in (320, 360):
        small.page.set_viewport_size({"width": width, "height": 740})
        widths.append(small.page.evaluate("() => document.documentElement.scrollWidth"))
    style.evaluate("(style) => style.remove()")
    assert widths == [320, 360]


# ---- two on one page -----------------------------------------------------------------------------


def own(state):
    """Leave out what all explorables of a page share."""
    return {name: value for name, value in state.items() if name != "layout"}


def test_two_copies_on_one_page_leave_each_other_alone(copies, kind):
    one, two = copies
    before = own(two.now())
    stir(one)
    assert own(two.now()) == before
    stir(two, seed=5)
    assert one.disagreements() == two.disagreements() == {}
    until(one.page, f"location.hash.includes('{key_of(kind)}-2=')")


OUT_OF_SIGHT = """(el) => {
  scrollTo({ top: 0, behavior: "instant" });
  return el.getBoundingClientRect().top > innerHeight;
}"""


def test_removing_it_in_sight_or_out_of_it_frees_its_listeners_and_stops_its_frames(copies):
    page = copies[0].page
    assert page.evaluate("listening") > 0
    for figure in copies:
        for button in figure.visible("button[data-ref=run], button[data-ref=play]"):
            button.click()
    page.set_viewport_size({**DESK, "height": 400})
    assert copies[1].root.evaluate(OUT_OF_SIGHT)
    copies[0].frame()  # whatever looks out for what comes into sight has seen it go
    copies[1].root.evaluate("(el) => el.remove()")
    copies[0].root.evaluate("(el) => el.remove()")
    until(page, "listening === 0")
    asked, later = page.evaluate(ASKED)
    assert later == asked
