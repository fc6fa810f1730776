"""Python's side of the page: what stands in for IPython, and what runs a cell.

A worker loads this as the module ``live`` and calls ``start`` once. Everything that leaves Python
goes through ``link.post``: outputs as nbformat has them, and the messages of widgets.
"""

import ast
import asyncio
import base64
import builtins
import hashlib
import importlib
import inspect
import io
import json
import keyword
import linecache
import logging
import math
import os
import re
import site
import sys
import time
import tokenize
import traceback
import types
import warnings
import zipfile
from collections import deque
from importlib.machinery import ModuleSpec, PathFinder

MOST_TEXT = 200_000  # characters that one cell may print
MOST_MARKUP = 2_000_000  # characters of one rich output
MOST_SHOWN = 1_000  # rich outputs that one cell may leave below itself
MOST_CHARACTERS = 50_000_000  # of all of them together
MOST_MESSAGES = 5_000  # messages of widgets in one cell that no later one replaces
CHARACTERS_PER_SECOND = 8_000_000  # what a page can show while it still answers to Stop
SECONDS_BETWEEN = 0.05  # how often a stream is sent while a cell prints without end
SECONDS_TO_GATHER = 0.2  # how long a widget's outputs wait for more of the same cell
AT_ONCE = 40  # lines, or outputs, that are sent at once, before they are gathered
PIXELS_PER_INCH = 96
BACKEND = "matplotlib_inline.backend_inline"
ELSEWHERE = "JupyterLite (the chapter's menu) or Jupyter on your own machine"


class Outbox:
    """What leaves Python: at once where there is little, gathered where there is much.

    What is gathered and then replaced, by a later state of the same widget or the same display, or
    by ``clear_output``, is not sent: the page never has more to do than it can show.
    """

    def __init__(self):
        self.waiting = {}  # in the order of sending; what can be replaced has a key of its own
        self.sent = deque([0.0] * AT_ONCE, maxlen=AT_ONCE)
        self.due = 0.0
        self.promised = False
        self.number = 0
        self.seals = {}  # widget -> how many of its messages must keep their place

    def put(self, message, buffers=()):
        """Take a message to the page."""
        if message["type"] == "comm":
            key, message, buffers = self.of_widget(message, buffers)
        else:
            key = self.of_output(message)
        self.waiting[key] = message, buffers
        now = time.monotonic()
        if now > self.due and now - self.sent[0] > SECONDS_BETWEEN:
            self.flush()
        else:
            self.flush_soon()

    def flush_soon(self):
        """Send in a moment what is there by then, if Python will have one."""
        if not self.promised:
            self.promised = soon(self.keep_promise)

    def keep_promise(self):
        """Send all that is there."""
        self.promised = False
        flush_streams()
        self.flush()

    def unique(self):
        """Return a key that nothing replaces."""
        self.number += 1
        return self.number

    def of_output(self, message):
        """Return the key of an output; what it replaces goes."""
        output, parent = message["output"], message["id"]
        kind = output["output_type"]
        if kind == "update_display_data":
            key = "update", output.get("transient", {}).get("display_id")
            self.waiting.pop(key, None)
            return key
        if kind == "clear_output":
            self.waiting.pop(("clear", parent), None)
            return "clear", parent
        if next(reversed(self.waiting), None) == ("clear", parent):
            self.drop_cleared(parent)
        return self.unique()

    def drop_cleared(self, parent):
        """Let go what a cell has cleared before anybody saw it."""
        cleared = [
            key
            for key, (message, _) in self.waiting.items()
            if message.get("id") == parent and isinstance(key, int)
        ]
        for key in cleared:
            del self.waiting[key]

    def of_widget(self, message, buffers):
        """Return key, message and buffers for a widget; an earlier state that waits is joined."""
        content = message["msg"]["content"]
        data, widget = content["data"], content["comm_id"]
        if data.get("method") != "update":
            self.seals[widget] = self.seals.get(widget, 0) + 1
            return self.unique(), message, buffers
        key = "state", widget, self.seals.get(widget, 0)
        before, their_buffers = self.waiting.get(key, (None, ()))
        if before is None:
            return key, message, buffers
        old = before["msg"]["content"]["data"]
        if not buffers and not their_buffers:
            data["state"] = {**old["state"], **data["state"]}
        elif not parts_of(old) <= parts_of(data):
            self.seals[widget] = self.seals.get(widget, 0) + 1
            return ("state", widget, self.seals[widget]), message, buffers
        del self.waiting[key]
        return key, message, buffers

    def flush(self):
        """Send what has been gathered."""
        waiting, self.waiting = self.waiting, {}
        size = 0
        for message, buffers in waiting.values():
            text = as_json(message)
            size += len(text) + sum(len(buffer) for buffer in buffers)
            link.post(text, list(buffers) or None)
        if waiting:
            self.sent.append(time.monotonic())
            self.due = self.sent[-1] + size / CHARACTERS_PER_SECOND


def parts_of(data):
    """Return the names of what an update of a widget changes."""
    return {*data["state"], *(path[0] for path in data.get("buffer_paths", ()))}


def soon(work):
    """Let asyncio do something in a moment; tell whether it will."""
    try:
        asyncio.get_running_loop().call_later(SECONDS_BETWEEN, work)
    except RuntimeError:
        return False
    return True


class Unstoppable:
    """What stands in for the page's Stop where there is no page."""

    wanted = stopped = staticmethod(lambda: False)
    task = staticmethod(lambda running: None)


