"""Outputs and widgets of Python in the page, as a reader meets them."""

import re

import pytest
import serve
from conftest import STILL, Faults
from hands import until
from playwright.sync_api import expect

pytestmark = pytest.mark.site

#: Python as the page starts it, with a cell of its own for each run.
START = """async (modules) => {
  const [{ createKernel }, outputs] = await Promise.all(
    modules.map((name) => import(new URL(name, document.baseURI))));
  const kernel = createKernel({ onlost: () => outputs.disconnectAll(kernel) });
  const main = document.querySelector("main");
  const cells = [];
  const cell = () => {
    const root = document.createElement("div");
    root.className = "cell";
    root.innerHTML = "<div class='cell_output'></div>";
    main.prepend(root);
    const area = outputs.createOutputArea(root.firstChild, { kernel });
    cells.push({ root, area });
    return cells.length - 1;
  };
  const run = async (code, number = cell()) => {
    const { area } = cells[number];
    area.clear(true);
    const onoutput = (output) => area.append(output);
    const { status } = await kernel.run(code, { cell: "Cell 1", onoutput });
    await area.settle();
    cells[number].root.dataset.status = status;
    return number;
  };
  window.live = { kernel, run, cells };
  return kernel.boot();
}"""
PLOT = """
import matplotlib.pyplot as plt
from ipywidgets import interact
figure, axes = plt.subplots(figsize=(6, 3))
(line,) = axes.plot([0, 1], [0, 1])
plt.close(figure)
drawn = []
def slope(w=0.5):
    drawn.append(w)
    line.set_ydata([0, w])
    return figure
_ = interact(slope, w=(0.0, 1.0, 0.01))
"""


class Live:
    """A page with a Python that has been started, and cells that are added to it."""

    def __init__(self, page):
        self.page = page
        modules = [serve.address(f"_live/{name}.js") for name in ("kernel", "outputs")]
        assert page.evaluate(START, modules) == "ready"

    def run(self, code, cell=None):
        """Run code in a cell of its own, or again in one; return the cell."""
        number = self.page.evaluate(
            "([code, cell]) => live.run(code, cell ?? undefined)",
            [code, cell and int(cell.get_attribute("data-number"))],
        )
        self.page.evaluate("(n) => { live.cells[n].root.dataset.number = n; }", number)
        return self.page.locator(f".cell[data-number='{number}']")

    def value(self, expression):
        """Compute something in Python and read it as text."""
        return self.run(f"print({expression})").inner_text().strip()

    def until(self, expression, value):
        """Wait until Python has heard of what the page did."""
        for _ in range(50):
            if self.value(expression) == value:
                return
        assert self.value(expression) == value


@pytest.fixture(scope="module")
def live(browser, site):
    """Give one page whose Python all tests of this module use; a fault on it fails the last."""
    size = {"width": 1100, "height": 900}
    context, faults = browser.new_context(viewport=size, **STILL), Faults()
    page = context.new_page()
    page.set_default_timeout(15_000)
    faults.watch(page, site)
    page.goto(f"{site}model_fitting.html", wait_until="load")
    yield Live(page)
    context.close()
    assert not faults


def picture(cell):
    """Return what the picture of a cell shows, as its address."""
    return cell.locator("img").first.get_attribute("src")


def changed(cell, before):
    """Wait until the picture of a cell is another one, and painted."""
    until(
        cell.page,
        "([img, before]) => img.src !== before && img.complete",
        [cell.locator("img").first.element_handle(), before],
    )


# ---------------------------------------------------------------------------------------------
# Outputs
# ---------------------------------------------------------------------------------------------


def test_prints_and_values_look_like_those_of_the_book(live):
    cell = live.run("print('a')\nprint('b')\n1 + 1")
    built = live.page.locator(".cell_output .output.stream pre").first  # no folded cell
    own = cell.locator("pre").first
    assert cell.locator("pre").all_inner_texts() == ["a\nb\n", "2"]
    look = "(pre) => ['color', 'fontSize', 'paddingLeft'].map((n) => getComputedStyle(pre)[n])"
    assert own.evaluate(look) == built.evaluate(look)


