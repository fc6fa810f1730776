"""A widget is shown, before Python runs, by its first picture and its values in words."""

import re
import sys
from pathlib import Path

import nbformat
import pytest
import small_book

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import normalize_notebooks

from web import first_frames
from web.first_frames import captured, control_values, listed, value_text, widget_states

SLIDER = "from ipywidgets import interact\n\n_ = interact({}, w=(0.0, 2.0, 0.5))"
SHOWN = {
    "printed": SLIDER.format("lambda w: print('w is', w)"),
    "drawn": (
        "import matplotlib.pyplot as plt\nfrom ipywidgets import interact\n"
        "fig, ax = plt.subplots(figsize=(2, 1))\nplt.close(fig)\n"
        "_ = interact(lambda on, kind: fig, on=True, kind=['a', 'b'])"
    ),
    "html": (
        "from IPython.display import HTML\nfrom ipywidgets import interact\n"
        "_ = interact(lambda n: HTML(f'<b>{n} < 9</b>'), n=(0, 8))"
    ),
    "alone": "from ipywidgets import FloatSlider\n\nFloatSlider(-0.5, min=-1, description='b')",
    "picture": "from lib.explorables import FitLine\n\nFitLine()",
}


def built(folder, cells):
    """Build a book of one notebook; return the exit code and what it says, or the page."""
    code = [nbformat.v4.new_code_cell(source) for source in cells]
    code[-1].metadata["mystnb"] = {"image": {"alt": "What is drawn at first."}}
    heading = nbformat.v4.new_markdown_cell("# A chapter")
    small_book.write(folder, {"page": "# A page\n"}, {"chapter": [heading, *code]})
    status, report = small_book.build(folder)
    page = folder / "_build" / "html" / "chapter.html"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    return status, report, text


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Build a page with every kind of widget; return what stands under each cell."""
    order = [name for name in SHOWN if name != "drawn"] + ["drawn"]
    code, report, page = built(tmp_path_factory.mktemp("book"), [SHOWN[name] for name in order])
    assert code == 0, report
    cells = re.split('<div class="cell docutils container"[^>]*>', page)[1:]
    return dict(zip(order, (cell.partition('<div class="cell_output')[2] for cell in cells)))


@pytest.mark.parametrize("name", ["printed", "drawn", "html", "alone"])
def test_a_widget_is_shown_with_one_button_and_no_control(outputs, name):
    assert outputs[name].count("data-run-cell") == 1
    assert "Run to make it live</button>" in outputs[name]
    assert not re.search("<input|<select|widget-view", outputs[name])


def test_what_the_function_printed_stands_there_as_the_prints_of_any_cell(outputs):
    assert '<div class="output stream highlight-myst-ansi notranslate">' in outputs["printed"]
    assert re.search(r"<pre[^>]*>w is 1\.0\n</pre>", outputs["printed"])


def test_the_values_of_the_controls_are_said_in_words(outputs):
    assert "Shown for w = 1.00." in outputs["printed"]
    assert "Shown for on = on and kind = a." in outputs["drawn"]
    assert "Shown for b = −0.50." in outputs["alone"]


def test_the_figure_is_in_the_page_with_its_size_and_its_words(outputs):
    (tag,) = re.findall("<img [^>]*>", outputs["drawn"])
    assert 'alt="What is drawn at first."' in tag
    assert re.search(r'src="_images/\w+\.png" width="\d+" height="\d+"', tag)


def test_html_is_kept_as_html(outputs):
    assert "<b>4 < 9</b>" in outputs["html"]


def test_an_explorable_has_a_picture_of_its_own_and_needs_no_first_frame(outputs):
    assert 'data-module="fit_line"' in outputs["picture"]
    assert "data-run-cell" not in outputs["picture"]


def test_a_widget_whose_function_fails_at_first_stops_the_build(tmp_path):
    code, report, _ = built(tmp_path, [SLIDER.format("lambda w: 1 / 0")])
    assert code == 1
    assert "ZeroDivisionError" in report, report


# ---------------------------------------------------------------------------------------------
# The parts
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"value": True}, "on"),
        ({"value": False}, "off"),
        ({"value": 3, "readout_format": "d"}, "3"),
        ({"value": -0.25, "readout_format": ".2f"}, "−0.25"),
        ({"value": 0.1, "readout_format": ".3g"}, "0.100"),
        ({"value": [1, 4], "readout_format": "d"}, "1 to 4"),
        ({"value": "a word"}, "a word"),
        ({"_options_labels": ["L1", "L2"], "index": 1}, "L2"),
        ({"_options_labels": ["L1", "L2"], "index": [0, 1]}, "L1, L2"),
        ({"_options_labels": ["L1"], "index": None}, "none"),
    ],
)
def test_a_value_is_written_as_its_control_shows_it(state, text):
    assert value_text(state) == text


@pytest.mark.parametrize(
    ("parts", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_parts_are_joined_as_in_a_sentence(parts, text):
    assert listed(parts) == text


STATES = {
    "box": {"children": ["IPY_MODEL_row", "IPY_MODEL_out"]},
    "row": {"children": ["IPY_MODEL_rate"]},
    "rate": {"description": "rate", "value": 0.5},
    "out": {"outputs": [{"output_type": "stream", "name": "stdout", "text": "hello"}]},
}


def test_widgets_inside_widgets_are_found():
    assert control_values("box", STATES) == ["rate = 0.5"]
    assert [output["text"] for output in captured("box", STATES)] == ["hello"]


def test_a_notebook_without_widgets_has_no_states():
    assert widget_states(nbformat.v4.new_notebook()) == {}


# ---------------------------------------------------------------------------------------------
# In the stored notebooks
# ---------------------------------------------------------------------------------------------


def executed(output):
    """Return a notebook as it is after a run: one cell that shows a widget with this output."""
    view = {first_frames.VIEW: {"model_id": "box"}, "text/plain": "interactive(…)"}
    cell = nbformat.v4.new_code_cell("…", outputs=[nbformat.v4.new_output("display_data", view)])
    states = {name: {"state": state} for name, state in STATES.items()}
    states["out"] = {"state": {"outputs": [output]}}
    widgets = {first_frames.STATE: {"state": states}}
    return nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": widgets})


def test_what_a_widget_shows_is_stored_so_that_the_notebook_tests_compare_it():
    output = {"output_type": "stream", "name": "stdout", "text": "loss 0.5"}
    fresh = normalize_notebooks.normal_form(executed(output))
    printed, shown = fresh.cells[0].outputs
    assert printed.text == "loss 0.5"
    assert shown.data == {"text/plain": "interactive(…)"}
    assert "widgets" not in fresh.metadata
    assert normalize_notebooks.as_text(normalize_notebooks.normal_form(fresh)) == (
        normalize_notebooks.as_text(fresh)
    )


def test_an_error_in_a_widget_keeps_a_notebook_from_being_stored():
    output = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    fresh = normalize_notebooks.normal_form(executed(output))
    assert normalize_notebooks.complaints(fresh) == [
        "cell 1 shows an error in a widget: ValueError: no"
    ]
