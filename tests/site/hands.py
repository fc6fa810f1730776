"""An explorable on a page, as a reader's hands and eyes meet it."""

import itertools
import json
import math
import re
import time
from pathlib import Path

from lib import explorables

AXE = Path(__file__).resolve().parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"

EVERY = [getattr(explorables, name) for name in explorables.__all__ if name != "Explorable"]
KEYS = ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft", "PageUp", "PageDown", "Home", "End"]
# How far to drag: a handle may stand at its end, or go in whole steps.
WAYS = [(24, -17), (-24, 17), (70, -60), (-70, 60)]
PLACES = """(root, selector) => [...root.querySelectorAll(selector)].map((node) => {
  const box = node.getBoundingClientRect();
  return {ref: node.dataset.ref, x: box.x + box.width / 2, y: box.y + box.height / 2,
          width: box.width, height: box.height};
})"""

USABLE = """(nodes) => nodes.flatMap((node, i) => {
  const seen = node.getClientRects().length && node.checkVisibility({ visibilityProperty: true });
  return seen && !node.matches(":disabled") ? [i] : [];
})"""
REST = """() => new Promise((done) => {
  const frames = (n) => (n ? requestAnimationFrame(() => frames(n - 1)) : setTimeout(done));
  frames(2);
})"""

#: Which of the titles that can be clicked on opens the outermost of what is closed around a part.
FOLD = """(node) => [...document.querySelectorAll("details:not([open]) > summary")]
  .findIndex((title) => title.parentElement.contains(node))"""

#: The texts on the screen by the names of their nodes.
TEXTS = """(root) => {
  const nodes = [...root.querySelectorAll("[data-ref]:not(svg *, tbody)")];
  return Object.fromEntries(nodes.reverse().map((node) => [node.dataset.ref, node.textContent]));
}"""
#: The state and the texts once nothing moves any more: one state for two frames.
LOOK = f"""async (root, names) => {{
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const state = () => names.map((name) => [name, root.explorable.get(name)]);
  await frame();
  for (let last = state(), tries = 0; tries < 400; tries += 1) {{
    await frame();
    const now = state();
    if (String(now) === String(last)) return [Object.fromEntries(now), ({TEXTS})(root)];
    last = now;
  }}
  throw new Error("it never comes to rest");
}}"""
#: The middle of a handle, with the handle in the window and nothing else over it.
BRING = """async (node) => {
  const middle = () => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  const inside = () => {
    const { top, bottom, left, right } = node.getBoundingClientRect();
    return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
  };
  const free = () => document.elementFromPoint(...middle()) === node;
  for (const block of ["nearest", "center"]) {
    if (inside() && free()) break;
    node.scrollIntoView({ block, inline: "nearest", behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
  return middle();
}"""

# The page's own font may come too late to be used: pages are compared in one that is there.
PLAIN_LETTERS = "document.documentElement.style.setProperty('--text', 'sans-serif')"
OWN_LETTERS = "document.documentElement.style.removeProperty('--text')"


