"""The Sphinx extension that turns the executed book into light, self-contained pages.

Jupyter Book's stock theme puts half a megabyte of icon script, Bootstrap and a search index on
every page. The one frame in ``web/theme`` replaces it: one style sheet, one small script, fonts of
our own, mathematics set at build time, explorables drawn before the first script runs.
"""

import html
import inspect
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import DEVNULL, PIPE

import sphinxcontrib.katex
from docutils import nodes
from PIL import Image
from sphinx.errors import ExtensionError
from sphinx.highlighting import PygmentsBridge
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinxcontrib.katex import KaTeXServer

from web import coverage, deeper, exercises, front_end, hosting_links, live_site, node
from web.assets import (
    FONTS,
    CodeFormatter,
    accented,
    fonts_of,
    formula_renderer,
    marks_of_code,
    text_of,
)
from web.files import digest, write
from web.first_frames import FirstFrames
from web.lite_site import write_lite
from web.printed import join_what_was_printed
from web.security import FIRST_SCRIPT, content_security_policy
from web.unbroken import MarkSigns

ROOT = Path(__file__).resolve().parent.parent
THEME = ROOT / "web" / "theme"
EXPLORABLES = ROOT / "lib" / "explorables" / "static"
DRAW = ROOT / "web" / "prerender.mjs"  # draws explorables into pages
DESCRIPTION = (
    "An open course on the foundations of deep learning: datasets, loss functions, likelihood, "
    "matrix calculus, the chain rule, model fitting and overfitting, with every number computed."
)
FIGURE = re.compile(r'<img [^>]*?src="(?:\.\./)*_images/([^"]+\.png)"')
STARTUP_SECONDS = 30  # how long the renderer of formulas may take to answer
SCREEN_PIXELS_PER_DOT = 0.5  # figures are drawn at 192 dpi and shown at 96
EXPLORABLE = re.compile(r'class="explorable" data-module="(\w+)"')
FOLDS = re.compile(
    r"<details\b[^>]*?(?P<open>\sopen(?=[\s=>])[^>]*)?>|(?P<end></details>)"
    r'|class="explorable" data-module="(?P<module>\w+)"'
)
EXERCISE = re.compile(r'class="(?:exercise|exercise-review)"')
PICTURE = 'class="explorable-picture"'
CELL = re.compile(r'<div class="cell (?:tag_\S+ )*docutils container"')
NOT_DRAWN = re.compile(r'class="(?:explorable(?:-picture)?|exercise)"[^>]*>(?!<)')


def setup(app):
    """Register the theme and the steps of the build."""
    app.srcdir = app.confdir = sources_of(app.srcdir)
    node.install_packages()
    PygmentsBridge.html_formatter = CodeFormatter
    app.add_html_theme("watch_the_loss", str(THEME))
    app.add_config_value("comments_config", {}, "")  # of an extension that is left out
    for name in ("drawn_digest", "exercise_counts", "live_reason", "repository_url"):
        app.add_config_value(name, "", "html")
    app.add_config_value("repository_branch", "main", "html")
    app.connect("config-inited", note_the_look)
    app.connect("config-inited", gather_python)
    app.connect("config-inited", exercises.count)
    app.add_directive("explorable", ExplorableDirective)
    app.add_directive("explorables-of", GalleryDirective)
    app.add_directive("exercise-review", exercises.ReviewDirective)
    app.add_transform(FirstFrames)
    app.add_post_transform(MarkSigns)
    deeper.add_to(app)
    coverage.add_to(app)
    app.connect("builder-inited", be_strict_about_mathematics)
    app.connect("builder-inited", join_what_was_printed)
    app.connect("env-get-outdated", pages_that_saw_another_lib)
    app.connect("env-updated", shrink_figures)
    app.connect("env-updated", start_mathematics)
    app.connect("html-collect-pages", bare_pages)
    app.connect("html-page-context", complete_page, priority=900)
    app.connect("build-finished", finish_site)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 2}


def sources_of(book):
    """Return the folder of the pages: the book's own ``book/``, where it has one.

    Configuration and contents lie at the top of the repository, the pages below: so the addresses
    of the pages do not repeat the name of the folder.
    """
    below = type(book)(book / "book")
    return below if below.is_dir() else book


def note_the_look(app, config):
    """Let a change of how explorables, formulas or code are set, or of the policy, write all pages.

    A change of style or script alone is only stamped into them, when the site is finished.
    """
    scripts = [DRAW, DRAW.with_name("shorten_paths.mjs")]
    drawn = [*scripts, *EXPLORABLES.rglob("*.js"), *exercises.STATIC.glob("*.js")]
    content = [path.read_bytes() for path in sorted(drawn)]
    set_here = (formula_renderer(), content_security_policy(), str((FONTS, marks_of_code())))
    config.drawn_digest = digest(*set_here, *content)[:8]


