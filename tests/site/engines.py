"""Firefox and WebKitGTK behind the same few verbs: those of Playwright that the tests use.

Firefox has them from Playwright itself. WebKitGTK is driven through WebDriver, and `Page` and
`Locator` speak to it in the same words. Neither can be touched, taken off the network or told to
take another medium: in Firefox, Playwright's verbs for that do nothing and say nothing. What goes
wrong on a page is told to the server by a script that it puts into each page: WebKitGTK has no
console that could be read.
"""

import asyncio
import contextlib
import os
import subprocess
import threading
import warnings
from collections import defaultdict

import browsers
import serve
from hands import until
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.keys import Keys
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

PREFIX = "/book/"
LISTENER = """{
  const address = new URL("fault", document.currentScript.src);
  const tell = (fault) => {
    const request = new XMLHttpRequest();
    request.open("POST", address, false);
    request.send(fault);
  };
  let leaving = false; // what was still to come is then rejected, and nobody waits for it
  addEventListener("beforeunload", () => { leaving = true; });
  const unloaded = ({ src, href }) => `did not load: ${src ?? href}`;
  const again = (e) => e.message?.startsWith("ResizeObserver loop"); // a frame later
  addEventListener("error", (e) => again(e) || tell(e.message ?? unloaded(e.target)), true);
  addEventListener("unhandledrejection", (e) => leaving || tell(`rejected: ${e.reason}`));
  addEventListener("securitypolicyviolation", (e) => tell(`forbidden: ${e.blockedURI}`));
  for (const kind of ["error", "warn"]) {
    const own = console[kind];
    console[kind] = (...all) => { own(...all); tell(all.join(" ")); };
  }
}"""
# In WebKit a script is found by its place, as Playwright finds it: step by step from the document.
FIND = """
const NAMED = { button: "button, [role=button]", textbox: "textarea, [role=textbox]" };
const name = (node) => node.getAttribute("aria-label") ?? node.textContent;
const steps = {
  css: (nodes, value) => nodes.flatMap((node) => [...node.querySelectorAll(value)]),
  nth: (nodes, value) => nodes.slice(value, value + 1 || undefined),
  role: (nodes, [role, wanted]) => steps.css(nodes, NAMED[role])
    .filter((node) => name(node).includes(wanted)),
};
const find = (path) => path.reduce((nodes, [kind, value]) => steps[kind](nodes, value), [document]);
"""
SEEN = "node.getClientRects().length && node.checkVisibility({ visibilityProperty: true })"
BOX = """(node) => {
  const { x, y, width, height } = node.getBoundingClientRect();
  return { x, y, width, height };
}"""
BRING = """(node) => {
  const { top, bottom, left, right } = node.getBoundingClientRect();
  const inside = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
  if (!inside) node.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
}"""
FRAME = "return new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
#: Playwright's names of keys that selenium calls otherwise.
KEYS = {
    **{f"Arrow{way}": getattr(Keys, way.upper()) for way in ("Up", "Down", "Left", "Right")},
    **{"PageUp": Keys.PAGE_UP, "PageDown": Keys.PAGE_DOWN, "Home": Keys.HOME, "End": Keys.END},
    **{"Enter": Keys.ENTER, "Escape": Keys.ESCAPE, "Tab": Keys.TAB},
    **{"Control": Keys.CONTROL, "Shift": Keys.SHIFT},
}


# ---- the site, with a listener in every page -----------------------------------------------------


class Watched(serve.Pages):
    """The files of the site."""

    def on_finish(self):
        """Note an answer that says no."""
        if self.get_status() >= 400:
            self.settings["faults"][self.request.host].append(
                f"{self.get_status()}: {self.request.path}"
            )


class Listening(RequestHandler):
    """A page of the site, with the listener before its own scripts."""

    def get(self, path):
        """Answer with the page."""
        text = (serve.SITE / (path or "index.html")).read_text(encoding="utf-8")
        script = f'<head><script src="{PREFIX}listener.js"></script>'
        self.finish(text.replace("<head>", script, 1))


class Listener(RequestHandler):
    """The listener, and what it has heard."""

    def get(self):
        """Answer with the script."""
        self.set_header("Content-Type", "text/javascript")
        self.finish(LISTENER)

    def post(self):
        """Note a fault."""
        fault = self.request.body.decode()
        self.settings["faults"][self.request.host].append(fault)


