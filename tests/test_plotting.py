"""The drawings that chapters share put on the axes what they were given."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lib import plotting


@pytest.fixture
def ax():
    """Give fresh axes and close them afterwards."""
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


# ---------------------------------------------------------------------------------------------
# array_cells
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (3,), (1, 4), (2, 3), (2, 2, 3), (2, 2, 2, 3)])
def test_an_array_is_drawn_with_one_cell_for_each_entry(ax, shape):
    assert plotting.array_cells(shape, ax=ax) is ax
    assert len(ax.patches) == np.prod(shape, dtype=int)


@pytest.mark.parametrize(
    ("shape", "corners"),
    [
        ((), [(0, 0)]),
        ((3,), [(0, 0), (0, -1), (0, -2)]),
        ((1, 2), [(0, 0), (1, 0)]),
        ((2, 2), [(0, 0), (1, 0), (0, -1), (1, -1)]),
    ],
)
def test_rows_run_down_and_columns_run_right(ax, shape, corners):
    plotting.array_cells(shape, ax=ax)
    assert [patch.get_xy() for patch in ax.patches] == corners


def test_the_first_sheet_of_a_tensor_is_drawn_last_and_in_the_full_colour(ax):
    plotting.array_cells((1, 1, 3), color="#ff0000", ax=ax)
    assert [patch.get_xy() for patch in ax.patches] == [(0.5, 0.5), (0.25, 0.25), (0, 0)]
    shades = [patch.get_facecolor()[:3] for patch in ax.patches]
    assert shades == [(1, 0.5, 0.5), (1, 0.5, 0.5), (1, 0, 0)]


# ---------------------------------------------------------------------------------------------
# computational_graph
# ---------------------------------------------------------------------------------------------

NODES = {"a": (0.0, 1.0), "b": (1.0, 0.0), "y": (3.0, 2.0)}
EDGES = {("a", "y"): "2", ("b", "y"): "-5"}


def arrows(ax):
    """Return the arrows of a graph by name; the texts on them carry the same name."""
    return {text.get_gid(): text for text in ax.texts if isinstance(text, plt.Annotation)}


def labels(ax):
    """Return the texts of a graph that are no arrows, by name."""
    return {text.get_gid(): text for text in ax.texts if not isinstance(text, plt.Annotation)}


def test_every_value_is_a_circle_in_its_place_with_its_name(ax):
    assert plotting.computational_graph(NODES, EDGES, ax=ax) is ax
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), list(NODES.values()))
    for name, place in NODES.items():
        assert labels(ax)[name].get_text() == name
        assert labels(ax)[name].get_position() == place


def test_a_text_of_its_own_replaces_the_name_of_a_value(ax):
    plotting.computational_graph(NODES, EDGES, texts={"a": "a = 2"}, ax=ax)
    assert [labels(ax)[name].get_text() for name in NODES] == ["a = 2", "b", "y"]


def test_an_arrow_leads_from_tail_to_head_and_carries_its_number_nearer_to_the_tail(ax):
    plotting.computational_graph(NODES, EDGES, ax=ax)
    for (tail, head), number in EDGES.items():
        arrow, label = arrows(ax)[f"{tail}->{head}"], labels(ax)[f"{tail}->{head}"]
        assert (arrow.xyann, arrow.xy) == (NODES[tail], NODES[head])
        assert label.get_text() == number
        from_tail, from_head = (
            np.linalg.norm(np.subtract(label.get_position(), NODES[end])) for end in (tail, head)
        )
        length = np.linalg.norm(np.subtract(NODES[head], NODES[tail]))
        assert from_tail < from_head
        assert from_tail + from_head == pytest.approx(length)


def test_only_the_arrows_of_the_path_are_brought_out(ax):
    plotting.computational_graph(NODES, EDGES, highlighted=[("b", "y")], ax=ax)
    assert labels(ax)["b->y"].get_color() == plotting.COLORS["vermillion"]
    assert labels(ax)["a->y"].get_color() != plotting.COLORS["vermillion"]
    widths = {name: arrow.arrow_patch.get_linewidth() for name, arrow in arrows(ax).items()}
    assert widths["b->y"] > widths["a->y"]


def test_a_graph_is_drawn_on_the_current_axes_without_ticks_and_inside_them(ax):
    assert plotting.computational_graph(NODES, EDGES) is ax
    assert not ax.axison
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert left < 0 < 3 < right
    assert bottom < 0 < 2 < top


# ---------------------------------------------------------------------------------------------
# labelled_curve and marked_points
# ---------------------------------------------------------------------------------------------


def test_a_curve_and_its_name_share_one_colour(ax):
    assert plotting.labelled_curve([0, 1], [2, 3], "L", at=(0.5, 2), color="green", ax=ax) is ax
    (line,), (text,) = ax.lines, ax.texts
    assert line.get_color() == text.get_color() == plotting.COLORS["green"]
    assert line.get_label() == text.get_text() == "L"
    assert line.get_xydata().tolist() == [[0, 2], [1, 3]]
    assert text.get_position() == (0.5, 2)


def test_a_curve_takes_the_style_of_a_line(ax):
    plotting.labelled_curve([0, 1], [0, 1], "", at=(0, 0), color="blue", ax=ax, ls="--")
    assert ax.lines[0].get_linestyle() == "--"


def test_each_marked_point_carries_its_own_text(ax):
    assert plotting.marked_points([1, 2], [3, 5], ["a", "b"], ax=ax, ha="right") is ax
    assert ax.lines[0].get_xydata().tolist() == [[1, 3], [2, 5]]
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("a", (1, 3)), ("b", (2, 5))]
    assert {text.get_ha() for text in ax.texts} == {"right"}


def test_a_marked_point_without_a_text_is_refused(ax):
    with pytest.raises(ValueError, match="shorter"):
        plotting.marked_points([1, 2], [3, 5], ["a"], ax=ax)


def test_curves_and_points_go_to_the_current_axes_by_default(ax):
    plt.sca(ax)
    assert plotting.labelled_curve([0], [0], "", at=(0, 0), color="blue") is ax
    assert plotting.marked_points([0], [0], [""]) is ax


# ---------------------------------------------------------------------------------------------
# loss_contours, descent_path, loss_curves
# ---------------------------------------------------------------------------------------------


def test_a_contour_runs_where_the_loss_has_its_height(ax):
    first, second = np.linspace(-2, 2, 81), np.linspace(-3, 3, 121)
    values = first**2 + second[:, None] ** 2
    assert plotting.loss_contours(first, second, values, levels=[1.0, 4.0], ax=ax) is ax
    for height, path in zip((1.0, 4.0), ax.collections[-1].get_paths(), strict=True):
        assert np.allclose((path.vertices**2).sum(axis=1), height, atol=0.01)


def test_the_rows_of_the_values_belong_to_the_vertical_axis(ax):
    values = np.zeros((2, 3)) + np.array([[0.0], [1.0]])
    plotting.loss_contours(np.arange(3), np.array([10, 20]), values, levels=[0.5], ax=ax)
    assert np.allclose(ax.collections[-1].get_paths()[0].vertices[:, 1], 15)


def test_a_descent_path_has_one_dot_for_each_step(ax):
    thetas = np.array([[0.0, 0.0], [1.0, 2.0], [1.5, 2.5]])
    assert plotting.descent_path(thetas, label="walk", ax=ax) is ax
    (line,) = ax.lines
    assert line.get_xydata().tolist() == thetas.tolist()
    assert (line.get_marker(), line.get_label()) == ("o", "walk")


def test_loss_curves_start_at_step_zero_and_are_named_in_the_legend(ax):
    curves = {"training": [8.0, 2.0, 1.0], "test": [9.0, 4.0, 3.0]}
    assert plotting.loss_curves(curves, ax=ax) is ax
    assert [line.get_xydata().tolist() for line in ax.lines] == [
        [[0, 8], [1, 2], [2, 1]],
        [[0, 9], [1, 4], [2, 3]],
    ]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "test"]


def test_a_single_loss_curve_needs_no_legend(ax):
    assert plotting.loss_curves({"training": [2.0, 1.0]}, ax=ax).get_legend() is None


def test_maps_paths_and_loss_curves_go_to_the_current_axes_by_default(ax):
    plt.sca(ax)
    values = np.arange(3) * np.ones((2, 1))
    assert plotting.loss_contours(np.arange(3), np.arange(2), values, levels=[1]) is ax
    assert plotting.descent_path(np.zeros((1, 2))) is ax
    assert plotting.loss_curves({"training": [1.0]}) is ax


# ---------------------------------------------------------------------------------------------
# reusable
# ---------------------------------------------------------------------------------------------


def test_a_figure_that_is_shown_again_keeps_its_layout(ax):
    with plt.rc_context():
        plotting.use_course_style()
        kept, other = (plt.figure().add_subplot() for _ in range(2))
    assert plotting.reusable(kept) is kept
    for axes in (kept, other):
        axes.figure.draw_without_rendering()
    before = [axes.get_position().bounds for axes in (kept, other)]
    for axes in (kept, other):
        axes.set_ylabel("two\nlines")
        axes.figure.draw_without_rendering()
    assert kept.get_position().bounds == before[0]
    assert other.get_position().bounds != before[1]  # as it would be without
    plt.close(other.figure)


def test_pyplot_lets_go_of_a_figure_that_a_function_shows():
    axes = plt.figure().add_subplot()
    plotting.reusable(axes)
    assert axes.figure.number not in plt.get_fignums()


def test_the_current_axes_are_prepared_where_none_are_given():
    figure, axes = plt.subplots()
    assert plotting.reusable() is axes
    assert figure.number not in plt.get_fignums()
