"""What a move costs in each explorable: frames a second, latency, main-thread time, memory.

    python -m bench.drags [CLASS ...]

The first handle of each explorable is dragged by 120 trusted mouse moves in headless Chromium, at
full speed and with the processor slowed four times. An empty page is measured in the same run, and
each cost is also given as a multiple of its: "move" is the time until a move has been taken,
"work" the main thread's time for it. "heap" is what 1,000 more moves leave behind after a
collection, and "ready" the time from first paint to the first handle that answers.
"""

import argparse
import gzip
import math
import re
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import browsers
import serve

from lib import explorables

MOVES = 120
EMPTY = "<!DOCTYPE html><title>empty</title><body style='height: 900px'>"
BUDGETS = (
    "frames a second at least 58, work and move at most 2x the empty page, heap flat, ready 300 ms"
)
FRAMES = """() => {
  window.stamps = [];
  const model = document.querySelector(".explorable")?.explorable;
  window.changes = model ? 0 : null;
  model?.on("change", () => { changes += 1; });
  const note = (now) => { stamps.push(now); window.frame = requestAnimationFrame(note); };
  requestAnimationFrame(note);
}"""
STOP = "() => { cancelAnimationFrame(frame); return [stamps, changes]; }"
READY = """
window.ready = 0;
new MutationObserver(() => {
  if (!ready && document.querySelector(".explorable [data-live]")) ready = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
SINCE_PAINT = "ready - performance.getEntriesByName('first-contentful-paint')[0].startTime"
CODE = Path(explorables.__file__).parent / "static"


def metric(client, name):
    """Read one of the browser's own counters."""
    values = client.send("Performance.getMetrics")["metrics"]
    return next(value["value"] for value in values if value["name"] == name)


def wander(page, x, y, moves):
    """Move the mouse along a closed curve around a place."""
    for i in range(moves):
        angle = 2 * math.pi * i / MOVES
        page.mouse.move(x + 45 * math.sin(3 * angle), y - 45 * math.sin(2 * angle))


def drag(page, client, x, y):
    """Drag from a place; return frames a second, and milliseconds a move: taken, and of work."""
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    work, start = metric(client, "TaskDuration"), time.perf_counter()
    wander(page, x, y, MOVES)
    seconds = time.perf_counter() - start
    work = metric(client, "TaskDuration") - work
    stamps, changes = page.evaluate(STOP)
    page.mouse.up()
    assert changes != 0, "the handle did not follow the mouse"
    fps = 1000 * (len(stamps) - 1) / (stamps[-1] - stamps[0])
    return fps, 1000 * seconds / MOVES, 1000 * work / MOVES


def heap_growth(page, client, x, y):
    """Return how many kilobytes 1,000 moves leave behind."""
    sizes = []
    for _ in range(2):
        page.mouse.move(x, y)
        page.mouse.down()
        wander(page, x, y, 1000 if sizes else 60)
        page.mouse.up()
        page.wait_for_timeout(400)
        client.send("HeapProfiler.collectGarbage")
        sizes.append(metric(client, "JSHeapUsedSize"))
    return (sizes[1] - sizes[0]) / 1000


def first_handle(page):
    """Return the middle of the first handle, or of the first slider where there is none."""
    handles = page.locator(".explorable .xp-handle[role=slider]:visible")
    part = (handles if handles.count() else page.locator(".explorable input[type=range]")).first
    part.scroll_into_view_if_needed()
    box = part.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def measure(browser, address):
    """Measure one page, or the empty page where there is no address."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    page.add_init_script(READY)
    if address:
        page.goto(address)
        page.locator(".explorable [data-live]").first.wait_for()
    else:
        page.set_content(EMPTY)
    place = first_handle(page) if address else (600, 400)
    result = {}
    for rate in (1, 4):
        client.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        result[rate] = drag(page, client, *place)
        place = first_handle(page) if address else place
    client.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    if address:
        result["ready"] = page.evaluate(SINCE_PAINT)
        result["heap"] = heap_growth(page, client, *place)
    page.close()
    return result


def row(name, result, floor):
    """Write the costs of one explorable as a row of the table."""
    text = f"{name:22}"
    for rate in (1, 4):
        fps, move, work = result[rate]
        _, move_0, work_0 = floor[rate]
        text += f"{fps:7.1f}{move:7.1f} {move / move_0:4.1f}x{work:7.1f} {work / work_0:4.1f}x"
    return text + (f"{result['heap']:8.0f}{result['ready']:8.0f}" if "heap" in result else "")


def modules_of(name):
    """List the files of an explorable: its module, its style, and all that it imports."""
    host, style = CODE / "kit" / "host.js", CODE / "kit" / "explorables.css"
    found, waiting = {style, CODE / "colours.css"}, [host, CODE / "pictures" / f"{name}.js"]
    while waiting:
        file = waiting.pop()
        found.add(file)
        imported = re.findall(r'from "(\.[./\w]+\.js)"', file.read_text(encoding="utf-8"))
        others = [(file.parent / other).resolve() for other in imported]
        waiting += [other for other in others if other not in found]
    own = CODE / "pictures" / f"{name}.css"
    return found | ({own} if own.exists() else set())


def code_of_chapters(kinds):
    """Return the kilobytes of explorable code, gzipped, by chapter."""
    files = {}
    for kind in kinds:
        files.setdefault(kind.__module__.rpartition(".")[2], set()).update(modules_of(kind._module))
    return {
        chapter: sum(len(gzip.compress(file.read_bytes(), 9)) for file in names) / 1000
        for chapter, names in files.items()
    }


def main():
    """Measure the explorables and print the tables."""
    names = [name for name in explorables.__all__ if name != "Explorable"]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("classes", nargs="*", default=names)
    kinds = [getattr(explorables, name) for name in parser.parse_args().classes]
    home = serve.in_background()
    print(f"\n{'':22}{'full speed':^33}{'4x slower':^33}")
    costs = f"{'fps':>7}{'move':>7}{'':6}{'work':>7}{'':6}"
    print(f"{'explorable':22}{costs}{costs}{'heap KB':>8}{'ready':>8}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.chromium(), args=list(browsers.FLAGS)
        )
        floor = measure(browser, None)
        print(row("(empty page)", floor, floor))
        for kind in kinds:
            page = f"{home}explorables/{kind._module.replace('_', '-')}.html"
            print(row(kind.__name__, measure(browser, page), floor), flush=True)
        browser.close()
    print(f"budgets: {BUDGETS}\n")
    for chapter, size in code_of_chapters(kinds).items():
        print(f"{chapter:22}{size:7.1f} KB of explorable code, gzipped (at most 60)")


if __name__ == "__main__":
    main()
