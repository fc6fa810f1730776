"""The service worker: a page that has run works without a network, and is never old with one."""

import functools
import hashlib
import http.server
import json
import threading

import pytest
import serve
from conftest import ROOT
from playwright.sync_api import Error, expect

pytestmark = pytest.mark.site

HOME = "/book/"
PAGE = '<!doctype html><title>page</title><h1>{}</h1><script src="plain.js"></script>'
TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
}
FORBIDDEN = "Object.defineProperty(self, 'caches', { get() { throw new Error('forbidden'); } });\n"
FULL = "Cache.prototype.put = () => Promise.reject(new DOMException('', 'QuotaExceededError'));\n"


class Answers(http.server.BaseHTTPRequestHandler):
    """Answer from the files of a small site; hang up while it is offline."""

    def do_GET(self):
        site, path = self.server.site, self.path
        site.asked.append(path.removeprefix(HOME))
        name = path.removeprefix(HOME).partition("?")[0]
        if site.offline:
            self.close_connection = True
            return
        body = site.files.get(name)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", TYPES.get(name.rpartition(".")[2], "text/plain"))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *words):
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        """Let a browser hang up."""


class Site:
    """A site of a few files, which can change and go offline."""

    def __init__(self, address):
        live = ROOT / "web" / "live"
        self.address, self.offline, self.asked = address, False, []
        self.files = {
            "page.html": PAGE.format("first").encode(),
            "plain.js": b"document.title = 'first';",
            "other.html": PAGE.format("never opened").encode(),
            "later.js": b"export const later = 1;",
            "lite/index.html": b"<h1>lite</h1>",
            "pyodide/python.wasm": b"wasm",
            "pyodide/lib-1-py3-none-any.whl": b"wheel",
            "sw.js": (live / "sw.js").read_bytes(),
            "_live/offline.js": (live / "offline.js").read_bytes(),
        }
        self.release("1")

    def release(self, version):
        """Put another version of the whole site on the server."""
        manifest = {
            "version": version,
            "base": "../pyodide/",
            "files": {
                name.removeprefix("pyodide/"): {"sha256": hashlib.sha256(content).hexdigest()}
                for name, content in self.files.items()
                if name.startswith("pyodide/")
            },
            "offline": ["../later.js"],
        }
        self.wasm = f"pyodide/python.wasm?v={manifest['files']['python.wasm']['sha256'][:16]}"
        self.files["_live/manifest.json"] = json.dumps(manifest).encode()


class Folder:
    """The files of the built site, by their names."""

    def get(self, name):
        """Read a file; None where there is none."""
        path = serve.SITE / name
        return path.read_bytes() if path.is_file() else None


@pytest.fixture
def small():
    """Serve a small site."""
    server = Server(("127.0.0.1", 0), Answers)
    server.site = Site(f"http://127.0.0.1:{server.server_port}{HOME}")
    threading.Thread(target=functools.partial(server.serve_forever, 0.01), daemon=True).start()
    yield server.site
    server.shutdown()
    server.server_close()


@pytest.fixture
def whole(small):
    """Serve the built site in place of the small one."""
    small.files = Folder()
    return small


