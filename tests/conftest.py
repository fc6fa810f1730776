"""What several test files share."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from notebook_figures import figures as run_chapter

collect_ignore = ["make_torch_fixture.py"]  # a script for where PyTorch is installed


@pytest.fixture(scope="session")
def figures():
    """Give a function that runs a chapter and returns its figures by name."""
    return run_chapter
