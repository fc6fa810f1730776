"""Figures of the course: one style, and the drawings that more than one chapter uses.

Every function takes ``ax=None`` and returns the axes, as seaborn does. Nothing here computes: the
numbers come in as arrays, so that a test can compare what is drawn with what was meant.
"""

import math
from importlib import import_module
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

__all__ = [
    "COLORS",
    "array_cells",
    "computational_graph",
    "descent_path",
    "labelled_curve",
    "loss_contours",
    "loss_curves",
    "marked_points",
    "reusable",
    "use_course_style",
]

#: Okabe and Ito's colours, safe for the common kinds of colour blindness.
COLORS = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "orange": "#E69F00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "grey": "#777777",
}


def use_course_style():
    """Give every following figure the look of the course.

    Sizes are in inches at 192 dots an inch; in a notebook figures keep exactly that size instead of
    being cropped to their ink.

    Returns
    -------
    None
        The style holds for the session.

    See Also
    --------
    matplotlib.style.use : what it is built on.

    Examples
    --------
    >>> use_course_style()
    >>> plt.rcParams["figure.dpi"]
    192.0
    """
    plt.style.use(Path(__file__).with_name("course.mplstyle"))
    if "inline" in plt.get_backend():
        backend = import_module("matplotlib_inline.config").InlineBackend.instance()
        backend.print_figure_kwargs = {"bbox_inches": None, "pil_kwargs": {"compress_level": 1}}


def array_cells(shape, *, color=COLORS["blue"], ax=None):
    """Draw the shape of an array to scale: one square cell for each entry.

    A scalar is one cell and a vector a column, as on paper. An array with more than two axes is
    drawn as sheets of its first two axes, the later sheets behind the first and paler.

    Parameters
    ----------
    shape : tuple of int
        The shape to draw, with any number of axes.
    color : str, default blue
        Colour of the cells.
    ax : matplotlib.axes.Axes, optional
        Where to draw, default the current axes. One cell is one unit wide; the lower left corner of
        the first sheet's top left cell is at (0, 0), and further rows lie below it.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on, with equal scales and without frame.

    Examples
    --------
    >>> ax = array_cells((2, 3))
    >>> len(ax.patches)
    6
    >>> plt.close()
    """
    ax = plt.gca() if ax is None else ax
    rows, columns, *rest = (*shape, 1, 1)[: max(2, len(shape))]
    pale = 0.5 + 0.5 * np.array(to_rgb(color))
    for sheet in reversed(range(math.prod(rest))):
        for row, column in np.ndindex(rows, columns):
            corner = (column + 0.25 * sheet, 0.25 * sheet - row)
            ax.add_patch(Rectangle(corner, 1, 1, fc=pale if sheet else color, ec="white", lw=1.2))
    ax.set_aspect("equal")
    ax.axis("off")
    ax.autoscale_view()
    return ax


def computational_graph(nodes, edges, *, texts=None, highlighted=(), radius=19.0, ax=None):
    """Draw a graph of values: a circle for each value, an arrow to each value computed from it.

    Parameters
    ----------
    nodes : dict of str to (float, float)
        Name and place of each value, in data coordinates.
    edges : dict of (str, str) to str
        From which value to which, and what to write on the arrow (nothing where it is empty).
    texts : dict of str to str, optional
        What to write in a circle; its name where it is not given.
    highlighted : collection of (str, str), optional
        The arrows of a path to bring out.
    radius : float, optional
        Radius of the circles, in points.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes where it is not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, switched off. Each arrow carries its name, ``tail->head``, as its gid, and so
        does the text on it.

    Examples
    --------
    >>> ax = computational_graph({"x": (0, 0), "y": (1, 0)}, {("x", "y"): "3"})
    >>> [text.get_text() for text in ax.texts if text.get_gid() == "x->y"]
    ['', '3']
    >>> plt.close()
    """
    ax = plt.gca() if ax is None else ax
    for (tail, head), label in edges.items():
        look = _BRIGHT if (tail, head) in highlighted else _QUIET
        _arrow(ax, nodes[tail], nodes[head], label, gid=f"{tail}->{head}", gap=radius, **look)
    x, y = zip(*nodes.values(), strict=True)
    size = (2.0 * radius) ** 2  # scatter wants the square of the diameter, in points
    circles = ax.scatter(x, y, s=size, c="white", edgecolors=COLORS["blue"], lw=1.6, zorder=3)
    circles.set_clip_on(False)
    for name, place in nodes.items():
        text = (texts or {}).get(name, name)
        ax.text(*place, text, gid=name, ha="center", va="center", fontsize=11.5, zorder=4)
    ax.margins(0.12, 0.2)
    ax.autoscale_view()  # now: the layout asks where the texts are before it would be done
    ax.set_axis_off()
    return ax


