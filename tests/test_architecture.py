"""The house plan, held: where arrows may point, what a docstring owes, the form of a notebook."""

import ast
import inspect
import io
import json
import re
import subprocess
import symtable
import sys
import tokenize
from collections import Counter
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from numpydoc.docscrape import NumpyDocString

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import normalize_notebooks

LEVELS = {
    "checks": 0,
    "modules": 0,
    "datasets": 1,
    "models": 1,
    "losses": 1,
    "information": 1,
    "calculus": 1,
    "autodiff": 1,
    "optimizers": 1,
    "plotting": 2,
    "explorables": 3,
    "exercises": 3,
}
ALLOWED_SIDEWAYS = {("losses", "models")}
PUBLIC = [name for name in LEVELS if name not in ("checks", "modules")]
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))


def imports(source):
    """List every module that a source names in an import, as dotted names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield from (f"{base}.{alias.name}" for alias in node.names)


def wrong_arrows(module, source):
    """List the imports of ``module`` that point up, sideways, or out of the house."""
    wrong = []
    for name in imports(source):
        top, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        if top in ("book", "web", "tools", "tests", "bench"):
            wrong.append(name)
        elif top == "lib" and target in LEVELS and target != module:
            down = LEVELS[target] < LEVELS[module] or (module, target) in ALLOWED_SIDEWAYS
            wrong += [] if down else [name]
    return wrong


def module_files():
    """Pair each module of ``lib`` with its source files."""
    for name in LEVELS:
        path = ROOT / "lib" / name
        yield from (
            (name, file)
            for file in (path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")])
        )


@pytest.mark.parametrize(("module", "file"), list(module_files()))
def test_arrows_point_only_downwards(module, file):
    assert wrong_arrows(module, file.read_text(encoding="utf-8")) == []


def test_an_arrow_that_points_up_or_sideways_would_be_noticed():
    assert wrong_arrows("losses", "from lib import calculus") == ["lib.calculus"]
    assert wrong_arrows("checks", "import lib.models") == ["lib.models"]
    assert wrong_arrows("models", "from tools import serve") == ["tools.serve"]
    assert wrong_arrows("losses", "from lib import checks, models") == []


def outward_arrows(source):
    """List what a file of ``web/`` takes from another room than itself and ``lib``."""
    named = re.findall(r"""["'/](?:tools|tests|bench)["'/][\w./"' ]*""", source)
    try:
        named += [f"import {name}" for name in imports(source)]
    except SyntaxError:  # a script, not Python
        pass
    return [name for name in named if re.match(r"(import |\W)(tools|tests|bench)\b", name)]


def test_what_builds_the_site_takes_nothing_from_the_tools_that_call_it():
    kinds = (".py", ".js", ".mjs", ".html")
    files = [path for path in sorted((ROOT / "web").rglob("*")) if path.suffix in kinds]
    found = {path: outward_arrows(path.read_text(encoding="utf-8")) for path in files}
    assert {path: arrows for path, arrows in found.items() if arrows} == {}


def test_an_arrow_back_from_the_build_to_a_tool_would_be_noticed():
    assert outward_arrows("from tools import serve") == ["import tools.serve"]
    assert len(outward_arrows('run(ROOT / "tools" / "draw.mjs")')) == 1
    assert len(outward_arrows('import { draw } from "../tools/draw.mjs";')) == 1
    assert outward_arrows("from web import node, files\nfrom lib import losses") == []


def test_every_module_of_lib_has_a_level():
    found = {path.stem for path in (ROOT / "lib").glob("*.py")} | {
        path.parent.name for path in (ROOT / "lib").glob("*/__init__.py")
    }
    assert found - {"__init__"} == set(LEVELS)


def test_neither_lib_nor_its_exercises_load_what_only_some_readers_need():
    heavy = ["matplotlib", "anywidget", "latex2mathml"]
    modules = "sys, json, lib, lib.exercises"
    code = f"import {modules}; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert json.loads(answer.stdout) == []


def public_functions():
    """List every public function, class and method of ``lib`` with its qualified name."""
    for module_name in PUBLIC:
        module = import_module(f"lib.{module_name}")
        for name, thing in vars(module).items():
            own = getattr(thing, "__module__", None) == module.__name__ and not name.startswith("_")
            if own and (inspect.isfunction(thing) or inspect.isclass(thing)):
                yield f"{module_name}.{name}", thing


def missing_parts(thing):
    """List what the docstring of a public function lacks."""
    text = inspect.getdoc(thing) or ""
    doc = NumpyDocString(text)
    parameters = [
        p for p in inspect.signature(thing).parameters if p not in ("self", "args", "kwargs")
    ]
    documented = {name.strip("* ") for entry in doc["Parameters"] for name in entry.name.split(",")}
    missing = [f"parameter {name}" for name in parameters if name not in documented]
    missing += [] if doc["Summary"] else ["summary"]
    missing += (
        []
        if not inspect.isfunction(thing) or doc["Returns"] or doc["Yields"] or "None" in text
        else ["returns"]
    )
    missing += [] if ">>>" in text else ["example"]
    return missing


FUNCTIONS = [(name, thing) for name, thing in public_functions() if inspect.isfunction(thing)]


@pytest.mark.parametrize(("name", "thing"), FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_every_public_function_is_documented_with_parameters_returns_and_an_example(name, thing):
    assert missing_parts(thing) == []


def test_a_docstring_without_its_parts_would_be_noticed():
    def bare(x):
        """Do something."""

    assert missing_parts(bare) == ["parameter x", "returns", "example"]


def function_bodies(path):
    """Yield the name and the number of body lines of each function in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            yield (
                f"{path.name}:{node.name}",
                body[-1].end_lineno - body[0].lineno + 1 if body else 0,
            )