def camel(name):
    """Turn a Python name into the name of the node that shows it."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def agrees(text, value):
    """Tell whether a text on the screen is a value in as many digits as it shows."""
    if not math.isfinite(value):
        return bool(re.search("diverged|infinite|∞", text))
    plain = re.sub(r"[,\u2009\u202f]", "", text.replace("−", "-"))
    found = re.search(r"-?\d+(?:\.(\d+))?(?:e([+-]?\d+))?", plain)
    if not found:
        return False
    unit = 10.0 ** (int(found[2] or 0) - len(found[1] or ""))
    return abs(float(found[0]) - value) <= 0.51 * unit + 1e-9 * abs(value)


def plain(state):
    """Cut the numbers of a state to what a page carries."""
    return json.loads(json.dumps(state), parse_float=lambda text: float(f"{float(text):.10g}"))


class Hands:
    """One explorable of a page: find its parts, move them, read them."""

    def __init__(self, page, number=0, among=".explorable"):
        self.page = page
        self.root = page.locator(among).nth(number)
        unfold(self.root)
        self.root.scroll_into_view_if_needed()
        self.root.locator(".xp[data-live]").wait_for()

    def part(self, ref):
        """Find a part by its name in the module."""
        return self.root.locator(f"[data-ref={ref}]")

    def get(self, name):
        """Read one value of the state."""
        return self.root.evaluate("(el, name) => el.explorable.get(name)", name)

    def set(self, **values):
        """Set values of the state, as Python would."""
        script = "(el, values) => Object.entries(values).forEach((v) => el.explorable.set(...v))"
        self.root.evaluate(script, values)
        self.frame()

    def frame(self):
        """Wait until what was asked for is drawn."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
        )

    def state(self, names):
        """Read the state that Python knows."""
        script = "(el, names) => Object.fromEntries(names.map((n) => [n, el.explorable.get(n)]))"
        return self.root.evaluate(script, sorted(names))

    def shown(self, names):
        """Read the numbers on the screen, by their Python names."""
        self.frame()
        script = """(el, refs) => refs.map((ref) => {
          const node = el.querySelector(`[data-ref=${ref}]`);
          return node ? node.textContent : null;
        })"""
        return dict(
            zip(names, self.root.evaluate(script, [camel(name) for name in names]), strict=True)
        )

    def handles(self):
        """List the handles that can be seen: name, middle and size on the screen."""
        places = self.root.evaluate(PLACES, ".xp-handle[role=slider]")
        return [place for place in places if place["width"] > 0]

    def centre(self, ref):
        """Find the middle of a handle on the screen."""
        box = self.part(ref).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def bring(self, ref):
        """Find a handle on the screen; scroll there where it is out of sight or covered."""
        return self.part(ref).evaluate(BRING)

    def overlaps(self, refs):
        """List the pairs of parts that lie over each other."""
        boxes = {ref: self.part(ref).bounding_box() for ref in refs}

        def meet(a, b, axis, size):
            return a[axis] < b[axis] + b[size] - 1 and b[axis] < a[axis] + a[size] - 1

        return [
            (one, other)
            for one, other in itertools.combinations(refs, 2)
            if meet(boxes[one], boxes[other], "x", "width")
            and meet(boxes[one], boxes[other], "y", "height")
        ]

    def drag(self, ref, dx, dy):
        """Drag a handle with the mouse."""
        x, y = self.bring(ref)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx / 2, y + dy / 2)
        self.page.mouse.move(x + dx, y + dy)
        self.page.mouse.up()
        self.frame()


def key_of(kind):
    """Return the name of an explorable in an address."""
    return kind._module.replace("_", "-")


def address(kind, link=""):
    """Return the address of the page that holds one explorable alone."""
    return f"explorables/{key_of(kind)}.html{link}"


class Figure(Hands):
    """An explorable with its twin in Python."""

    def __init__(self, kind, page, number=0):
        super().__init__(page, number)
        self.kind, self.first = kind, kind()
        self.names = list(self.first.state)
        self.fixed = [name for name, value in kind.state_traits().items() if not value.linked]

    def look(self):
        """Read the state once nothing moves any more, and the texts that stand there then."""
        return self.root.evaluate(LOOK, self.names)

    def now(self):
        """Read the whole state, once nothing moves any more."""
        return self.look()[0]

    def disagreements(self):
        """List the numbers on the screen that are not those of Python in the same state."""
        return self.wrong(*self.look())

    def wrong(self, state, texts):
        """List the numbers that are not those of Python in a state."""
        values = self.kind.from_state(state).readings
        shown = {name: texts.get(camel(name)) for name in values}
        return {
            name: (shown[name], value)
            for name, value in values.items()
            if shown[name] is None or not agrees(shown[name], value)
        }

    def changed_by(self, act, *args):
        """Tell whether an act of the reader changes the state."""
        before = self.state(self.names)
        act(*args)
        return self.now() != before

    def visible(self, selector):
        """List the parts that the reader sees and can use."""
        found = self.root.locator(selector)
        return [found.nth(i) for i in found.evaluate_all(USABLE)]


#: Whether a condition comes to hold within some frames: to be asked each time costs more.
HOLDS = """async (argument) => {
  const holds = () => {
    const value = (%s);
    return typeof value === "function" ? value(argument) : value;
  };
  for (let frames = 0; frames < 30; frames += 1) {
    if (await holds()) return true;
    await new Promise(requestAnimationFrame);
  }
  return false;
}"""


