"""What leaves Python: outputs as nbformat has them, and the messages of widgets.

At once where there is little, gathered where there is much, cut where no reader would look.
"""

import asyncio
import io
import json
import math
import time
from collections import deque
from contextvars import ContextVar

MOST_TEXT = 200_000  # characters that one cell may print
MOST_SHOWN = 1_000  # rich outputs that one cell may leave below itself
MOST_CHARACTERS = 50_000_000  # of all of them together
MOST_ERRORS = 100  # that a cell shows without ending in one
MOST_MESSAGES = 5_000  # messages of widgets in one cell that no later one replaces
CHARACTERS_PER_SECOND = 8_000_000  # what a page can show while it still answers to Stop
SECONDS_BETWEEN = 0.05  # how often a stream is sent while a cell prints without end
AT_ONCE = 40  # lines, or outputs, that are sent at once, before they are gathered
CUT = (
    f"\n[Cut here: a cell shows {MOST_TEXT:,} characters. "
    "Print less, or keep the rest in a variable and look at a part of it.]\n"
)
ENOUGH = (
    f"\n[Cut here: a cell shows {MOST_SHOWN:,} outputs, and not more than this page can hold. "
    'Show fewer, or show them in one place: display(value, display_id="name", update=True).]\n'
)


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
    task = hold = staticmethod(lambda on: None)


#: The cell, or the message of a widget, for which something is done: its tasks go on in its name.
PARENT = ContextVar("parent", default="")


class Link:
    """Where everything that leaves Python goes: to the cell, or the widget, at work."""

    parent = property(lambda self: PARENT.get(), lambda self, parent: PARENT.set(parent) and None)

    def __init__(self):
        self.post = print
        self.outbox = Outbox()
        self.stop = Unstoppable
        self.count_anew()
        self.messages = 0
        self.captures = []  # the innermost is last
        self.widgets = {}  # all that have ever captured, by their ids
        self.pixel_ratio = 1.0
        self.after_cell = lambda: True  # what libraries have registered; tells whether it went well
        self.busy = False
        self.task = None

    def begin(self, parent):
        """Work for another cell, or another message of a widget, from here on."""
        self.busy, self.parent, self.messages = True, parent, 0
        self.outbox.promised = False
        self.count_anew()

    def count_anew(self):
        """Have shown nothing yet."""
        self.printed = self.shown = self.characters = self.errors = 0
        self.full = False

    def end(self):
        """Have shown all that there was to show; tell whether that went well."""
        try:
            return self.after_cell()
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

    def emit(self, output, parent=None):
        """Send an output on its way, if the cell may still show one."""
        if not self.has_room(output):
            return
        widget = self.captures[-1].widget() if self.captures else None
        if widget is not None and output["output_type"] != "update_display_data":
            self.captures[-1].add(widget, output)
        else:
            self.outbox.put({"type": "output", "id": parent or self.parent, "output": output})

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
        self.characters += sum(map(length, output["data"].values()))
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
    except (TypeError, ValueError):
        return json.dumps(finite(value), default=plain)


def length(value):
    """Return how many characters a representation has, however it is made."""
    return len(value) if isinstance(value, str) else len(as_json(value))


def plain(value):
    """Return something that JSON knows, for NumPy's numbers and arrays and for anything else."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def finite(value):
    """Write numbers that JSON does not know as text, however deep they lie."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


link = Link()


class Stream(io.TextIOBase):
    """One of a cell's two streams: sent at once, gathered when there is much, cut when too much."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name = name
        self.parts, self.parent = [], ""
        self.column = self.width = 0  # of the last line: where it stands, and how long it is
        self.sent = deque([0.0] * AT_ONCE, maxlen=AT_ONCE)

    def writable(self):
        """Say that this can be written to."""
        return True

    def write(self, text):
        """Take a text; send it where a line is complete and the page is not swamped."""
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, got {type(text).__name__}.")
        if link.parent != self.parent:
            self.send()
            self.parent = link.parent
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
            link.emit({"output_type": "stream", "name": self.name, "text": text}, self.parent)


streams = (Stream("stdout"), Stream("stderr"))


def flush_streams():
    """Send what both streams hold."""
    for stream in streams:
        stream.send()


def shortened(text, room=MOST_TEXT):
    """Cut a text that no reader would read to its end."""
    return text if len(text) <= room else text[:room] + CUT.rstrip("\n")
