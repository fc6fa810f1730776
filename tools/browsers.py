"""Find the browsers that the site is tested in, or install them.

Chromium must be there; Firefox and WebKitGTK are used where they can be had. ENGINES changes that:
it lists those to use, and each of them must be there.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

#: The programs of each engine, and the variable of the environment that names another.
ENGINES = {
    "chromium": ("CHROMIUM",),
    "firefox": ("FIREFOX",),
    "webkit": ("MINIBROWSER", "WEBKIT_DRIVER", "XVFB"),
}
TITLES = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKitGTK"}
#: Where a program is looked for: names on the path, and places off it.
NAMES = {
    "CHROMIUM": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "HEADLESS_SHELL": ("chromium-headless-shell", "chrome-headless-shell"),
    "FIREFOX": ("firefox-esr", "firefox"),
    "MINIBROWSER": ("MiniBrowser",),
    "WEBKIT_DRIVER": ("WebKitWebDriver",),
    "XVFB": ("Xvfb",),
}
PLACES = {
    "FIREFOX": ("Applications/Firefox.app/Contents/MacOS/firefox",),
    "MINIBROWSER": (
        "usr/lib/*/webkit2gtk-4.*/MiniBrowser",
        "usr/lib*/webkit2gtk-4.*/MiniBrowser",
        "usr/libexec/webkit2gtk-4.*/MiniBrowser",
    ),
}
#: What apt calls them; where there is a second list, it is that of another system.
PACKAGES = {
    "chromium": [["chromium", "chromium-headless-shell"], ["chromium"]],
    "firefox": [["firefox-esr"], ["firefox"]],
    "webkit": [["webkit2gtk-driver", "xvfb"]],
}
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
#: For tests and measurements: nothing that Chromium does of its own accord.
FLAGS = (
    f"--disable-features={','.join(_FEATURES)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
#: The headless shell does not know how fast it is connected, and would load pictures from three
#: thousand pixels away; with this it waits as long as Chromium does, which takes a connection for
#: a fast one. Of two such settings, too, the last is obeyed: the first four are Playwright's.
SHELL_FLAGS = (
    *FLAGS,
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,"
    "availablePointerTypes=4,lazyLoadingImageMarginPxUnknown=1250",
)
ADVICE = (
    "A browser is missing: no {title} was found or could be installed. "
    "Install it, or set {variables} to its path."
)


def wanted():
    """List the engines to use."""
    return os.environ.get("ENGINES", ",".join(ENGINES)).split(",")


def required():
    """List the engines that must be there."""
    return os.environ.get("ENGINES", "chromium").split(",")


def is_snap(path):
    """Tell whether a Firefox is a snap, or a script that calls one: it has no access to /tmp."""
    with open(path, "rb") as file:
        return "/snap/" in os.path.realpath(path) or b"/snap/" in file.read(2000)


#: Another process asks it: in ours it may be at work, and cannot be started twice.
ASK = """from playwright.sync_api import sync_playwright
with sync_playwright() as playwright: print(playwright.chromium.executable_path, end="")"""


@functools.cache
def bundled():
    """Return the programs that Playwright keeps for itself, as far as they have been installed."""
    command = (sys.executable, "-c", ASK)
    answer = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    chromium = Path(answer)
    home = next(place for place in chromium.parents if place.name.startswith("chromium-"))
    beside = home.name.replace("chromium", "chromium_headless_shell")
    shells = home.parent.glob(f"{beside}/*/chrome-headless-shell")
    found = {"CHROMIUM": chromium, "HEADLESS_SHELL": next(shells, None)}
    return {name: str(path) for name, path in found.items() if path and path.exists()}


def program(variable):
    """Return the program that a variable names, or the first known one on this machine."""
    if chosen := os.environ.get(variable):
        return chosen
    on_path = filter(None, map(shutil.which, NAMES[variable]))
    off_path = (str(path) for place in PLACES.get(variable, ()) for path in Path("/").glob(place))
    found = [p for p in [*on_path, *off_path] if variable != "FIREFOX" or not is_snap(p)]
    own = bundled() if not found and variable in ("CHROMIUM", "HEADLESS_SHELL") else {}
    return next(iter(found), own.get(variable))


def programs(engine):
    """Return the programs of an engine by their variables, or nothing unless all are there."""
    paths = {variable: program(variable) for variable in ENGINES[engine]}
    return paths if all(paths.values()) else {}


def quietly(*command):
    """Run a command, show nothing, and say whether it succeeded."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install(engine):
    """Install a browser: for Chromium Playwright's own if it can be had, else the system's."""
    print(f"Installing {TITLES[engine]} for the tests ...", flush=True)
    own = (sys.executable, "-m", "playwright", "install", "--with-deps", engine)
    if engine == "chromium" and quietly(*own):
        return
    root = () if os.geteuid() == 0 else ("sudo", "-n")
    if shutil.which("apt-get") and quietly(*root, "apt-get", "update"):
        get = (*root, "apt-get", "install", "-y", "--no-install-recommends")
        any(quietly(*get, *packages) for packages in PACKAGES[engine])


def find(engine):
    """Return the programs of an engine, installing it if it is not there; nothing if in vain."""
    found = programs(engine)
    if not found:
        install(engine)
        found = programs(engine)
    if not found and engine in required():
        variables = " and ".join(ENGINES[engine])
        raise SystemExit(ADVICE.format(title=TITLES[engine], variables=variables))
    return found


def find_all():
    """Return the programs of each engine that is wanted."""
    return {engine: find(engine) for engine in wanted()}


def chromium():
    """Return the path of a Chromium, installing one if there is none."""
    return find("chromium")["CHROMIUM"]


def shell():
    """Return Chromium's headless shell, or Chromium itself where there is none or one was named.

    What shows a page is the same in both, and without all that is around it the tests need a sixth
    less of a processor. Who measures takes Chromium, as a reader has it.
    """
    if "HEADLESS_SHELL" not in os.environ and os.environ.get("CHROMIUM"):
        return os.environ["CHROMIUM"]
    return program("HEADLESS_SHELL") or chromium()


def summary(found):
    """Say in a line which browsers are used and which are not."""
    places = {name: paths[ENGINES[name][0]] for name, paths in found.items() if paths}
    if places.get("chromium", shell()) != shell():
        places["chromium"] += f", and for most tests {shell()}"
    used = [f"{TITLES[name]} ({place})" for name, place in places.items()]
    missing = [title for name, title in TITLES.items() if not found.get(name)]
    unused = f"; not used: {', '.join(missing)}" if missing else ""
    return f"Browsers: {', '.join(used)}{unused}"
