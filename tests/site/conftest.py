"""A served copy of the built site, and a page that tolerates no fault."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "site")]

import browsers
import serve
from playwright.sync_api import expect

expect.set_options(timeout=30_000)  # on a busy machine, too

#: A reader who wants nothing to turn and pulse while Python starts: to draw it sixty times a second
#: costs as much as Python itself.
STILL = {"reduced_motion": "reduce"}
PREFIX = "/book/"  # readers meet the site below a path, as on GitHub Pages


@pytest.fixture(scope="session")
def site():
    """Serve the built site in a thread and return its address."""
    if not (serve.SITE / "index.html").exists():
        pytest.fail("The book is not built: run `make html` first.")
    return serve.in_background(PREFIX)


@pytest.fixture(scope="session")
def playwright():
    """Start Playwright: a process can have it once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright):
    """Start one Chromium, in its headless shell, for all tests of this process."""
    path, flags = browsers.shell(), list(browsers.SHELL_FLAGS)
    browser = playwright.chromium.launch(executable_path=path, args=flags)
    yield browser
    browser.close()


class Faults(list):
    """Everything that went wrong on a page: console errors, failed and foreign requests."""

    def watch(self, page, site, scripts=True):
        """Collect the faults of ``page``, which may load from ``site`` only."""
        self.home = site.partition(PREFIX)[0]
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", self.heard)
        page.on("request", self.asked)
        page.on("requestfailed", lambda request: self.failed(request, scripts))
        page.on("response", self.answered)

    def heard(self, message):
        """Note an error or a warning on the console."""
        if message.type in ("error", "warning"):
            self.append(message.text)

    def asked(self, request):
        """Note a request that leaves the site."""
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.append(f"foreign: {request.url}")

    def failed(self, request, scripts):
        """Note a request that got no answer, unless the page was left before it could.

        A browser that runs no scripts refuses to load modules ahead of time, and a blob that the
        page has revoked is how Python hears of Stop; neither is a fault.
        """
        refused = not scripts and request.url.endswith(".js")
        refused = refused or request.url.startswith("blob:")
        if request.failure != "net::ERR_ABORTED" and not refused:
            self.append(f"failed: {request.url}")

    def answered(self, response):
        """Note an answer that says no."""
        if response.status >= 400:
            self.append(f"{response.status}: {response.url}")


@pytest.fixture
def open_page(browser, site):
    """Give a function that opens a page of the site; faults fail the test at its end."""
    contexts, faults = [], Faults()

    def open_page(path="", *, width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        faults.watch(page, site, options.get("java_script_enabled", True))
        if path is not None:
            page.goto(site + path, wait_until="load")
        return page

    open_page.faults, open_page.site = faults, site
    yield open_page
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture(scope="session")
def lasting(browser, site):
    """Give a function that opens a page once for all tests of this process, by a name.

    A test finds it as the one before has left it, and goes where it wants to be.
    """
    pages, faults = {}, Faults()

    def lasting(name, prepare=None, *, width=1280, height=900, **options):
        if name not in pages:
            viewport = {"width": width, "height": height}
            page = pages[name] = browser.new_context(viewport=viewport, **options).new_page()
            faults.watch(page, site, options.get("java_script_enabled", True))
            if prepare:
                prepare(page)
        return pages[name]

    lasting.faults = faults
    yield lasting
    for page in pages.values():
        page.context.close()
    assert not faults


@pytest.fixture
def visit(lasting, faultless, site):
    """Give a function that opens a page in a window that tests share, sooner than in a new one."""

    def visit(path, *, width=1280, height=900, **options):
        size = {"width": width, "height": height}
        page = lasting(f"{size} {options}", **size, **options)
        if page.viewport_size != size:
            page.set_viewport_size(size)
        page.emulate_media(media="null")  # a test may have left it on paper
        if page.url.partition("#")[0] == (site + path).partition("#")[0]:
            page.goto("about:blank")  # or the browser would only scroll to where a link leads
        page.goto(site + path)
        return page

    return visit


@pytest.fixture
def faultless(lasting):
    """Fail a test on the faults of the pages that it shares."""
    yield
    faults, lasting.faults[:] = [*lasting.faults], []
    assert faults == []


@pytest.fixture
def page(open_page):
    """Give an empty page that fails the test on any fault."""
    return open_page(None)
