"""One JavaScript module from several: hosts load the script of a widget from a blob.

There a relative import leads nowhere, so a module travels with all that it imports, now or
later, as one text.
Files are named by their paths in the package: ``explorables/static/kit/chart.js``.
"""

import posixpath
import re
from functools import cache
from importlib import resources

_HOME = resources.files("lib")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[./\w]+\.js)";\n', re.MULTILINE)
_LATER = re.compile(r'\bimport\("(\.[./\w]+\.js)"\)')
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)


@cache
def source(path):
    """Read a file of the package, once."""
    return (_HOME / path).read_text(encoding="utf-8")


def exists(path):
    """Tell whether the package has a file."""
    return (_HOME / path).is_file()


def _beside(path, other):
    """Return the path of what a module names from where it lies."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), other))


def _called(path):
    """Return what a module is called in the text of several: kit/chart.js is $kit_chart_js."""
    return "$" + re.sub(r"\W", "_", path)


def _linked(path):
    """Turn the imports of a module into names taken from the modules before it."""

    def taken(match):
        names = match[1].replace(" as ", ": ")
        return f"const {{{names}}} = {_called(_beside(path, match[2]))};\n"

    def there(match):
        return f"Promise.resolve({_called(_beside(path, match[1]))})"

    return _LATER.sub(there, _IMPORT.sub(taken, source(path)))


def _wrapped(path):
    """Turn a module into one object of its exports, so that private names never clash."""
    text = _linked(path)
    exports = ", ".join(_EXPORT.findall(text))
    body = _EXPORT.sub("", text)
    return f"const {_called(path)} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();\n"


def dependencies(path):
    """List the modules that a module needs, each after those that it needs itself."""
    found = {}
    at_once = [other for _, other in _IMPORT.findall(source(path))]
    for other in [*at_once, *_LATER.findall(source(path))]:
        needed = _beside(path, other)
        found |= dict.fromkeys([*dependencies(needed), needed])
    return list(found)


@cache
def single_module(path):
    """Gather a module and all that it imports into one text."""
    parts = [_wrapped(needed) for needed in dependencies(path)]
    return "".join([*parts, _linked(path)])
