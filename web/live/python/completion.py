"""Names for the editor: what may go on from a text. No code of the reader runs for them."""

import builtins
import inspect
import json
import keyword
import re
import types

from .ipython import shell

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
