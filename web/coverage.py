"""Which equations of the book are checked, and by what: all of them, or the build fails.

A code cell that computes what an equation says bears the tag ``covers:<label>``. A test that fails
where the equation is wrong bears the mark ``equation("<label>")``. Where the book comes without its
tests, only the cells are listed.
"""

import ast
import json
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from web.reading_time import reading_order

TAG = "covers:"
MARK = "mark.equation"
SKIPPING = ("mark.skip", "mark.xfail")
COVERS, FAULTS, LISTS = "covers", "cover faults", "lists covers"  # places among the metadata


@dataclass(frozen=True)
class Cover:
    """What checks an equation: a cell, by its page, anchor and heading, or a test by its file."""

    label: str
    home: str
    name: str
    heading: tuple = ()

    @property
    def is_cell(self):
        """Tell whether it is a cell of the book: a test stands under no heading."""
        return bool(self.heading)


class coverage(nodes.General, nodes.Element):
    """The place in a page where the list will stand."""


class CoverageDirective(SphinxDirective):
    """List every equation of the book that has a name, with what checks it."""

    def run(self):
        """Return the place of the list: it is made when all pages have been read."""
        self.env.metadata[self.env.docname][LISTS] = True
        return [coverage()]


def add_to(app):
    """Register the steps of the build that concern what checks the equations."""
    app.add_config_value("equation_tests", "", "env")
    app.add_directive("equation-coverage", CoverageDirective)
    app.connect("doctree-read", note_cells)
    app.connect("env-updated", check)
    app.add_post_transform(ListCoverage)


# ---- cells -----------------------------------------------------------------------------------


