"""Write golden.json: what the functions of static/math/ must return, computed in Python.

    python tests/golden.py [MODULE ...]

Python is the truth: the values come from ``lib`` and, where ``lib`` has no such function, from
another method than the one that JavaScript uses. Each file of golden_cases/ holds the cases of the
module of its name. Named modules are computed anew and the others kept; without a name, all are.
"""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np

PATH = Path(__file__).with_name("golden.json")
FILES = {path.stem: path for path in sorted(PATH.with_name("golden_cases").glob("*.py"))}


def load(name):
    """Import a file of golden_cases/ by its path."""
    spec = importlib.util.spec_from_file_location(f"golden_{name}", FILES[name])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(value):
    """Turn arrays into lists, so that they can be written as JSON."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return np.asarray(value, dtype=float).tolist()


def stored(arguments):
    """Return arguments as they come back from the file: lists for tuples."""
    return json.loads(json.dumps(arguments))


def cases(names=FILES):
    """List the cases of the named modules: module, function, arguments, value."""
    return [
        {"module": name, "function": function, "arguments": stored(given), "value": plain(value)}
        for name in names
        for function, given, value in load(name).cases()
    ]


def main(names):
    """Write the cases of the named modules anew and keep those of the others."""
    stored = json.loads(PATH.read_text(encoding="utf-8")) if names else []
    kept = [case for case in stored if case["module"] not in names]
    every = sorted([*kept, *cases(names or FILES)], key=lambda case: case["module"])
    lines = ",\n".join(json.dumps(case) for case in every)
    PATH.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