def until(page, condition, argument=None, seconds=30):
    """Wait until a condition holds: Playwright's own way is an eval, which the pages forbid."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(HOLDS % condition, argument):
        assert time.monotonic() < deadline, f"It has not come about: {condition}"


def unfold(part):
    """Open whatever is folded around a part of a page, as a reader does who wants to see it."""
    while (at := part.evaluate(FOLD)) >= 0:
        part.page.locator("details:not([open]) > summary").nth(at).click()


def open_boxes(page):
    """Open the Deeper boxes of a page, all at once, if it has any."""
    button = page.locator(".open-all")
    if button.count():
        button.click()


def travel(page, way):
    """Go "back" or "forward", as with the button of the browser."""
    if hasattr(page, "travel"):
        page.travel(way)
    else:
        page.evaluate("(way) => { setTimeout(() => history[way]()); }", way)


def inject(page, path):
    """Run a script of the tests in a page, past the policy that keeps foreign scripts out."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": path.read_text(encoding="utf-8")})
    session.detach()


#: A page in short for axe-core, in half the time: of the formulas, ten thousand elements that are
#: KaTeX's, and the explorables, which have pages of their own, a word; of the code, in each kind of
#: place, one word in sight of each colour: of a sign alone axe-core says nothing.
IN_SHORT = """() => {
  document.querySelectorAll(".katex, .explorable").forEach((node) => node.replaceWith("formula"));
  const known = new Set();
  for (const token of document.querySelectorAll(".highlight span[class]")) {
    const kind = `${token.className} in ${token.closest(".highlight").parentElement.className}`;
    const seen = token.checkVisibility() && /\\w\\w/.test(token.textContent);
    if (seen && !known.has(kind)) known.add(kind);
    else token.replaceWith(...token.childNodes);
  }
}"""
#: The contrast of letters takes most of axe-core's time, and depends on what an element is and what
#: it is in. Of the elements in sight that are alike in this, one keeps its text; of a sign alone
#: axe-core says nothing; and what is empty then leaves the article.
ONE_OF_EACH = """() => {
  const NAMES = ["id", "href", "title", "alt", "for", "src"];
  const FULL = "input, textarea, select, option, img, .exercise, .exercise *"; // may yet start
  const known = new Set();
  const kinds = new Map([[document, ""]]);
  const kind = (node) => {
    if (kinds.has(node)) return kinds.get(node);
    const said = ({ name, value }) => `${name}=${/^(data|aria)-/.test(name) ? "" : value}`;
    const all = [...node.attributes].filter(({ name }) => !NAMES.includes(name)).map(said);
    const found = `${kind(node.parentNode)} ${node.localName} ${all.sort()}`;
    kinds.set(node, found);
    return found;
  };
  const nodes = [...document.querySelectorAll("body *:not(script, style)")];
  const keeps = (node, texts) => {
    if (!texts.some(({ data }) => /\\w\\w/.test(data)) || known.has(kind(node))) return false;
    return node.checkVisibility({ visibilityProperty: true }) && known.add(kind(node));
  };
  const texts = (node) => [...node.childNodes].filter(({ nodeType }) => nodeType === 3);
  const dropped = nodes.filter((node) => !keeps(node, texts(node))); // before anything moves
  dropped.forEach((node) => texts(node).forEach((text) => { text.data = ""; }));
  const isEmpty = (node) => !node.textContent.trim() && !node.querySelector(FULL);
  const inText = (node) => node.closest("article") && !node.matches(`article, ${FULL}`);
  nodes.filter(isEmpty).forEach((node) => inText(node) && node.remove());
  return known.size;
}"""
CONTRAST = "color-contrast"
VIOLATIONS = """async ([include, only, without]) => {
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const options = { resultTypes: ["violations"], rules, ...(only && { runOnly: only }) };
  const { violations } = await axe.run(include, options);
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]);
}"""


def violations(page, include="html", rules=None, without=()):
    """List what axe-core complains about in a part of a page, in a form that reads well."""
    if not page.evaluate("() => 'axe' in window"):
        inject(page, AXE)
    return page.evaluate(VIOLATIONS, [include, rules, [*without]])


def barriers(page):
    """List what bars the way in a whole page; leave one text of each kind in it."""
    page.evaluate(IN_SHORT)
    found = violations(page, without=[CONTRAST])
    assert page.evaluate(ONE_OF_EACH) > 4
    return found + violations(page, rules=[CONTRAST])


def swipe(page, *places):
    """Put a finger on the screen, move it along, and lift it."""
    session = page.context.new_cdp_session(page)  # one for the whole: a touch belongs to a session
    kinds = ["touchStart", *["touchMove"] * (len(places) - 1), "touchEnd"]
    for kind, place in zip(kinds, [*places, None], strict=True):
        points = [{"x": place[0], "y": place[1]}] if place else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.detach()