class Site:
    """The built site, at as many addresses as there are readers: each has a storage of its own."""

    def __init__(self):
        self.faults = defaultdict(list)
        routes = [
            (f"{PREFIX}(?:listener.js|fault)", Listener),
            (f"{PREFIX}((?:explorables/)?[a-z_-]+\\.html|)", Listening),
            (f"{PREFIX}(.*)", Watched, {"path": str(serve.SITE)}),
        ]
        options = {"compress_response": True, "log_function": lambda handler: None}
        application = Application(routes, faults=self.faults, **options)
        self.server, self.loop = HTTPServer(application), asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def fresh(self):
        """Return the address of the site for a new reader."""
        socket, port = bind_unused_port()
        self.loop.call_soon_threadsafe(self.server.add_socket, socket)
        return f"http://127.0.0.1:{port}{PREFIX}"

    def heard(self, home):
        """Return what went wrong for the reader at this address."""
        return self.faults[home.split("/")[2]]


# ---- Firefox -------------------------------------------------------------------------------------


class Firefox:
    """Stock Firefox, in Playwright's hands, in one window."""

    def __init__(self, playwright):
        options = {"channel": "moz-firefox", "executable_path": browsers.program("FIREFOX")}
        self.browser = playwright.firefox.launch(**options)
        self.window = self.browser.new_context().new_page()

    def page(self, width, height):
        """Empty the window and give it a size."""
        self.window.goto("about:blank")
        self.window.set_viewport_size({"width": width, "height": height})
        return self.window

    def quit(self):
        """End the browser."""
        self.browser.close()


# ---- WebKitGTK -----------------------------------------------------------------------------------


class Screen:
    """A screen that nobody sees."""

    def __init__(self):
        ours, its = os.pipe()
        # It ends with its last window, whatever becomes of us.
        options = ("-screen", "0", "1300x9000x24", "-nolisten", "tcp", "-terminate")
        command = (browsers.program("XVFB"), "-displayfd", str(its), *options)
        self.process = subprocess.Popen(command, pass_fds=(its,), stderr=subprocess.DEVNULL)
        os.close(its)
        with open(ours, encoding="ascii") as answer:
            self.name = f":{answer.readline().strip()}"

    def close(self):
        """Take the screen away."""
        self.process.terminate()
        self.process.wait()


class WebKit:
    """WebKitGTK's own small browser, on a screen of its own, in one window."""

    def __init__(self, playwright):
        self.screen = Screen()
        try:
            self.driver = self.start()
        except BaseException:
            self.screen.close()
            raise
        self.driver.set_script_timeout(120)

    def start(self):
        """Start the browser and what drives it."""
        options = webdriver.WebKitGTKOptions()
        options.binary_location = browsers.program("MINIBROWSER")
        options.add_argument("--automation")
        bare = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "GDK_BACKEND": "x11"}
        service = webdriver.WebKitGTKService(
            executable_path=browsers.program("WEBKIT_DRIVER"),
            env={**os.environ, **bare, "DISPLAY": self.screen.name},
        )
        with warnings.catch_warnings():  # selenium warns of the way in which it calls itself
            warnings.simplefilter("ignore", DeprecationWarning)
            return webdriver.WebKitGTK(options=options, service=service)

    def page(self, width, height):
        """Empty the window and give it a size."""
        self.driver.get("about:blank")
        page = Page(self.driver)
        page.set_viewport_size({"width": width, "height": height})
        return page

    def quit(self):
        """End the browser."""
        with contextlib.suppress(Exception):
            self.driver.quit()
        self.screen.close()


class Page:
    """A page in WebKit, with the verbs of Playwright's."""

    def __init__(self, driver):
        self.driver = driver
        self.mouse, self.keyboard = Mouse(driver), Keyboard(driver)

    def goto(self, address):
        """Open an address."""
        self.driver.get(address)

    def reload(self):
        """Load the page again."""
        self.driver.refresh()

    def travel(self, way):
        """Go back or forward: a page that is being left answers no script."""
        getattr(self.driver, way)()

    def set_viewport_size(self, size):
        """Give the window a size: what is around the page stays as high as it is."""
        bar = "return outerHeight - innerHeight"
        height = size["height"] + self.driver.execute_script(bar)
        self.driver.set_window_rect(0, 0, size["width"], height)

    def evaluate(self, script, argument=None):
        """Return the value of an expression, or of the function that it is."""
        call = f"const value = ({script});"
        call += "return typeof value === 'function' ? value(arguments[0]) : value;"
        return self.driver.execute_script(call, argument)

    def locator(self, selector):
        """Find parts by a selector."""
        return Locator(self, []).locator(selector)

    def get_by_role(self, role, name):
        """Find parts by what they are called."""
        return Locator(self, []).get_by_role(role, name)

    def screenshot(self):
        """Return the window as a PNG."""
        return self.driver.get_screenshot_as_png()


