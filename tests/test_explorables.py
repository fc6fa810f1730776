"""The Python side of the explorables: validated state, numbers of `lib`, one module, one page."""

import html
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import anywidget
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import explorables, losses
from lib.explorables import Explorable, FitLine, base

ROOT = Path(__file__).resolve().parent.parent
PRERENDER = ROOT / "web" / "prerender.mjs"
NO_SHEETS = ROOT / "lib" / "exercises" / "static" / "package.json"  # a file of no exercise
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture
def fit():
    """Give three points and the line through the first and near the others."""
    return FitLine(x=[0, 1, 2], y=[1, 3, 4], w=1.5, b=1.0)


# ---- the numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "by_hand"),
    [
        ("half_squared_error", 0.125 / 3),
        ("absolute_error", 0.5 / 3),
        ("huber", 0.25 * (0.5 - 0.125) / 3),
    ],
)
def test_the_loss_is_the_mean_over_the_samples(fit, loss, by_hand):
    fit.loss, fit.delta = loss, 0.25
    np.testing.assert_allclose(fit.residuals, [0, 0.5, 0], atol=1e-15)
    assert fit.loss_value == pytest.approx(by_hand, rel=1e-14)


def test_the_number_follows_the_line(fit):
    fit.w, fit.b = 1.5, 7 / 6
    # Residuals -1/6, 1/3, -1/6: their squares sum to 1/6, halved and shared by three.
    assert fit.loss_value == pytest.approx(1 / 36, rel=1e-12)


@settings(deadline=None)  # a widget takes its time on a busy machine
@given(w=FINITE, b=FINITE, loss=st.sampled_from(["half_squared_error", "absolute_error", "huber"]))
def test_any_finite_line_has_a_loss_that_is_a_number(w, b, loss):
    value = FitLine(w=w, b=b, loss=loss).loss_value
    assert not np.isnan(value)
    assert value >= 0


@pytest.mark.parametrize("loss", ["half_squared_error", "absolute_error", "huber"])
def test_a_line_beyond_all_numbers_has_an_infinite_loss(fit, loss):
    fit.w, fit.loss = 1e308, loss
    assert fit.loss_value == np.inf


def test_the_default_points_tell_the_losses_apart():
    fit = FitLine()
    values = {losses.half_squared_error(fit.y, np.zeros(len(fit.y))).mean()}
    for name in ("half_squared_error", "absolute_error", "huber"):
        fit.loss = name
        values.add(fit.loss_value)
    assert len(values) == 4
    assert 8 <= len(fit.x) <= 10


def test_the_numbers_cannot_be_set(fit):
    for name in ("loss_value", "residuals", "state"):
        with pytest.raises(AttributeError):
            setattr(fit, name, 0.0)


# ---- the state -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("L2", "half_squared_error"),
        ("l1", "absolute_error"),
        ("Huber", "huber"),
        ("HUBER", "huber"),
        ("absolute_error", "absolute_error"),
    ],
)
def test_a_loss_goes_by_its_name_or_its_short_name(fit, given_name, name):
    fit.loss = given_name
    assert fit.loss == name
    assert FitLine(loss=given_name).loss == name


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"loss": "L3"}, ValueError, "'half_squared_error' or .* or 'huber', got 'L3'"),
        ({"loss": 2}, ValueError, "loss must be .* got 2"),
        ({"w": "steep"}, TypeError, "w must be a real number, got 'steep'"),
        ({"w": True}, TypeError, "w must be a real number, got True"),
        ({"b": float("nan")}, ValueError, "b must be finite, got nan"),
        ({"w": float("inf")}, ValueError, "w must be finite, got inf"),
        ({"delta": 0}, ValueError, "delta must be positive, got 0"),
        ({"delta": float("inf")}, ValueError, "delta must be finite, got inf"),
        ({"x": [1, 2]}, TypeError, "x and y must be given together, got only x"),
        ({"y": [1, 2]}, TypeError, "x and y must be given together, got only y"),
        ({"x": [1, 2], "y": [1]}, ValueError, r"the same shape, got \(2,\) and \(1,\)"),
        ({"x": [[1, 2]], "y": [[1, 2]]}, ValueError, r"x must have shape \(n,\), got \(1, 2\)"),
        ({"x": [], "y": []}, ValueError, "x must not be empty"),
        ({"x": [1, 1], "y": [1, 2]}, ValueError, "two clearly different values, got only 1.0"),
        ({"x": [1, np.nan], "y": [1, 2]}, ValueError, "x must .*nan"),
        ({"x": range(201), "y": range(201)}, ValueError, "at most 200 values, got 201"),
        ({"slope": 2}, TypeError, "slope"),
    ],
)
def test_wrong_arguments_are_named(keywords, error, message):
    with pytest.raises(error, match=message):
        FitLine(**keywords)


