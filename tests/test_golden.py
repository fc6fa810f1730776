"""golden.json is what Python computes, covers all of static/math/, and its best lines are best."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from lib import losses

HERE = Path(__file__).parent
MATH = HERE.parent / "lib" / "explorables" / "static" / "math"
MODULES = sorted(path.stem for path in MATH.glob("*.js"))


def load_golden():
    """Import tests/golden.py by its path."""
    spec = importlib.util.spec_from_file_location("golden", HERE / "golden.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = load_golden()
lines = golden.load("common")


@pytest.fixture(scope="module")
def stored():
    """Give the cases in the file."""
    return json.loads(golden.PATH.read_text(encoding="utf-8"))


def flat(value):
    """List all numbers of a value, in order."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [number for item in items for number in flat(item)]
    return [value]


def spoilt(value):
    """Change the first number of a value in its tenth digit."""
    if isinstance(value, dict):
        return dict(zip(value, spoilt(list(value.values())), strict=True))
    if isinstance(value, list):
        return [spoilt(value[0]), *value[1:]]
    return value * (1 + 1e-10) or 1e-10


def agree(stored, computed):
    """Tell whether two lists of cases agree: the same questions, answers to 1e-12."""
    same = [{**case, "value": None} for case in stored] == [{**c, "value": None} for c in computed]
    pairs = zip(stored, computed, strict=True) if same else ()
    close = [np.allclose(flat(a["value"]), flat(b["value"]), rtol=1e-12, atol=0) for a, b in pairs]
    return same and all(close)


@pytest.mark.many_times
def test_the_file_is_what_python_computes(stored):
    assert agree(stored, golden.cases()), "run: python tests/golden.py"


def test_a_wrong_digit_in_the_file_is_noticed(stored):
    for planted in (0, len(stored) // 2, len(stored) - 1):
        changed = [dict(case) for case in stored]
        changed[planted]["value"] = spoilt(changed[planted]["value"])
        assert not agree(changed, stored)


@pytest.mark.parametrize("module", MODULES)
def test_every_exported_function_has_cases(stored, module):
    source = (MATH / f"{module}.js").read_text(encoding="utf-8")
    exported = re.findall(r"^export (?:async )?(?:function|const) (\w+)", source, re.M)
    assert exported
    assert set(exported) == {case["function"] for case in stored if case["module"] == module}


@pytest.mark.parametrize("data", ["figure", "three", "falling"])
def test_the_least_absolute_line_is_the_answer_of_a_linear_program(data):
    x, y = (np.asarray(values) for values in lines.DATA[data])
    n = len(x)
    # Minimise the sum of t where -t <= y - w x - b <= t.
    columns = np.stack([x, np.ones(n)], axis=1)
    A = np.block([[-columns, -np.eye(n)], [columns, -np.eye(n)]])
    cost = np.concatenate([[0, 0], np.ones(n)])
    bounds = [(None, None)] * 2 + [(0, None)] * n
    program = linprog(cost, A_ub=A, b_ub=np.concatenate([-y, y]), bounds=bounds)
    found = losses.absolute_error(y, lines.predictions(x, *lines.least_absolute(x, y)))
    assert found.sum() == pytest.approx(program.fun, abs=1e-9)


@pytest.mark.parametrize("name", lines.NAMES)
@pytest.mark.parametrize("delta", lines.DELTAS)
def test_no_search_finds_a_better_line_than_the_best(name, delta):
    x, y = lines.DATA["figure"]

    def loss(line):
        return lines.sample_losses(name, y, lines.predictions(x, *line), delta).mean()

    best = loss(lines.best_line(x, y, name, delta))
    searched = minimize(loss, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9})
    assert best <= searched.fun + 1e-12


def test_the_loss_decides_how_far_the_outlier_pulls_the_line():
    x, y = lines.DATA["figure"]
    slopes = {name: lines.best_line(x, y, name, 1.0)[0] for name in lines.NAMES}
    assert slopes["half_squared_error"] < slopes["huber"] < slopes["absolute_error"]
