"""The guesses that readers type: read, asked about, and answered wherever the page may stand."""

from html.parser import HTMLParser

import pytest
import serve
from hands import Hands
from playwright.sync_api import expect

pytestmark = pytest.mark.site

FIT = "explorables/fit-line.html"


def test_a_number_with_two_readings_is_asked_and_one_in_other_letters_is_told(visit):
    fit = Hands(visit(FIT, width=360))
    guess, verdict = fit.part("guess"), fit.part("verdict")
    for typed, question in {
        "16,000": "Do you mean 16 or 16000? Write 16 or 16000.",
        "1.234,5": "Do you mean 1234.5 or 1.2345? Write 1234.5 or 1.2345.",
        "much": "Type a number, for example 0.5 or 1/3.",
    }.items():
        guess.fill(typed)
        guess.press("Enter")
        expect(verdict).to_have_text(question)
        assert guess.input_value() == typed
    for typed, answer in {
        "0,39": "Read as 0.39. Well guessed",
        "39 %": "Read as 0.39. Well guessed",
        "0.39": "Well guessed",
    }.items():
        guess.fill(typed)
        fit.part("commit").click()
        assert verdict.text_content().startswith(answer), typed


@pytest.mark.parametrize("allowed", ["allow-scripts", "allow-scripts allow-same-origin"])
def test_a_guess_is_judged_in_a_frame_that_may_not_submit_forms(open_page, site, allowed):
    page = open_page(None)
    heads = {"access-control-allow-origin": "*"}  # a frame without an origin may load modules then

    def shared(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, **heads})

    page.route("**/*", shared)
    frame = f'<iframe sandbox="{allowed}" src="{site}{FIT}" width="900" height="900"></iframe>'
    page.route("**/around.html", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto(f"{site}around.html")
    inside = page.frame_locator("iframe")
    inside.locator(".xp[data-live]").wait_for()
    guess, verdict = (inside.locator(f"[data-ref={ref}]") for ref in ("guess", "verdict"))
    guess.fill("5")
    guess.press("Enter")
    expect(verdict).to_contain_text("already has")
    guess.fill("0.1")
    inside.locator("[data-ref=commit]").click()
    expect(verdict).to_contain_text("Too low")
    warned = "can escape its sandboxing"  # Chromium's word on the frame of this test
    open_page.faults[:] = [fault for fault in open_page.faults if warned not in fault]


class Fields(HTMLParser):
    """The fields of a page that take numbers below zero, and the keys they bring on a phone."""

    def __init__(self):
        super().__init__()
        self.without_minus, self.count = [], 0

    def handle_starttag(self, tag, attrs):
        """Note a field whose keys have no minus, though it has no least value of zero or more."""
        found = dict(attrs)
        if (found.get("data-later") or tag) not in ("input", "textarea"):
            return
        self.count += 1
        is_signed = float(found.get("min") or "-inf") < 0
        if is_signed and found.get("inputmode") in ("decimal", "numeric", "tel"):
            self.without_minus.append(self.get_starttag_text())


def fields_of(html):
    """Read the fields of a page."""
    fields = Fields()
    fields.feed(html)
    return fields


def test_no_field_for_signed_numbers_asks_a_phone_for_keys_without_a_minus():
    pages = [fields_of(page.read_text("utf-8")) for page in serve.SITE.glob("**/*.html")]
    assert sum(page.count for page in pages) > 100
    assert [field for page in pages for field in page.without_minus] == []


def test_a_field_whose_keys_have_no_minus_is_found():
    planted = '<input inputmode="decimal"><span data-later="input" min="-9" inputmode="numeric">'
    assert len(fields_of(planted).without_minus) == 2
    assert fields_of('<input min="0" inputmode="numeric">').without_minus == []