class Link:
    """Where everything that leaves Python goes: to the cell, or the widget, at work."""

    def __init__(self):
        self.post = print
        self.outbox = Outbox()
        self.stop = Unstoppable
        self.parent = ""
        self.count_anew()
        self.messages = 0
        self.captures = []  # the innermost is last
        self.widgets = {}  # all that have ever captured, by their ids
        self.pixel_ratio = 1.0
        self.busy = False
        self.task = None

    def begin(self, parent):
        """Work for another cell, or another message of a widget, from here on."""
        self.busy, self.parent, self.messages = True, parent, 0
        self.outbox.promised = False
        self.count_anew()

    def count_anew(self):
        """Have shown nothing yet."""
        self.printed = self.shown = self.characters = 0
        self.full = False

    def end(self):
        """Have shown all that there was to show; tell whether that went well."""
        try:
            return shell.events.trigger("post_execute")
        finally:
            flush_streams()
            self.captures.clear()
            for one in self.widgets.values():
                if one.held is not None:
                    one.flush(one.widget())
            self.outbox.flush()
            self.busy, self.task = False, None

    def output(self, output_type, **content):
        """Hand an output to the widget that captures it, or else to the page."""
        flush_streams()
        self.emit({"output_type": output_type, **content})

    def emit(self, output):
        """Send an output on its way, if the cell may still show one."""
        if not self.has_room(output):
            return
        widget = self.captures[-1].widget() if self.captures else None
        if widget is not None and output["output_type"] != "update_display_data":
            self.captures[-1].take(widget, output)
        else:
            self.outbox.put({"type": "output", "id": self.parent, "output": output})

    def has_room(self, output):
        """Count an output; say once that there are too many."""
        kind = output["output_type"]
        if kind == "clear_output":
            self.count_anew()
        if kind not in ("display_data", "execute_result"):
            return True
        if self.full:
            return False
        self.shown += 1
        self.characters += sum(len(v) for v in output["data"].values() if isinstance(v, str))
        self.full = self.shown > MOST_SHOWN or self.characters > MOST_CHARACTERS
        if self.full:
            self.emit({"output_type": "stream", "name": "stdout", "text": ENOUGH})
        return not self.full

    def message(self, message, buffers):
        """Send a message of a widget, if the cell has not sent far too many."""
        if message["content"]["data"].get("method") != "update":
            self.messages += 1
        if self.messages > MOST_MESSAGES:
            raise RuntimeError(f"A cell can make {MOST_MESSAGES:,} parts of widgets, and no more.")
        self.outbox.put({"type": "comm", "msg": message}, buffers)


def as_json(value):
    """Write a message as JSON; what JSON has no word for becomes text."""
    try:
        return json.dumps(value, allow_nan=False, default=plain)
    except ValueError:
        return json.dumps(finite(value), default=plain)


def plain(value):
    """Return something that JSON knows, for NumPy's numbers and arrays and for anything else."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def finite(value):
    """Write numbers that JSON does not know as text, however deep they lie."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


link = Link()


# ---------------------------------------------------------------------------------------------
# What is printed
# ---------------------------------------------------------------------------------------------


class Stream(io.TextIOBase):
    """One of a cell's two streams: sent at once, gathered when there is much, cut when too much."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name = name
        self.parts = []
        self.column = self.width = 0  # of the last line: where it stands, and how long it is
        self.sent = deque([0.0] * AT_ONCE, maxlen=AT_ONCE)

    def writable(self):
        """Say that this can be written to."""
        return True

    def write(self, text):
        """Take a text; send it where a line is complete and the page is not swamped."""
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, got {type(text).__name__}.")
        room = MOST_TEXT - link.printed
        if room > 0 and text:
            count = self.seen(text)
            link.printed += count
            self.parts.append(text if count < room else text[:room] + CUT)
            if "\n" in text or "\r" in text:
                self.flush()
            if self.parts:
                link.outbox.flush_soon()
        return len(text)

    def seen(self, text):
        """Count what a text adds to what is seen; a line written anew adds little."""
        if "\n" in text and "\r" not in text:  # as most text, of which there may be much
            self.column = self.width = len(text) - text.rfind("\n") - 1
            return len(text)
        added = 0
        for number, row in enumerate(text.split("\n")):
            if number:
                added, self.column, self.width = added + 1, 0, 0
            for again, part in enumerate(row.split("\r")):
                self.column = len(part) if again else self.column + len(part)
                added += max(0, self.column - self.width)
                self.width = max(self.column, self.width)
        return added

    def flush(self):
        """Send what has been gathered, unless the page is being swamped."""
        if time.monotonic() - self.sent[0] > SECONDS_BETWEEN:
            self.send()

    def send(self):
        """Send what has been gathered."""
        if self.parts:
            text, self.parts = "".join(self.parts), []
            self.sent.append(time.monotonic())
            link.emit({"output_type": "stream", "name": self.name, "text": text})


CUT = (
    f"\n[Cut here: a cell shows {MOST_TEXT:,} characters. "
    "Print less, or keep the rest in a variable and look at a part of it.]\n"
)
ENOUGH = (
    f"\n[Cut here: a cell shows {MOST_SHOWN:,} outputs, and not more than this page can hold. "
    'Show fewer, or show them in one place: display(value, display_id="name", update=True).]\n'
)
streams = (Stream("stdout"), Stream("stderr"))


def flush_streams():
    """Send what both streams hold."""
    for stream in streams:
        stream.send()


def shortened(text, room=MOST_TEXT):
    """Cut a text that no reader would read to its end."""
    return text if len(text) <= room else text[:room] + CUT.rstrip("\n")


# ---------------------------------------------------------------------------------------------
# Rich outputs
# ---------------------------------------------------------------------------------------------

METHODS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "application/pdf": "_repr_pdf_",
    "text/latex": "_repr_latex_",
    "application/json": "_repr_json_",
    "application/javascript": "_repr_javascript_",
}


def format_object(value, include=None, exclude=None):
    """Return an object's mime bundle and its metadata, as IPython makes them."""
    data, metadata = own_bundle(value, include, exclude)
    if is_figure(value):
        picture, size = figure_png(value)
        data["image/png"], metadata["image/png"] = picture, size
    for mime, method in METHODS.items():
        if mime not in data:
            add_representation(value, mime, method, data, metadata)
    data.setdefault("text/plain", pretty(value))
    wanted = [mime for mime in data if not include or mime in include]
    wanted = [mime for mime in wanted if mime not in (exclude or ())]
    bundle = {mime: carried(mime, data[mime]) for mime in wanted}
    return without_the_huge(bundle), {mime: metadata[mime] for mime in wanted if mime in metadata}