class Mouse:
    """The mouse: each act is sent at once."""

    def __init__(self, driver):
        self.driver = driver

    def act(self, name, *args):
        """Do one thing."""
        builder = ActionBuilder(self.driver, duration=0)
        getattr(builder.pointer_action, name)(*args)
        builder.perform()

    def move(self, x, y):
        """Go to a place in the window."""
        self.act("move_to_location", round(x), round(y))

    def down(self):
        """Press the button."""
        self.act("pointer_down")

    def up(self):
        """Let the button go."""
        self.act("pointer_up")

    def click(self, x, y):
        """Press and let go at a place."""
        self.move(x, y)
        self.down()
        self.up()


class Keyboard:
    """The keys."""

    def __init__(self, driver):
        self.driver = driver

    def press(self, keys):
        """Press a key, with others held down before it: Shift+Enter."""
        *held, key = [KEYS.get(name, name) for name in keys.split("+")]
        chain = ActionChains(self.driver, duration=0)
        for modifier in held:
            chain.key_down(modifier)
        chain.send_keys(key)
        for modifier in held:
            chain.key_up(modifier)
        chain.perform()

    def insert_text(self, text):
        """Put a text where the reader writes, as one input."""
        self.driver.execute_script("document.execCommand('insertText', false, arguments[0])", text)


class Locator:
    """Parts of a page, looked for anew each time."""

    def __init__(self, page, steps):
        self.page, self.steps = page, steps

    def then(self, kind, value):
        """Go a step on."""
        return Locator(self.page, [*self.steps, [kind, value]])

    def locator(self, selector):
        """Find parts within these."""
        return self.then("css", selector)

    def get_by_role(self, role, name):
        """Find parts within these by what they are called."""
        return self.then("role", [role, name])

    def nth(self, number):
        """Take one of these."""
        return self.then("nth", number)

    @property
    def first(self):
        """Take the first of these."""
        return self.nth(0)

    @property
    def last(self):
        """Take the last of these."""
        return self.nth(-1)

    def evaluate_all(self, script, argument=None):
        """Return what a function makes of all parts."""
        call = f"([path, argument]) => {{ {FIND} return ({script})(find(path), argument); }}"
        return self.page.evaluate(call, [self.steps, argument])

    def evaluate(self, script, argument=None):
        """Return what a function makes of the one part."""
        self.wait_for("true")
        return self.evaluate_all(f"([node], argument) => ({script})(node, argument)", argument)

    def count(self):
        """Count the parts."""
        return self.evaluate_all("(found) => found.length")

    def wait_for(self, condition=SEEN):
        """Wait until there is such a part, and it is seen."""
        call = f"(path) => {{ {FIND} return find(path).some((node) => {condition}); }}"
        until(self.page, call, self.steps)

    def is_visible(self):
        """Tell whether the first part is seen."""
        return bool(self.evaluate_all(f"([node]) => node && {SEEN}"))

    def bounding_box(self):
        """Return the place of the part in the window."""
        return self.evaluate(BOX)

    def text_content(self):
        """Return the text of the part."""
        return self.evaluate("(node) => node.textContent")

    def inner_html(self):
        """Return the markup within the part."""
        return self.evaluate("(node) => node.innerHTML")

    def get_attribute(self, name):
        """Return an attribute of the part."""
        return self.evaluate("(node, name) => node.getAttribute(name)", name)

    def scroll_into_view_if_needed(self):
        """Bring the part into the window."""
        self.evaluate(BRING)

    def focus(self):
        """Go to the part with the keys."""
        self.evaluate("(node) => node.focus()")

    def click(self):
        """Click on the middle of the part."""
        self.wait_for()
        self.scroll_into_view_if_needed()
        self.page.driver.execute_script(FRAME)
        box = self.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def press(self, keys):
        """Press a key on the part."""
        self.focus()
        self.page.keyboard.press(keys)


#: The engines beside Chromium, by the names that the environment has for them.
OTHERS = {"firefox": Firefox, "webkit": WebKit}