def gather_python(app, config):
    """Find out, before the pages are written, whether their cells can run; say it where not."""
    config.live_reason = live_site.unavailable()
    if config.live_reason:
        logging.getLogger(__name__).info("Run is off on every page: %s", config.live_reason)


#: What Sphinx writes and the pages load.
OF_SPHINX = [
    "searchindex.js",
    "_static/icon.svg",
    "_static/documentation_options.js",
    "_static/doctools.js",
    "_static/sphinx_highlight.js",
    "_static/searchtools.js",
    "_static/language_data.js",
]
SHOWS_LIB = "shows lib"  # the mark, among the metadata, of a page that is made from lib


def explorable_classes():
    """List the classes of all explorables, those of a chapter in the order of its file."""
    from lib import explorables  # here: most rebuilds do not read such a page

    listed = [getattr(explorables, name) for name in explorables.__all__]
    named = [kind for kind in listed if kind._module]
    return sorted(named, key=lambda kind: inspect.getsourcelines(kind)[1])


class ExplorableDirective(SphinxDirective):
    """Put an explorable, named by its class, into a page that is not a notebook."""

    required_arguments = 1

    def run(self):
        """Return the element that the class itself would put into a notebook."""
        known = {kind.__name__: kind for kind in explorable_classes()}
        if self.arguments[0] not in known:
            raise self.error(f"no explorable {self.arguments[0]!r}; there are {sorted(known)}")
        self.env.metadata[self.env.docname][SHOWS_LIB] = True
        return [nodes.raw("", known[self.arguments[0]]()._repr_html_(), format="html")]


class GalleryDirective(SphinxDirective):
    """List the explorables of a chapter, each with a picture, a line, and its own address."""

    required_arguments = 1

    def run(self):
        """Return the cards of the chapter that is named by its file."""
        cards = [
            card(kind) for kind in explorable_classes() if chapter_of(kind) == self.arguments[0]
        ]
        if not cards:
            raise self.error(f"no explorable belongs to {self.arguments[0]!r}")
        self.env.metadata[self.env.docname][SHOWS_LIB] = True
        return [nodes.raw("", f'<ul class="gallery">{"".join(cards)}</ul>', format="html")]


def chapter_of(kind):
    """Return the file name of the chapter that an explorable belongs to."""
    return kind.__module__.rpartition(".")[2]


def summary_of(kind):
    """Return the line that says what an explorable is for."""
    return " ".join(inspect.getdoc(kind).partition("\n\n")[0].split())


def bare_name(kind):
    """Return the name of the page that holds one explorable and nothing else."""
    return f"explorables/{kind._module.replace('_', '-')}"


def card(kind):
    """Return the entry of one explorable in the gallery."""
    state = kind()._repr_html_().replace('class="explorable"', 'class="explorable-picture"')
    picture = state.replace("<div", '<div aria-hidden="true"', 1)
    return (
        f'<li><a href="{bare_name(kind)}.html">{picture}<b>{html.escape(kind._title)}</b></a>'
        f"<p>{html.escape(summary_of(kind))}</p></li>"
    )


def bare_pages(app):
    """Yield a page for each explorable that a teacher can put into slides."""
    for kind in explorable_classes():
        homes = (chapter_of(kind), "gallery", app.config.root_doc)
        chapter = next(name for name in homes if name in app.env.found_docs)
        context = {
            "body": kind()._repr_html_(),
            "title": kind._title,
            "summary": summary_of(kind),
            "chapter": chapter,
            "chapter_title": app.env.titles[chapter].astext(),
        }
        yield bare_name(kind), context, "bare.html"


def be_strict_about_mathematics(app):
    """Let an unknown TeX command stop the build instead of being printed in red."""
    sphinxcontrib.katex.KATEX_DEFAULT_OPTIONS.update(throwOnError=True, strict="error")


def start_mathematics(app, env):
    """Start the renderer of formulas before pages are written, so that the writers share one."""
    KaTeXServer.start_server_process = start_renderer
    KaTeXServer.katex_path = Path(app.outdir).parent / "katex.js"
    KaTeXServer.katex_path.write_text(formula_renderer(), encoding="utf-8")
    KaTeXServer.get()
    os.register_at_fork(after_in_child=connect_anew)


def start_renderer(folder, timeout):
    """Start the renderer in ``folder``; return its process and a connection to it.

    The package's own start gives up, and leaves the process behind, where the socket is there a
    moment before it listens.
    """
    address = folder / "katex.sock"
    command = KaTeXServer.build_command(socket=address)
    process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=folder)
    until = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            return process, connected(address)
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > until or process.poll() is not None:
                process.kill()
                raise ExtensionError("The renderer of formulas did not start.") from None
            time.sleep(0.005)


