"""The exercises of a chapter and the review, as a reader's hands and eyes meet them."""

import json
import re

import pytest
from hands import CONTRAST, IN_SHORT, REST, swipe, travel, unfold, until, violations
from playwright.sync_api import expect
from test_pages import AT_REST, HTML

from lib.exercises import question

pytestmark = pytest.mark.site

NUMBER = "loss_functions.ce_from_logits"
CHOICE = "loss_functions.softmax_before_the_loss"
ORDER = "loss_functions.mean_minimises_mse"
KEY = "exercises"
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""
SMALL = """() => [...document.querySelectorAll(".xq :is(button, input, summary, .xq-option)")]
  .filter((node) => node.checkVisibility() && !node.closest(".xq-option > *"))
  .filter((node) => node.getBoundingClientRect().height < 43.5).map((node) => node.outerHTML)"""
NO_STORE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("no", "SecurityError"); } })"""
#: Where exercises are; the rest is looked at with its page.
HERE = ".exercise, .exercise-review"


class Asked:
    """One exercise of a page: its parts, and what is said."""

    def __init__(self, page, id):
        self.page, self.question = page, question(id)
        self.root = page.locator(f'.exercise[data-exercise="{id}"]')
        self.field, self.verdict = self.part("field"), self.part("verdict")
        self.mark = self.part("mark")

    def part(self, ref):
        """Find a part by its name in the module."""
        return self.root.locator(f"[data-ref={ref}]")

    def come_near(self):
        """Open what it is folded into, scroll there, again where the text above grows, and wait."""
        unfold(self.root)
        for _ in range(60):
            self.root.scroll_into_view_if_needed()
            if self.root.locator(".xq[data-live]").count():
                return self
            self.page.evaluate(REST)
        raise AssertionError(f"{self.question.id} does not come to life")

    def instance(self, number=0):
        """Return what Python knows of an instance."""
        return self.question.pool[number]

    def wrong(self, number=0):
        """Return a wrong answer and the name of its mistake."""
        for mistake, value in zip(
            self.question.sheet["mistakes"], self.instance(number)["mistakes"], strict=True
        ):
            if value is not None and not mistake["almost"]:
                return value, mistake["name"]
        raise AssertionError("no mistake can be made here")

    def choose(self, index):
        """Click an option, given by its place in the declaration."""
        self.root.locator(f'.xq-option:has(input[value="{index}"])').click()
        self.part("check").click()


def kept(page):
    """Read what the browser keeps."""
    return json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "{}").get("exercises", {})


def beside(page, chapter="loss_functions"):
    """Find what is written beside a chapter in the contents."""
    return page.locator(f'.contents a[data-chapter="{chapter}"] .beside')


def test_exercises_cost_nothing_until_the_reader_comes_near_and_then_live_by_keys_alone(open_page):
    page = open_page(None)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(open_page.site + "loss_functions.html", wait_until="networkidle")
    page.evaluate(SHIFTS)
    assert [address for address in asked if "_exercises/" in address] == []
    number = Asked(page, NUMBER)
    built = number.part("text").text_content()
    number.come_near()
    assert sum("_exercises/" in address for address in asked) == 3  # script, judge, chapter
    assert number.part("text").text_content() == built
    # Nothing typed, nonsense, a mistake, and the right answer, with the hands on the keys.
    number.field.focus()
    page.keyboard.press("Enter")
    expect(number.verdict).to_have_text("? Not read.Nothing is written yet.")
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    expect(number.verdict).to_contain_text("abc")
    assert number.field.input_value() == "abc" and number.mark.text_content() == ""
    wrong, name = number.wrong()
    says = next(m["says"] for m in number.question.sheet["mistakes"] if m["name"] == name)
    number.field.fill(str(wrong))
    page.keyboard.press("Enter")
    expect(number.verdict).to_contain_text("Not yet.")
    expect(number.verdict).to_contain_text(says.partition("<")[0].strip()[:20])
    assert f"{number.instance()['answer']:.3f}" not in number.verdict.inner_text()
    assert number.verdict.get_attribute("role") == "status"
    assert number.root.evaluate("(el) => el.exercise.get('mistake')") == name
    expect(number.field).to_be_focused()
    expect(number.part("another")).to_be_hidden()
    page.keyboard.press("Control+A")
    page.keyboard.type(f"{number.instance()['answer']}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(number.verdict).to_contain_text("Right.")
    expect(number.part("check")).to_be_focused()
    expect(number.mark).to_have_text("✓ right")
    expect(beside(page)).to_contain_text("1/")
    # Hints one at a time, then another one: an answer that was right before is not now.
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    hints = number.root.locator("details[open]")
    until(page, "() => document.activeElement.parentElement.open")
    assert hints.count() == 1
    number.part("another").focus()
    page.keyboard.press("Enter")
    expect(number.field).to_be_focused()
    assert number.field.input_value() == "" and number.verdict.inner_text() == ""
    assert number.part("text").text_content() != built
    page.keyboard.type("0.5")
    assert page.evaluate("shifted") < 0.02


def test_an_answer_survives_a_reload_going_back_and_another_tab(open_page):
    page = open_page("loss_functions.html")
    number, choice = Asked(page, NUMBER).come_near(), Asked(page, CHOICE)
    wrong, _ = number.wrong()
    number.field.fill(str(wrong))
    number.part("check").click()
    said = number.verdict.inner_text()
    other = page.context.new_page()
    other.goto(page.url)
    there = Asked(other, CHOICE).come_near()
    there.choose(there.wrong()[0])
    expect(there.mark).to_have_text("○ not yet")
    page.bring_to_front()
    choice.come_near()
    number.field.fill("0.25")  # typed, and not checked
    assert set(kept(page)) == {NUMBER, CHOICE}
    page.reload()
    number.come_near()
    assert number.field.input_value() == "0.25"
    expect(number.mark).to_have_text("○ not yet")
    number.field.fill(str(wrong))
    number.part("check").click()
    page.goto(open_page.site + "intro.html")
    travel(page, "back")
    number.come_near()
    assert number.verdict.inner_text() == said
    choice.come_near()
    assert choice.root.locator(f'input[value="{there.wrong()[0]}"]').is_checked()
    assert choice.verdict.inner_text().startswith("○ Not yet.")


def test_every_kind_can_be_answered_by_thumb_on_a_phone_and_axe_finds_nothing(open_page):
    page = open_page("loss_functions.html#exercises", width=360, has_touch=True, is_mobile=True)
    asked = page.locator(".exercise[data-exercise]").evaluate_all(
        "(all) => all.map((el) => el.dataset.exercise)"
    )
    kinds = {}
    for id in asked:
        exercise = Asked(page, id).come_near()
        if not exercise.question.predict:
            kinds.setdefault(exercise.question.kind, exercise)
    assert page.evaluate(SMALL) == []
    order = Asked(page, ORDER)
    lines = order.part("lines").locator("li")
    shown = lambda: [int(line.get_attribute("data-line")) for line in lines.all()]  # noqa: E731
    right = order.instance()["answer"]
    stray = next(line for line in shown() if line not in right)
    order.root.locator(f'[data-line="{stray}"] [data-out]').tap()
    assert stray not in shown()
    for place, line in enumerate(right):  # by the arrows
        while shown().index(line) > place:
            order.root.locator(f'[data-line="{line}"] [data-move="-1"]').tap()
    assert shown() == right
    order.part("check").tap()
    expect(order.verdict).to_contain_text("Right.")
    lines.nth(1).locator('[data-move="-1"]').tap()
    order.part("check").tap()
    expect(order.verdict).to_contain_text("Not yet.")
    for kind, exercise in kinds.items():
        if kind in ("choice", "first wrong line"):
            exercise.root.locator(f'input[value="{exercise.wrong()[0]}"]').tap()
        elif kind == "choices":
            for index in exercise.instance()["answer"]:
                exercise.root.locator(f'.xq-option:has(input[value="{index}"])').tap()
        elif kind != "order":
            exercise.field.fill("nonsense")
        exercise.part("check").tap()
        expect(exercise.verdict).not_to_be_empty()
        exercise.part("solution").locator("summary").tap()
    assert kinds["choices"].verdict.inner_text().startswith("✓ Right.")
    assert kinds["matrix"].verdict.inner_text().startswith("? Not read.")
    page.evaluate(IN_SHORT)
    assert violations(page, HERE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("html").evaluate("(root) => { root.dataset.theme = 'dark'; }")
    assert violations(page, HERE, rules=[CONTRAST]) == []
    lines.nth(0).evaluate("(line) => line.scrollIntoView({ block: 'center', behavior: 'instant' })")
    before = shown()
    first, second = (lines.nth(at).locator(".xq-grip").bounding_box() for at in (0, 1))
    x, y = first["x"] + 10, first["y"] + 10
    swipe(page, (x, y), (x, y + 20), (x, second["y"] + second["height"] + 10))  # by its grip
    assert shown() == [before[1], before[0], *before[2:]]


#: The words on buttons that lie at the edge of what holds them.
AT_EDGE = """(all) => all.flatMap((line) => [...line.querySelectorAll("button")]).filter((word) => {
  const range = document.createRange();
  range.selectNodeContents(word);
  const [inside, outside] = [range, word.closest("li")].map((one) => one.getBoundingClientRect());
  return inside.left < outside.left + 6 || inside.right > outside.right - 6;
}).length"""


@pytest.mark.parametrize("width", [1280, 360])
def test_the_buttons_of_a_line_keep_off_its_edge(open_page, width):
    page = open_page("loss_functions.html#exercises", width=width)
    lines = Asked(page, ORDER).come_near().part("lines").locator("li")
    assert lines.count() > 4
    assert lines.evaluate_all(AT_EDGE) == 0


def test_a_prediction_stays_as_it_was_made_beside_its_mistake_and_what_happens(open_page):
    page = open_page("chain_rule.html")
    guess = Asked(page, "chain_rule.knob_and_needle").come_near()
    wrong, name = guess.wrong()
    says = next(m["says"] for m in guess.question.sheet["mistakes"] if m["name"] == name)
    guess.field.fill(str(wrong))
    page.keyboard.press("Enter")
    for _ in range(2):
        expect(guess.verdict).to_contain_text(f"Your guess: {wrong}.")
        told = guess.verdict.inner_text()
        assert says.partition("<")[0].strip() in told
        assert f"{guess.instance()['answer']:g}" in told
        expect(guess.field).to_be_disabled()
        expect(guess.part("check")).to_be_hidden()
        page.reload()
        guess.come_near()


def test_without_scripts_and_on_paper_a_question_can_be_read_and_its_solution_is_folded(open_page):
    page = open_page("loss_functions.html", java_script_enabled=False)
    number = Asked(page, NUMBER)
    unfold(number.root)
    assert number.instance()["slots"]["z"] in number.part("text").inner_text()
    solution = number.part("solution")
    assert not solution.locator(".xq-inner").is_visible()
    solution.locator("summary").click()
    assert f"{number.instance()['answer']:.4f}" in solution.inner_text()
    assert number.root.locator("button").first.is_hidden()
    page.emulate_media(media="print")
    assert number.part("paper").bounding_box()["height"] > 20
    assert solution.locator(".xq-inner").is_visible()
    others = page.locator("[data-ref=solution]:not([open])")
    assert others.count() >= 8 and not any(one.is_visible() for one in others.all())


@pytest.fixture
def reader(open_page):
    """Give a page of somebody who has opened a chapter and missed one exercise there."""
    page = open_page("loss_functions.html")
    number = Asked(page, NUMBER).come_near()
    number.field.fill(str(number.wrong()[0]))
    number.part("check").click()
    page.goto(open_page.site + "review.html")
    page.get_by_role("button", name="Start").wait_for()
    return page


def test_the_review_brings_back_what_was_missed_with_new_numbers_and_no_name(reader):
    page, missed = reader, question(NUMBER)
    page.evaluate("document.querySelector('.rv-kept details').open = true")
    assert violations(page, HERE) == []
    page.get_by_role("button", name="Start").click()
    card = page.locator(".rv-stage .exercise")
    shown = card.locator("[data-ref=text]").inner_text()
    assert (
        missed.pool[1]["slots"]["z"] in shown
        and missed.title not in page.locator("main").inner_text().partition("Your progress")[0]
    )
    expect(page.locator(".rv-head")).to_be_focused()
    card.locator("[data-ref=field]").fill(str(missed.pool[1]["answer"]))
    page.keyboard.press("Enter")
    expect(page.locator(".rv-from")).to_contain_text(missed.title)
    assert (
        page.locator(".rv-from a").get_attribute("href").endswith(f"loss_functions.html#{NUMBER}")
    )
    assert violations(page, HERE) == []
    entry = kept(page)[NUMBER]
    assert (entry["verdict"], entry["box"], entry["tries"]) == ("right", 1, 2)
    assert entry["answer"] == str(
        Asked(page, NUMBER).wrong()[0]
    )  # in the chapter it stands as it was
    page.get_by_role("button", name="Next question").click()
    while page.get_by_role("button", name="Skip", exact=True).count():
        page.get_by_role("button", name="Skip", exact=True).click()
    page.get_by_role("button", name="Skip and end").click()
    expect(page.locator(".rv-head")).to_have_text(
        "1 of 1 right at once. The next question is due tomorrow."
    )


def test_progress_is_saved_read_and_deleted_and_a_wrong_file_changes_nothing(reader, tmp_path):
    page, before = reader, kept(reader)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a file").click()
    file = saved.value.path()
    note = page.locator(".rv-note")
    page.locator(".rv-file").set_input_files(
        {"name": "x.json", "mimeType": "application/json", "buffer": b'{"cells": []}'}
    )
    expect(note).to_contain_text("Nothing was changed.")
    assert kept(page) == before
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(note).to_have_text("Nothing was deleted.")
    page.get_by_role("button", name="Delete all").click()
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(note).to_contain_text("All is deleted.")
    assert kept(page) == {}
    expect(page.locator(".rv-lead")).to_contain_text("there is none yet")
    page.locator(".rv-file").set_input_files(file)
    expect(note).to_have_text("1 exercise was read from the file.")
    assert kept(page) == before
    expect(page.locator(".rv-kept tbody td").first).to_have_text(question(NUMBER).title)


def test_where_nothing_may_be_stored_or_a_file_is_gone_the_page_says_so_or_goes_on(open_page):
    page = open_page(None)
    page.add_init_script(NO_STORE)
    page.route("**/_exercises/loss_functions.*.json", lambda route: route.fulfill(status=404))
    page.goto(open_page.site + "loss_functions.html")
    number = Asked(page, NUMBER)
    unfold(number.root)
    number.root.scroll_into_view_if_needed()
    until(page, AT_REST)
    number.root.scroll_into_view_if_needed()
    expect(number.root.locator(".xp-lost")).to_contain_text("Reload the page")
    assert number.part("solution").locator("summary").is_visible()
    open_page.faults[:] = [
        fault for fault in open_page.faults if "404" not in fault and "loss_functions:" not in fault
    ]
    page.unroute("**/_exercises/loss_functions.*.json")
    page.reload()
    number.come_near()
    number.field.fill(str(number.instance()["answer"]))
    number.field.press("Enter")
    expect(number.verdict).to_contain_text("Right.")
    expect(beside(page)).to_contain_text("1/")


def test_where_the_script_of_the_exercises_is_gone_the_page_says_so(open_page):
    page = open_page(None)
    page.route("**/_exercises/exercise.*.js", lambda route: route.fulfill(status=404))
    page.goto(open_page.site + "loss_functions.html")
    number = Asked(page, NUMBER)
    unfold(number.root)
    number.root.scroll_into_view_if_needed()
    expect(number.root.locator(".xp-lost")).to_contain_text("its script did not come")
    assert number.part("solution").locator("summary").is_visible()
    open_page.faults[:] = [fault for fault in open_page.faults if "404" not in fault]


def test_the_file_of_a_chapter_is_small_and_has_every_exercise_of_its_page():
    for page in HTML.glob("*.html"):
        text = page.read_text("utf-8")
        asked = set(re.findall(r'class="exercise" id="([\w.]+)"', text))
        for chapter in {id.partition(".")[0] for id in asked}:
            (file,) = HTML.glob(f"_exercises/{chapter}.*.json")
            told = json.loads(file.read_text("utf-8"))
            assert asked <= {sheet["id"] for sheet in told["sheets"]}
            assert all(1 <= len(sheet["pool"]) <= 24 for sheet in told["sheets"])
