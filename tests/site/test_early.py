"""The first explorable of a page answers before the rest of the page has come."""

import threading

import pytest
from hands import until
from hosting import HOME, Answers, Host
from playwright.sync_api import expect
from serve import SITE
from test_links import picture_landed

pytestmark = pytest.mark.site


class Slow(Answers):
    """Send the first third of a page, and the rest when it is asked to."""

    def do_GET(self):
        host = self.server.host
        if not self.path.endswith("model_fitting.html"):
            super().do_GET()
            return
        body = (host.folder / self.path.removeprefix(HOME)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 3])
        self.wfile.flush()
        host.rest.wait(120)
        self.wfile.write(body[len(body) // 3 :])


@pytest.fixture
def slow():
    host = Host(SITE)
    host.rest = threading.Event()
    host.server.RequestHandlerClass = Slow
    yield host
    host.rest.set()
    host.close()


def test_the_first_explorable_answers_before_the_rest_of_its_page_has_come(browser, slow):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{slow.address}model_fitting.html", wait_until="commit")
    first = page.locator(".explorable .xp").first
    expect(first).to_have_attribute("data-live", "")
    assert page.evaluate("document.readyState") == "loading"
    slow.rest.set()
    page.wait_for_load_state()
    expect(page.locator(".exercise[data-exercise]").last).to_be_attached()
    expect(first).to_have_attribute("data-live", "")
    page.close()


def test_a_link_to_the_first_explorable_lands_when_the_rest_of_its_page_comes_late(browser, slow):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{slow.address}model_fitting.html#descent-planes=step:3", wait_until="commit")
    page.locator(".explorable .xp[data-live]").first.wait_for()
    until(page, "history.state?.seen")  # it has written its view into the address
    assert page.evaluate("document.readyState") == "loading"
    slow.rest.set()
    page.wait_for_load_state()
    picture_landed(page, "descent_planes")
    page.close()
