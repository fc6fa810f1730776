"""The service worker: a page that has run works without a network, and is never old with one."""

import functools
import hashlib
import http.server
import json
import threading

import pytest
import serve
from conftest import ROOT, STILL
from hands import open_boxes, until
from playwright.sync_api import Error, expect

pytestmark = pytest.mark.site

HOME = "/book/"
PAGE = """<!doctype html><html data-content_root="./"><title>page</title><h1>{}</h1>
<script src="{}"></script>"""
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
        self.send_header("Cache-Control", site.keep)
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
        self.address, self.offline, self.asked, self.keep = address, False, [], "no-store"
        self.files = {
            "lite/index.html": b"<h1>lite</h1>",
            "pyodide/python.wasm": b"wasm",
            "pyodide/lib-1-py3-none-any.whl": b"wheel",
            "sw.js": (live / "sw.js").read_bytes(),
            "offline.js": (live / "offline.js").read_bytes(),
        }
        self.release("first")

    def release(self, name):
        """Put another build of the whole site on the server."""
        self.files = {path: b for path, b in self.files.items() if "plain." not in path}
        script = f"document.title = '{name}';".encode()
        self.plain = f"plain.{sha(script)[:10]}.js"
        self.files |= {
            self.plain: script,
            "page.html": PAGE.format(name, self.plain).encode(),
            "other.html": PAGE.format("never opened", self.plain).encode(),
            "later.0123456789.js": b"export const later = 1;",
        }
        self.wasm = f"pyodide/python.wasm?v={sha(self.files['pyodide/python.wasm'])[:16]}"
        self.list()

    def list(self):
        """Write what may be stored, as the build does."""
        kinds = {
            "python": "pyodide/",
            "parts": ("plain", "later", "offline"),
            "seen": ("page", "other"),
        }
        listed = {
            kind: {name: sha(body) for name, body in self.files.items() if name.startswith(start)}
            for kind, start in kinds.items()
        }
        self.files["_live/kept.json"] = json.dumps(listed).encode()

    @property
    def version(self):
        """The version of the store: the hash of the list."""
        return sha(self.files["_live/kept.json"])


def sha(content):
    return hashlib.sha256(content).hexdigest()


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
    context = browser.new_context(**STILL)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{small.address}page.html")
    yield page
    context.close()


def keep(page):
    """Do what the first Run does; return what could not be stored."""
    return page.evaluate('async () => (await import("./offline.js")).keepForOffline()')


def fetched(page, name):
    """Read a file as the page would; None where there is no answer."""
    script = "(name) => fetch(name).then((answer) => answer.text(), () => null)"
    return page.evaluate(script, name)


def stored(page, name):
    """Read a file out of the store; None where it is not there."""
    script = """async (url) => (await caches.match(url, {ignoreSearch: true}))?.text() ?? null"""
    return page.evaluate(script, page.evaluate("(name) => new URL(name, location.href).href", name))


def put(page, name, text, store):
    """Write into a store, as a cell that reached it could."""
    script = """async ([name, text, store]) =>
      (await caches.open(store)).put(name, new Response(text))"""
    page.evaluate(script, [name, text, store])


def test_a_page_that_was_kept_reloads_without_a_network(page, small):
    assert keep(page) == []
    small.offline = True
    page.reload()
    expect(page.locator("h1")).to_have_text("first")
    expect(page).to_have_title("first")
    assert fetched(page, small.wasm) == "wasm"
    assert fetched(page, "pyodide/lib-1-py3-none-any.whl") == "wheel"
    assert fetched(page, "later.0123456789.js") == "export const later = 1;"
    assert fetched(page, "other.html") is None  # never seen
    for address in ("page.html?from=mail#here", "page"):  # some hosts send it without its ending
        page.goto(small.address + address)
        expect(page.locator("h1")).to_have_text("first")
    assert keep(page) == []  # it is still whole


def test_before_the_first_run_nothing_is_stored(page, small):
    assert page.evaluate("navigator.serviceWorker.controller") is None
    assert page.evaluate("caches.keys()") == []
    small.offline = True
    with pytest.raises(Error, match="ERR_"):
        page.reload()


def test_a_page_that_is_opened_later_is_stored_too(page, small):
    keep(page)
    page.goto(f"{small.address}other.html")
    small.offline = True
    page.reload()
    expect(page.locator("h1")).to_have_text("never opened")


