"""Make the project's own environment: .venv with the pinned Python and Node parts.

    python3 tools/bootstrap.py

Runs on a bare Python. What is installed already is left alone: a second run only compares a stamp.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web.files import digest  # noqa: E402

VENV = ROOT / ".venv"
STAMP = VENV / "installed"
LOG = ROOT / "_build" / "setup.log"
OLDEST = (3, 11)
PINS = ["requirements.txt", "package-lock.json", "pyproject.toml"]


class SetupError(Exception):
    """Something the reader can put right; the message says how."""


def wanted():
    """Describe what must be installed: the pins, and the Python that reads them."""
    return digest(sys.version, *((ROOT / name).read_bytes() for name in PINS))


def run(advice, *command):
    """Run one step, its words into the log, and turn its failure into advice."""
    with LOG.open("ab") as log:
        command = [str(part) for part in command]
        result = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False)
    if result.returncode:
        raise SetupError(f"{advice} (What was said: {LOG.relative_to(ROOT)})")


def check_python():
    """Refuse a Python that is too old, and say which one would do."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(
            f"Python {'.'.join(map(str, OLDEST))} or newer is needed and this is {found}: "
            "install a newer one and run `make PYTHON=python3.12 serve`."
        )


def install():
    """Create the virtual environment and install every pin."""
    offline = "The packages could not be installed: connect to the network once and run make again."
    print("Setting up .venv (once, a minute or two) ...", flush=True)
    LOG.parent.mkdir(exist_ok=True)
    LOG.unlink(missing_ok=True)
    run(
        "No virtual environment could be made: install Python's venv (Debian: python3-venv).",
        *(sys.executable, "-m", "venv", "--clear", VENV),
    )
    python = VENV / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = (python, "-m", "pip", "install", "--disable-pip-version-check")
    print("Installing the Python parts ...", flush=True)
    run(offline, *pip, "-r", "requirements.txt")
    print("Installing the Node parts ...", flush=True)
    run(offline, python, "-m", "web.node")


def main():
    """Install what is missing; return 0, or 1 with one line that says what to do."""
    try:
        check_python()
        if not STAMP.exists() or STAMP.read_text(encoding="utf-8") != wanted():
            install()
            STAMP.write_text(wanted(), encoding="utf-8")
    except SetupError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
