"""What several test files share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from notebook_figures import figures as run_chapter
from uncounted import uncounted

collect_ignore = ["make_torch_fixture.py"]  # a script for where PyTorch is installed


@pytest.fixture(scope="session")
def figures():
    """Give a function that runs a chapter and returns its figures by name."""
    return run_chapter


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Run a test that is marked so without counting its lines."""
    if not item.get_closest_marker("many_times"):
        return (yield)
    with uncounted():
        return (yield)
