"""Build the book, then serve it on this machine and print its address.

    python tools/serve.py [--port 8000]

Text is sent compressed, as GitHub Pages sends it: what is measured here is what a reader gets.
"""

import argparse
import asyncio
import errno
import sys
import threading
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RedirectHandler, StaticFileHandler

sys.path.insert(0, str(Path(__file__).resolve().parent))
import build_book

SITE = build_book.BUILD / "html"
PORTS_TRIED = 20


def address(name):
    """Return where a script or style of the built site lies: its hash is in its name."""
    path = Path(name)
    (found,) = (SITE / path.parent).glob(f"{path.stem}.{'[0-9a-f]' * 10}{path.suffix}")
    return found.relative_to(SITE).as_posix()


class Pages(StaticFileHandler):
    """Static files that a browser asks about at each load: the next build may change them."""

    def set_extra_headers(self, path):
        """Let the browser keep a file, and ask before using it."""
        self.set_header("Cache-Control", "no-cache")

    def write_error(self, status_code, **kwargs):
        """Answer with the book's own words where a page is missing."""
        self.finish(
            f"<!doctype html><title>{status_code}</title><p>No such page. <a href='/'>Home</a>"
        )


def application(prefix="/", site=SITE):
    """Return the web application that serves the site below ``prefix``."""
    options = {"path": str(site), "default_filename": "index.html"}
    routes = [(f"{prefix}(.*)", Pages, options)]
    if prefix != "/":
        routes.append(("/", RedirectHandler, {"url": prefix, "permanent": False}))
    return Application(routes, compress_response=True)


def listen(server, port):
    """Listen on ``port`` or the next free one, and return it."""
    for candidate in range(port, port + PORTS_TRIED):
        try:
            server.listen(candidate, address="127.0.0.1")
            return candidate
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            print(f"Port {candidate} is busy, trying the next.", flush=True)
    raise SystemExit(f"Ports {port} to {candidate} are all busy; choose one: make serve PORT=9000")


def in_background(prefix="/"):
    """Serve the built site from a thread, at a free port; return the address of its home."""
    socket, port = bind_unused_port()

    async def run():
        HTTPServer(application(prefix)).add_socket(socket)
        await asyncio.Event().wait()

    threading.Thread(target=asyncio.run, args=(run(),), daemon=True).start()
    return f"http://127.0.0.1:{port}{prefix}"


async def serve(port):
    """Serve until interrupted."""
    port = listen(HTTPServer(application()), port)
    print(f"\nWatch the Loss is at http://127.0.0.1:{port}/   (Ctrl-C stops it)", flush=True)
    await asyncio.Event().wait()


def main():
    """Build, then serve."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=8000, help="the first port to try (8000)")
    options = parser.parse_args()
    status = build_book.main()
    if status:
        return status
    try:
        asyncio.run(serve(options.port))
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