def connected(address):
    """Return a connection to a local socket."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(address))
    except OSError:
        connection.close()
        raise
    return connection


def connect_anew():
    """Give a forked writer a connection of its own to the renderer: two on one would mix."""
    KaTeXServer.get().sock = connected(KaTeXServer.get().rundir / "katex.sock")


def pages_that_saw_another_lib(app, env, added, changed, removed):
    """Name the notebooks to execute, and the pages to read, again: ``lib`` changed since then."""
    files = sorted((ROOT / "lib").rglob("*.py")) + sorted((ROOT / "lib").rglob("*.mplstyle"))
    now = digest(*(path.read_bytes() for path in files))
    seen, env.lib_digest = getattr(env, "lib_digest", now), now
    notebooks = {name for name in env.found_docs if env.doc2path(name).endswith(".ipynb")}
    shows = {name for name, known in env.metadata.items() if known.get(SHOWS_LIB)}
    return set() if seen == now else (notebooks | shows) - removed


def shrink_figures(app, env):
    """Store each fresh figure with a palette: a third of the bytes, and no visible difference.

    The time of the file stays, or the chapter would seem to have changed since it was read.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(shrink, Path(app.outdir).parent.glob("jupyter_execute/**/*.png")))


def shrink(path):
    """Give one figure a palette of 256 colours, unless it has one."""
    with Image.open(path) as image:
        palette = None if image.mode == "P" else image.convert("RGB").quantize(256, dither=0)
    if palette:
        written = path.stat()
        palette.save(path, compress_level=8)  # level 9 takes twice as long for 5 % less
        os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))


def png_size(path):
    """Read width and height, in dots, from the head of a PNG file."""
    with path.open("rb") as file:
        return struct.unpack(">II", file.read(24)[16:])


def with_size(folder):
    """Return what adds width and height in CSS pixels to the tag of a figure in ``folder``.

    With these the text stands still when a figure arrives, so it is not fetched before the reader
    comes near it, prints, or has switched scripts off. None stands on the first screens.
    """

    def add(match):
        width, height = png_size(next(folder.glob(f"**/{match[1]}")))
        size = (round(width * SCREEN_PIXELS_PER_DOT), round(height * SCREEN_PIXELS_PER_DOT))
        return '{} width="{}" height="{}" loading="lazy" decoding="async"'.format(match[0], *size)

    return add


#: What the stock markup lacks: a wide table scrolls by itself and not with the page; what scrolls
#: can be reached by key; no link in what opens a box; no role or label that says less than the
#: text; no empty header; no formula and no code that a translator may turn into words; no number
#: before a source, for the text names it by author and year.
CORRECTIONS = [
    (
        re.compile(r"<table.*?</table>", re.S),
        r'<div class="table-wrapper" tabindex="0">\g<0></div>',
    ),
    (re.compile("<pre>"), '<pre tabindex="0" translate="no">'),
    (re.compile(r'<div class="math[^>]*'), r'\g<0> tabindex="0" translate="no"'),
    (re.compile(r"<code\b|<span class=\"math\b[^>]*"), r'\g<0> translate="no"'),
    (re.compile(r'<summary aria-label="Toggle hidden content">'), "<summary>"),
    (re.compile(r'(<summary><h\d>.*?)<a class="headerlink".*?</a>'), r"\1"),
    (re.compile(r' role="(?:doc-biblioentry|list)"'), ""),
    (re.compile(r'<th class="head[^>]*>(?:<p></p>)?</th>'), "<td></td>"),
    (
        re.compile(r'(<div class="citation"[^>]*>\s*)<span class="label">.*?</span></span>\n?'),
        r"\1",
    ),
]


def corrected(body):
    """Return the body of a page with every correction made."""
    for pattern, replacement in CORRECTIONS:
        body = pattern.sub(replacement, body)
    return body


def with_cell_ids(body, doctree, path):
    """Name each code cell of a page as its notebook does: edits find their cell by that name."""
    cells = json.loads(path.read_bytes())["cells"]  # as stored: a reader of notebooks invents ids
    shown = [node["cell_index"] for node in doctree.findall(is_code_cell)]
    ids = (cells[index].get("id") for index in shown)

    def named(match):
        name = next(ids)
        return f'{match[0]} data-cell-id="{html.escape(name)}"' if name else match[0]

    return CELL.sub(named, body)


