"""Build the book into _build/html as ``jupyter-book build -nW --keep-going .`` does, but faster.

    python tools/build_book.py

The configuration is the same, ``_config.yml`` and ``_toc.yml``; two pages are made at a time.
"""

import gc
import sys
import time
from pathlib import Path

# A grammar that JSON Schema uses for web addresses where it is installed: two seconds to load,
# and no page has such an address to check.
sys.modules.setdefault("rfc3987_syntax", None)

from jupyter_book.config import get_final_config
from nbclient import NotebookClient
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace, patch_docutils

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"


def configuration(folder):
    """Return the Sphinx configuration that Jupyter Book derives from ``_config.yml``."""
    overrides = {
        "external_toc_path": str(folder / "_toc.yml"),
        "latex_individualpages": False,
        "nitpicky": True,
    }
    config, _ = get_final_config(
        user_yaml=ROOT / "_config.yml", cli_config=overrides, sourcedir=folder
    )
    return config


def build(folder):
    """Build the book of a folder into its ``_build``; return 0, or 1 when anything was wrong."""
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            srcdir=folder,
            confdir=None,
            outdir=folder / "_build" / "html",
            doctreedir=folder / "_build" / ".doctrees",
            buildername="html",
            confoverrides=configuration(folder),
            warningiserror=True,
            keep_going=True,
            parallel=2,
        )
        # It declares nothing, and works on the collected contents only, in one process.
        app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
        app.build()
    return app.statuscode


def main(folder=ROOT):
    """Build, and say how long it took or what stopped it."""
    NotebookClient.shutdown_kernel.default_value = "immediate"  # nothing in it is worth a wait
    gc.disable()  # a build makes millions of nodes that live to its end
    start = time.monotonic()
    try:
        status = build(folder)
    except SphinxError as error:
        print(f"The book was not built: {error}", file=sys.stderr)
        return 1
    print(f"Built in {time.monotonic() - start:.1f} s: _build/html/index.html")
    return status


if __name__ == "__main__":
    sys.exit(main())
