"""A plain host as readers meet it, and editions of the book that follow one another on it."""

import functools
import http.server
import json
import os
import re
import shutil
import sys
import threading
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import serve

from web import files, front_end, live_site

HOME = "/book/"
#: What common hosts know; the rest they call bytes. No host calls a script text: none would run.
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "application/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".py": "text/plain",
    ".mjs": "text/plain",
}
#: What an edition adds to each script and style, so that a page shows what it is made of.
MARK = {
    ".js": '\n(globalThis.editions??=new Set).add("{}");',
    ".css": "\n:root{{--edition-{stem}:{}}}",
}


class Answers(http.server.BaseHTTPRequestHandler):
    """Answer without compression and without validators; hang up while offline."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        host = self.server.host
        path = self.path.partition("?")[0]
        host.asked.append(path.removeprefix(HOME))
        if host.offline:
            self.close_connection = True
            return
        file = host.folder / (path.removeprefix(HOME) or "index.html")
        there = path.startswith(HOME) and file.is_file() and not host.loses(path)
        body = file.read_bytes() if there else None
        self.send_response(404 if body is None else 200)
        kind = TYPES.get(file.suffix, "application/octet-stream")
        self.send_header("Content-Type", kind if body is not None else "text/html")
        self.send_header("Cache-Control", host.keep(file.suffix))
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *words):
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        """Let a browser hang up."""


class Host:
    """A plain host: every file may be kept for ten minutes, and no answer is compressed."""

    def __init__(self, folder):
        self.folder, self.offline, self.asked, self.lost = folder, False, [], ()
        self.server = Server(("127.0.0.1", 0), Answers)
        self.server.host = self
        self.address = f"http://127.0.0.1:{self.server.server_port}{HOME}"
        threading.Thread(
            target=functools.partial(self.server.serve_forever, 0.01), daemon=True
        ).start()

    def loses(self, path):
        """Tell whether a file is not there, though it should be."""
        return any(part in path for part in self.lost)

    def keep(self, suffix):
        """Say how long a browser may use a file without asking."""
        return "max-age=600"

    def close(self):
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()


def edition(target, name):
    """Write an edition of the built book in which every script, style and page is another one."""
    shutil.copytree(serve.SITE, target, copy_function=place, ignore=left_out)
    files = {
        re.sub(r"\.[0-9a-f]{10}(?=\.\w+$)", "", path.relative_to(target).as_posix()): path
        for folder in ("_live", "_explorables", "_exercises", "_static", ".")
        for path in sorted(target.joinpath(folder).glob("*" if folder == "." else "**/*"))
        if re.search(r"\.[0-9a-f]{10}\.\w+$", path.name)
    }
    contents = {
        path: marked(path, unhashed(file.read_bytes()), name) for path, file in files.items()
    }
    for file in files.values():
        file.unlink()
    contents["_live/manifest.json"] = manifest_of(target, contents["_live/manifest.json"], name)
    addresses = front_end.place(target, contents)
    for page in [*target.glob("*.html"), *target.glob("explorables/*.html")]:
        text = page.read_text(encoding="utf-8").replace("<html ", f'<html data-edition="{name}" ')
        page.unlink()
        page.write_text(text, encoding="utf-8")
        front_end.stamp(page, addresses)
    live_site.write_kept(target, addresses)
    return target


def left_out(folder, names):
    """List what no page of an edition needs: JupyterLite."""
    return {"lite"} & set(names) if Path(folder) == serve.SITE else set()


def place(source, target):
    """Give a file a second name; nothing is ever written to it under that one."""
    os.link(source, target)


def unhashed(content):
    """Let a file name others as its source does."""
    return re.sub(rb"(\w)\.[0-9a-f]{10}(\.(?:js|woff2)[\"?)])", rb"\1\2", content)


def marked(path, content, name):
    """Add to a script or style the edition that it belongs to."""
    mark = MARK.get(Path(path).suffix, "").format(name, stem=Path(path).stem)
    return content + mark.encode()


def manifest_of(target, manifest, name):
    """Put the edition into Python's own half, and its hash into what the pages are told."""
    facts = json.loads(manifest)
    archive = target / "pyodide" / "live.zip"
    files.write(archive, archive.read_bytes())  # its other name lies in a cache
    with zipfile.ZipFile(archive, "a") as python:
        python.writestr("live/edition.py", f"name = '{name}'")
    facts["files"]["live.zip"] = live_site.facts_of(archive)
    return files.as_json(facts | {"version": f"{facts['version']}{name}"})