def test_a_figure_is_as_large_as_the_figures_of_the_book(live):
    cell = live.run("import matplotlib.pyplot as plt\n_ = plt.figure(figsize=(5, 2))")
    box = cell.locator("img").bounding_box()
    assert (round(box["width"]), round(box["height"])) == (480, 192)
    assert cell.locator("img").get_attribute("alt") == "Figure made by this cell"


def test_a_formula_is_typeset_with_every_character_it_needs(live):
    cell = live.run("from IPython.display import Math\nMath(r'\\mathfrak{W} = \\sum_i \\oint x_i')")
    assert cell.locator(".katex-mathml math").count() == 1
    live.page.evaluate("() => document.fonts.ready.then(() => null)")
    loaded = "() => [...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)"
    assert "KaTeX_Fraktur" in live.page.evaluate(loaded)


def test_a_display_changes_in_place_from_another_cell(live):
    cell = live.run("handle = display('before', display_id=True)\nprint('after it')")
    live.run("handle.update('now')")
    assert [text.strip() for text in cell.locator("pre").all_inner_texts()] == ["'now'", "after it"]


def test_clear_output_leaves_only_the_last(live):
    code = (
        "from IPython.display import clear_output\n"
        "for i in range(5):\n    clear_output(wait=True)\n    print('step', i)"
    )
    assert live.run(code).inner_text().strip() == "step 4"


def test_a_cell_that_runs_again_does_not_let_the_page_jump(live):
    cell = live.run("_ = plt.figure(figsize=(5, 4))")
    cell.evaluate("""(cell) => { window.heights = new Set();
        new ResizeObserver(() => heights.add(Math.round(cell.offsetHeight))).observe(cell); }""")
    live.run("_ = plt.figure(figsize=(5, 4))", cell)
    live.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
    heights = live.page.evaluate("() => [...heights]")
    assert max(heights) - min(heights) <= 1, heights  # a half is rounded up or down


def test_html_out_of_a_cell_runs_no_script(live):
    code = """from IPython.display import HTML
HTML("<b>shown</b><script>window.ran = 1</script>")"""
    cell = live.run(code)
    assert cell.locator("b").inner_text() == "shown"
    assert "does not run" in cell.inner_text()
    assert live.page.evaluate("() => window.ran") is None


def test_an_error_names_itself_and_its_line(live):
    cell = live.run("a = 1\nundefined_name")
    assert cell.get_attribute("data-status") == "error"
    assert cell.locator(".error-name").inner_text().startswith("NameError")
    assert "line 2" in cell.locator(".error pre").inner_text()


# ---------------------------------------------------------------------------------------------
# Stock widgets
# ---------------------------------------------------------------------------------------------


def test_a_slider_moved_by_keys_draws_its_figure_anew(live):
    cell = live.run(PLOT)
    handle = cell.get_by_role("slider", name="w")
    assert handle.get_attribute("aria-valuetext") == "0.50"
    before = picture(cell)
    handle.focus()
    live.page.keyboard.press("ArrowRight")
    changed(cell, before)
    assert handle.get_attribute("aria-valuetext") == "0.51"
    live.until("drawn[-1]", "0.51")


def test_a_drag_leaves_at_most_two_stale_frames(live):
    cell = live.run(PLOT)
    box = cell.get_by_role("slider", name="w").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    live.run("drawn.clear()")
    live.page.mouse.move(x, y)
    live.page.mouse.down()
    for step in range(40):
        live.page.mouse.move(x + 2 * step, y)
    end = cell.get_by_role("slider", name="w").get_attribute("aria-valuetext")
    at_the_end = int(live.value("len(drawn)"))
    live.page.mouse.up()
    live.until("f'{drawn[-1]:.2f}'", end)
    assert int(live.value("len(drawn)")) - at_the_end <= 2


@pytest.mark.parametrize(
    ("make", "act", "said"),
    [
        ("v='abc'", lambda cell: cell.locator("input[type=text]").fill("xyz"), "xyz"),
        ("v=True", lambda cell: cell.locator("input[type=checkbox]").click(), "False"),
        ("v=['L1', 'L2']", lambda cell: cell.locator("select").select_option("L2"), "L2"),
    ],
)
def test_each_control_of_interact_reaches_its_function(live, make, act, said):
    cell = live.run(f"from ipywidgets import interact\n_ = interact(lambda v: print(v), {make})")
    act(cell)
    cell.locator(".widget-output pre", has_text=re.compile(rf"^{said}\s*$")).wait_for()


