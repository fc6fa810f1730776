"""Print what a reader waits for when a cell runs in the page, beside the budgets.

    python -m bench.live [--runs 5]

Each run has a browser of its own, and the site of the last build. It is a measurement and not a
test: it ends well whatever it finds.
"""

import argparse
import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import browsers
import serve

PAGE = "intro.html"
FIGURE = """import matplotlib.pyplot as plt
from lib import plotting
plotting.use_course_style()
_ = plt.plot([1, 2, 3])"""
SLIDER = """import numpy as np
from ipywidgets import interact
x = np.linspace(0, 10, 200)
figure, axes = plt.subplots()
(line,) = axes.plot(x, np.sin(x))
plt.close(figure)
def wave(speed=1.0):
    line.set_ydata(np.sin(speed * x))
    display(figure)
_ = interact(wave)"""
#: What is measured, and its budget in seconds.
BUDGETS = {
    "cold: to 1 + 1": 4.0,
    "warm: to 1 + 1": 2.0,
    "warm: to the first figure": 4.5,
    "after the background: to a figure": 0.5,
    "slider: to its figure, in Python": 0.1,
    "Stop: to the next result": 3.0,
}
KERNEL = """async (kernelModule) => {
  const { createKernel } = await import(new URL(kernelModule, document.baseURI));
  window.background = new Promise((onbackground) => {
    window.kernel = createKernel({ onbackground });
  });
  window.messages = [];
  kernel.comms.onMessage((message) => messages.push(message));
  window.timed = async (...cells) => {
    const start = performance.now();
    for (const code of cells) {
      const outputs = [];
      const { status } = await kernel.run(code, { onoutput: (output) => outputs.push(output) });
      if (status !== "ok") throw new Error(JSON.stringify(outputs));
    }
    return (performance.now() - start) / 1000;
  };
}"""
SLIDE = """async () => {
  const state = ({ content }) => content.data.state ?? {};
  const slider = messages.find((each) => state(each)._model_name === "FloatSliderModel");
  const times = [];
  for (let value = 0; value < 9; value += 1) {
    const data = { method: "update", state: { value: value / 10 }, buffer_paths: [] };
    const content = { comm_id: slider.content.comm_id, data };
    const start = performance.now();
    await kernel.comms.send({ msg_type: "comm_msg", content, metadata: {}, buffers: [] });
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[4];
}"""
STOP = """async () => {
  const running = kernel.run("while True: pass");
  await new Promise((resolve) => setTimeout(resolve, 300));
  const start = performance.now();
  kernel.stop();
  await running;
  await kernel.run("1 + 1");
  return (performance.now() - start) / 1000;
}"""


def opened(context, home):
    """Open a page with a kernel that has not begun."""
    page = context.new_page()
    page.goto(home + PAGE)
    page.evaluate(KERNEL, serve.address("_live/kernel.js"))
    return page


def timed(page, *cells):
    """Run cells, and return the seconds from the click on the first to the end of the last."""
    return page.evaluate("(cells) => timed(...cells)", cells)


def measure(browser, home):
    """Measure everything once, in a browser that has never seen the site."""
    context = browser.new_context(device_scale_factor=1)
    page = opened(context, home)
    cold = timed(page, "1 + 1")
    page.evaluate("background")
    page.close()
    page = opened(context, home)
    warm = timed(page, "1 + 1")
    page.close()
    page = opened(context, home)
    figure = timed(page, FIGURE)
    page.close()
    page = opened(context, home)
    page.evaluate("kernel.boot().then(() => background)")
    prepared = timed(page, FIGURE)
    timed(page, SLIDER)
    times = (cold, warm, figure, prepared, page.evaluate(SLIDE), page.evaluate(STOP))
    context.close()
    return dict(zip(BUDGETS, times, strict=True))


def line(name, times):
    """Write one measurement as a row of the table."""
    middle, budget = statistics.median(times), BUDGETS[name]
    spread = f"{min(times):.2f} – {max(times):.2f}"
    verdict = "within" if middle <= budget else "OVER"
    return f"{name:36}{middle:8.2f} s{budget:8.1f} s   {spread:16}{verdict}"


def main():
    """Measure in a fresh browser each time, and print the table of the medians."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="how often to measure (5)")
    home = serve.in_background("/book/")
    runs = []
    with sync_playwright() as playwright:
        for _ in range(parser.parse_args().runs):
            browser = playwright.chromium.launch(
                executable_path=browsers.chromium(), args=list(browsers.FLAGS)
            )
            runs.append(measure(browser, home))
            browser.close()
    print(f"{'':36}{'median':>10}{'budget':>10}   spread")
    for name in BUDGETS:
        print(line(name, [run[name] for run in runs]))


if __name__ == "__main__":
    main()
