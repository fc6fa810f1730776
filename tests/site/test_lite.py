"""JupyterLite beside the pages: a chapter runs to its end in it, with nothing from elsewhere."""

import nbformat
import pytest
from conftest import ROOT, STILL, Faults
from playwright.sync_api import expect

pytestmark = pytest.mark.site

CHAPTER = "likelihood"
PATIENCE = 180_000  # two cores, shared: a start of the kernel may take a minute
#: Without a service worker the kernel has no folder in common with the interface, and says so; the
#: interface says that it would do with memory, where a browser keeps nothing, though this one does.
KNOWN = ("Pyodide contents will NOT be synced", "Memory storage fallback enabled")
FONTS = "Matplotlib is building the font cache; this may take a moment."
SLIDER = """\
from ipywidgets import interact

@interact(n=(0, 10))
def square(n=3):
    print("the square is", n * n)"""
FIGURE = "from lib.explorables import FitLine\nfit = FitLine(w=0.5, b=1.0)\nfit"


@pytest.fixture(scope="module")
def session(browser, site):
    """Open the notebook of a chapter and run all of it; give the page and its faults."""
    size = {"width": 1280, "height": 1800}
    context, faults = browser.new_context(viewport=size, **STILL), Faults()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    faults.watch(page, site)
    page.goto(f"{site}lite/lab/index.html?path={CHAPTER}.ipynb")
    page.get_by_text("| Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    yield page, faults
    context.close()


@pytest.fixture
def lite(session):
    """Give the page; what went wrong on it by the end of a test fails the test."""
    page, faults = session
    yield page
    assert [fault for fault in faults if not fault.startswith(KNOWN)] == []


def cells(page):
    """Find the code cells of the notebook."""
    return page.locator(".jp-Notebook .jp-CodeCell")


def wait_until_run(page):
    """Wait until no cell waits or runs and the last one has a number."""
    page.wait_for_function(
        """() => {
          const cells = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell")];
          const prompts = cells.map((cell) => cell.querySelector(".jp-InputPrompt")?.textContent);
          return prompts.every((text) => /\\[\\d+\\]/.test(text ?? ""));
        }""",
        polling=200,  # to look with every frame costs more than to run
    )


def add_cell(page, source):
    """Write a cell below the last one, run it, and return it."""
    wait_until_run(page)
    cells(page).last.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(source)
    number = cells(page).count() - 1
    page.keyboard.press("Control+Enter")
    wait_until_run(page)
    return cells(page).nth(number)


def test_the_notebook_of_a_chapter_runs_to_its_end(lite, book):
    wait_until_run(lite)
    expected = [cell for cell in book.cells if cell.cell_type == "code"]
    assert cells(lite).count() == len(expected)
    assert lite.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    said = lite.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()
    assert [text for text in said if text.strip() != FONTS] == []
    for number, cell in enumerate(expected):
        stored = "".join(out.text for out in cell.outputs if out.output_type == "stream")
        shown = cells(lite).nth(number).locator("[data-mime-type='application/vnd.jupyter.stdout']")
        assert "".join(shown.all_text_contents()).strip() == stored.strip(), cell.source
    figures = [cell for cell in expected if "plt.subplots" in cell.source]
    assert lite.locator(".jp-OutputArea-output img").count() == len(figures)


def test_an_explorable_follows_both_hands(lite):
    figure = add_cell(lite, FIGURE).locator(".xp[data-live]")
    figure.wait_for()
    figure.locator("[data-ref=middle]").press("PageDown")
    expect(figure.locator("[data-ref=b]")).not_to_have_text("1.000")
    moved = figure.locator("[data-ref=b]").text_content()
    told = add_cell(lite, 'print(f"b is {fit.b:.3f}")').locator(".jp-OutputArea-output")
    expect(told).to_have_text(f"b is {moved}")
    add_cell(lite, "fit.w = 0.25")
    expect(figure.locator("[data-ref=w]")).to_have_text("0.250")


def test_a_slider_of_a_stock_widget_works(lite):
    cell = add_cell(lite, SLIDER)
    expect(cell).to_contain_text("the square is 9")
    track = cell.locator(".noUi-target")
    track.click(position={"x": track.bounding_box()["width"] - 1, "y": 2})
    expect(cell).to_contain_text("the square is 100")
    expect(cell).not_to_contain_text("the square is 9")


def test_a_package_that_is_not_there_is_refused_without_asking_anyone(session):
    page, faults = session
    cell = add_cell(page, "%pip install nothing-of-this-name")
    expect(cell).to_contain_text("PyPI fallback is disabled")
    # The interface looks for each file that a traceback names, and does not have those of Python.
    assert [fault for fault in faults if fault.startswith(("foreign", "failed"))] == []


def test_every_chapter_can_be_opened(site, browser, chapters):
    page = browser.new_page()
    listed = page.request.get(f"{site}lite/api/contents/all.json").json()["content"]
    assert sorted(entry["path"] for entry in listed) == sorted(f"{name}.ipynb" for name in chapters)
    for entry in listed:
        notebook = page.request.get(f"{site}lite/files/{entry['path']}").json()
        assert notebook["metadata"]["kernelspec"]["name"] == "python"
        assert not any(cell.get("outputs") for cell in notebook["cells"])
    page.close()


@pytest.fixture(scope="module")
def chapters():
    """List the chapters by their files in the book."""
    return [path.stem for path in (ROOT / "book").glob("*.ipynb")]


@pytest.fixture(scope="module")
def book():
    """Read the stored notebook of the chapter."""

    return nbformat.read(ROOT / "book" / f"{CHAPTER}.ipynb", as_version=4)