def test_functions_are_small():
    lengths = dict(pair for path in (ROOT / "lib").rglob("*.py") for pair in function_bodies(path))
    ordered = sorted(lengths.values())
    assert {name: length for name, length in lengths.items() if length > 30} == {}
    assert ordered[len(ordered) // 2] <= 6
    assert ordered[int(0.9 * len(ordered))] <= 20


def code_lines(source):
    """Count the lines that hold code: not the empty ones, nor comments, nor docstrings."""
    described = ast.Module | ast.ClassDef | ast.FunctionDef
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, described)]
    texts = [node.body[0] for node in nodes if ast.get_docstring(node)]
    silent = {line for text in texts for line in range(text.lineno, text.end_lineno + 1)}
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    skipped.add(tokenize.ENDMARKER)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    spans = [range(t.start[0], t.end[0] + 1) for t in tokens if t.type not in skipped]
    return len({line for span in spans for line in span} - silent)


def test_what_a_reader_is_shown_of_lib_is_short_enough_to_be_read():
    sources = {name: (ROOT / "lib" / f"{name}.py").read_text(encoding="utf-8") for name in LINES}
    assert len(sources["checks"].splitlines()) <= 750
    assert {
        name: code_lines(sources[name]) for name in LINES if code_lines(sources[name]) > LINES[name]
    } == {}


LINES = {"checks": 300, "autodiff": 320, "calculus": 205, "optimizers": 135}


def test_lines_of_code_are_counted_without_what_explains_them():
    source = (
        '"""Module."""\n\nX = """a\nb"""\n\n\ndef f():\n    """Say."""\n    # why\n    return 1\n'
    )
    assert code_lines(source) == 4


def internal_docstrings(source, *, all_internal):
    """Pair the name and docstring of what only ``lib`` calls: names with _, and all of checks."""
    waiting = [(ast.parse(source), all_internal)]
    for node, internal in waiting:  # grows while it is read
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.ClassDef)
            hidden = named and child.name.startswith("_") and not child.name.startswith("__")
            waiting.append((child, internal or hidden))
            if named and (internal or hidden):
                yield child.name, ast.get_docstring(child) or ""


