"""Every explorable on its own page: moved by mouse, finger and keys, shared, held to Python.

Each is opened once at a desk and, by a link to the view made there, once on a phone: its own parts,
numbers and layout are looked at one after the other. What one file of the kit does for all is shown
on two, as different as they come.
"""

import contextlib
import json
import math
import random
import re
from functools import partial

import pytest
from hands import (
    BRING,
    EVERY,
    KEYS,
    LOOK,
    OWN_LETTERS,
    PLAIN_LETTERS,
    TEXTS,
    USABLE,
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
from traitlets import TraitError

from lib import explorables
from lib.explorables import BackwardSteps, DescentPlanes

#: Plots with axes, linear and of powers, points, own data and a walk; a graph without any, with
#: dials, boxes to tick and buttons in the picture, and an animation of its own.
KIT = [DescentPlanes, BackwardSteps]
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
WIDTH = "() => document.documentElement.scrollWidth"
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
#: What each handle that can be seen tells assistive technology.
ARIA = """(root) => [...root.querySelectorAll(".xp-handle[role=slider]")]
  .filter((node) => node.getBoundingClientRect().width)
  .map((node) => Object.fromEntries([
    ["ref", node.dataset.ref],
    ...["label", "valuemin", "valuenow", "valuemax", "valuetext"].map(
      (name) => [name, node.getAttribute(`aria-${name}`)])]))"""
TOPS = """(root, selector) => [...root.querySelectorAll(selector)].flatMap((node) => {
  node.scrollIntoView({ block: "nearest", behavior: "instant" });
  const { x, y, width, height } = node.getBoundingClientRect();
  const top = document.elementFromPoint(x + width / 2, y + height / 2);
  return width ? [[node.dataset.ref, Math.min(width, height), top?.dataset.ref]] : [];
})"""
#: What can be used of a picture, and the room that it takes in letters that are there.
STANDS = f"""(root) => {{
  {PLAIN_LETTERS};
  const {{ width, height }} = root.getBoundingClientRect();
  {OWN_LETTERS};
  const usable = [...root.querySelectorAll("button, [role=slider]")].filter((node) =>
    node.role === "slider" || node.checkVisibility({{ visibilityProperty: true }}));
  return [({TEXTS})(root), [width, height], usable.map((node) => node.outerHTML)];
}}"""
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
    const words = odd(root);
    reset(root);
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
#: Answers to guesses, with the button that Enter presses.
GUESSES = """(root, guesses) => guesses.map((guess) => {
  root.querySelector("[data-ref=guess]").value = guess;
  root.querySelector("[data-ref=commit]").click();
  return root.querySelector("[data-ref=verdict]").textContent;
})"""
CONTROLS = (
    "input:is([type=range], [type=radio], [type=checkbox]), "
    "button:not([data-ref^=copy]):not(.xp-answer button)"
)
#: What a reader may do, one act after the other: which of the parts in sight, what with it, and
#: whether all is looked at then: the number of inputs so far, the state, and the texts at rest.
ACTS = f"""async (root, [acts, names]) => {{
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const options = {{ bubbles: true, cancelable: true }};
  const pick = (selector, part) => {{
    const nodes = [...root.querySelectorAll(selector)];
    const seen = ({USABLE})(nodes);
    return nodes[seen[Math.floor(part * seen.length)]];
  }};
  const press = (node, keys) => {{
    const event = {{ ...options, key: keys.split("+").at(-1), shiftKey: keys.startsWith("Shift") }};
    node.dispatchEvent(new KeyboardEvent("keydown", event));
  }};
  const slide = (input, keys) => {{
    const [min, max, step] = [input.min, input.max, input.step].map(Number);
    const by = (/Page/.test(keys) ? (max - min) / 10 : step) * (/Up|Right/.test(keys) ? 1 : -1);
    input.value = {{ Home: min, End: max }}[keys] ?? Number(input.value) + by;
    input.dispatchEvent(new Event("input", options));
  }};
  const drag = async (handle, moves) => {{
    const [x, y] = await ({BRING})(handle);
    let node = document.elementFromPoint(x, y);
    const mouse = {{ ...options, pointerId: 1, pointerType: "mouse", buttons: 1 }};
    const send = (type, dx, dy) => node.dispatchEvent(
      new PointerEvent(type, {{ ...mouse, clientX: x + dx, clientY: y + dy }}));
    send("pointerdown", 0, 0);
    node = document.activeElement; // the handle that was nearest holds the pointer
    for (const [dx, dy] of moves) send("pointermove", dx, dy);
    await frame();
    send("lostpointercapture", 0, 0);
  }};
  const handle = ".xp-handle[role=slider]";
  const found = [];
  let inputs = 0;
  for (const [kind, part, keys, moves] of acts) {{
    const node = (kind !== "control" && pick(handle, part)) || pick({json.dumps(CONTROLS)}, part);
    if (kind === "drag" && node.matches(handle)) {{
      await drag(node, moves);
      inputs += moves.length + 3;
    }} else if (node.matches(handle) || node.type === "range") {{
      node.focus();
      keys.forEach((key) => (node.type ? slide : press)(node, key));
      inputs += keys.length;
    }} else {{
      node.click();
      inputs += 1;
    }}
    await frame(); // a button may take handles away
    if (inputs >= 25 * (found.length + 1)) found.push([inputs, ...(await ({LOOK})(root, names))]);
    if (inputs >= 150) break;
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


def parametrized(kinds):
    """Run a test with each of some explorables."""
    return pytest.mark.parametrize("kind", kinds, ids=[kind.__name__ for kind in kinds])


def arrive(page, home, kind, size, link=""):
    """Open the page of an explorable in a window of the usual size."""
    if page.viewport_size != size:
        page.set_viewport_size(size)
    if page.url.partition("#")[0] == home + address(kind):
        page.goto("about:blank")  # or another link would only be followed on the open page
    page.goto(home + address(kind, link))
    return Figure(kind, page)


@pytest.fixture
def desk(lasting, site, kind):
    """Open the page of the explorable at a desk."""
    return arrive(lasting("desk", **DESK), site, kind, DESK)


@pytest.fixture
def phone(lasting, site, kind):
    """Give a function that opens it on a phone, in the dark."""
    page = lasting("phone", **PHONE, has_touch=True, color_scheme="dark")
    return lambda link="": arrive(page, site, kind, PHONE, link)


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


@pytest.fixture
def copies(lasting, site, kind):
    """Open a page with two copies of the explorable."""
    one = arrive(lasting("copies", double, **DESK), site, kind, DESK)
    return one, Figure(kind, one.page, 1)


# ---- as it comes ---------------------------------------------------------------------------------


def another(text):
    """Change the last digit of a number."""
    return re.sub(r"\d(?=\D|$)", lambda digit: str((int(digit[0]) + 5) % 10), text, count=1)


def shows_the_numbers_of_python_and_a_wrong_digit_is_noticed(figure):
    """Hold the first view to Python, and show that a wrong digit of any number would be noticed."""
    state, right = figure.look()
    assert figure.wrong(state, right) == {}
    names = list(figure.first.readings)
    assert len(names) >= 1
    planted = [[camel(name), another(right[camel(name)])] for name in names]
    for name, texts in zip(names, figure.root.evaluate(PLANT, planted), strict=True):
        assert list(figure.wrong(state, texts)) == [name], (right, texts)


def stands_without_scripts_and_coming_to_life_moves_nothing(still, figure):
    """Hold a page without scripts to Python, and the room that it takes to that of the living."""
    texts, size, usable = still.locator(".explorable > .xp").evaluate(STANDS)
    assert figure.wrong(figure.first.state, texts) == {}
    assert usable == []
    _, alive, parts = figure.root.locator(".xp").evaluate(STANDS)
    assert size == pytest.approx(alive, abs=1)
    assert parts != []


def has_handles_for_a_finger(figure):
    """Say that no handle is too small for a finger, or lies under another one."""
    found = figure.root.evaluate(TOPS, ".xp-handle[role=slider]")
    least = 43.99  # 44 less rounding
    assert [(ref, top) for ref, size, top in found if size < least or top != ref] == []


def is_on_paper_a_picture_without_a_button(figure):
    """Print."""
    figure.page.emulate_media(media="print")
    expect(figure.root.locator(".xp-plot, [data-picture], .xp-panel").first).to_be_visible()
    buttons = figure.root.locator("button:visible").count()
    figure.page.emulate_media(media="screen")
    assert buttons == 0


# ---- it answers ----------------------------------------------------------------------------------


def moves(figure, what, acts):
    """Do one act after the other until the state moves; hold the numbers to Python then."""
    before = figure.state(figure.names)
    for act in acts:
        act()
        state, texts = figure.look()
        assert figure.wrong(state, texts) == {}, what
        if state != before:
            return
    raise AssertionError(f"{what} does not move")


def follows_the_mouse(figure):
    """Drag each handle."""
    for place in figure.handles():
        ref = place["ref"]
        moves(figure, ref, [partial(figure.drag, ref, *way) for way in WAYS])


def follows_the_keys_and_says_where_it_is(figure):
    """Press keys on each handle, and read what it tells assistive technology."""
    for place in figure.handles():
        ref = place["ref"]
        moves(figure, ref, [partial(figure.part(ref).press, key) for key in KEYS[:4]])
    for said in figure.root.evaluate(ARIA):
        low, now, high = (float(said[f"value{name}"]) for name in ("min", "now", "max"))
        assert low - 1e-9 <= now <= high + 1e-9, said
        assert said["label"] and said["valuetext"], said


def follows_each_control(figure):
    """Move each slider, tick each box, choose each choice."""
    for control in figure.visible("input[type=range]"):
        moves(
            figure, "slider", [partial(control.press, f"Arrow{way}") for way in ("Right", "Left")]
        )
    for box in figure.visible("input[type=checkbox]"):
        moves(figure, "box", [box.click])
    for button in figure.visible("input[type=radio]"):
        button.click()
        assert figure.disagreements() == {}


def answers_a_prediction(figure):
    """Guess."""
    figure.part("guess").fill("much")
    figure.page.keyboard.press("Enter")
    verdicts = [figure.part("verdict").text_content()]
    verdicts += figure.root.evaluate(GUESSES, ["", "-3", "0", "0,5", "1e9"])
    for verdict in verdicts:
        assert len(verdict) > 10 and "NaN" not in verdict and "undefined" not in verdict, verdicts


# ---- it bears everything -----------------------------------------------------------------------


def accepted(kind, name, values):
    """Tell whether Python, and so a link, takes a value."""
    with contextlib.suppress(TypeError, ValueError, TraitError):
        return kind(**{name: values}).state[name] == values
    return False


def numbers_of(kind):
    """List the traits of an explorable that hold one number or several, with what spoils them."""
    first = kind()
    for name, trait in first.traits(state=True).items():
        if isinstance(trait, explorables.base.Number):
            yield name, [math.nan, math.inf, 1e308, -1e308]
        elif isinstance(trait, explorables.base.Numbers):
            values, two = getattr(first, name), [1e300, -1e300]
            spoilt = [[bad, *values[1:]] for bad in (math.nan, 1e308) if values]
            yield name, spoilt + [two] * accepted(kind, name, two)


def says_of_numbers_beyond_all_bounds_that_they_are_so(figure):
    """Spoil each number, and take it back."""
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


def random_acts(rng, count):
    """List what a reader might do: keys or a drag for a handle, something for a control."""
    kinds = rng.choices(["keys", "drag", "control"], [40, 35, 25], k=count)
    return [
        [
            kind,
            rng.random(),
            rng.choices([*KEYS, "Shift+ArrowUp"], k=4),
            [[rng.randint(-300, 300), rng.randint(-300, 300)] for _ in range(6)],
        ]
        for kind in kinds
    ]


def agrees_with_python_after_150_random_inputs(figure):
    """Let the page hear what a reader may think of, far more of it than hands could do."""
    acts = random_acts(random.Random(figure.kind.__name__), 150)
    found = figure.root.evaluate(ACTS, [acts, figure.names])
    assert found[-1][0] >= 150
    for inputs, state, texts in found:
        assert figure.wrong(state, texts) == {}, (inputs, state)
    assert any(plain(state) != plain(figure.first.state) for _, state, _ in found)
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


def is_copied_as_python(figure):
    """Copy the call in Python, make it, and compare the views."""
    figure.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    figure.part("copyPython").click()
    expect(figure.part("note")).to_contain_text(f"{figure.kind.__name__}(")
    copied = eval(figure.part("note").text_content(), vars(explorables))
    assert plain(copied.state) == plain(figure.now())


def bars_nobody(figure):
    """Open all that is folded, and hold the page to axe-core."""
    page, summaries = figure.page, figure.root.locator("summary")
    summaries.evaluate_all("(all) => all.forEach((summary) => summary.click())")
    found = violations(page)
    summaries.evaluate_all("(all) => all.forEach((summary) => summary.click())")
    assert found == []


def keeps_its_state_and_its_width(figure, state):
    """Make the window as small as a phone, turn it, and make it large again."""
    for width, height in [(360, 740), (740, 360), (1280, 900)]:
        figure.page.set_viewport_size({"width": width, "height": height})
        assert figure.now() == state
        assert figure.page.evaluate(WIDTH) <= width
    assert figure.disagreements() == {}


def link_of(figure, state):
    """Return the address of a view that a reader has made, as it is written when her hand rests."""
    first, page = plain(figure.first.state), figure.page
    changed = {name: state[name] for name in state if plain(state)[name] != first[name]}
    assert changed
    until(page, WRITTEN, [key_of(figure.kind), changed])
    return f"#{page.url.partition('#')[2]}"


def reset(figure):
    """Go back to the first view, and say that it is the first one."""
    figure.root.evaluate(RESET)
    state, texts = figure.look()
    assert plain(state) == plain(figure.first.state)
    assert figure.wrong(state, texts) == {}


def cuts_no_number_of_a_formula_nor_spaced_text(figure):
    """Read on the smallest screen, with the letters as far apart as a reader may set them."""
    page = figure.page
    page.set_viewport_size({"width": 320, "height": 740})
    for place in figure.handles()[:3]:
        figure.drag(place["ref"], 40, -45)
    assert page.evaluate(WIDTH) == 320
    assert figure.root.evaluate(CUT) == []
    style = page.evaluate_handle(SPACED)
    widths = []
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        widths.append(page.evaluate(WIDTH))
    style.evaluate("(style) => style.remove()")
    assert widths == [320, 360]


@parametrized(EVERY)
def test_it_answers_agrees_with_python_and_is_shared_at_a_desk_and_on_a_phone(desk, phone, still):
    figure = desk
    shows_the_numbers_of_python_and_a_wrong_digit_is_noticed(figure)
    stands_without_scripts_and_coming_to_life_moves_nothing(still(DESK), figure)
    assert figure.page.evaluate(WIDTH) <= DESK["width"]
    has_handles_for_a_finger(figure)
    is_copied_as_python(figure)
    is_on_paper_a_picture_without_a_button(figure)
    follows_the_mouse(figure)
    follows_the_keys_and_says_where_it_is(figure)
    reset(figure)
    follows_each_control(figure)
    answers_a_prediction(figure)
    reset(figure)
    says_of_numbers_beyond_all_bounds_that_they_are_so(figure)
    agrees_with_python_after_150_random_inputs(figure)
    reset(figure)
    stir(figure)
    state = figure.now()
    link = link_of(figure, state)
    is_copied_as_python(figure)
    bars_nobody(figure)
    keeps_its_state_and_its_width(figure, state)

    figure = phone(link)
    expect(figure.part("note")).not_to_contain_text("could not be read")
    assert figure.now() == state
    assert figure.disagreements() == {}
    assert figure.page.evaluate(WIDTH) <= PHONE["width"]
    assert figure.page.evaluate("document.documentElement.dataset.theme") == "dark"
    bars_nobody(figure)
    reset(figure)
    stands_without_scripts_and_coming_to_life_moves_nothing(still(PHONE, has_touch=True), figure)
    has_handles_for_a_finger(figure)
    cuts_no_number_of_a_formula_nor_spaced_text(figure)


# ---- what the kit does for all -------------------------------------------------------------------


@parametrized(KIT)
def test_a_link_with_values_out_of_all_bounds_does_no_harm(desk):
    texts = {list: "1e300;-1e300", str: "constructor", bool: "maybe"}
    links = [
        f"{key_of(desk.kind)}={name}:{texts.get(type(value), '1e300')}"
        for name, value in desk.first.state.items()
    ]
    found = desk.root.evaluate(LINKS, links)
    assert [(link, words) for link, words in zip(links, found, strict=True) if words] == []
    assert desk.disagreements() == {}


@parametrized(KIT)
def test_forced_colours_leave_the_picture_its_own(desk, phone):
    for figure in (desk, phone()):
        own = figure.root.evaluate(COLOURS)
        figure.page.emulate_media(forced_colors="active")
        forced = figure.root.evaluate(COLOURS)
        figure.page.emulate_media(forced_colors="none")
        assert len(own) > 20 and forced == own


@parametrized(KIT)
def test_each_handle_follows_a_finger_and_the_page_stays(phone):
    small = phone()

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


# ---- two on one page -----------------------------------------------------------------------------


OUT_OF_SIGHT = """(el) => {
  scrollTo({ top: 0, behavior: "instant" });
  return el.getBoundingClientRect().top > innerHeight;
}"""


def leave_each_other_alone(one, two):
    """Move each of two copies, and look at the other one."""
    before = two.now()
    stir(one)
    assert two.now() == before
    stir(two, seed=5)
    assert one.disagreements() == two.disagreements() == {}
    until(one.page, f"location.hash.includes('{key_of(one.kind)}-2=')")


@parametrized(KIT)
def test_two_copies_leave_each_other_alone_and_free_what_they_have_taken_in_sight_or_not(copies):
    leave_each_other_alone(*copies)
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