def test_with_a_network_nothing_old_is_shown_and_without_one_nothing_is_mixed(page, small):
    keep(page)
    small.release("second")
    page.reload()
    expect(page.locator("h1")).to_have_text("second")
    expect(page).to_have_title("second")
    small.offline = True  # of the second build nothing was stored: the first is there, whole
    page.reload()
    expect(page.locator("h1")).to_have_text("first")
    expect(page).to_have_title("first")
    small.offline = False
    page.reload()
    assert keep(page) == []
    small.offline = True
    page.reload()
    expect(page.locator("h1")).to_have_text("second")
    expect(page).to_have_title("second")


def test_what_has_its_content_in_its_address_is_not_asked_for_again(page, small):
    keep(page)
    page.reload()
    small.asked.clear()
    assert fetched(page, small.wasm) == "wasm"
    assert fetched(page, "later.0123456789.js") == "export const later = 1;"
    assert fetched(page, "other.html") is not None
    assert small.asked == ["other.html"]


def test_another_version_in_the_address_is_never_answered_from_the_store(page, small):
    keep(page)
    small.files["pyodide/python.wasm"] = b"newer"
    assert fetched(page, "pyodide/python.wasm?v=2") == "newer"


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


def test_a_refusal_is_not_stored(page, small):
    keep(page)
    other = small.files.pop("other.html")
    assert fetched(page, "other.html") == ""
    small.offline = True
    assert fetched(page, "other.html") is None
    small.offline, small.files["other.html"] = False, other
    assert fetched(page, "other.html") is not None


def test_a_new_build_drops_the_store_of_the_old_one_and_no_other(page, small):
    keep(page)
    page.evaluate("caches.open('http://elsewhere/ 1')")
    small.release("second")
    assert keep(page) == []
    stores = page.evaluate("caches.keys()")
    assert sorted(stores) == sorted(["http://elsewhere/ 1", f"{small.address} {small.version}"])


def test_what_did_not_change_is_taken_over_from_the_old_store(page, small):
    keep(page)
    page.reload()
    small.release("second")
    wasm = small.files.pop("pyodide/python.wasm")
    small.asked.clear()
    assert keep(page) == []
    assert wasm and small.wasm not in small.asked
    small.offline = True
    assert fetched(page, small.wasm) == "wasm"


def test_a_file_that_cannot_be_had_is_named(page, small):
    del small.files["pyodide/python.wasm"]
    assert keep(page) == [f"{small.address}pyodide/python.wasm"]


def test_a_damaged_file_is_not_stored_and_once_mended_it_is_fetched_past_the_cache(page, small):
    small.keep = "max-age=600"
    small.files["pyodide/python.wasm"] = b"damaged"
    assert fetched(page, small.wasm) == "damaged"  # it is in the browser's cache now
    assert keep(page) == [f"{small.address}pyodide/python.wasm"]
    assert stored(page, small.wasm) is None
    small.files["pyodide/python.wasm"] = b"wasm"
    assert keep(page) == []
    assert stored(page, small.wasm) == "wasm"


def test_what_somebody_put_into_the_store_is_never_answered(page, small):
    put(page, f"{small.address}{small.wasm}", "damaged", f"{small.address} of an older worker")
    assert keep(page) == []
    assert stored(page, small.wasm) == "wasm"
    store = f"{small.address} {small.version}"
    lie = PAGE.format("a lie", "lie.js")
    for name in ("page.html", small.plain, "pyodide/python.wasm", "lie.js"):
        put(page, f"{small.address}{name}", lie, store)
    put(page, f"{small.address}_live/kept.json", '{"python":{},"parts":{},"seen":{}}', store)
    page.reload()
    assert fetched(page, small.wasm) == "wasm"
    expect(page).to_have_title("first")
    small.offline = True
    assert fetched(page, "lie.js") is None
    put(page, f"{small.address}page.html", lie, store)
    with pytest.raises(Error, match="ERR_"):
        page.goto(f"{small.address}page.html")


@pytest.mark.parametrize("fault", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_a_store_that_is_full_or_forbidden_changes_nothing_online(page, small, fault):
    small.files["sw.js"] = fault.encode() + small.files["sw.js"]
    assert keep(page) == [f"{small.address}_live/kept.json"]
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
    open_boxes(page)
    for picture in page.locator(".explorable .xp").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_attribute("data-live", "")
    figures = page.locator("article img[loading]")
    for figure in figures.all():
        figure.scroll_into_view_if_needed()
        until(page, "([node]) => node.complete && node.naturalWidth > 0", [figure.element_handle()])