def long_docstrings(source, *, all_internal=False):
    """List what only ``lib`` calls and has more to say than one line."""
    pairs = internal_docstrings(source, all_internal=all_internal)
    return [name for name, text in pairs if "\n" in text and name not in INHERITED]


INHERITED = {"set_points"}  # of a base class with _, but inherited by what a reader calls


@pytest.mark.parametrize(("module", "file"), list(module_files()))
def test_what_only_lib_calls_is_described_in_one_line(module, file):
    source = file.read_text(encoding="utf-8")
    assert long_docstrings(source, all_internal=module == "checks") == []


def test_a_long_docstring_of_a_helper_would_be_noticed():
    helper = 'def _f():\n    """Say.\n\n    More.\n    """\n'
    assert long_docstrings(helper) == ["_f"]
    assert long_docstrings(helper.replace("_f", "f")) == []
    assert long_docstrings(helper.replace("_f", "f"), all_internal=True) == ["f"]


def lonely_checks(sources):
    """List the functions of ``checks`` that are called in one place only: they belong there."""
    called = Counter(re.findall(r"\b(\w+)\(", sources["checks"]))  # its own def counts once
    called.update(
        name
        for module, source in sources.items()
        if module != "checks"
        for name in re.findall(r"checks\.(\w+)\(", source)
    )
    names = re.findall(r"^def (\w+)", sources["checks"], re.M)
    return [name for name in names if called[name] < 3]


def test_a_message_with_a_single_caller_stands_beside_it():
    sources = {str(path): path.read_text(encoding="utf-8") for _, path in module_files()}
    sources["checks"] = sources.pop(str(ROOT / "lib" / "checks.py"))
    assert lonely_checks(sources) == []


