"""Every page of the built site, as a reader's browser meets it."""

import html
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
import yaml
from hands import CONTRAST, barriers, open_boxes, until, violations
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parent.parent.parent
HTML = ROOT / "_build" / "html"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PARTS = [[entry["file"] for entry in part["chapters"]] for part in TOC["parts"]]
CHAPTERS = [name for part in PARTS for name in part if (ROOT / "book" / f"{name}.ipynb").exists()]
PAGES = ["index", TOC["root"], *(name for part in PARTS for name in part), "search"]
pytestmark = pytest.mark.site


def test_the_list_of_pages_is_the_list_of_built_files():
    assert sorted(path.stem for path in HTML.glob("*.html")) == sorted(PAGES)


#: How far a page has shifted since it began to load.
SHIFT = """() => new Promise((done) => {
  let total = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  const later = (end) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(end)));
  document.fonts.ready.then(() => later(() => done(total)));
})"""


def notebook(name):
    """Read the text of a chapter's notebook."""
    return (ROOT / "book" / f"{name}.ipynb").read_text("utf-8")


FIGURES = """() => [...document.querySelectorAll("article img")].map((image) => ({
  alt: image.alt, natural: image.naturalWidth, tall: image.naturalHeight, shown: image.clientWidth,
  width: image.getAttribute("width"), height: image.getAttribute("height"),
  loaded: image.complete && image.naturalWidth > 0}))"""
AT_REST = """() =>
  document.querySelector(".explorable [data-live], .chapter:not(:has(.explorable))")
  && [...document.querySelectorAll(".chapter > section > section")].every(
    (node) => getComputedStyle(node).contentVisibility !== "auto")
  && document.fonts.status === 'loaded'"""


def watch_costs(page):
    """Note what a page asks for and what comes over the wire; return both lists as they grow."""
    client, asked, sizes = page.context.new_cdp_session(page), [], []
    client.send("Network.enable")
    client.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return asked, sizes


def comes_light(page, address):
    """Open a chapter that the browser does not know, and say what it costs."""
    asked, sizes = watch_costs(page)
    page.goto(address)
    assert page.evaluate(SHIFT) < 0.02
    page.wait_for_load_state("networkidle")
    until(page, AT_REST)
    page.wait_for_load_state("networkidle")
    files = [address for address in asked if not address.startswith(("data:", "blob:"))]
    assert len(files) <= 20, files
    assert 20_000 < sum(sizes) <= 250_000
    assert [address for address in files if "/_images/" in address] == []
    scripts = [one for one in files if "/_explorables/" in one and one.endswith(".js")]
    assert len(scripts) == (2 if page.locator(".explorable").count() else 0)


def brings_what_is_below_when_the_reader_comes_near(page, name):
    """Look at each figure of a chapter, and wait for the explorables."""
    for image in page.locator("article img").all():
        image.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
        until(page, "([node]) => node.complete && node.naturalWidth > 0", [image.element_handle()])
    figures = page.evaluate(FIGURES)
    assert len(figures) == notebook(name).count('"name": "fig-') >= 1
    for figure in figures:
        assert len(figure["alt"]) > 40
        assert figure["natural"] >= 2 * figure["shown"] > 0
        assert int(figure["width"]) > 0 and int(figure["height"]) > 0
    until(page, "() => !document.querySelector('.explorable .xp:not([data-live])')")