def method_of(value, name):
    """Return a method that shows an object, unless the object makes up every name."""
    if isinstance(value, type) or callable(getattr(value, "_ipython_canary_method", None)):
        return None
    method = getattr(value, name, None)
    return method if callable(method) else None


def own_bundle(value, include, exclude):
    """Return what ``_repr_mimebundle_`` says, as data and metadata."""
    method = method_of(value, "_repr_mimebundle_")
    made = method(include=include, exclude=exclude) if method else None
    data, metadata = made if isinstance(made, tuple) else (made, {})
    return dict(data or {}), dict(metadata or {})


def add_representation(value, mime, name, data, metadata):
    """Add what one ``_repr_*_`` method returns, if the object has it."""
    method = method_of(value, name)
    made = method() if method else None
    if isinstance(made, tuple):
        made, metadata[mime] = made
    if made is not None:
        data[mime] = made


def carried(mime, value):
    """Return a representation as a message carries it: bytes in base64, text of a sane length."""
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    return shortened(value) if mime == "text/plain" else value


def without_the_huge(data):
    """Drop what would freeze the page, if there is plain text to show in its place."""
    huge = [
        mime
        for mime, value in data.items()
        if mime.startswith("text/") and isinstance(value, str) and len(value) > MOST_MARKUP
    ]
    return {mime: value for mime, value in data.items() if mime not in huge}


def pretty(value):
    """Return an object as IPython writes it after ``Out``."""
    return importlib.import_module("IPython.lib.pretty").pretty(value)


def display(*objects, include=None, exclude=None, metadata=None, transient=None, display_id=None,
            raw=False, clear=False, update=False, **kwargs):  # fmt: skip
    """Show objects below the cell, each in the richest form that it has."""
    if clear:
        clear_output(wait=True)
    handle = None
    if display_id is not None and display_id is not False:
        handle = DisplayHandle(None if display_id is True else display_id)
        transient = {**(transient or {}), "display_id": handle.display_id}
    for value in objects:
        show_one(value, include, exclude, metadata, transient, raw, update)
    return handle


def show_one(value, include, exclude, metadata, transient, raw, update):
    """Show one object, or let it show itself."""
    show = method_of(value, "_ipython_display_") if not raw else None
    if show:
        show()
        return
    data, own = (value, {}) if raw else format_object(value, include, exclude)
    publish_display_data(data, {**own, **(metadata or {})}, transient=transient, update=update)


def publish_display_data(data, metadata=None, *, transient=None, update=False, **kwargs):
    """Show a ready mime bundle."""
    kind = "update_display_data" if update else "display_data"
    more = {"transient": transient} if transient else {}
    link.output(kind, data=data, metadata=metadata or {}, **more)


def update_display(value, *, display_id, **kwargs):
    """Show an object in the place of an earlier one."""
    display(value, display_id=display_id, update=True, **kwargs)


def clear_output(wait=False):
    """Take away what the cell has shown; with ``wait``, only when there is something new."""
    link.output("clear_output", wait=bool(wait))


class DisplayHandle:
    """A place on the page that can be shown anew."""

    def __init__(self, display_id=None):
        self.display_id = display_id or os.urandom(16).hex()

    def __repr__(self):
        return f"<DisplayHandle display_id={self.display_id}>"

    def display(self, value, **kwargs):
        """Show an object in a new place of this name."""
        display(value, display_id=self.display_id, **kwargs)

    def update(self, value, **kwargs):
        """Show an object in the place of the one before."""
        update_display(value, display_id=self.display_id, **kwargs)


class DisplayObject:
    """Data with a known form."""

    mime = "text/plain"

    def __init__(self, data=None, url=None, filename=None, metadata=None):
        if data is None and filename is not None:
            with open(filename, "rb") as file:
                data = file.read()
        if data is None and url is not None:
            raise ValueError(f"Nothing is fetched from elsewhere: give the data, not url={url!r}.")
        self.data, self.metadata = data, metadata or {}

    def __repr__(self):
        return f"<IPython.core.display.{type(self).__name__} object>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.mime: self.content()}, self.about()

    def content(self):
        """Return the data as this form carries it."""
        return self.data.decode() if isinstance(self.data, bytes) else self.data

    def about(self):
        """Return the metadata by mime type."""
        return {self.mime: self.metadata} if self.metadata else {}


class HTML(DisplayObject):
    """HTML; the page shows it without its scripts."""

    mime = "text/html"


class Markdown(DisplayObject):
    """Markdown, with formulas."""

    mime = "text/markdown"


class Latex(DisplayObject):
    """A text with formulas."""

    mime = "text/latex"


class Math(Latex):
    """One formula."""

    def content(self):
        """Return the formula between the signs of a displayed one."""
        return f"$\\displaystyle {super().content().strip('$')}$"


class SVG(DisplayObject):
    """A drawing in SVG."""

    mime = "image/svg+xml"


class JSON(DisplayObject):
    """Data as JSON."""

    mime = "application/json"

    def content(self):
        """Return the data themselves."""
        return json.loads(self.data) if isinstance(self.data, str | bytes) else self.data


