"""How long a slider takes to a painted figure, in the chapters that show ``interact``.

    python -m bench.live_widgets

Each chapter's own cell is made live by its button in headless Chromium; then its slider is moved by
key, one step after another. A move is timed from the key to the frame after the new picture has
loaded. Also: what the first stock widget of a page makes a reader download.
"""

import gzip
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import browsers
import serve

MOVES = 25
BUDGET = 100  # milliseconds, the median move
FIGURES = {"loss_functions": "fig-lf-huber-delta", "model_fitting": "fig-mf-turn-the-rate"}
MOVE = """([handle, img, key]) => new Promise((done) => {
  const start = performance.now();
  const end = () => done(performance.now() - start);
  const painted = () => requestAnimationFrame(() => setTimeout(end));
  img.addEventListener("load", painted, { once: true });
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
})"""


def made_live(page, address, figure):
    """Open a chapter, make one of its widgets live, and return its slider."""
    page.goto(address)
    for button in page.locator(".open-all").all():  # it may stand in a box
        button.click()
    cell = page.locator(".cell", has=page.locator(f"#{figure}"))
    cell.get_by_role("button", name="Run to make it live").click()
    page.get_by_role("button", name="Run them first").click()
    slider = cell.get_by_role("slider")
    slider.wait_for()
    return slider, cell.locator("img")


def moves(page, slider, picture):
    """Move a slider to and fro; return the milliseconds of each move."""
    keys = ["ArrowRight", "ArrowRight", "ArrowLeft"] * MOVES
    handles = [slider.element_handle(), picture.element_handle()]
    page.evaluate(MOVE, [*handles, keys[0]])  # the first one warms what it needs
    return [page.evaluate(MOVE, [*handles, key]) for key in keys[:MOVES]]


def downloads():
    """Return the kilobytes, compressed, that the first stock widget of a page loads."""
    parts = [serve.SITE / serve.address(f"_live/widgets.{kind}") for kind in ("js", "css")]
    return sum(len(gzip.compress(part.read_bytes(), 9)) for part in parts) / 1000


def main():
    """Print one line for each chapter; return how many are over the budget."""
    home, slow = serve.in_background("/book/"), 0
    print(f"first stock widget of a page: {downloads():.0f} kB compressed")
    with sync_playwright() as playwright:
        options = {"executable_path": browsers.chromium(), "args": list(browsers.FLAGS)}
        browser = playwright.chromium.launch(**options)
        for chapter, figure in FIGURES.items():
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(120_000)
            taken = moves(page, *made_live(page, f"{home}{chapter}.html", figure))
            middle, late = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
            slow += middle > BUDGET
            print(
                f"{chapter}: slider to painted figure {middle:.0f} ms (median of {MOVES}), "
                f"95 % within {late:.0f} ms; budget {BUDGET} ms"
            )
            page.context.close()
        browser.close()
    return slow


if __name__ == "__main__":
    sys.exit(main())