@pytest.mark.parametrize(
    ("name", "value"), [("w", "a"), ("b", np.inf), ("loss", "L9"), ("delta", -1)]
)
def test_a_refused_value_leaves_the_state_as_it_was(fit, name, value):
    before = fit.state
    with pytest.raises((TypeError, ValueError)):
        setattr(fit, name, value)
    assert fit.state == before


def test_numbers_of_numpy_are_numbers(fit):
    fit.w, fit.b = np.float32(0.5), np.int64(2)
    assert (fit.w, fit.b) == (0.5, 2.0)
    assert type(fit.w) is float


def test_the_points_are_part_of_the_question_and_stay(fit):
    with pytest.raises(Exception, match="read-only"):
        fit.x = [1, 2, 3]
    assert FitLine(x=np.array([0, 1]), y=np.array([1.0, 2.0])).x == [0.0, 1.0]


def test_two_explorables_share_nothing():
    one, two = FitLine(), FitLine()
    one.w = 7
    assert two.w == 0.0


def test_the_state_holds_the_explorable_and_not_the_widget(fit):
    assert set(fit.state) == {"x", "y", "w", "b", "loss", "delta"}


def test_what_the_front_end_sends_is_validated_too(fit):
    fit.set_state({"w": 0.25, "loss": "huber", "note": "only the page knows this"})
    assert (fit.w, fit.loss) == (0.25, "huber")
    with pytest.raises(TypeError, match="w must be a real number"):
        fit.set_state({"w": "0.25"})


# ---- what is shown -----------------------------------------------------------------------------


def test_the_text_is_the_state_and_no_address(fit):
    assert repr(fit) == "FitLine(w=1.500, b=1.000, loss='half_squared_error', loss_value=0.0417)"
    assert repr(fit) == repr(FitLine(x=[0, 1, 2], y=[1, 3, 4], w=1.5, b=1.0))
    fit.w = 1e300
    assert repr(fit) == "FitLine(w=1.00e+300, b=1.000, loss='half_squared_error', loss_value=inf)"


def page_state(fit):
    """Read the state back from the element for the page."""
    return json.loads(html.unescape(re.search('data-state="([^"]*)"', fit._repr_html_())[1]))


def test_the_page_gets_the_state(fit):
    assert page_state(fit) == fit.state
    assert fit._repr_html_().startswith(
        '<div class="explorable" data-module="fit_line" data-state='
    )


def test_the_page_is_the_same_on_every_machine():
    one, two = FitLine(w=0.1 + 0.2), FitLine(w=0.3)
    assert one.w != two.w
    assert one._repr_html_() == two._repr_html_()
    assert list(page_state(one)) == sorted(page_state(one))


def test_jupyter_gets_the_widget_the_page_and_the_text(fit):
    data, _ = fit._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == repr(fit)
    assert data["text/html"] == fit._repr_html_()


def test_the_number_on_the_page_is_the_number_of_python(fit, tmp_path):
    for loss, w in [("L2", 1.5), ("L1", -0.3), ("huber", 12.25)]:
        fit.loss, fit.w = loss, w
        page = tmp_path / "page.html"
        page.write_text(f"<p>{fit._repr_html_()}</p>", encoding="utf-8")
        subprocess.run(["node", PRERENDER, NO_SHEETS, page], check=True)
        shown = re.search(r'data-ref="lossValue"[^>]*>([^<]*)<', page.read_text("utf-8"))[1]
        assert shown == f"{fit.loss_value:.4f}"


# ---- one module from several -----------------------------------------------------------------


def run_node(script, *arguments, **options):
    """Run a script as an ES module and return what it prints."""
    command = ["node", "--input-type=module", "--eval", script, *arguments]
    options = {"capture_output": True, "encoding": "utf-8", **options}
    return subprocess.run(command, check=True, **options).stdout


EVERY = [getattr(explorables, name) for name in explorables.__all__ if name != "Explorable"]


@pytest.mark.parametrize("explorable", EVERY)
def test_the_widget_is_one_module_that_imports_nothing(explorable, tmp_path):
    module = tmp_path / "widget.mjs"
    module.write_text(explorable()._esm, encoding="utf-8")
    assert not re.search(r"^\s*(import|from)\b", explorable()._esm, re.M)
    script = "const m = await import(process.argv[1]); console.log(typeof m.default.render)"
    assert run_node(script, str(module)) == "function\n"


