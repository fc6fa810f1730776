"""New editions on a host that lets browsers keep everything, and the worst usual host itself."""

import pytest
from conftest import STILL
from hands import unfold
from hosting import Host, edition
from playwright.sync_api import expect

pytestmark = pytest.mark.site
SLOW = 120_000  # what Python may take to start beside other tests

MADE_OF = """() => [document.documentElement.dataset.edition, ...globalThis.editions,
  ...[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .flatMap((rule) => [...rule.style ?? []].filter((name) => name.startsWith("--edition"))
      .map((name) => rule.style.getPropertyValue(name)))]"""
EDITION = "from live.edition import name; print('Python of', name)"
FORMULA = "from IPython.display import Math; Math(r'\\frac{1}{2}')"
RENEWED = "The book may have been updated since you opened this page"


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """Give a function that makes an edition of the book, once."""
    made = {}

    def make(name):
        if name not in made:
            made[name] = edition(tmp_path_factory.mktemp("editions") / name, name)
        return made[name]

    return make


@pytest.fixture
def host(editions):
    """Serve the first edition."""
    host = Host(editions("1"))
    yield host
    host.close()


@pytest.fixture
def reader(browser, host):
    """Give the browser of one reader, who keeps its caches."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **STILL)
    context.set_default_timeout(SLOW)
    yield context
    context.close()


def opened(reader, host, name):
    """Open a page in a tab of its own."""
    page = reader.new_page()
    page.goto(f"{host.address}{name}.html")
    return page


def is_whole(page, name):
    """Go to the tab of a page: check that it lives, and that all of it is of one edition."""
    page.bring_to_front()
    expect(page.locator("html")).to_have_attribute("data-edition", name)
    expect(page.locator(".explorable [data-live]").first).to_be_attached(timeout=SLOW)
    if page.locator("html[data-notebook]").count():
        expect(page.locator(".live-bar").first).to_be_attached(timeout=SLOW)
        expect(page.locator(".live-edit").first).to_be_attached(timeout=SLOW)
    assert set(page.evaluate(MADE_OF)) == {name}
    assert page.locator(".not-loaded, .xp-lost").count() == 0


def run(page, code):
    """Put a text into the first cell of a tab, run it, and return the place of its output."""
    page.bring_to_front()
    cell = page.locator(".live-cell").first
    if not cell.locator("[role=textbox]").count():
        cell.locator(".live-edit").click()
    cell.locator("[role=textbox], textarea").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    expect(cell).to_have_attribute("data-state", "ok", timeout=SLOW)
    return cell.locator(".cell_output")


def kept(page):
    """Wait until the page is stored, and tell how much of it."""
    page.locator("html[data-kept]").wait_for(state="attached")
    return page.locator("html").get_attribute("data-kept")


def test_editions_that_follow_one_another_never_mix(reader, host, editions):
    old = opened(reader, host, "likelihood")
    is_whole(old, "1")
    expect(run(old, EDITION)).to_have_text("Python of 1")
    assert kept(old) == "whole"

    # The second edition: a chapter that was never opened, while the old page stays open.
    host.folder = editions("2")
    new = opened(reader, host, "datasets")
    is_whole(new, "2")
    shown = run(old, FORMULA)  # its renderer comes from the store of the page's own edition
    expect(shown.locator(".katex .mfrac").first).to_be_visible(timeout=SLOW)
    assert old.locator(".not-loaded, .xp-lost").count() == 0
    again = opened(
        reader, host, "likelihood"
    )  # kept by the cache: the first edition, or the second
    is_whole(again, again.locator("html").get_attribute("data-edition"))

    # Without a network there is what was stored: the first edition, whole.
    host.offline = True
    old.reload()
    is_whole(old, "1")
    host.offline = False

    # The third passes by unseen; the fourth is met in a tab that is reloaded.
    host.folder = editions("4")
    new.reload()
    is_whole(new, "4")
    expect(run(new, EDITION)).to_have_text("Python of 4")
    assert kept(new) == "whole"
    on_the_worst_usual_host_everything_works(new, host)
    host.offline = True
    new.reload()
    is_whole(new, "4")
    expect(run(new, EDITION)).to_have_text("Python of 4")


def on_the_worst_usual_host_everything_works(page, host):
    """See a formula, which needs a script and fonts; then an explorable of the first page."""
    output = run(page, FORMULA)
    expect(output.locator(".katex .mfrac").first).to_be_visible()
    fonts = page.evaluate(
        """async (node) => { await document.fonts.ready;
          return [...document.fonts].filter((font) => font.status === "error").length; }"""
    )
    assert fonts == 0
    first = page.context.new_page()
    first.goto(host.address)
    expect(first.locator(".explorable [data-live]").first).to_be_attached(timeout=SLOW)
    first.close()
    page.bring_to_front()


def test_a_page_of_an_edition_that_is_gone_says_so_and_reloaded_it_is_the_new_one(
    reader, host, editions
):
    page = reader.new_page()

    page.goto(f"{host.address}loss_functions.html")
    is_whole(page, "1")
    host.folder = editions("2")
    cell = page.locator(".live-cell").first
    cell.locator(".live-run").press("Enter")  # by key: on a busy machine the page still moves
    expect(cell.locator(".live-note")).to_contain_text(RENEWED, timeout=SLOW)
    cell.locator(".live-edit").click()  # without its script the editor is a plain field
    expect(cell.locator("textarea")).to_be_focused()
    page.reload()
    is_whole(page, "2")


def test_a_page_that_a_cache_kept_without_its_scripts_loads_itself_anew(reader, host, editions):
    host.keep = lambda suffix: "max-age=600" if suffix == ".html" else "no-store"
    page = opened(reader, host, "loss_functions")
    is_whole(page, "1")
    host.folder = editions("2")
    host.asked.clear()
    page = opened(reader, host, "loss_functions")
    is_whole(page, "2")
    assert host.asked.count("loss_functions.html") == 1


def test_an_explorable_whose_script_is_gone_says_what_to_do(reader, host, editions):
    page = reader.new_page()
    host.lost = ("_explorables/batch_cutter.", "_exercises/loss_functions.")
    page.goto(f"{host.address}loss_functions.html")
    picture = page.locator(".explorable[data-module=batch_cutter]")
    unfold(picture)
    picture.scroll_into_view_if_needed()
    note = page.locator(".explorable[data-module=batch_cutter] .xp-lost")
    expect(note).to_contain_text(RENEWED, timeout=SLOW)
    exercise = page.locator(".exercise:not([data-sheet])").first
    unfold(exercise)
    exercise.scroll_into_view_if_needed()
    expect(exercise.locator(".xp-lost")).to_contain_text(RENEWED, timeout=SLOW)
    host.lost = ()  # but the browser may keep for ten minutes that they were not there
    note.get_by_role("link", name="Reload the page").click()
    unfold(picture)
    picture.scroll_into_view_if_needed()
    live = picture.locator("[data-live]")
    expect(live).to_be_attached(timeout=SLOW)
    unfold(exercise)
    exercise.scroll_into_view_if_needed()
    expect(exercise.locator("[data-live]")).to_be_attached(timeout=SLOW)


def test_a_frame_without_an_origin_says_where_the_picture_moves(reader, host):
    page = reader.new_page()
    address = f"{host.address}explorables/fit-line.html"
    page.goto(f"{host.address}glossary.html")
    page.evaluate(
        """(address) => { const frame = document.createElement("iframe");
          frame.setAttribute("sandbox", "allow-scripts allow-popups");
          Object.assign(frame, { src: address, width: 700, height: 700 });
          document.querySelector("main").prepend(frame); }""",
        address,
    )
    note = page.frame_locator("iframe").locator(".not-loaded")
    expect(note).to_contain_text("This page stands in a frame that keeps its scripts from loading")
    expect(note.get_by_role("link")).to_have_attribute("href", address)
    expect(page.frame_locator("iframe").locator(".xp svg").first).to_be_visible()


def test_a_bare_page_that_was_opened_from_a_file_says_what_to_do(reader, editions):
    page = reader.new_page()
    page.goto((editions("1") / "explorables" / "fit-line.html").as_uri())
    expect(page.locator(".not-loaded")).to_contain_text("This page was opened from a file")
    assert page.locator(".not-loaded").count() == 1


def test_a_host_that_loses_a_script_for_good_is_not_asked_for_ever(reader, host):
    page = reader.new_page()
    loads = []
    page.on("load", lambda _: loads.append(1))
    host.lost = ("_static/page.",)
    page.goto(f"{host.address}datasets.html")
    expect(page.locator(".not-loaded")).to_contain_text("A part of this page did not arrive")
    expect(page.locator(".explorable [data-live]").first).to_be_attached(timeout=SLOW)
    assert len(loads) <= 2
    host.lost = ()  # and that it was not there is not kept
    page.locator(".not-loaded").get_by_role("link").click()
    expect(page.locator(".theme-button")).to_be_visible(timeout=SLOW)
    assert page.locator(".not-loaded").count() == 0