class Image(DisplayObject):
    """A picture in PNG, JPEG or GIF, from its bytes or a file."""

    def __init__(self, data=None, url=None, filename=None, format=None, width=None, height=None,
                 metadata=None, **kwargs):  # fmt: skip
        if isinstance(data, str | os.PathLike) and filename is None:
            data, filename = None, data
        super().__init__(data, url, filename, metadata)
        kind = format or {b"\xff\xd8": "jpeg", b"GI": "gif"}.get(self.data[:2], "png")
        self.mime = f"image/{kind.lower().replace('jpg', 'jpeg')}"
        self.metadata |= {k: v for k, v in {"width": width, "height": height}.items() if v}

    def content(self):
        """Return the bytes."""
        return self.data


# ---------------------------------------------------------------------------------------------
# Figures
# ---------------------------------------------------------------------------------------------


def is_figure(value):
    """Tell whether an object is a figure of Matplotlib."""
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def figure_png(figure):
    """Return a figure as PNG, as sharp as the screen can show it, and its size in CSS pixels."""
    sharpness = min(figure.get_dpi(), PIXELS_PER_INCH * link.pixel_ratio)
    buffer = io.BytesIO()
    drawn(figure, sharpness).save(buffer, "png", compress_level=1)
    width, height = (round(PIXELS_PER_INCH * inches) for inches in figure.get_size_inches())
    return buffer.getvalue(), {"width": width, "height": height}


def drawn(figure, dpi):
    """Return the picture of a figure, drawn once: ``savefig`` draws twice, and drawing is slow."""
    agg = importlib.import_module("matplotlib.backends.backend_agg").FigureCanvasAgg
    image = importlib.import_module("PIL.Image")
    canvas, before = figure.canvas, figure.dpi
    if not isinstance(canvas, agg):
        canvas = agg(figure)
    figure.dpi = dpi
    try:
        canvas.draw()
        size = canvas.get_width_height(physical=True)
        return image.frombuffer("RGBA", size, bytes(canvas.buffer_rgba()))
    finally:
        figure.dpi = before


def flush_figures():
    """Show the open figures below the cell and close them."""
    helpers = sys.modules.get("matplotlib._pylab_helpers")
    for manager in helpers.Gcf.get_all_fig_managers() if helpers else []:
        helpers.Gcf.destroy(manager)  # one by one: a figure that cannot be drawn loses no other
        display(manager.canvas.figure)


def show_figures(*args, **kwargs):
    """Do what ``plt.show`` does in a notebook."""
    flush_figures()


class Backend:
    """The backend of figures, under the name by which widgets and the course know it."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        """Find the one module that this is about."""
        return ModuleSpec(name, cls) if name == BACKEND else None

    @staticmethod
    def create_module(spec):
        """Let Python make an empty module."""

    @staticmethod
    def exec_module(module):
        """Fill it: what draws is Matplotlib's own."""
        agg = importlib.import_module("matplotlib.backends.backend_agg")
        vars(module).update(FigureCanvas=agg.FigureCanvasAgg, FigureManager=agg.FigureManagerBase)
        vars(module).update(flush_figures=flush_figures, show=show_figures)


def inline_modules():
    """Return what lies around the backend: a package, and settings that nobody needs here."""
    settings = types.SimpleNamespace(print_figure_kwargs={}, figure_formats={"png"}, rc={})
    backend = types.SimpleNamespace(instance=lambda *args, **kwargs: settings)
    return {
        "matplotlib_inline": module_with("matplotlib_inline", {}),
        "matplotlib_inline.config": module_with(
            "matplotlib_inline.config", {"InlineBackend": backend}
        ),
    }


# ---------------------------------------------------------------------------------------------
# Widgets
# ---------------------------------------------------------------------------------------------


class Capture:
    """What happens inside one ``Output`` widget: gathered, then put there in one change."""

    def __init__(self, model_id):
        self.model_id = model_id
        self.stale = False
        self.held, self.since = None, 0.0

    def widget(self):
        """Return the widget, as long as there is one."""
        return importlib.import_module("ipywidgets.widgets.widget")._instances.get(self.model_id)

    def take(self, widget, output):
        """Take an output, as a Jupyter front end does; send it soon where a cell goes on and on."""
        if self.held is None:
            self.held, self.since = widget.outputs, time.monotonic()
        if output["output_type"] == "clear_output":
            self.stale = output["wait"]
            self.held = self.held if self.stale else ()
        else:
            self.held = joined(() if self.stale else self.held, output)
            self.stale = False
        if time.monotonic() - self.since > SECONDS_TO_GATHER:
            self.flush(widget)

    def flush(self, widget):
        """Put what has been gathered into the widget."""
        held, self.held = self.held, None
        if held is not None and widget is not None:
            widget.outputs = held


def joined(outputs, output):
    """Add an output to others; a stream goes on where the last one was the same."""
    same = ("output_type", "name")
    last = outputs[-1] if outputs else {}
    if output["output_type"] != "stream" or any(last.get(k) != output[k] for k in same):
        return (*outputs, output)
    return (*outputs[:-1], {**output, "text": shortened(last["text"] + output["text"])})


def capture(model_id, wanted):
    """Begin, or end, to hand outputs to a widget."""
    flush_streams()
    one = link.widgets.setdefault(model_id, Capture(model_id))
    if wanted:
        link.captures.append(one)
    elif one in link.captures:
        link.captures.remove(one)


def hook_comms():
    """Let the messages of widgets go to the page. Whoever imports ``comm``, and however."""
    comm = importlib.import_module("comm")
    bases = importlib.import_module("comm.base_comm")

    class LiveComm(bases.BaseComm):
        """One widget's line to the page."""

        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
            """Send a message of the widget."""
            publish(self.comm_id, msg_type, data or {}, metadata or {}, buffers or [], keys)

    comm.create_comm = LiveComm