def can_be_downloaded_as_a_notebook(page, name):
    """Download a chapter."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this chapter as a notebook").click()
    assert (
        Path(download.value.path()).read_bytes() == (ROOT / "book" / f"{name}.ipynb").read_bytes()
    )


#: The headings of a page that nothing beside it leads to.
UNNAMED = """() => [...document.querySelectorAll("article h2")]
  .map((heading) => heading.closest("section[id]").id)
  .filter((id) => !document.querySelector(`.on-this-page a[href="#${CSS.escape(id)}"]`))"""


def opens_whole_and_fits(page, width):
    """Open all boxes of a page that has one name and one title."""
    open_boxes(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    assert page.title()


def bars_nobody_by_night_or_day(page, light_first):
    """Hold a page to axe-core; in the other light its colours are others, and nothing else."""
    assert barriers(page) == []
    theme = "dark" if light_first else "light"
    page.emulate_media(color_scheme=theme)
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    found = violations(page, rules=[CONTRAST])
    page.emulate_media(color_scheme="light" if light_first else "dark")  # for the next page here
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_at_a_desk_loads_without_a_fault_keeps_still_fits_and_bars_nobody(
    open_page, visit, name
):
    if name in CHAPTERS:
        page = open_page(None, height=800, color_scheme="light")
        comes_light(page, f"{open_page.site}{name}.html")
    else:
        page = visit(f"{name}.html", color_scheme="light")
        assert page.evaluate(SHIFT) < 0.02
    if name not in (TOC["root"], "index"):
        assert page.evaluate(UNNAMED) == []
    opens_whole_and_fits(page, 1280)
    if name in CHAPTERS:
        brings_what_is_below_when_the_reader_comes_near(page, name)
        can_be_downloaded_as_a_notebook(page, name)
    bars_nobody_by_night_or_day(page, light_first=True)


#: The signs behind a formula that begin a line, and the displays that are wider than their place.
ASTRAY = """() => [...document.querySelectorAll("span.math + .after")].flatMap((signs) => {
  const end = [...signs.previousElementSibling.querySelectorAll(".base")].at(-1);
  const [left, right] = [end, signs].map((node) => node.getBoundingClientRect());
  return right.width && right.right < left.right ? [signs.parentElement.textContent] : [];
})"""
WIDE = """() => [...document.querySelectorAll("article div.math")]
  .filter((display) => display.scrollWidth > display.clientWidth + 1)
  .map((display) => display.querySelector("annotation").textContent)"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_on_a_phone_in_the_dark_keeps_still_fits_and_bars_nobody(visit, name):
    page = visit(f"{name}.html", width=360, color_scheme="dark")
    assert page.evaluate(SHIFT) < 0.02
    assert page.locator("html").get_attribute("data-theme") == "dark"
    opens_whole_and_fits(page, 360)
    if name in CHAPTERS:  # no line begins with a full stop
        assert page.locator("span.math + .after").count() > 20
        assert page.evaluate(ASTRAY) == []
        assert page.evaluate(WIDE) == []
    bars_nobody_by_night_or_day(page, light_first=False)


def test_a_full_stop_in_the_next_line_and_a_display_that_is_too_wide_are_noticed(visit):
    page = visit("matrix_calculus.html", width=360)
    open_boxes(page)
    page.add_style_tag(content=".after { margin: 0 !important } .base { margin: 0 !important }")
    page.add_style_tag(content="div.math { font-size: 1.3em !important }")
    assert page.evaluate(ASTRAY) and page.evaluate(WIDE)


def test_all_figures_are_there_on_paper_and_without_scripts(open_page):
    page = open_page("datasets.html")
    figures = page.evaluate(FIGURES)
    assert not any(figure["loaded"] for figure in figures)
    paper = page.pdf()
    sizes = re.findall(rb"/Width (\d+)\s*/Height (\d+)", paper)
    page = open_page("datasets.html", java_script_enabled=False)
    figures = page.evaluate(FIGURES)
    assert all(figure["loaded"] for figure in figures)
    shown = [(b"%d" % figure["natural"], b"%d" % figure["tall"]) for figure in figures]
    assert [size for size in shown if size not in sizes] == []


def test_every_figure_weighs_at_most_80_kilobytes():
    sizes = {path.name: path.stat().st_size for path in HTML.glob("_images/*")}
    assert sizes and {name: size for name, size in sizes.items() if size > 80_000} == {}


@pytest.mark.parametrize("name", CHAPTERS)
def test_mathematics_and_text_are_there_without_scripts(visit, name):
    page = visit(f"{name}.html", java_script_enabled=False)
    labels = set(re.findall(r"\$\$ \(eq-[\w-]+\)", notebook(name)))
    assert page.locator("span.eqno").count() == len(labels) >= 1
    shown = page.locator(".katex-html").count()
    assert page.locator(".katex-mathml math").count() == shown >= len(labels)
    assert page.locator("article").text_content().count("$$") == 0


