"""What a page may load and do: only what is the site's own, and no script of anybody else."""

import base64
import hashlib
from pathlib import Path

THEME = Path(__file__).parent / "theme"
#: The one script inside the pages: the colours must be known before the first paint.
FIRST_SCRIPT = (THEME / "first.js").read_text(encoding="utf-8").strip()

#: KaTeX, the explorables and the editor set styles on elements; pictures of a cell are data.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval' {script}",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
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