def publish(comm_id, msg_type, data, metadata, buffers, keys):
    """Send a widget's message, without what the page must not or need not have."""
    state = data.get("state")
    if state is not None:
        data = {**data, "state": {**state}}
        if "msg_id" in state and msg_type == "comm_msg":
            capture(comm_id, data["state"].pop("msg_id"))
            if not data["state"]:
                return
        metadata = {**metadata, **about_explorable(comm_id, data["state"])}
    content = {"comm_id": comm_id, "data": data, **{k: v for k, v in keys.items() if v}}
    message = {"msg_type": msg_type, "content": content, "metadata": metadata}
    link.message(message, [bytes(buffer) for buffer in buffers])


modules_of_explorables = {}


def about_explorable(comm_id, state):
    """Name the page's module of one of our own widgets, and drop the code that the page has."""
    if "_anywidget_id" in state:
        modules_of_explorables[comm_id] = explorable_module(state["_anywidget_id"])
    module = modules_of_explorables.get(comm_id)
    if not module:
        return {}
    state.pop("_esm", None)
    state.pop("_css", None)
    return {"explorable": module}


#: The classes of the widgets that a page draws by itself, and where they are defined.
OUR_WIDGETS = {"lib.explorables.base": "Explorable", "lib.exercises.widget": "Exercise"}


def explorable_module(full_name):
    """Return the name of the page's module that draws a class, if it is one of our own widgets."""
    bases = [getattr(sys.modules.get(home), name, None) for home, name in OUR_WIDGETS.items()]
    home, _, name = full_name.rpartition(".")
    found = getattr(sys.modules.get(home), name, None)
    ours = isinstance(found, type) and issubclass(found, tuple(filter(None, bases)))
    return found._module if ours else ""


def comm_message(message, buffers):
    """Handle a message of the page to a widget; return when that is done."""
    manager = importlib.import_module("comm").get_comm_manager()
    handle = getattr(manager, message["msg_type"])
    handle(None, None, {**message, "buffers": buffers, "header": {"msg_id": link.parent}})


# ---------------------------------------------------------------------------------------------
# What libraries ask IPython for
# ---------------------------------------------------------------------------------------------


class Events:
    """Who wants to know that something has run."""

    def __init__(self):
        self.callbacks = {}

    def register(self, event, callback):
        """Call a function at each event of this name."""
        self.callbacks.setdefault(event, [])
        if callback not in self.callbacks[event]:
            self.callbacks[event].append(callback)

    def unregister(self, event, callback):
        """Stop calling it."""
        self.callbacks[event].remove(callback)

    def trigger(self, event, *args):
        """Call all of them and tell whether none failed; one that does keeps no other from it."""
        went_well = True
        for callback in list(self.callbacks.get(event, ())):
            try:
                callback(*args)
            except Exception:
                went_well = False
                shell.showtraceback()
        return went_well


class Kernel:
    """The little of a kernel that widgets look at."""

    comm_manager = None

    @property
    def _parent_header(self):
        return self.get_parent()

    def get_parent(self, channel=None):
        """Return the message that is being worked for."""
        return {"header": {"msg_id": link.parent}}


class DisplayFormatter:
    """IPython's name for what makes mime bundles."""

    format = staticmethod(format_object)


class Shell:
    """What ``get_ipython()`` returns."""

    def __init__(self):
        self.events, self.kernel, self.display_formatter = Events(), Kernel(), DisplayFormatter()
        self.display_pub = types.SimpleNamespace(publish=publish_display_data)
        self.config = {}
        self.execution_count = 0

    @classmethod
    def instance(cls, *args, **kwargs):
        """Return the one shell."""
        return shell

    @classmethod
    def initialized(cls):
        """Say that there is one."""
        return True

    @property
    def user_ns(self):
        """The names of the cells."""
        return vars(sys.modules["__main__"])

    def showtraceback(self, exc_tuple=None, *args, **kwargs):
        """Show what went wrong below the cell."""
        link.output("error", **error_output((exc_tuple or sys.exc_info())[1], link.parent))

    def register_magic_function(self, *args, **kwargs):
        """Take no magics: there are none."""

    def run_line_magic(self, name, line, *args, **kwargs):
        """Refuse a magic in words."""
        raise UsageError(no_magic(f"%{name} {line}".strip()))

    def run_cell_magic(self, name, line, cell):
        """Refuse a magic in words."""
        raise UsageError(no_magic(f"%%{name} {line}".strip()))

    def enable_gui(self, gui=None):
        """Have no windows."""

    def enable_matplotlib(self, gui=None):
        """Have figures below the cells, as always."""


shell = Shell()


def get_ipython():
    """Return the shell, as IPython does."""
    return shell


def ipython_modules():
    """Return the modules under IPython's names, without IPython."""
    shown = {
        thing.__name__: thing
        for thing in (display, update_display, clear_output, publish_display_data, DisplayHandle,
                      DisplayObject, HTML, Markdown, Math, Latex, Image, SVG, JSON)
    }  # fmt: skip
    common = {"get_ipython": get_ipython, "version_info": (8, 23, 0, ""), "__version__": "8.23.0"}
    contents = {
        "IPython": {**common, "display": None, "InteractiveShell": Shell},
        "IPython.display": shown,
        "IPython.core": {},
        "IPython.core.display": shown,
        "IPython.core.display_functions": shown,
        "IPython.core.getipython": {"get_ipython": get_ipython},
        "IPython.core.interactiveshell": {"InteractiveShell": Shell},
        "IPython.core.pylabtools": {"backend2gui": {}},
        "IPython.lib": {},
    }
    return {name: module_with(name, names) for name, names in contents.items()}


def module_with(name, names):
    """Make a module with some names in it; any other name says whose place it takes."""

    def missing(wanted):
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        raise AttributeError(f"{name}.{wanted} is not in this page: use {ELSEWHERE} for it.")

    module = types.ModuleType(name)
    module.__path__ = []
    module.__getattr__ = missing
    vars(module).update(names)
    return module


