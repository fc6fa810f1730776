"""Rich outputs: what stands in for IPython's display, and the figures of Matplotlib."""

import base64
import importlib
import io
import json
import math
import os
import sys

from .outbox import length, link, shortened

MOST_MARKUP = 2_000_000  # characters of one rich output
MOST_TYPESET = 200_000  # of one that the page has to read and to set: Markdown, formulas, JSON
TOO_LONG = "[Not shown: this is too long for the page.]"
PIXELS_PER_INCH = 96
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
    return {mime: value for mime, value in data.items() if length(value) <= most(mime)}


def most(mime):
    """Return how many characters of a kind the page can show."""
    if mime in ("text/markdown", "text/latex", "application/json"):
        return MOST_TYPESET
    return MOST_MARKUP if mime.startswith("text/") else math.inf


def pretty(value):
    """Return an object as IPython writes it after ``Out``: its own printer does it."""
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
    data = without_the_huge(data) or {"text/plain": TOO_LONG}
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


def draw_once():
    """Draw a figure that nobody sees, so that fonts and formats are at hand for the first one."""
    figure = importlib.import_module("matplotlib.figure").Figure(figsize=(1, 1))
    figure.add_subplot().set_title("Warm")
    figure_png(figure)