#: A colour that cannot be read, for one kind of token, and for one word of all.
PALE = """(pale) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".highlight .s { color: #eeeeee !important }");
  if (pale === "code") document.adoptedStyleSheets = [sheet];
  else [...document.querySelectorAll("article li a")].at(-1).style.color = "#eeeeee";
}"""


@pytest.mark.parametrize("pale", ["code", "word"])
def test_axe_would_notice_a_picture_without_words_and_text_that_is_too_pale(open_page, pale):
    page = open_page("basics.html", color_scheme="light")
    open_boxes(page)
    page.evaluate("document.querySelector('article').append(new Image())")
    page.evaluate(PALE, pale)
    assert [rule for rule, _ in barriers(page)] == ["image-alt", CONTRAST]


def test_the_watch_for_faults_notices_each_kind(open_page, site):
    page = open_page("intro.html", bypass_csp=True)  # or nothing foreign would ever be asked for
    page.evaluate("console.error('planted')")
    page.evaluate("fetch('missing.html').catch(() => {})")
    page.evaluate("fetch('http://127.0.0.1:9/').catch(() => {})")
    page.wait_for_timeout(0)
    until(
        page,
        "performance.getEntriesByType('resource').some((e) => e.name.endsWith('missing.html'))",
    )
    found = "\n".join(open_page.faults)
    open_page.faults.clear()
    assert "planted" in found and "404" in found and "foreign: http://127.0.0.1:9/" in found


def test_every_internal_link_and_anchor_resolves():
    broken = [
        f"{page.name}: {link}"
        for page in HTML.glob("*.html")
        for link in links(page)
        if not resolves(page, link)
    ]
    assert broken == []


@pytest.mark.parametrize("name", ["loss_functions", "model_fitting", "matrix_calculus"])
def test_nothing_that_a_browser_could_fill_in_makes_it_lay_out_what_can_wait(name):
    text = (HTML / f"{name}.html").read_text("utf-8")
    chapter = text[text.index("<main") : text.index("</main>")]
    assert chapter.count('data-later="form"') >= 2  # what stands in for them is there
    kinds = "radio|checkbox|range|file"
    assert not re.search(rf'<form|<textarea|<input (?![^>]*type="(?:{kinds})")', chapter)


def test_a_browser_restores_no_control_beside_a_picture_that_shows_the_first_view():
    for page in [*HTML.glob("*.html"), *HTML.glob("explorables/*.html")]:
        text = page.read_text("utf-8")
        controls = re.findall(
            r'<(?:input|textarea|select)\b[^>]*>|<[^>]*data-later="(?:input|textarea)"[^>]*>', text
        )
        assert [tag for tag in controls if 'autocomplete="off"' not in tag] == [], page.name


def links(page):
    """List the internal links of a page."""
    found = re.findall(
        r'<(?:a|link|script|img)\b[^>]*?\b(?:href|src)="([^"]*)"', page.read_text("utf-8")
    )
    return {html.unescape(link) for link in found if not re.match(r"(https?|mailto|data):", link)}


def resolves(page, link):
    """Say whether a link leads to a file of the site, and its fragment to an element there."""
    path, fragment = urldefrag(link)
    target = page.parent / unquote(path.partition("?")[0]) if path else page
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return False
    ids = identifiers(target) if fragment else ()
    return not fragment or unquote(fragment) in ids


def identifiers(page, known={}):
    """Return all element identifiers of a page."""
    if page not in known:
        known[page] = set(re.findall(r'\bid="([^"]+)"', page.read_text("utf-8")))
    return known[page]


def test_a_broken_link_would_be_noticed():
    page = HTML / "intro.html"
    assert not resolves(page, "nowhere.html")
    assert not resolves(page, "glossary.html#term-nowhere")
    assert resolves(page, "glossary.html#term-gradient")


def test_no_page_names_a_foreign_host_for_what_it_loads():
    loaded = re.compile(
        r'<(?:script|img|iframe|source|video)\b[^>]*?\bsrc="(https?:)?//|url\((["\']?)(https?:)?//|<link\b[^>]*?\bhref="(https?:)?//'
    )
    files = [*HTML.glob("*.html"), *HTML.glob("_static/*.css"), *HTML.glob("_explorables/*.js")]
    assert [path.name for path in files if loaded.search(path.read_text("utf-8"))] == []