def test_a_check_that_is_called_once_would_be_noticed():
    sources = {"checks": "def a():\ndef b():\n", "x": "checks.a() checks.b()", "y": "checks.b()"}
    assert lonely_checks(sources) == ["a"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_in_normal_form(path):
    assert normalize_notebooks.check(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_cells_of_a_notebook_follow_the_rules(path):
    assert broken_rules(normalize_notebooks.read(path)) == []


def broken_rules(notebook):
    """List the rules of the house that the cells of a notebook break."""
    broken = []
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        lines = cell.source.splitlines()
        where = f"cell {cell.execution_count}"
        broken += [f"{where} has {len(lines)} lines"] if len(lines) > 15 else []
        broken += [f"{where} ends in ;"] if lines and lines[-1].rstrip().endswith(";") else []
        broken += (
            [f"{where} uses IPython syntax"] if re.search(r"^\s*[%!]", cell.source, re.M) else []
        )
        tags = [tag for tag in cell.metadata.get("tags", []) if not re.fullmatch(TAGS, tag)]
        broken += [f"{where} is tagged {sorted(tags)}"] if tags else []
        broken += figure_faults(cell, where)
        broken += output_faults(cell, where)
    return broken


#: What a cell may be tagged; an exercise shows only its output, and a check names its equations.
TAGS = "hide-input|hide-cell|hide-output|remove-input|covers:eq-[a-z]{2}-[a-z0-9-]+"


def figure_faults(cell, where):
    """List what a cell that draws lacks: a name, a caption, words for who cannot see it."""
    drawn = any(
        "Figure size" in output.get("data", {}).get("text/plain", "") for output in cell.outputs
    )
    about = cell.metadata.get("mystnb", {})
    told = about.get("figure", {}).get("name") and about.get("figure", {}).get("caption")
    alt = about.get("image", {}).get("alt", "")
    return (
        [f"{where} draws without name, caption or alt text"]
        if drawn and not (told and len(alt) > 40)
        else []
    )


def output_faults(cell, where):
    """List outputs that vary from run to run or say more digits than they should."""
    text = "".join(
        output.get("text", "") + output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    )
    found = re.findall(r"0x[0-9a-f]{6,}|np\.float64|\d\.\d{10,}", text)
    return [f"{where} prints {found[:3]}"] if found else []


def test_a_notebook_that_breaks_a_rule_would_be_noticed():
    cell = nbformat.v4.new_code_cell("%time 1\nprint(object());", execution_count=3)
    cell.metadata.tags = ["nbval-skip"]
    cell.outputs = [
        nbformat.v4.new_output("stream", text="<object object at 0x7f0011aabb> np.float64(1.0)"),
        nbformat.v4.new_output(
            "display_data", data={"text/plain": "<Figure size 1x1 with 1 Axes>"}
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    words = ["ends in ;", "IPython syntax", "tagged", "without name", "prints"]
    assert all(any(word in rule for rule in broken_rules(notebook)) for word in words)


def test_a_cell_may_name_the_equations_that_it_checks():
    cell = nbformat.v4.new_code_cell("print(0)", execution_count=1)
    cell.metadata.tags = ["hide-input", "covers:eq-lf-half-squared-error", "covers:eq-ov-1"]
    assert broken_rules(nbformat.v4.new_notebook(cells=[cell])) == []
    cell.metadata.tags = ["covers:fig-lf-residual", "covers: eq-lf-residual"]
    assert len(broken_rules(nbformat.v4.new_notebook(cells=[cell]))) == 1


def with_boxes(notebook):
    """Pair each code cell with whether it stands in a Deeper box."""
    level = 0  # of the box, or none
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield cell, level > 0
            continue
        for marks, title in re.findall(r"^(#+) (.*)", cell.source, re.M):
            level = 0 if len(marks) <= level else level
            level = level or (len(marks) if title.startswith("Deeper: ") else 0)


def names_of(statement):
    """Return the names that a statement of a cell takes from before it, and those it gives."""
    whole = symtable.symtable(ast.unparse(statement), "cell", "exec")
    own, inner = whole.get_symbols(), whole.get_children()
    given = {one.get_name() for one in own if one.is_assigned() or one.is_imported()}
    taken = {one.get_name() for one in own if one.is_referenced()}
    for table in inner:  # grows while it is read
        inner += table.get_children()
        taken |= {one.get_name() for one in table.get_symbols() if one.is_global()}
    is_simple = isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr)
    return taken if is_simple else taken - given, given


def leaning_cells(notebook):
    """List the core cells that use a name as a box has left it; to draw changes a generator."""
    from_box, leaning = {}, []
    for cell, boxed in with_boxes(notebook):
        for statement in ast.parse(cell.source).body:
            taken, given = names_of(statement)
            if boxed:
                given |= taken & {"rng"}
            else:
                wrong = sorted(name for name in taken if from_box.get(name))
                leaning += [f"cell {cell.execution_count} uses {name}" for name in wrong]
            from_box.update(dict.fromkeys(given, boxed))
    return leaning


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_core_cell_leans_on_a_cell_in_a_box_that_a_reader_may_skip(path):
    assert leaning_cells(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize(
    ("in_box", "after", "leaning"),
    [
        ("a = 1", "print(a)", ["cell 3 uses a"]),
        ("def f(): pass", "[f() for _ in range(2)]", ["cell 3 uses f"]),
        ("x = 5", "def g():\n    return x", ["cell 3 uses x"]),
        ("x += 1", "x = x + 1\nprint(x)", ["cell 3 uses x"]),
        ("rng.normal()", "print(rng.normal())", ["cell 3 uses rng"]),
        ("rng.normal()", "rng = make()\nprint(rng.normal())", []),
        ("x = 5", "for x in range(2):\n    print(x)", []),
        ("x = 5", "def g(x):\n    return x", []),
        ("print(x)", "print(x)", []),
    ],
)
def test_a_core_cell_that_leans_on_a_box_would_be_noticed(in_box, after, leaning):
    texts = ["# A", "import numpy as np\nx, rng = 1, make()", "## Deeper: b", in_box]
    texts += ["### Inside", "pass", "## Core", after]
    new = nbformat.v4
    cells = [
        new.new_code_cell(text, execution_count=number // 2) if number % 2 else
        new.new_markdown_cell(text)
        for number, text in enumerate(texts)
    ]  # fmt: skip
    assert leaning_cells(new.new_notebook(cells=cells)) == leaning


LABEL = re.compile(r"^\((?:sec|fig|eq)-([a-z]+)-[\w-]+\)=$|\$\$ ?\(eq-([a-z]+)-[\w-]+\)", re.M)


def letters_of(notebook):
    """List the letters that the labels of a chapter carry."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    names = [
        cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in notebook.cells
    ]
    drawn = [name.split("-")[1] for name in names if name]
    return {"".join(found) for text in texts for found in LABEL.findall(text)} | {*drawn}


def test_the_labels_of_a_chapter_carry_two_letters_that_no_other_has():
    letters = {path.stem: letters_of(nbformat.read(path, as_version=4)) for path in NOTEBOOKS}
    assert {name: own for name, own in letters.items() if [*map(len, own)] != [2]} == {}
    assert len(set().union(*letters.values())) == len(letters)


def test_letters_are_read_off_labels_of_each_kind():
    new = nbformat.v4
    text = new.new_markdown_cell("(sec-aa-b)=\n## B\n\n$$ x $$ (eq-bb-c)\n\nSee {eq}`eq-zz-d`.")
    drawn = new.new_code_cell("1", metadata={"mystnb": {"figure": {"name": "fig-cc-e"}}})
    assert letters_of(new.new_notebook(cells=[text, drawn])) == {"aa", "bb", "cc"}


def test_every_notebook_stands_in_the_table_of_contents_and_the_other_way_round():
    listed = re.findall(r"(?:file|root): (\w+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    stored = {path.stem for path in (ROOT / "book").iterdir() if path.suffix in (".ipynb", ".md")}
    assert set(listed) == stored and len(listed) == len(stored)


def test_the_package_lists_each_of_its_modules_once():
    import lib

    assert lib.losses.squared_error([1.0], [3.0]) == 4.0
    assert len(dir(lib)) == len(set(dir(lib))) and set(lib.__all__) <= set(dir(lib))


BYTES_OPENED = r"'[rwa]b'|urlopen|Image|os\.open"


def calls_without_encoding(source):
    """List the calls that read or write text in whatever encoding the machine prefers."""
    for node in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        text = len(node.args) < {"write_text": 2, "read_text": 1}.get(name, 0)
        text |= name == "open" and not re.search(BYTES_OPENED, ast.unparse(node))
        if (text or given.get("text") == "True") and "encoding" not in given:
            yield ast.unparse(node)


def test_text_is_read_and_written_in_an_encoding_that_is_named():
    rooms = ("lib", "tests", "tools", "web", "bench")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    found = {path: list(calls_without_encoding(path.read_text("utf-8"))) for path in files}
    assert {path: calls for path, calls in found.items() if calls} == {}


def test_a_text_without_an_encoding_would_be_noticed():
    wrong = "p.read_text(); p.write_text('a'); open('a'); run(x, text=True)"
    assert len(list(calls_without_encoding(wrong))) == 4
    right = "p.read_text('utf-8'); open('a', 'rb'); open('a', encoding='utf-8'); run(x)"
    assert list(calls_without_encoding(right)) == []


def changeable(text):
    """List the lines of a module that declare what may change and outlives an explorable."""
    return re.findall(r"^(?:export )?(?:let|var) .*", text, re.M)


def test_no_picture_keeps_what_its_copies_on_a_page_would_share():
    static = ROOT / "lib" / "explorables" / "static"
    found = {
        path.name: changeable(path.read_text(encoding="utf-8"))
        for folder in ("pictures", "math")
        for path in static.glob(f"{folder}/*.js")
    }
    assert len(found) > 25 and [name for name, lines in found.items() if lines] == []


def test_what_a_picture_would_keep_is_noticed():
    assert changeable("const a = 1;\nlet step = 0;\n  let inner = 1;\nexport var last;") == [
        "let step = 0;",
        "export var last;",
    ]
