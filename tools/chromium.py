"""Find a Chromium to test the site in, or install one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: What the browser need not do for us. Of two such lists it obeys the last, so the first names are
#: those of Playwright's list that matter here. The other two are pages of the address bar: who
#: prepares them for every window takes twice as long to open one.
_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
#: For tests and measurements: nothing that the browser does of its own accord.
FLAGS = (
    f"--disable-features={','.join(_FEATURES)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
ADVICE = "No Chromium was found or could be installed: install one, or set CHROMIUM to its path."


def named():
    """Return the browser that CHROMIUM names, or the first known one on the path."""
    chosen = os.environ.get("CHROMIUM")
    return chosen or next(filter(None, map(shutil.which, NAMES)), None)


def bundled():
    """Return the browser that Playwright keeps for itself, if it has been installed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def quietly(*command):
    """Run a command, show nothing, and say whether it succeeded."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install():
    """Install a browser: Playwright's own where its store can be reached, else the system's."""
    print("Installing a Chromium for the tests ...", flush=True)
    if quietly(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"):
        return
    root = () if os.geteuid() == 0 else ("sudo", "-n")
    if shutil.which("apt-get"):
        quietly(*root, "apt-get", "update")
        quietly(*root, "apt-get", "install", "-y", "--no-install-recommends", "chromium")


def executable():
    """Return the path of a Chromium, installing one if there is none."""
    path = named() or bundled()
    if not path:
        install()
        path = named() or bundled()
    if not path:
        raise SystemExit(ADVICE)
    return path