def test_layouts_hold_their_children_and_a_button_calls_its_handler(live):
    cell = live.run("""import ipywidgets as w
button, out = w.Button(description="Count"), w.Output()
clicks = []
def clicked(_):
    clicks.append(1)
    with out:
        print(len(clicks), "clicks")
button.on_click(clicked)
tabs = w.Tab([w.HBox([button, w.IntSlider(description="n")]), w.Label("second")], titles=["A", "B"])
w.VBox([tabs, w.Accordion([w.GridBox([w.Text(description="t")])], titles=["More"]), out])""")
    cell.get_by_role("button", name="Count").click()
    cell.get_by_role("button", name="Count").click()
    cell.locator(".widget-output pre", has_text="2 clicks").wait_for()
    cell.get_by_role("tab", name="B").click()
    cell.get_by_text("second").wait_for()
    cell.get_by_text("More").click()
    cell.locator("input[type=text]").wait_for()


def test_a_widget_of_a_function_shows_though_the_cell_names_none(live):
    live.run("""import sys, types
hidden = types.ModuleType("hidden")
body = "import ipywidgets\\ndef show(): return ipywidgets.IntSlider(3, description='k')"
exec(body, vars(hidden))
sys.modules["hidden"] = hidden""")
    cell = live.run("from hidden import show\nshow()")
    assert cell.get_by_role("slider", name="k").get_attribute("aria-valuetext") == "3"


def test_a_handler_that_prints_writes_below_the_cell_that_shows_the_widget(live):
    cell = live.run("""b = w.Button(description="Say")
b.on_click(lambda _: print("said"))
b""")
    cell.get_by_role("button", name="Say").click()
    cell.locator(".output.stream", has_text="said").wait_for()


def test_an_error_in_an_interact_function_shows_in_its_place_and_goes_again(live):
    cell = live.run("_ = interact(lambda n: print(1 / n), n=(0, 4))")
    handle = cell.get_by_role("slider", name="n")
    handle.focus()
    live.page.keyboard.press("Home")
    cell.locator(".error-name", has_text="ZeroDivisionError").wait_for()
    live.page.keyboard.press("End")
    cell.locator("pre", has_text="0.25").wait_for()
    assert cell.locator(".error-name").count() == 0


def test_a_widget_with_code_of_its_own_says_why_it_is_not_shown(live):
    cell = live.run("""import anywidget
class Own(anywidget.AnyWidget):
    _esm = "export default { render() { window.ran = 3; } };"
Own()""")
    assert "JupyterLite" in cell.inner_text()
    assert live.page.evaluate("() => window.ran") is None


def test_the_controls_fit_a_telephone_and_are_large_enough_for_a_finger(live):
    live.page.set_viewport_size({"width": 360, "height": 800})
    cell = live.run("_ = interact(lambda rate, on: None, rate=(0.0, 1.0), on=True)")
    assert live.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert cell.locator(".widget-slider").bounding_box()["width"] <= 360
    reach = """(handle) => {
      const { x, y, width, height } = handle.getBoundingClientRect();
      const far = document.elementFromPoint(x + width / 2, y + height / 2 + 20);
      return far === handle || handle.contains(far);
    }"""
    handle = cell.get_by_role("slider", name="rate")
    handle.scroll_into_view_if_needed()
    assert handle.evaluate(reach)
    live.page.set_viewport_size({"width": 1100, "height": 900})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_of_widgets_stands_out_from_its_ground(live, theme):
    live.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    cell = live.run("w.VBox([w.Text('typed', description='t'), w.Button(description='Press')])")
    look = """(node) => ['color', 'backgroundColor'].map((n) => getComputedStyle(node)[n])"""
    for node in (cell.locator("input"), cell.locator("button")):
        ink, ground = (luminance(colour) for colour in node.evaluate(look))
        assert (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05) > 4.5
    live.page.evaluate("() => { document.documentElement.dataset.theme = 'light'; }")


