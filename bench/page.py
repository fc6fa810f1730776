"""What a page costs its reader: requests, bytes, blocking, paint, and when the explorable answers.

    python -m bench.page [PAGE ...]

Each page of the built site is loaded with a cold cache in headless Chromium, five times at full
speed and five times at 9 Mbit/s, 60 ms round trip and a processor slowed four times. The medians
are printed beside their budgets, and beside the load of the machine. Nobody scrolls.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import browsers
import serve

NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
#: The pages with an explorable.
PAGES = ["intro", *(p.stem for p in NOTEBOOKS if "lib.explorables" in p.read_text("utf-8"))]
RUNS = 5
SLOW = {
    "offline": False,
    "latency": 60,
    "downloadThroughput": 9e6 / 8,
    "uploadThroughput": 3e6 / 8,
}
WATCH = """
window.cost = {paint: 0, shift: 0, blocked: 0, ready: 0};
const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({type, buffered: true});
watch("paint", (e) => { if (e.name === "first-contentful-paint") cost.paint = e.startTime; });
watch("layout-shift", (e) => { if (!e.hadRecentInput) cost.shift += e.value; });
watch("longtask", (e) => { cost.blocked += Math.max(0, e.duration - 50); });
const timer = setInterval(() => {
  if (!document.querySelector(".explorable [data-live]")) return;
  cost.ready = performance.now();
  clearInterval(timer);
}, 4);
"""


def weigh(client):
    """Return a list that grows by the size of each file that has come over the wire."""
    sizes = []
    client.send("Network.enable")
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return sizes


def load(browser, address, slow):
    """Load one page with a cold cache; return its costs in kilobytes and milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    client = context.new_cdp_session(page)
    sizes = weigh(client)
    if slow:
        client.send("Network.emulateNetworkConditions", SLOW)
        client.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)
    page.goto(address, wait_until="networkidle")
    page.locator(".explorable [data-live]").first.wait_for(state="attached")
    costs = {**page.evaluate("cost"), "weight": sum(sizes) / 1000, "requests": len(sizes)}
    context.close()
    return costs


def median_costs(browser, address, slow):
    """Load a page several times and return the median of each cost."""
    runs = [load(browser, address, slow) for _ in range(RUNS)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


HEAD = ("requests", "KB", "blocked", "slow", "slow paint", "slow ready", "shift", "load")
BUDGET = ("20", "250", "50 ms", "50 ms", "600 ms", "1000 ms", "0.020", "")


def row(name, cells):
    """Write a row of the table."""
    return f"{name:18}" + "".join(f"{cell:>12}" for cell in cells)


def line(name, full, slow):
    """Write the costs of one page as a row of the table."""
    ready = f"{slow['ready']:.0f}" if slow["ready"] else "–"
    shift = f"{max(full['shift'], slow['shift']):.3f}"
    times = [f"{value:.0f}" for value in (full["blocked"], slow["blocked"], slow["paint"])]
    most = [f"{max(full[cost], slow[cost]):.0f}" for cost in ("requests", "weight")]
    return row(name, [*most, *times, ready, shift, f"{os.getloadavg()[0]:.1f}"])


def main():
    """Measure the pages and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", default=PAGES)
    home = serve.in_background()
    print(row("page", HEAD), row("budget", BUDGET), sep="\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browsers.chromium(), args=list(browsers.FLAGS)
        )
        for name in parser.parse_args().pages:
            costs = [median_costs(browser, f"{home}{name}.html", slow) for slow in (False, True)]
            print(line(name, *costs), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
