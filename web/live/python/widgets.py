"""Widgets: their messages to and from the page, and what happens inside an ``Output``."""

import importlib
import sys
import time

from .outbox import flush_streams, link, shortened

SECONDS_TO_GATHER = 0.2  # how long a widget's outputs wait for more of the same cell


class Capture:
    """What happens inside one ``Output`` widget: gathered, then put there in one change."""

    def __init__(self, model_id):
        self.model_id = model_id
        self.stale = False
        self.held, self.since = None, 0.0

    def widget(self):
        """Return the widget, as long as there is one."""
        return importlib.import_module("ipywidgets.widgets.widget")._instances.get(self.model_id)

    def add(self, widget, output):
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