def loss_contours(first, second, values, *, levels=12, ax=None):
    """Draw a loss of two parameters as contour lines, like heights on a map.

    Parameters
    ----------
    first : numpy.ndarray of float, shape (p,)
        Values of the parameter on the horizontal axis, in its unit.
    second : numpy.ndarray of float, shape (q,)
        Values of the parameter on the vertical axis, in its unit.
    values : numpy.ndarray of float, shape (q, p)
        The loss at each pair, in the unit of the loss; one row for each value of ``second``.
    levels : int or sequence of float, optional
        How many heights to draw, or which.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes where it is not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with the contours as its last collection.

    See Also
    --------
    descent_path : the walk of an optimizer over these contours.

    Examples
    --------
    >>> import numpy as np
    >>> ax = loss_contours(np.arange(3), np.arange(2), np.ones((2, 1)) * np.arange(3), levels=[1])
    >>> [float(height) for height in ax.collections[-1].levels]
    [1.0]
    >>> plt.close()
    """
    ax = plt.gca() if ax is None else ax
    ax.contour(first, second, values, levels=levels, colors="#9aa7b3", linewidths=0.8)
    ax.grid(False)
    return ax


def descent_path(thetas, *, color=COLORS["vermillion"], label=None, ax=None):
    """Draw the steps of an optimizer in the plane of two parameters, a dot for each step.

    Parameters
    ----------
    thetas : numpy.ndarray of float, shape (n_steps + 1, 2)
        The parameters before the first step and after each, in their units.
    color : str, optional
        The colour of the line and its dots.
    label : str, optional
        What the legend calls the path.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes where it is not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with the path as its last line.

    See Also
    --------
    loss_contours : the map under the path.

    Examples
    --------
    >>> import numpy as np
    >>> ax = descent_path(np.array([[0.0, 0.0], [1.0, 2.0]]))
    >>> ax.lines[-1].get_ydata().tolist()
    [0.0, 2.0]
    >>> plt.close()
    """
    ax = plt.gca() if ax is None else ax
    ax.plot(thetas[:, 0], thetas[:, 1], "o-", color=color, label=label, lw=1.3, ms=3.2)
    return ax


def loss_curves(curves, *, ax=None):
    """Draw losses against the step of a fit, one line for each name.

    Parameters
    ----------
    curves : dict of str to sequence of float, shape (n_steps + 1,)
        What each curve is called, and its losses before the first step and after each, in the unit
        of the loss.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes where it is not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with a legend when there is more than one curve.

    See Also
    --------
    descent_path : the walk to which the losses belong.

    Examples
    --------
    >>> ax = loss_curves({"training": [8.0, 2.0], "test": [9.0, 4.0]})
    >>> ax.lines[1].get_ydata().tolist()
    [9.0, 4.0]
    >>> plt.close()
    """
    ax = plt.gca() if ax is None else ax
    for name, losses in curves.items():
        ax.plot(range(len(losses)), losses, label=name, lw=1.6)
    ax.set(xlabel="step", ylabel="loss")
    if len(curves) > 1:
        ax.legend()
    return ax