def test_search_finds_a_term_links_to_it_and_says_how_much_it_has_found(open_page):
    page = open_page("search.html?q=Jacobian")
    expect(page).to_have_title(re.compile("results for “Jacobian” · "))
    count = page.locator("ul.search > li").count()
    expect(page.locator("#search-results h2")).to_have_text(f"{count} results for “Jacobian”")
    assert page.title().startswith(f"{count} results for “Jacobian” · ")
    assert any(
        "matrix_calculus" in link.get_attribute("href")
        for link in page.locator("ul.search li a").all()
    )
    page.goto(page.url.replace("Jacobian", "zyzzyva"))
    expect(page).to_have_title(re.compile("^No results for “zyzzyva” · "))


def test_the_search_field_of_a_page_leads_to_results(open_page):
    page = open_page("intro.html")
    page.keyboard.press("/")
    page.keyboard.type("softmax")
    page.keyboard.press("Enter")
    page.locator("ul.search li a").first.wait_for()
    assert "q=softmax" in page.url


def test_dark_mode_follows_the_system_until_the_reader_chooses(open_page):
    page = open_page("intro.html", color_scheme="dark")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Dark mode").click()
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_the_contents_open_and_close_on_a_phone(open_page):
    page = open_page("intro.html", width=360)
    contents = page.locator("#contents")
    assert not contents.is_visible()
    page.get_by_role("button", name="Contents").click()
    assert contents.is_visible()
    page.keyboard.press("Escape")
    assert not contents.is_visible()


def test_the_code_of_a_cell_can_be_copied(open_page):
    page = open_page("loss_functions.html", permissions=["clipboard-read", "clipboard-write"])
    cell = page.locator(".cell_input .highlight:visible").first
    cell.hover()
    cell.get_by_role("button", name="Copy").click()
    cell.get_by_text("Copied").wait_for()
    assert (
        page.evaluate("navigator.clipboard.readText()") == cell.locator("pre").inner_text().rstrip()
    )


def test_a_section_that_is_not_named_beside_its_page_is_noticed(visit):
    page = visit("coverage.html")
    page.locator(".on-this-page a[href='#coverage-datasets']").evaluate("(link) => link.remove()")
    assert page.evaluate(UNNAMED) == ["coverage-datasets"]


def test_on_a_phone_the_name_of_the_book_keeps_off_the_field_beside_it(visit):
    page = visit("datasets.html", width=360)
    name, field = (page.locator(part).bounding_box() for part in (".brand", "#search-top"))
    assert field["x"] - name["x"] - name["width"] >= 6


def test_a_source_is_listed_without_a_number_that_no_text_names(visit):
    page = visit("bibliography.html")
    first = page.locator(".citation").first.text_content().strip()
    assert page.locator(".citation").count() > 40 and not first.startswith("[")


#: What stands open on paper and still asks to be opened, and headings that a page may leave alone.
LEFT_OVER = """() => [...document.querySelectorAll("details.hide > summary")]
  .filter((node) => node.checkVisibility()).map((node) => node.textContent)"""
ARROWS = """() => [...document.querySelectorAll("article details > summary")].filter((node) =>
  node.checkVisibility() && getComputedStyle(node, "::before").display !== "none").length"""
ALONE = """() => [...document.querySelectorAll("article :is(h1, h2, h3, h4)")]
  .filter((node) => getComputedStyle(node).breakAfter !== "avoid").length"""
TORN = """() => [...document.querySelectorAll(".gallery li, .sd-card:not(details)")]
  .filter((node) => getComputedStyle(node).breakInside !== "avoid").length"""


def test_on_paper_nothing_asks_to_be_pressed_and_no_heading_or_card_is_torn_off(visit):
    page = visit("datasets.html")
    assert len(page.evaluate(LEFT_OVER)) > 10 and page.evaluate(ALONE) > 10
    assert page.evaluate(ARROWS) > 10
    page.emulate_media(media="print")
    try:
        assert page.evaluate(LEFT_OVER) == [] and page.evaluate(ARROWS) == 0
        assert page.evaluate(ALONE) == 0
        for name in ("gallery", "intro"):
            page.goto(page.url.replace("datasets", name))
            assert page.evaluate(TORN) == 0
    finally:
        page.emulate_media(media="screen")