def test_the_widget_carries_its_style():
    assert ".xp-handle" in FitLine()._css
    assert isinstance(FitLine(), anywidget.AnyWidget)


def test_a_subclass_says_only_what_is_its_own():
    class Tiny(Explorable):
        _module = "fit_line"

    assert Tiny().state == {}


# ---- every explorable --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVERY)
def test_an_explorable_comes_back_from_its_state(kind):
    one = kind()
    again = kind.from_state(page_state(one))
    assert again.state == page_state(one)
    assert again.readings.keys() == one.readings.keys() and one.readings
    for name, value in one.readings.items():
        assert float(again.readings[name]) == pytest.approx(float(value), rel=1e-9)


@pytest.mark.parametrize("kind", EVERY)
def test_an_explorable_has_its_own_name_line_and_picture(kind):
    assert kind._title and kind._title not in {k._title for k in EVERY if k is not kind}
    line = inspect.getdoc(kind).partition("\n\n")[0]
    assert 20 < len(line) < 160 and line.endswith(".") and "`" not in line
    assert f'data-module="{kind._module}"' in kind()._repr_html_()
    assert len(kind()._repr_html_()) < 24_000


@pytest.mark.parametrize("kind", EVERY)
def test_the_front_end_sends_what_python_validates(kind):
    explorable = kind()
    explorable.set_state(explorable.state)
    with pytest.raises(TypeError, match="nonsense"):
        kind(nonsense=1)


def test_what_the_tests_in_javascript_know_is_what_the_classes_say():
    path = Path(__file__).with_name("explorables.json")
    said = {kind._module: kind.spec() for kind in EVERY}
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(said)), (
        "run: python tests/explorables.py"
    )


#: What a link might bring: for each value of each explorable some of these are sound.
BROUGHT = [
    *(-1e13, -200, -9, -1, -0.5, 0, 0.05, 0.5, 1, 2, 3.5, 7, 31, 101, 1e4, 1e7, 1e13),
    *(True, False, "huber", "nats", "x2", "vector", "constructor", "toString", ""),
    *(
        [],
        [1],
        [1, 0],
        [0.5, 0.5],
        [1, 0, 0],
        [1, 2, 3],
        [0, 0, 0, 4],
        [1] * 5,
        [0.5] * 10,
        [2] * 9,
    ),
]
FITS = """
import { readFileSync } from "node:fs";
const { fits } = await import(process.argv[1]);
const [specs, brought] = JSON.parse(readFileSync(0, "utf8"));
const fit = (value, spec) => typeof value === typeof (spec.default ?? []) &&
  Array.isArray(value) === Array.isArray(spec.default ?? []) && fits(value, spec);
console.log(JSON.stringify(specs.map((spec) => brought.map((value) => fit(value, spec)))));
"""


def takes(explorable, trait, value):
    """Tell whether a trait takes a value of its own kind."""
    default = trait.first()
    numeric = isinstance(default, int | float) and not isinstance(default, bool)
    if not isinstance(value, int | float if numeric else type(default)) or (
        numeric and isinstance(value, bool)
    ):
        return False
    try:
        trait.validate(explorable, value)
    except (TypeError, ValueError):
        return False
    return True


def test_a_link_may_bring_what_python_takes():
    traits = [(kind(), trait) for kind in EVERY for trait in kind.state_traits().values()]
    linked = [(explorable, trait) for explorable, trait in traits if trait.linked]
    asked = json.dumps([[trait.spec() for _, trait in linked], BROUGHT])
    answer = run_node(FITS, str(ROOT / "lib" / base._STATIC / "kit" / "spec.js"), input=asked)
    for (explorable, trait), fits in zip(linked, json.loads(answer), strict=True):
        taken = [takes(explorable, trait, value) for value in BROUGHT]
        whole = type(trait) in (base.Number, base.PositiveNumber, base.Whole, base.Flag)
        exact = whole or type(trait) in (base.Choice, base.Numbers)
        name = f"{type(explorable).__name__}.{trait.name}"
        assert fits == taken if exact else all(f or not t for f, t in zip(fits, taken)), name


def test_the_call_says_its_keywords_and_their_defaults():
    signature = inspect.signature(FitLine)
    defaults = {name: keyword.default for name, keyword in signature.parameters.items()}
    assert defaults == {
        "x": None, "y": None, "w": 0.0, "b": 2.0, "loss": "half_squared_error", "delta": 1.0
    }  # fmt: skip
    assert all(keyword.kind is keyword.KEYWORD_ONLY for keyword in signature.parameters.values())


def test_import_lib_does_not_import_the_widgets():
    script = "import lib, sys; sys.exit('anywidget' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
