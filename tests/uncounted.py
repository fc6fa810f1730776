"""Let lines run uncounted: to count the same ones very often takes as long as to run them."""

import contextlib
import sys


@contextlib.contextmanager
def uncounted():
    """Count no lines within; pytest-cov's own mark has no effect in a process beside its first."""
    count = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(count)
