"""The reader's own data, pasted, chosen and dropped, and the samples of the machine."""

import re

import pytest
from hands import Hands, agrees, until
from playwright.sync_api import expect

from lib.explorables import DataMachine, FitLine

FIT, MACHINE = "explorables/fit-line.html", "explorables/data-machine.html"
POINTS = "size;price\n50;120\n70;180\n90;200\n120;310\n65,5;150\n"
READ = "Your data: 5 rows, columns size and price, decimal comma."
DROP = """async (root, [name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/csv" }));
  const on = root.querySelector(".xp-plot");
  for (const type of ["dragover", "drop"]) {
    const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data });
    on.dispatchEvent(event);
    if (!event.defaultPrevented) throw new Error("the browser would open the file");
  }
}"""
pytestmark = pytest.mark.site


class OwnData(Hands):
    """An explorable that takes the reader's own data."""

    def paste(self, text):
        """Type data into the box and use them."""
        if self.part("own").get_attribute("open") is None:
            self.part("own").locator("summary").click()
        self.part("ownText").fill(text)
        self.part("ownApply").click()
        self.frame()


@pytest.fixture
def fit(visit):
    """Give Fit by hand on its own page."""
    return OwnData(visit(FIT))


@pytest.fixture
def machine(visit):
    """Give the machine on its own page."""
    return OwnData(visit(MACHINE))


def line(fit):
    """Build the same view in Python."""
    return FitLine(**fit.state(["x", "y", "w", "b", "loss", "delta"]))


def test_pasted_points_take_the_place_of_the_first_ones(fit):
    before = fit.state(["x", "y", "w", "b"])
    levels = fit.part("levels").inner_html()
    fit.paste(POINTS)
    assert fit.get("x") == [50, 70, 90, 120, 65.5]
    assert (fit.get("w"), fit.get("b")) == (0, 192)
    expect(fit.part("rows").locator("tr")).to_have_count(5)
    expect(fit.part("note")).to_have_text(READ)
    assert fit.part("levels").inner_html() != levels
    for ref in ["left", "right", "middle", "dot"]:
        fit.drag(ref, 25, -20)
        assert agrees(fit.part("lossValue").text_content(), line(fit).loss_value), ref
    fit.part("ownClear").click()
    assert fit.state(["x", "y", "w", "b"]) == before
    assert fit.part("levels").inner_html() == levels


def test_reset_brings_the_first_points_back_and_leaves_what_was_typed(fit):
    fit.paste(POINTS)
    fit.part("reset").click()
    assert fit.get("x") == FitLine().x
    assert fit.part("ownText").input_value() == POINTS


def test_a_link_carries_own_points(fit, open_page):
    fit.paste(POINTS)
    fit.drag("left", 0, 30)
    until(fit.page, "/x:.*y:/.test(location.hash) && /w:/.test(location.hash)")
    until(fit.page, "w => location.hash.includes(`w:${w}`)", fit.get("w"))
    again = OwnData(open_page(f"{FIT}#{fit.page.url.partition('#')[2]}"))
    names = ["x", "y", "w", "b"]
    assert again.state(names) == fit.state(names)
    for part in ("lossValue", "count"):
        assert again.part(part).text_content() == fit.part(part).text_content()
    ticks = ".xp-plot .xp-tick"
    assert (
        again.root.locator(ticks).all_text_contents() == fit.root.locator(ticks).all_text_contents()
    )


def test_the_copied_python_holds_own_points(fit):
    fit.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    fit.paste(POINTS)
    fit.part("copyPython").click()
    expect(fit.part("note")).to_contain_text("FitLine(x=[50, 70")
    copied = eval(fit.part("note").text_content(), {"FitLine": FitLine})
    assert copied.state["x"] == fit.get("x")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "There are no numbers yet: each line needs two: x, y."),
        ("1,2\n3\n", "Line 2 has 1 number; two are needed: x, y."),
        ("1,2\n3,abc", "Line 2: “abc” is not a number."),
        ("3,1\n3,2", "Column x must have two clearly different values, got only 3."),
    ],
)
def test_what_cannot_be_used_is_said_and_changes_nothing(fit, text, fault):
    before = fit.state(["x", "y", "w", "b"])
    fit.paste(text)
    expect(fit.part("ownFault")).to_have_text(fault)
    expect(fit.part("ownFault")).to_have_role("alert")
    assert fit.state(["x", "y", "w", "b"]) == before
    assert fit.part("ownText").input_value() == text
    fit.paste(POINTS)
    expect(fit.part("ownFault")).to_be_empty()