@pytest.fixture
def page(browser, small):
    """Open the page of the small site, in a browser that has never seen it."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{small.address}page.html")
    yield page
    context.close()


def keep(page):
    """Do what the first Run does; return what could not be stored."""
    return page.evaluate(
        """async () => {
          const manifest = await (await fetch("_live/manifest.json")).json();
          return (await import("./_live/offline.js")).keepForOffline(manifest);
        }"""
    )


def fetched(page, name):
    """Read a file as the page would; None where there is no answer."""
    script = "(name) => fetch(name).then((answer) => answer.text(), () => null)"
    return page.evaluate(script, name)


def test_a_page_that_was_kept_reloads_without_a_network(page, small):
    assert keep(page) == []
    small.offline = True
    page.reload()
    expect(page.locator("h1")).to_have_text("first")
    expect(page).to_have_title("first")
    assert fetched(page, small.wasm) == "wasm"
    assert fetched(page, "pyodide/lib-1-py3-none-any.whl") == "wheel"
    assert fetched(page, "later.js") == small.files["later.js"].decode()


def test_before_the_first_run_nothing_is_stored(page, small):
    assert page.evaluate("navigator.serviceWorker.controller") is None
    assert page.evaluate("caches.keys()") == []
    small.offline = True
    with pytest.raises(Error, match="ERR_"):
        page.reload()


def test_with_a_network_nothing_old_is_shown(page, small):
    keep(page)
    small.files["page.html"] = PAGE.format("second").encode()
    small.files["plain.js"] = b"document.title = 'second';"
    page.reload()
    expect(page.locator("h1")).to_have_text("second")
    expect(page).to_have_title("second")
    small.offline = True
    page.reload()
    expect(page.locator("h1")).to_have_text("second")


def test_what_has_a_version_is_not_asked_for_again(page, small):
    keep(page)
    page.reload()
    small.asked.clear()
    assert fetched(page, small.wasm) == "wasm"
    assert fetched(page, "later.js") == small.files["later.js"].decode()
    assert small.asked == ["later.js"]


def test_another_version_in_the_address_is_never_answered_from_the_store(page, small):
    keep(page)
    small.files["pyodide/python.wasm"] = b"newer"
    assert fetched(page, "pyodide/python.wasm?v=2") == "newer"


def test_what_is_asked_for_in_another_way_is_found_offline(page, small):
    keep(page)
    small.offline = True
    assert fetched(page, "later.js?v=9") == small.files["later.js"].decode()
    page.goto(f"{small.address}page.html?from=mail#here")
    expect(page.locator("h1")).to_have_text("first")


def test_jupyterlite_is_left_alone(page, small):
    keep(page)
    assert fetched(page, "lite/index.html") == "<h1>lite</h1>"
    small.offline = True
    assert fetched(page, "lite/index.html") is None


def test_what_jupyterlite_loads_beside_itself_is_left_alone_too(page, small):
    keep(page)
    page.goto(f"{small.address}lite/index.html")
    assert page.evaluate("navigator.serviceWorker.controller") is not None
    assert fetched(page, "../pyodide/lib-1-py3-none-any.whl") == "wheel"
    assert fetched(page, "../other.html") is not None
    small.offline = True
    assert fetched(page, "../pyodide/lib-1-py3-none-any.whl") is None
    page.goto(f"{small.address}page.html")
    assert fetched(page, "other.html") is None


def test_what_was_never_seen_is_missing_offline(page, small):
    keep(page)
    small.offline = True
    assert fetched(page, "other.html") is None


def test_a_refusal_is_not_stored(page, small):
    keep(page)
    assert fetched(page, "nothing.html") == ""
    small.offline = True
    assert fetched(page, "nothing.html") is None


def test_a_new_version_drops_the_store_of_the_old_one_and_no_other(page, small):
    keep(page)
    page.evaluate("caches.open('http://elsewhere/ 1')")
    small.release("2")
    assert keep(page) == []
    stores = page.evaluate("caches.keys()")
    assert sorted(stores) == sorted(["http://elsewhere/ 1", f"{small.address} 2"])


def test_what_did_not_change_is_taken_over_from_the_old_store(page, small):
    keep(page)
    page.reload()
    small.release("2")
    del small.files["pyodide/python.wasm"]
    small.asked.clear()
    assert keep(page) == []
    assert small.wasm not in small.asked
    small.offline = True
    assert fetched(page, small.wasm) == "wasm"


def test_a_file_that_cannot_be_had_is_named(page, small):
    del small.files["pyodide/python.wasm"]
    assert keep(page) == [f"{small.address}{small.wasm}"]


@pytest.mark.parametrize("fault", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_a_store_that_is_full_or_forbidden_changes_nothing_online(page, small, fault):
    small.files["sw.js"] = fault.encode() + small.files["sw.js"]
    assert f"{small.address}page.html" in keep(page)
    page.reload()
    expect(page.locator("h1")).to_have_text("first")
    assert fetched(page, small.wasm) == "wasm"


def test_a_browser_that_has_no_service_workers_is_not_disturbed(page, small):
    del small.files["sw.js"]
    assert keep(page) is None


def run(page, number):
    """Run a cell of a chapter, and the ones before it that have not run; return the cell."""
    cell = page.locator(".live-cell").nth(number)
    cell.locator(".live-run").click()
    ask = cell.locator(".live-ask .live-first")
    expect(ask.or_(cell.locator(".live-state:not([data-state=idle])")).first).to_be_visible()
    if ask.count():
        ask.click()
    expect(cell).to_have_attribute("data-state", "ok", timeout=120_000)
    return cell


def test_a_chapter_that_has_run_runs_again_without_a_network(page, whole):
    page.goto(f"{whole.address}likelihood.html")
    assert page.evaluate("caches.keys()") == []
    run(page, 0)
    page.locator("html[data-kept]").wait_for(state="attached", timeout=120_000)
    assert page.locator("html").get_attribute("data-kept") == "whole"
    whole.offline = True
    page.reload()
    expect(run(page, 1).locator(".cell_output")).to_contain_text(
        "theta = 0.7: likelihood 0.00222357"
    )
    expect(run(page, 3).locator(".cell_output img")).to_be_visible()
    page.locator(".live-cell").first.locator(".live-edit").click()
    expect(page.locator(".live-cell").first.locator(".cm-editor")).to_be_visible()
    assert page.locator(".xp[data-live]").count() == page.locator(".explorable .xp").count()
