"""Gather Python for the pages into a folder, which can serve as a mirror; or pin another Pyodide.

python tools/fetch_pyodide.py [TARGET]
python tools/fetch_pyodide.py --pin VERSION    # write the pins for another Pyodide
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web import pyodide_files, pyodide_pins  # noqa: E402
from web.node import PACKAGES  # noqa: E402

INSTALL = ".venv/bin/npm install --ignore-scripts --save-dev --save-exact pyodide@{}"


def repin(version):
    """Write the pins for another Pyodide; say what a person has to decide, and what follows."""
    remarks, series = pyodide_pins.write(version), version.rpartition(".")[0]
    made_for = pyodide_files.series_of_kernel()
    if made_for != [series]:
        kernel = f"jupyterlite-pyodide-kernel is made for Pyodide {' and '.join(made_for)}"
        remarks.append(f"{kernel}: requirements.txt must name one for {series}.")
    if pyodide_pins.read()["carrier"] is None:
        remarks.append("Its wheels come from its own servers alone: no carrier is known.")
    print(f"{pyodide_pins.PINS.relative_to(ROOT)} is for Pyodide {version}.")
    for remark in remarks:
        print(f"To decide: {remark}")
    print(f"Then: {INSTALL.format(version)}")
    return 0


def remedy():
    """Say what to do where the pins are for another Pyodide than the one that is installed."""
    facts, wanted = PACKAGES / "pyodide" / "package.json", pyodide_pins.read()["pyodide"]
    found = json.loads(facts.read_text(encoding="utf-8"))["version"] if facts.exists() else "none"
    said = f"The pins are for Pyodide {wanted}, and {found} is installed: {INSTALL.format(wanted)}"
    return said if found != wanted else ""


def main():
    """Fetch everything and say what was done; return 1 with one line where it cannot be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", nargs="?", type=Path, default=ROOT / "_build" / "pyodide")
    parser.add_argument("--pin", metavar="VERSION", help="write the pins for this Pyodide instead")
    options = parser.parse_args()
    if options.pin:
        return repin(options.pin)
    try:
        names = pyodide_files.fetch(options.target)
    except pyodide_files.NotAvailable as problem:
        print(f"Python for the page is not available: {problem}", file=sys.stderr)
        if said := remedy():
            print(said, file=sys.stderr)
        return 1
    print(f"Python for the page: {len(names)} files, every hash as pinned.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