# ---------------------------------------------------------------------------------------------
# Packages: unpacked when they are first imported
# ---------------------------------------------------------------------------------------------


class Packages:
    """The packages that the site has, each unpacked when it is first imported."""

    def __init__(self, entries, unpack):
        self.by_import = {name: entry for entry in entries for name in entry["imports"]}
        self.by_name = {entry["name"]: entry for entry in entries}
        self.unpack = unpack
        self.done = set()

    def find_spec(self, name, path=None, target=None):
        """Unpack the package that has a module, then let Python find it."""
        top = name.partition(".")[0]
        if path is not None or top not in self.by_import:
            return None
        if self.by_import[top]["name"] in self.done:
            return None
        self.install(self.by_import[top]["name"])
        importlib.invalidate_caches()
        return PathFinder.find_spec(name)

    def install(self, name):
        """Unpack a package and those that it needs, once."""
        if name in self.done:
            return
        self.done.add(name)
        entry = self.by_name[name]
        for needed in entry["depends"]:
            self.install(needed)
        problem = self.unpack(entry["file_name"])
        if problem:
            self.done.discard(name)
            raise ImportError(f"{name} could not be loaded: {PROBLEMS[problem]}.", name=name)
        if name in AFTER:
            AFTER[name]()

    def files_for(self, code):
        """List the files that a cell's imports will want unpacked."""
        names = {name for name in imported_names(code) if name in self.by_import}
        waiting = [self.by_import[name]["name"] for name in names]
        found = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.by_name[name]["depends"]
        return [self.by_name[name]["file_name"] for name in sorted(found - self.done)]


def imported_names(code):
    """List the top names that a cell imports, and what ``lib`` needs for the parts it imports."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:
        return set()
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [part for part in PARTS_OF_LIB if any(part in name for name in names)]
    return {name.partition(".")[0] for name in names}.union(*(PARTS_OF_LIB[part] for part in parts))


PROBLEMS = {
    "missing": "its file cannot be reached now; look at the connection and run the cell again",
    "hash": "its file is damaged, so it was not used; reload the page to fetch it again",
}
PARTS_OF_LIB = {
    "lib.plotting": {"matplotlib"},
    "lib.explorables": {"anywidget"},
    "lib.exercises": {"anywidget", "latex2mathml"},
}


def quiet_fonts():
    """Keep it from readers that Matplotlib makes a list of fonts, where it has to."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


AFTER = {"comm": hook_comms, "matplotlib": quiet_fonts}


# ---------------------------------------------------------------------------------------------
# A cell: from its text to its result
# ---------------------------------------------------------------------------------------------


class UsageError(Exception):
    """Something that belongs to another place than this page."""


class StdinNotImplementedError(RuntimeError):
    """A question that nobody can be asked."""


UsageError.__module__ = StdinNotImplementedError.__module__ = "builtins"  # no prefix for readers


HARMLESS = re.compile(r"^(\s*)%(?:matplotlib|config|load_ext|autoreload)\b.*$", re.MULTILINE)
MAGIC = re.compile(r"^\s*(?:(?:\w[\w, ]*=\s*)?(%%?[A-Za-z]\w*.*|!.+)|(\?+\s*\w.*|\w[\w.]*\s*\?+))$")


def no_magic(line):
    """Say that a line belongs to Jupyter."""
    kind = "shell command" if line.lstrip().startswith("!") else "Jupyter command"
    help_too = " For help, write help(name)." if "?" in line else ""
    return (
        f"{line.strip()!r} is a {kind}, not Python. Leave the line out, or use {ELSEWHERE}."
        f"{help_too}"
    )


def parse(code, name):
    """Return the tree of a cell; name the line that is not Python but Jupyter's."""
    try:
        return compile(code, name, "exec", ast.PyCF_ONLY_AST | TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError:
        quiet = HARMLESS.sub(r"\1pass", code)
        if quiet != code:
            return parse(quiet, name)
        for number, line in enumerate(code.splitlines(), 1):
            if MAGIC.match(line):
                raise usage_error(line, number) from None
        raise


TOP_LEVEL_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def usage_error(line, number):
    """Make the error for a line that belongs to Jupyter."""
    error = UsageError(no_magic(line))
    error.line = number
    return error


def silenced(code):
    """Tell whether a cell ends in a semicolon that keeps its result to itself."""
    if ";" not in code:
        return False
    passing = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER)
    with_text = [
        token
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type not in passing and token.string
    ]
    return bool(with_text) and with_text[-1].string == ";"