def luminance(colour):
    """Return the relative luminance of an rgb colour."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# ---------------------------------------------------------------------------------------------
# Explorables
# ---------------------------------------------------------------------------------------------

FIT = "from lib.explorables import FitLine\nfit = FitLine()\nfit"


def explorable(cell, number=0):
    """Return the explorable of a cell once it is alive."""
    root = cell.locator(".explorable").nth(number)
    root.locator(".xp[data-live]").wait_for()
    return root


def get(root, name):
    """Read a value of an explorable on the page."""
    return root.evaluate("(el, name) => el.explorable.get(name)", name)


def test_what_python_sets_moves_the_picture(live):
    root = explorable(live.run(FIT))
    live.run("fit.w = 2")
    assert get(root, "w") == 2
    expect(root.locator("[data-ref=w]").first).to_have_text("2.000")


def test_what_the_reader_drags_is_known_to_python(live):
    root = explorable(live.run(FIT))
    handle = root.locator(".xp-handle[role=slider]").first
    before = live.value("fit.state")
    handle.focus()
    for _ in range(5):
        live.page.keyboard.press("ArrowUp")
    live.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    live.until("fit.w", str(get(root, "w")))
    assert live.value("fit.state") != before


def test_two_views_of_one_explorable_move_together(live):
    first = explorable(live.run(FIT))
    second = explorable(live.run("fit"))
    second.evaluate("(el) => { el.explorable.set('w', 1.5); el.explorable.save_changes(); }")
    assert get(first, "w") == 1.5
    live.until("fit.w", "1.5")


def test_an_explorable_among_stock_widgets_is_alive(live):
    root = explorable(live.run("w.VBox([FitLine(w=0.25), w.Label('below')])"))
    assert get(root, "w") == 0.25


KEPT = """() => Object.entries(JSON.parse(localStorage.exercises).exercises)
  .map(([id, { verdict }]) => [id, verdict])"""


def test_an_exercise_of_python_is_alive_and_what_is_answered_or_checked_is_kept(live):
    asked, written = "loss_functions.ce_from_logits", "loss_functions.stable_bce"
    cell = live.run(f"from lib.exercises import Exercise\nasked = Exercise('{asked}')\nasked")
    root = cell.locator(".exercise .xq[data-live]")
    root.locator("[data-ref=field]").fill(live.value("asked._sheet['pool'][0]['answer']"))
    root.locator("[data-ref=check]").click()
    live.until("asked.verdict, asked.tries", "right 1")
    live.run(f"from lib.exercises import check\ncheck('{written}', lambda y_true, z: 0 * z)")
    until(live.page, f"() => ({KEPT})().length === 2")
    assert dict(live.page.evaluate(KEPT)) == {asked: "right", written: "not yet"}


def test_what_python_refuses_is_set_back_and_said(live):
    root = explorable(live.run(FIT))
    root.evaluate("(el) => { el.explorable.set('delta', 0); el.explorable.save_changes(); }")
    root.locator(".xp-note", has_text="Python did not take this: delta must be").wait_for()
    assert get(root, "delta") == 1
    assert live.value("fit.delta") == "1.0"


# ---------------------------------------------------------------------------------------------
# Before any run; test_live_book.py has the frames that come alive
# ---------------------------------------------------------------------------------------------


def test_without_scripts_the_frame_stands_and_no_button_promises_more(open_page):
    page = open_page("model_fitting.html", java_script_enabled=False)
    assert page.locator(".first-frame img").count() == 1
    assert page.locator(".first-frame button:visible").count() == 0
    page.emulate_media(media="print")
    assert page.locator(".first-frame button:visible").count() == 0


# ---------------------------------------------------------------------------------------------
# The end of a Python, and of this file: a new one need not get ready for more
# ---------------------------------------------------------------------------------------------


def test_after_a_restart_no_slider_is_left_dead_and_its_button_makes_it_live_again(live):
    cell = live.run(PLOT)
    fit = explorable(live.run(FIT))
    live.page.evaluate("() => live.kernel.restart()")
    cell.get_by_role("button", name="Run to make it live").wait_for()
    assert cell.get_by_role("slider").count() == 0
    assert "Shown for w = 0.50." in cell.inner_text()
    assert cell.locator("img").count() == 1
    fit.get_by_text("goes on alone").wait_for()
    fit.evaluate("(el) => { el.explorable.set('w', 3); }")
    assert get(fit, "w") == 3
    live.run(PLOT, cell)
    assert cell.get_by_role("slider", name="w").count() == 1