def is_code_cell(node):
    """Tell whether a node of a document is what holds a code cell."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def complete_page(app, pagename, templatename, context, doctree):
    """Finish the body of one page and say what its head must load."""
    body = context.get("body", "")
    body = FIGURE.sub(with_size(Path(app.outdir).parent / "jupyter_execute"), body)
    notebook = notebook_download(app, pagename)
    if notebook:
        body = with_cell_ids(body, doctree, Path(app.env.doc2path(pagename)))
    modules = list(dict.fromkeys(EXPLORABLE.findall(body)))
    context.update(
        body=corrected(body),
        project_title=app.config.html_title,
        author=app.config.author,
        site_description=DESCRIPTION,
        preloaded_fonts=fonts_ahead(body),
        explorables=bool(modules),
        pictures=bool(modules) or PICTURE in body,
        sheet=front_end.sheet_of(pagename) if notebook else "_explorables/explorables.css",
        exercises=bool(EXERCISE.search(body)),
        review='class="exercise-review"' in body,
        toctree=exercises.counted(context["toctree"], pagename, app.config.exercise_counts),
        # The first that is seen is fetched ahead; the others when the reader comes near them.
        first_module=first_in_sight(body),
        notebook=notebook,
        live=not app.config.live_reason,
        live_reason=app.config.live_reason,
        first_script=FIRST_SCRIPT,
        content_security_policy=content_security_policy(),
        hosted=hosted_copies(app, pagename),
    )


def fonts_ahead(body):
    """List the fonts that a page asks for before its style sheet has arrived."""
    rare = [] if accented().isdisjoint(text_of(body)) else [FONTS["accented"]]
    return [FONTS["text"], *rare, *(FONTS["math"] if 'class="katex"' in body else [])]


def first_in_sight(body):
    """Return the module of the first explorable that stands in nothing folded, or None."""
    folded = []
    for match in FOLDS.finditer(body):
        if match["end"]:
            folded.pop()
        elif match["module"] is None:
            folded.append(not match["open"])
        elif not any(folded):
            return match["module"]
    return None


def hosted_copies(app, pagename):
    """List the services that open a chapter out of the public repository, if there is one."""
    address = hosting_links.repository(app.config.repository_url)
    return hosting_links.hosted(address, app.config.repository_branch, f"book/{pagename}.ipynb")


def notebook_download(app, pagename):
    """Return where the source of an executed chapter lies in the site, if it is one."""
    is_notebook = pagename in app.env.found_docs and app.env.doc2path(pagename).endswith(".ipynb")
    return f"_notebooks/{pagename}.ipynb" if is_notebook else None


def finish_site(app, error):
    """Add what belongs to the whole site once its pages are written."""
    out = Path(app.outdir)
    if error or app.builder.format != "html":
        return
    copy_notebooks(Path(app.srcdir), out / "_notebooks")
    pages = sorted([*out.glob("*.html"), *out.glob("explorables/*.html")])
    pages = [page for page in pages if page.name != "index.html"]
    sheets = out.parent / "exercises.json"
    asked = exercises.keep_sheets(sheets, app.env.lib_digest)
    draw_pages(pages, sheets)
    told = live_site.write_live(out, app.config.live_reason) | exercises.files(
        app.env.titles, asked
    )
    notebooks = sorted(Path(app.srcdir).glob("*.ipynb"))
    chapters = [page for page in pages if page.stem in {path.stem for path in notebooks}]
    fonts = fonts_of(pages, sheets, out.parent / "fonts")
    addresses = write_front_end(out, fonts, told, chapters)
    for page in pages:
        front_end.stamp(page, addresses)
    shutil.copyfile(out / f"{app.config.root_doc}.html", out / "index.html")
    if not app.config.live_reason:
        live_site.write_kept(out, addresses)
    write_lite(out, notebooks, None if app.config.live_reason else out / "pyodide" / live_site.LOCK)
    (out / ".nojekyll").touch()


def write_front_end(out, fonts, told, chapters):
    """Write scripts, styles and fonts, each with its content in its address; return those."""
    files = front_end.files_of(front_end.bundled()) | told
    front_end.take_sheets(files, chapters)
    files |= {f"_static/fonts/{name}": content for name, content in fonts.items()}
    files |= {path: (out / path).read_bytes() for path in OF_SPHINX if (out / path).exists()}
    # Where it lies says which pages it serves; offline.js names its version.
    write(out / "sw.js", files.pop("_live/sw.js"))
    addresses = front_end.place(out, files)
    for name in ("_static", "_live", "_explorables", "_exercises"):
        front_end.drop_others(out / name, set(addresses.values()) | set(OF_SPHINX))
    return addresses


def copy_notebooks(source, target):
    """Put the notebooks beside the pages for download."""
    target.mkdir(exist_ok=True)
    for path in source.glob("*.ipynb"):
        shutil.copyfile(path, target / path.name)


def draw_pages(pages, sheets):
    """Draw explorables and set exercises: for the first paint, for print, for no scripts."""
    bare = [str(page) for page in pages if NOT_DRAWN.search(page.read_text(encoding="utf-8"))]
    if bare:
        subprocess.run(["node", str(DRAW), sheets, *bare], check=True)