def note_cells(app, doctree):
    """Keep which equations the cells of a page cover, and which tags say so wrongly."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    metadata = app.env.metadata[app.env.docname]
    metadata[COVERS], metadata[FAULTS] = [], []
    executed = app.env.nb_metadata[app.env.docname].get("exec_data", {}).get("succeeded")
    shown = {node["cell_index"]: node for node in doctree.findall(is_cell)}
    for index, cell in enumerate(json.loads(path.read_bytes())["cells"]):
        for label in labels_of(cell):
            if index in shown and executed and runs(cell):
                cover = cover_of(shown[index], label, app.env.docname, metadata[COVERS])
                metadata[COVERS].append(cover)
            else:
                metadata[FAULTS].append(f"{TAG}{label} stands on a cell that runs no code")


def is_cell(node):
    """Tell whether a node of a document is what holds a code cell."""
    return isinstance(node, nodes.container) and "cell_index" in node


def labels_of(cell):
    """List the equations that a cell of a notebook says it covers."""
    tags = cell["metadata"].get("tags", [])
    return [tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)]


def runs(cell):
    """Tell whether a cell is executed, and does more than to say a constant."""
    if cell["cell_type"] != "code" or "skip-execution" in cell["metadata"]["tags"]:
        return False
    return not all(map(is_idle, ast.parse("".join(cell["source"])).body))


def is_idle(statement):
    """Tell whether a statement of Python computes nothing."""
    silent = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return silent or isinstance(statement, ast.Pass | ast.Import | ast.ImportFrom)


def cover_of(node, label, page, others):
    """Return a cell as a cover of an equation, and give it an anchor of that name."""
    earlier = sum(other.label == label for other in others)
    anchor = f"check-{label}" + (f"-{earlier + 1}" if earlier else "")
    node["ids"].append(anchor)
    return Cover(label, page, anchor, heading_of(node))


def heading_of(node):
    """Return the parts of the heading that a node stands under: text and formulas, no links."""
    while not isinstance(node, nodes.section):
        node = node.parent
    parts = node[0].children
    return tuple((isinstance(part, nodes.math), part.astext()) for part in parts)


# ---- tests -----------------------------------------------------------------------------------


def tests_of(config, pages):
    """Return the folder of the tests that come with a book, or None."""
    folder = Path(pages, config.external_toc_path).parent / config.equation_tests
    return folder if config.equation_tests and folder.is_dir() else None


def covers_of_tests(folder):
    """Return what the tests of a folder cover, and what is wrong with their marks."""
    covers, faults = [], []
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if MARK in source:
            home = path.relative_to(folder.parent).as_posix()
            of_file(ast.parse(source), home, covers, faults)
    return covers, faults


def of_file(tree, home, covers, faults):
    """Add what the tests of one file cover to a list, and what is wrong to another."""
    tests = [node for node in ast.walk(tree) if is_test(node)]
    short = short_names(tree)
    held = {mark: test for test in tests for mark in marks(test.decorator_list, short)}
    for mark in marks([tree], short):
        labels = [getattr(argument, "value", None) for argument in mark.args]
        if not labels or not all(isinstance(label, str) for label in labels):
            faults.append(f"{home}:{mark.lineno}: the mark names no equation")
        elif not can_fail(held.get(mark)):
            faults.append(f"{home}:{mark.lineno}: the mark stands on nothing that can fail")
        else:
            covers += [Cover(label, home, held[mark].name) for label in labels]


def is_test(node):
    """Tell whether a node of a program is what pytest calls."""
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test")


def short_names(tree):
    """List the names that a file gives to the mark, as in ``equation = pytest.mark.equation``."""
    given = [node for node in tree.body if isinstance(node, ast.Assign)]
    targets = [node.targets[0] for node in given if ast.unparse(node.value).endswith(MARK)]
    return [ast.unparse(target) for target in targets]


def marks(trees, short):
    """List the marks that name equations in parts of a program."""
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [(call, ast.unparse(call.func)) for call in calls]
    return [call for call, name in names if name.endswith(MARK) or name in short]


def can_fail(test):
    """Tell whether a function is a test that runs and holds something against something."""
    decorators = " ".join(map(ast.unparse, test.decorator_list)) if test else SKIPPING[0]
    if any(word in decorators for word in SKIPPING):
        return False
    return any(
        isinstance(node, ast.Assert | ast.With)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        for node in ast.walk(test)
    )


# ---- the book --------------------------------------------------------------------------------


def check(app, env):
    """Warn, which fails the build, of whatever has no partner; have the list written if changed."""
    pages = reading_order(env)
    places = env.domaindata["math"]["objects"]
    folder = tests_of(app.config, env.srcdir)
    covers = [cover for page in pages for cover in env.metadata[page].get(COVERS, [])]
    faults = [(page, fault) for page in pages for fault in env.metadata[page].get(FAULTS, [])]
    in_tests, wrong = covers_of_tests(folder) if folder else ([], [])
    covers += in_tests
    warn_of([*faults, *((None, fault) for fault in wrong)], covers, places, bool(folder))
    chapters = [
        (page, env.toc_secnumbers.get(page, {}).get(""), of_page(page, places, covers))
        for page in pages
    ]
    listed = [bool(folder), [chapter for chapter in chapters if chapter[2]]]
    changed, env.coverage = listed != getattr(env, "coverage", None), listed
    lists = [page for page in pages if env.metadata[page].get(LISTS)]
    for page in lists:
        name_sections(env, page)
    return lists if changed else []


def name_sections(env, page):
    """Name the sections of the list in the contents of its page, which is read without them."""
    whole = env.tocs[page][0]
    own = [item for entries in whole[1:] for item in entries if not is_listed(item)]
    added = [in_contents(page, anchor_of(one), env.titles[one]) for one, *_ in env.coverage[1]]
    whole[1:] = [nodes.bullet_list("", *own, *added)]
    env.toc_num_entries[page] = len(list(whole.findall(nodes.reference)))


def is_listed(item):
    """Tell whether an entry of the contents is that of a section of the list."""
    names = [link["anchorname"] for link in item.findall(nodes.reference)]
    return any(name.startswith(f"#{anchor_of('')}") for name in names)


def in_contents(page, anchor, title):
    """Return the entry of a section in the contents of its page."""
    link = nodes.reference("", title.astext(), refuri=page, anchorname=f"#{anchor}", internal=True)
    return nodes.list_item("", addnodes.compact_paragraph("", "", link))


def anchor_of(chapter):
    """Name the section of a chapter in the list."""
    return f"coverage-{nodes.make_id(chapter)}"


def of_page(page, places, covers):
    """List the equations of a page in its order, each with its number and what covers it."""
    own = sorted((number, label) for label, (home, number) in places.items() if home == page)
    return [
        (label, number, [cover for cover in covers if cover.label == label])
        for number, label in own
    ]


def warn_of(faults, covers, places, complete):
    """Warn of false tags and marks, of covers without an equation, of equations without a cover."""
    log = logging.getLogger(__name__)
    for page, fault in faults:
        log.warning("%s", fault, location=page)
    for cover in covers:
        if cover.label not in places:
            where = cover.home if cover.is_cell else None
            log.warning("%s covers no equation: %s", cover.name, cover.label, location=where)
    covered = {cover.label for cover in covers}
    bare = [label for label in places if label not in covered]
    for label in bare if complete else ():
        page = places[label][0]
        log.warning("no cell and no test covers the equation %s", label, location=page)
    log.info("equations: %d with a name, %d covered", len(places), len(places) - len(bare))


# ---- the list --------------------------------------------------------------------------------


class ListCoverage(SphinxPostTransform):
    """Put the list where a page asks for it."""

    default_priority = 5  # before references are resolved: it has some

    def run(self, **options):
        """Make the list of every place."""
        for place in list(self.document.findall(coverage)):
            complete, chapters = self.env.coverage
            place.replace_self([summary(complete, chapters), *map(self.chapter, chapters)])

    def chapter(self, chapter):
        """Return the section of one chapter."""
        page, _, equations = chapter
        section = nodes.section(ids=[anchor_of(page)])
        section += nodes.title("", "", nodes.Text(self.env.titles[page].astext()))
        entries = [self.entry(label, covers) for label, _, covers in equations]
        section += nodes.definition_list("", *entries, classes=["coverage"])
        return section

    def entry(self, label, covers):
        """Return an equation, by number and name, and what covers it."""
        number = addnodes.pending_xref(
            "", nodes.inline(), refdomain="math", reftype="eq", reftarget=label
        )
        number["refdoc"] = self.env.docname
        term = nodes.term("", "", number, nodes.Text(" "), nodes.literal(label, label))
        told = [nodes.paragraph("", "", *self.told(cover)) for cover in covers]
        return nodes.definition_list_item("", term, nodes.definition("", *told))

    def told(self, cover):
        """Return the words for a cell, with a link to it, or for a test."""
        if not cover.is_cell:  # the name of a test is a sentence
            sentence = cover.name.removeprefix("test_").replace("_", " ")
            file = cover.home.rpartition("/")[2]
            return [nodes.Text(f"Test: {sentence}, in "), nodes.literal(file, file)]
        address = self.app.builder.get_relative_uri(self.env.docname, cover.home)
        parts = [
            nodes.math(text, text) if formula else nodes.Text(text)
            for formula, text in cover.heading
        ]
        link = nodes.reference("", "", *parts, refuri=f"{address}#{cover.name}", internal=True)
        return [nodes.Text("Cell under "), link]


def summary(complete, chapters):
    """Return how many equations there are, and how many of them are checked in which way."""
    every = [covers for _, _, equations in chapters for _, _, covers in equations]
    by_cell = sum(any(cover.is_cell for cover in covers) for covers in every)
    by_test = sum(any(not cover.is_cell for cover in covers) for covers in every)
    text = f"{len(every)} equations have a name. A cell checks {by_cell} of them"
    text += f", a test {by_test}." if complete else "."
    if not complete:
        text += " This copy of the book comes without its tests, so what they check is not listed."
    return nodes.paragraph(text, text)