def test_what_can_be_read_in_two_ways_is_asked_and_what_was_read_is_said(fit):
    text = "sep=;\nsize;price\n50;120,000\n70;180,000\nNA;3\n"
    before = fit.get("x")
    fit.paste(text)
    asked = "Line 3: “120,000” may be 120 or 120000. Which one do you mean?"
    expect(fit.part("ownFault")).to_have_text(asked)
    fit.root.get_by_role("button", name="Thousands: 120000").press("Enter")
    expect(fit.part("ownFault")).to_contain_text("Line 5: x is missing (NA)")
    expect(fit.part("ownApply")).to_be_focused()
    assert fit.get("x") == before
    fit.root.get_by_role("button", name="Leave this line out").click()
    assert (fit.get("x"), fit.get("y")) == ([50, 70], [120_000, 180_000])
    said = "2 rows, columns size and price, commas between thousands; line 5 left out."
    expect(fit.part("note")).to_have_text(f"Your data: {said}")
    fit.drag("middle", 0, 20)
    expect(fit.part("ownRead")).to_have_text(f"Read: {said}")
    expect(fit.part("ownOffers").locator("button")).to_have_count(0)
    assert fit.part("ownText").input_value() == text
    fit.part("reset").click()
    expect(fit.part("ownRead")).to_be_empty()


def test_a_file_is_chosen_or_dropped(fit):
    fit.part("own").locator("summary").click()
    file = {"name": "points.csv", "mimeType": "text/csv", "buffer": POINTS.encode("utf-8-sig")}
    fit.part("ownFile").set_input_files(file)
    expect(fit.part("note")).to_have_text(READ)
    fit.root.evaluate(DROP, ["more.csv", "1,2\n2,3\n3,3\n"])
    expect(fit.part("note")).to_have_text("Your data: 3 rows, columns x and y.")
    assert fit.get("x") == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "This file is empty."),
        ("PK\0\0", "This is not plain text."),
        ("1,2\n" * 60_000, "At most 200 KB, got 240 KB."),
    ],
)
def test_a_wrong_file_is_refused_and_the_box_opens(fit, text, fault):
    fit.root.evaluate(DROP, ["wrong.csv", text])
    expect(fit.part("ownFault")).to_contain_text(fault)
    expect(fit.part("ownFault")).to_be_visible()
    assert fit.get("x") == FitLine().x
    assert fit.part("ownText").input_value() == ""


def test_a_long_table_is_pasted_at_once_and_counted(fit):
    fit.part("own").locator("summary").click()
    fit.part("ownText").evaluate(
        """(box, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const given = { bubbles: true, cancelable: true, clipboardData: data };
          box.dispatchEvent(new ClipboardEvent("paste", given));
        }""",
        "1,2\n" * 4213,
    )
    fit.part("ownApply").click()
    expect(fit.part("ownFault")).to_have_text("At most 200 rows, got 4,213.")


def test_own_samples_take_the_place_of_drawn_ones(machine):
    machine.paste("dose,ill\n0.25,1\n0.6,1\n0.75,1\n")
    expect(machine.part("mistakes")).to_have_text("1 of 3.")
    expect(machine.part("again")).to_be_disabled()
    machine.part("cut").press("Home")
    expect(machine.part("size")).to_have_text("1")
    machine.paste("0.25,1\n0.6,2")
    expect(machine.part("ownFault")).to_have_text("Column y must hold labels, 0 or 1, got 2.")
    machine.part("ownClear").click()
    expect(machine.part("again")).to_be_enabled()
    assert machine.state(["x", "y", "n"]) == {"x": [], "y": [], "n": 100}


def test_drawing_again_changes_the_samples_and_not_the_floor(machine):
    shown = ["ones", "best_error_rate", "mistakes"]
    before = machine.shown(shown)
    counts = {before["ones"]}
    for draw in range(1, 6):
        machine.part("again").click()
        expect(machine.part("drawn")).to_have_text(f"seed 0, draw {draw}")
        now = machine.shown(shown)
        assert now["best_error_rate"] == before["best_error_rate"]
        assert float(now["ones"]) == DataMachine(draw=draw).readings["ones"]
        counts.add(now["ones"])
    assert len(counts) > 2


def test_more_samples_narrow_the_band_and_leave_the_floor(machine):
    errors = []
    for key in ["Home", "PageUp", "End"]:
        machine.part("cut").press(key)
        errors.append(float(machine.shown(["standard_error"])["standard_error"]))
        assert machine.part("bestErrorRate").text_content() == "0.1687"
    assert errors[1] > errors[2] > 0


def test_the_count_of_mistakes_ends_its_sentence_without_a_gap(machine):
    assert re.fullmatch(r"\d+ of 100\.", machine.shown(["mistakes"])["mistakes"])
