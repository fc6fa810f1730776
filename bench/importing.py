"""Cost of ``import lib`` beside ``import numpy``, each in a fresh interpreter."""

import subprocess
import sys
from statistics import median

from bench.timing import Row

CODE = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def seconds_to_import(module):
    """Time one import in an interpreter of its own."""
    command = [sys.executable, "-c", CODE.format(module)]
    return float(subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout)


def rows():
    """Time both in turns."""
    turns = [(seconds_to_import("numpy"), seconds_to_import("lib")) for _ in range(7)]
    ratio = median(ours / numpys for numpys, ours in turns)
    unit = median(numpys for numpys, _ in turns)
    return [Row("import", unit, {"lib": ratio}, 1.3, first="import numpy")]