def labelled_curve(x, y, label, *, at, color, ax=None, **line_style):
    """Draw a curve and write its name beside it, in its colour.

    A name at the curve is read at once; a legend sends the eye away and back.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        The curve, in data coordinates.
    label : str
        Its name.
    at : (float, float)
        Where the name begins, in data coordinates.
    color : str
        A name from :data:`COLORS`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes where it is not given.
    **line_style
        Passed on to ``Axes.plot``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with the curve as its last line, which carries the name as its label.

    See Also
    --------
    marked_points : single points with what they stand for.

    Examples
    --------
    >>> ax = labelled_curve([0, 1], [0, 2], "double", at=(0.5, 1.2), color="blue")
    >>> ax.texts[-1].get_text(), ax.lines[-1].get_label()
    ('double', 'double')
    >>> plt.close()
    """
    ax = plt.gca() if ax is None else ax
    ax.plot(x, y, color=COLORS[color], label=label, **line_style)
    ax.text(*at, label, color=COLORS[color])
    return ax


def marked_points(x, y, texts, *, offset=(6, 6), ax=None, **text_style):
    """Draw black dots, each with a text beside it.

    Parameters
    ----------
    x, y : sequence of float, shape (n,)
        The points, in data coordinates.
    texts : sequence of str, shape (n,)
        What to write beside each point.
    offset : (float, float), optional
        From a point to its text, in typographic points.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes where it is not given.
    **text_style
        Passed on to ``Axes.annotate``, for example ``ha="right"``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with the dots as its last line.

    See Also
    --------
    labelled_curve : a curve with its name.

    Examples
    --------
    >>> ax = marked_points([0.7], [0.6109], ["floor"])
    >>> ax.texts[-1].get_text(), ax.lines[-1].get_xdata().tolist()
    ('floor', [0.7])
    >>> plt.close()
    """
    ax = plt.gca() if ax is None else ax
    ax.plot(x, y, "o", color="black")
    for point_x, point_y, text in zip(x, y, texts, strict=True):
        place = {"xytext": offset, "textcoords": "offset points"}
        ax.annotate(text, (point_x, point_y), **place, **text_style)
    return ax


def reusable(ax=None):
    """Prepare a finished figure for being shown again and again with other data.

    Its layout stays as it is now: finding it anew would take as long as the drawing. And pyplot
    lets go of it, so that it is shown by the function that returns it and by nothing else.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        Axes of the figure, with labels and a title of the height that it will have; the current
        axes where it is not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. Their figure can be returned by a function that ``ipywidgets.interact`` calls.

    Examples
    --------
    >>> ax = reusable(plt.figure().add_subplot())
    >>> ax.figure.number in plt.get_fignums()
    False
    """
    ax = plt.gca() if ax is None else ax
    ax.figure.draw_without_rendering()
    ax.figure.set_layout_engine("none")
    plt.close(ax.figure)
    return ax


_BRIGHT = {"color": COLORS["vermillion"], "lw": 2.4, "zorder": 2}
_QUIET = {"color": "#666666", "lw": 1.0, "zorder": 1}


def _arrow(ax, tail, head, label, *, gid, gap, color, lw, zorder):
    """Draw one arrow from circle to circle, with its label nearer to its tail."""
    arrow = {"arrowstyle": "-|>", "shrinkA": gap, "shrinkB": gap, "color": color, "lw": lw}
    ax.annotate("", xy=head, xytext=tail, arrowprops=arrow, gid=gid, zorder=zorder)
    x, y = (0.74 * a + 0.26 * b for a, b in zip(tail, head, strict=True))  # arrows cross half-way
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
    text = ax.text(x, y, label, gid=gid, color=color, fontsize=10, bbox=paper, zorder=2)
    text.set(ha="center", va="center", weight="bold" if lw > 2 else "normal")
