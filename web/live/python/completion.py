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
    return [(name, kind_of(stored(value, name, missing), "property")) for name in names_in(value)]


def names_in(value):
    """List the attributes of a value; ``dir`` would ask the reader's own ``__dir__``."""
    classes = [*type.__dict__["__mro__"].__get__(type(value))]
    if is_a(value, type):
        classes += type.__dict__["__mro__"].__get__(value)
    owners = [type.__dict__["__dict__"].__get__(one) for one in classes]
    return {name for owner in (*owners, own(value)) for name in owner if isinstance(name, str)}


def own(value):
    """Return what a value itself holds, without its classes."""
    try:
        return object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}


def stored(value, name, missing):
    """Return an attribute that is simply there, or the mark of one that would be computed."""
    try:
        found = inspect.getattr_static(value, name)
    except AttributeError:
        return missing
    plain = is_a(value, types.ModuleType) or name in own(value)
    return found if plain or callable(found) or is_a(found, type) else missing


def is_a(value, kind):
    """Tell whether a value is of a kind, without asking its own ``__class__``."""
    return issubclass(type(value), kind)


def kind_of(value, otherwise="variable"):
    """Return what a completion calls a value."""
    if is_a(value, types.ModuleType):
        return "module"
    if is_a(value, type):
        return "class"
    return "function" if callable(value) else otherwise
