"""Gather Python for the pages into a folder, which can serve as a mirror; or pin another Pyodide.

python tools/fetch_pyodide.py [TARGET]
python tools/fetch_pyodide.py --pin VERSION    # write the pins for another Pyodide
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web import pyodide_files, pyodide_pins  # noqa: E402


def repin(version):
    """Write the pins for another Pyodide, and say what a person has to decide."""
    for remark in pyodide_pins.write(version):
        print(remark)
    where = pyodide_pins.PINS.relative_to(ROOT)
    print(f"{where} is for Pyodide {version}. CONTRIBUTING.md says what follows.")
    return 0


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
        return 1
    print(f"Python for the page: {len(names)} files, every hash as pinned.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
