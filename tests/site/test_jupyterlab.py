"""The same figure in JupyterLab: a real server, a real kernel, moved from both sides."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from playwright.sync_api import expect

from lib.explorables import FitLine

pytestmark = pytest.mark.site

CELLS = [
    "from lib.explorables import FitLine\nfit = FitLine(w=0.5, b=1.0)\nfit",
    'print(f"from Python: {fit!r}")',
    'fit.w, fit.loss = 0.25, "huber"',
]


def free_port():
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address):
    """Tell whether a server answers at an address."""
    try:
        return urllib.request.urlopen(address, timeout=1).status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """Start JupyterLab on a folder with one notebook and return the notebook's address."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "fit.ipynb")
    port, home = free_port(), f"--ServerApp.root_dir={folder}"
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root", home]
    private = {name: str(folder / f".{name}") for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    quiet = "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
    command = [sys.executable, "-m", "jupyterlab", *options, quiet, "--IdentityProvider.token="]
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **private})
    try:
        deadline = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{port}/api") and time.monotonic() < deadline:
            assert server.poll() is None, (folder / "server.log").read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/lab/tree/fit.ipynb"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def lab(browser, laboratory):
    """Open the notebook and wait for its kernel."""
    # Tall enough for all cells: JupyterLab keeps only those in view in the document.
    context = browser.new_context(viewport={"width": 1280, "height": 1800})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(laboratory)
    page.locator(".jp-Notebook .jp-CodeCell").nth(2).wait_for()
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
    yield page
    context.close()


def run_cell(page, number):
    """Run one cell and wait until the kernel has answered."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    expect(cell.locator(".cm-editor.cm-focused")).to_be_visible()
    before = cell.locator(".jp-InputPrompt").first.text_content()
    page.keyboard.press("Control+Enter")
    prompt = cell.locator(".jp-InputPrompt").first
    expect(prompt).not_to_have_text(before, timeout=60_000)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=60_000)
    return cell


def in_python(page):
    """Read what the kernel says the figure is."""
    return run_cell(page, 1).locator(".jp-OutputArea-output").last.inner_text().strip()


def shown(page):
    """Read the numbers on the screen: w, b, loss."""
    refs = ("w", "b", "lossValue")
    return [page.locator(f".xp [data-ref={ref}]").text_content() for ref in refs]


def test_the_figure_is_a_widget_that_follows_both_hands(lab):
    run_cell(lab, 0)
    lab.locator(".xp[data-live]").wait_for()
    start = FitLine(w=0.5, b=1.0)
    assert shown(lab) == ["0.500", "1.000", f"{start.loss_value:.4f}"]
    assert in_python(lab) == f"from Python: {start!r}"

    lab.locator(".xp [data-ref=middle]").press("PageDown")
    expect(lab.locator(".xp [data-ref=b]")).not_to_have_text("1.000")
    b = float(lab.locator(".xp [data-ref=b]").text_content())
    moved = FitLine(w=0.5, b=b)
    expect(lab.locator(".xp [data-ref=lossValue]")).to_have_text(f"{moved.loss_value:.4f}")
    assert in_python(lab) == f"from Python: {moved!r}"

    run_cell(lab, 2)
    again = FitLine(w=0.25, b=b, loss="huber")
    expect(lab.locator(".xp [data-ref=w]")).to_have_text("0.250")
    expect(lab.locator(".xp [data-ref=lossValue]")).to_have_text(f"{again.loss_value:.4f}")
    assert in_python(lab) == f"from Python: {again!r}"