async def evaluate(code, name, names):
    """Run a cell; return the value of its last expression, if it ends in one."""
    tree = parse(code, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    await execute(compile(tree, name, "exec", TOP_LEVEL_AWAIT, dont_inherit=True), names)
    if last is None:
        return None
    expression = ast.Expression(last.value)
    value = await execute(
        compile(expression, name, "eval", TOP_LEVEL_AWAIT, dont_inherit=True), names
    )
    return None if silenced(code) else value


async def execute(compiled, names):
    """Run compiled code, and wait for it where it awaits something."""
    value = eval(compiled, names)
    return await value if compiled.co_flags & inspect.CO_COROUTINE else value


class Cells:
    """The cells that have run: their names, their results, their text for tracebacks."""

    def __init__(self):
        self.results = {}
        self.inputs = [""]
        self.last = None

    def name(self, label, code):
        """Give the code of a run its name, by which tracebacks find its lines."""
        name = f"<{label}#{shell.execution_count}>"
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        return name

    def keep(self, value, names):
        """Let cells find a result as ``_`` and in ``Out``, unless ``_`` is the reader's own."""
        if names.get("_") is self.last:
            names["_"] = self.last = value
        self.results[shell.execution_count] = value


cells = Cells()


def run(parent, text, pixel_ratio):
    """Run one cell, ``text`` being its code and its label; return what awaits its end."""
    link.begin(parent)
    link.pixel_ratio = pixel_ratio
    code, label = json.loads(text)
    return run_cell(code, label)


async def run_cell(code, label):
    """Run one cell, show what it shows, and return how it ended."""
    link.task = asyncio.current_task()
    shell.execution_count += 1
    cells.inputs.append(code)
    name = cells.name(label, code)
    try:
        ended = await attempt(code, name)
    except BaseException as error:
        if not link.stop.stopped():
            raise
        link.end()
        ended = {"status": "stopped", "line": line_of(error, name)}
    return json.dumps({**ended, "execution_count": shell.execution_count})


async def attempt(code, name):
    """Run a cell and show its end; Stop may come at any moment of this."""
    ended = {"status": "ok"}
    try:
        value = await evaluate(code, name, shell.user_ns)
        if value is not None:
            show_result(value)
        flush_figures()
    except BaseException as error:
        ended = failed(error, name)
    return ended if link.end() or ended["status"] == "stopped" else {"status": "error"}


def failed(error, name):
    """Say how a cell ended that did not end well: the reader has stopped it, or it has failed."""
    if link.stop.stopped():
        return {"status": "stopped", "line": line_of(error, name)}
    trouble = error_output(error, name)
    shell.events.trigger("post_execute")  # what was drawn before the error comes before it
    link.output("error", **trouble)
    return {"status": "error"}


def line_of(error, name):
    """Return the line of a cell at which it was stopped, or nothing."""
    return error_line(error, traceback.TracebackException.from_exception(error), name)


def interrupt():
    """Stop a cell that awaits something."""
    if link.task is not None:
        link.task.cancel()


def show_result(value):
    """Show the value of a cell's last expression."""
    cells.keep(value, shell.user_ns)
    show = method_of(value, "_ipython_display_")
    if show:
        show()
        return
    data, metadata = format_object(value)
    link.output(
        "execute_result", data=data, metadata=metadata, execution_count=shell.execution_count
    )


def comm(parent, text, buffers):
    """Handle one message of the page to a widget, and show what that shows."""
    link.begin(parent)
    try:
        comm_message(json.loads(text), buffers)
        link.end()
    except BaseException as error:
        if not link.stop.stopped():
            link.output("error", **error_output(error, parent))
        link.end()


# ---------------------------------------------------------------------------------------------
# What went wrong
# ---------------------------------------------------------------------------------------------

PLACE = re.compile(r'File "<([^"<>]*)#\d+>", line (\d+)(?:, in <module>)?')
NAME = re.compile(r"<([^<>]*)#\d+>")


def error_output(error, name):
    """Return an exception as an output: in plain lines, from the reader's own code only."""
    report = traceback.TracebackException.from_exception(error, compact=True)
    line = error_line(error, report, name)
    keep_own_frames(report)
    text = PLACE.sub(r"\1, line \2", "".join(report.format()))
    if isinstance(error, ModuleNotFoundError):
        text = text.replace(str(error), first_line(error))
    message = first_line(error) if isinstance(error, ModuleNotFoundError) else told(error)
    found = {"line": line} if line else {}
    advice = hint(error)
    return {
        "ename": type(error).__name__,
        "evalue": shortened(message, 2000),
        "traceback": shortened(text.rstrip("\n"), 20_000).split("\n"),
        **found,
        **({"hint": advice} if advice else {}),
    }


def told(error):
    """Return what an exception says; some cannot even say that."""
    try:
        return NAME.sub(r"\1", str(error))
    except Exception:
        return "(the error has no readable text)"


def first_line(error):
    """Return the first line of what an exception says: the rest is not for readers of a page."""
    return told(error).partition("\n")[0]


def own(frame):
    """Tell whether a frame is a reader's own code."""
    return frame.filename.startswith("<") and "#" in frame.filename


def keep_own_frames(report):
    """Take the frames of libraries out of a report, and out of those that it came from."""
    if report is None:
        return
    others = [frame for frame in report.stack if frame.filename != __file__]
    report.stack[:] = [frame for frame in others if own(frame)] or others
    for earlier in (report.__cause__, report.__context__, *(report.exceptions or ())):
        keep_own_frames(earlier)


def error_line(error, report, name):
    """Return the line of this cell at which it went wrong."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return error.lineno
    lines = [frame.lineno for frame in report.stack if frame.filename == name]
    return lines[-1] if lines else getattr(error, "line", None)


def hint(error):
    """Return a friendly word about a common error, or nothing."""
    for kind, advise in HINTS.items():
        if isinstance(error, kind):
            return advise(error)
    return ""


def about_name(error):
    """Say where a missing name may come from."""
    return (
        f"{error.name} has no value yet. If a cell above gives it one, run the cells above first; "
        "otherwise look at the spelling."
    )


def about_module(error):
    """Say which packages there are, and where there are more."""
    if (error.name or "").partition(".")[0] in {*packages.by_import, *sys.stdlib_module_names}:
        return ""
    shown = sorted({"numpy", "matplotlib", "ipywidgets", "lib"} & {*packages.by_import})
    return (
        f"This page has {', '.join(shown)} and Python's own library. "
        f"For any other package use {ELSEWHERE}."
    )


def about_memory(error):
    """Say what to do about too much data."""
    return "The page has no memory left for that: make the arrays smaller, or press Restart."


def about_import(error):
    """Say that a part of IPython is not here."""
    return f"For this use {ELSEWHERE}." if (error.name or "").startswith("IPython") else ""


HINTS = {
    ModuleNotFoundError: about_module,
    ImportError: about_import,
    UnboundLocalError: lambda error: "",
    NameError: about_name,
    MemoryError: about_memory,
    RecursionError: lambda error: "A function calls itself without end: which call should stop?",
    SystemExit: lambda error: "exit() only ends this cell here; the variables are kept.",
    KeyboardInterrupt: lambda error: "",
    IndentationError: lambda error: "Lines of one block begin in the same column.",
}


def warn(message, category, filename, lineno, file=None, line=None):
    """Print a warning to the stream of errors, in the words of the page."""
    text = warnings.formatwarning(message, category, filename, lineno, line)
    (file or sys.stderr).write(re.sub(r"^<([^<>]*)#\d+>:(\d+):", r"\1, line \2:", text))


def ask(prompt=""):
    """Refuse to ask a question."""
    raise StdinNotImplementedError(
        "input() has nobody to ask in this page: write the answer into the code, as in "
        'name = "Ada".'
    )


# ---------------------------------------------------------------------------------------------
# Names for the editor
# ---------------------------------------------------------------------------------------------

CHAIN = re.compile(r"((?:[^\W\d]\w*\s*\.\s*)*)([^\W\d]\w*)?$")


def complete(text):
    """Return names that may go on from a text (in JSON), and how much of it they replace."""
    before = json.loads(text)
    chain, start = CHAIN.search(before).groups()
    start = start or ""
    computed = before[: len(before) - len(start)].rstrip().endswith(".")
    if not chain and (not start or computed):
        return json.dumps({"items": [], "length": 0})
    found = attributes(re.findall(r"\w+", chain)) if chain else every_name()
    fits = [(name, kind) for name, kind in found if name.startswith(start)]
    shown = [(name, kind) for name, kind in fits if start.startswith("_") or name[0] != "_"]
    items = [{"label": name, "type": kind} for name, kind in sorted(set(shown))[:300]]
    return json.dumps({"items": items, "length": len(start)})


def every_name():
    """Pair each name that code can use with its kind."""
    names = {**vars(builtins), **shell.user_ns}
    known = [(name, kind_of(value)) for name, value in names.items() if isinstance(name, str)]
    return known + [(name, "keyword") for name in keyword.kwlist]


def attributes(chain):
    """Pair each attribute of a dotted name with its kind; no code of the reader runs for it."""
    missing = object()
    value = shell.user_ns.get(chain[0], getattr(builtins, chain[0], missing))
    for name in chain[1:]:
        value = stored(value, name, missing)
    if value is missing:
        return []
    return [(name, kind_of(stored(value, name, missing), "property")) for name in dir(value)]


def stored(value, name, missing):
    """Return an attribute that is simply there, or the mark of one that would be computed."""
    try:
        found = inspect.getattr_static(value, name)
    except AttributeError:
        return missing
    plain = isinstance(value, types.ModuleType) or name in getattr(value, "__dict__", {})
    return found if plain or callable(found) or isinstance(found, type) else missing


def kind_of(value, otherwise="variable"):
    """Return what a completion calls a value."""
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    return "function" if callable(value) else otherwise


# ---------------------------------------------------------------------------------------------
# The start
# ---------------------------------------------------------------------------------------------

packages = Packages([], None)


def start(post, entries, unpack, stop=Unstoppable):
    """Make this Python the page's: called once, before anything else."""
    global packages
    link.stop = stop
    packages = Packages(json.loads(entries), unpack)
    link.post = post
    sys.meta_path += [packages, Backend]
    sys.modules.update({**ipython_modules(), **inline_modules()})
    sys.modules["IPython"].display = sys.modules["IPython.display"]
    os.environ |= {"MPLBACKEND": f"module://{BACKEND}", "JUPYTER_WIDGETS_ECHO": "0"}
    sys.stdout, sys.stderr = streams
    warnings.showwarning = warn
    builtins.input = ask
    time.sleep = slept(time.sleep)
    asyncio.Handle._run = watched(asyncio.Handle._run)
    shell.events.register("post_execute", flush_figures)
    names = shell.user_ns
    names |= {"get_ipython": get_ipython, "display": display, "exit": sys.exit, "quit": sys.exit}
    names |= {"In": cells.inputs, "Out": cells.results}


def slept(sleep):
    """Let what is printed be seen before Python sleeps, and Stop wake it."""

    def sleep_seen(seconds):
        flush_streams()
        link.outbox.flush()
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > NAP:
            sleep(NAP)
            if link.stop.wanted():
                raise KeyboardInterrupt
        sleep(seconds if seconds < NAP else max(left, 0))

    return sleep_seen


NAP = 0.1  # seconds of sleep between two looks at Stop


def watched(run_handle):
    """Let the page know, and stop, what asyncio does while no cell waits for it."""

    def run_watched(handle):
        idle = not link.busy
        if idle:
            link.stop.task(True)
        try:
            run_handle(handle)
        except KeyboardInterrupt:
            interrupt()
        finally:
            if idle:
                flush_streams()
                link.outbox.flush()
                link.stop.task(False)

    return run_watched


def waits_for(code):
    """List the files that should have arrived before a cell runs."""
    return json.dumps(packages.files_for(code))


def unpack(content, sha256):
    """Put the files of a wheel where Python looks for them, if its bytes are the right ones.

    Without a hash, the bytes have been looked at before.
    """
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        return False
    zipfile.ZipFile(io.BytesIO(content)).extractall(site.getsitepackages()[0])
    return True


def warm(name):
    """Import something before anybody asks for it; a fault shows when somebody does."""
    try:
        importlib.import_module(name)
        if name in DRAWN:
            draw_once()
    except Exception:
        return False
    return True


DRAWN = ("matplotlib.backends.backend_agg",)


def draw_once():
    """Draw a figure that nobody sees, so that fonts and formats are at hand for the first one."""
    figure = importlib.import_module("matplotlib.figure").Figure(figsize=(1, 1))
    figure.add_subplot().set_title("Warm")
    figure_png(figure)
