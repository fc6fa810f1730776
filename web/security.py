"""What a page may load and do: only what is the site's own, and no script of anybody else.

Python runs in a worker that is started from a blob, and such a worker is bound by the policy of
the page: its scripts are those whose hashes the page has checked, and whatever a cell does, through
``js`` too, no request, socket, script or worker reaches another host, and no text becomes a script.
(A worker from an address would obey the headers of its answer alone, and a plain static host sends
none.) The worker also has neither stores (Cache, IndexedDB, files) nor workers of its own, so that
nothing of a cell outlives the page or runs in another.

What does not hold: a cell may read what lies under the site's own origin, as the page may, and may
spend time and memory. JupyterLite has pages of its own without this policy: what runs there may do
what any page of this origin may, with the edits and answers that the browser keeps, too. A meta
element cannot keep others from framing a page: a host that wants that sends ``frame-ancestors``.

What the service worker has stored is held to its hash: the worker's own address, which no cell can
change, names the list of all hashes (``_live/kept.json``), and nothing goes in or comes out that is
not on it. So a script or page that a cell might put into the browser's store is never answered.
The browser's own cache of answers has no such check; a cell cannot write to it.
"""

import base64
import hashlib
from pathlib import Path

THEME = Path(__file__).parent / "theme"
#: The one script inside the pages: the colours must be known before the first paint.
FIRST_SCRIPT = (THEME / "first.js").read_text(encoding="utf-8").strip()

#: KaTeX, the explorables and the editor set styles on elements; pictures of a cell are data.
#: Python looks at a blob to learn of Stop; blobs are always of this origin.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval' {script}",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def allowed_digest(script):
    """Return the source expression that allows exactly this inline script."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def content_security_policy():
    """Return the policy of every page as the content of its meta element."""
    script = allowed_digest(FIRST_SCRIPT)
    return "; ".join(f"{name} {value.format(script=script)}" for name, value in POLICY.items())
