"""golden.json is what Python computes, covers all of math.js, and its best lines are best."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from lib import losses

HERE = Path(__file__).parent
MATH_JS = HERE.parent / "lib" / "explorables" / "static" / "math.js"


def load_golden():
    """Import tests/golden.py by its path."""
    spec = importlib.util.spec_from_file_location("golden", HERE / "golden.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden = load_golden()


@pytest.fixture(scope="module")
def stored():
    """Give the cases in the file."""
    return json.loads(golden.PATH.read_text(encoding="utf-8"))


def agree(stored, computed):
    """Tell whether two lists of cases agree: the same questions, answers to 1e-12."""
    same = [{**case, "value": None} for case in stored] == [{**c, "value": None} for c in computed]
    pairs = zip(stored, computed, strict=True) if same else ()
    close = [np.allclose(a["value"], b["value"], rtol=1e-12, atol=0) for a, b in pairs]
    return same and all(close)


def test_the_file_is_what_python_computes(stored):
    assert agree(stored, golden.cases()), "run: python tests/golden.py"


def test_a_wrong_digit_in_the_file_is_noticed(stored):
    for planted in (0, len(stored) // 2, len(stored) - 1):
        spoilt = [dict(case) for case in stored]
        spoilt[planted]["value"] = (np.asarray(spoilt[planted]["value"]) * (1 + 1e-10)).tolist()
        assert not agree(spoilt, stored)


def test_every_exported_function_of_math_js_has_cases(stored):
    exported = re.findall(r"^export (?:async )?(?:function|const) (\w+)", MATH_JS.read_text(), re.M)
    assert exported
    assert set(exported) == {case["function"] for case in stored}


@pytest.mark.parametrize("data", ["figure", "three", "falling"])
def test_the_least_absolute_line_is_the_answer_of_a_linear_program(data):
    x, y = (np.asarray(values) for values in golden.DATA[data])
    n = len(x)
    # Minimise the sum of t where -t <= y - w x - b <= t.
    columns = np.stack([x, np.ones(n)], axis=1)
    A = np.block([[-columns, -np.eye(n)], [columns, -np.eye(n)]])
    cost = np.concatenate([[0, 0], np.ones(n)])
    bounds = [(None, None)] * 2 + [(0, None)] * n
    program = linprog(cost, A_ub=A, b_ub=np.concatenate([-y, y]), bounds=bounds)
    found = losses.absolute_error(y, golden.predictions(x, *golden.least_absolute(x, y)))
    assert found.sum() == pytest.approx(program.fun, abs=1e-9)


@pytest.mark.parametrize("name", golden.NAMES)
@pytest.mark.parametrize("delta", golden.DELTAS)
def test_no_search_finds_a_better_line_than_the_best(name, delta):
    x, y = golden.DATA["figure"]

    def loss(line):
        return golden.sample_losses(name, y, golden.predictions(x, *line), delta).mean()

    best = loss(golden.best_line(x, y, name, delta))
    searched = minimize(loss, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9})
    assert best <= searched.fun + 1e-12


def test_the_loss_decides_how_far_the_outlier_pulls_the_line():
    x, y = golden.DATA["figure"]
    slopes = {name: golden.best_line(x, y, name, 1.0)[0] for name in golden.NAMES}
    assert slopes["half_squared_error"] < slopes["huber"] < slopes["absolute_error"]
