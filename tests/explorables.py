"""Write explorables.json: what the classes say of the explorables, for the tests in JavaScript.

python tests/explorables.py
"""

import json
from pathlib import Path

from lib import explorables

PATH = Path(__file__).with_name("explorables.json")


def said():
    """Return the spec of each explorable, by the name of its module."""
    kinds = [getattr(explorables, name) for name in explorables.__all__]
    return {kind._module: kind.spec() for kind in kinds if kind._module}


def as_text():
    """Return the file's text: one explorable a line."""
    lines = [f"{json.dumps(name)}: {json.dumps(spec)}" for name, spec in said().items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    PATH.write_text(as_text(), encoding="utf-8")
