"""Build one small book after another, each in a process of its own that has nothing to load.

A line of the input asks for a book: its folder, what is to be done first, and a file for all that
is said, as JSON. A line of the output answers with the exit code.
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
#: What any build loads: the extensions of ``_config.yml`` and what they load late.
LOADED = """
build_book jupyter_book myst_nb myst_nb.sphinx_ nbclient.client jupyter_client.provisioning
jupyter_client.asynchronous sphinx_external_toc sphinx_design sphinxcontrib.katex
sphinxcontrib.bibtex sphinx.builders.html sphinx.util.parallel web.book_site lib.explorables
"""


def build(folder, before, report):
    """Build a book, in a process that ends with it; return its exit code."""
    said = os.open(report, os.O_WRONLY | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((0, nothing), (1, said), (2, said)):
        os.dup2(there, here)
    exec(before, {})
    return sys.modules["build_book"].main(Path(folder))


def main():
    """Answer until there is no more input."""
    for name in LOADED.split():
        import_module(name)
    while line := sys.stdin.readline():
        if not (child := os.fork()):
            return build(*json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
