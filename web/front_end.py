"""Scripts, styles and fonts of the site: made small, named by their content, told to the pages.

A host may let a browser keep any file for a while, so no file but a page may change under its
address. ``page.js`` lies in the site as ``page.<hash>.js``; what one file says of another, and what
the pages say of both, is set once all names are known. So an old page and a new one never share
an address, and never meet each other's scripts.
"""

import json
import os
import posixpath
import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath

from web.assets import KATEX, PACKAGES, katex_source, katex_style, site_style
from web.files import digest, put_in_place

ROOT = Path(__file__).resolve().parent.parent
LIVE = ROOT / "web" / "live"
EXPLORABLES = ROOT / "lib" / "explorables" / "static"
EXERCISES = ROOT / "lib" / "exercises" / "static"
THEME = ROOT / "web" / "theme" / "static"
CACHE = ROOT / ".cache" / "live" / "scripts"
ESBUILD = PACKAGES / ".bin" / "esbuild"
#: What every chapter loads at once, and what a reader's first Run or edit adds. What they have in
#: common is one file, ``shared.js``, for it must be there once.
ENTRIES = ("live", "runner")
#: What a page loads when it needs it: each stands alone.
ALONE = ("kernel", "outputs", "offline", "editor", "widgets")
#: What runs outside of any page, as it is: the worker of Python, and the service worker.
WORKERS = ("worker", "sw")
BUNDLE = ["--bundle", "--format=esm", "--loader:.svg=dataurl", "--legal-comments=linked"]
HASH = "[0-9a-f]{10}"
SOURCES = (".js", ".css", ".svg", ".json")
TEXTS = (".js", ".css")
LATER = ("_live/", "_explorables/", "_exercises/")  # where what a page may load later lies
KINDS = (*TEXTS, ".json", ".svg", ".woff2")  # what has its hash in its name
#: How a built script names another, from whatever folder, and a style sheet its fonts.
NAMED = re.compile(
    rb'(?P<open>"(?=\.)|url\()(?P<up>(?:\.\.?/)*)(?P<name>[\w/-]+\.(?:js|woff2))(?P<close>["?)])'
)
#: How a page names what it loads, whether or not an earlier build has put a hash into it.
LOADED = re.compile(
    r'(?P<open> (?:href|src)="(?:\.\./)*)'
    r"(?P<stem>(?:_static|_live|_explorables|_exercises)/[\w/-]+|searchindex)"
    rf'(?:\.{HASH})?(?P<kind>\.\w+)"'
)
MODULE = re.compile(r'data-module="(\w+)"')
LIST = re.compile(r'(<script type="application/json" id="files">)[^<]*(</script>)')


# --- the sources, made small ---


def sources():
    """List the files that scripts and styles are made of."""
    rooms = (LIVE, EXPLORABLES, EXERCISES)
    inside = [path for folder in rooms for path in sorted(folder.rglob("*"))]
    files = [path for path in inside if path.suffix in SOURCES]
    return [*files, *THEME.rglob("*.js"), Path(__file__), ROOT / "package-lock.json"]


def source_digest():
    """Return what changes with any script or style."""
    named = [part for path in sources() for part in (path.name, path.read_bytes())]
    return digest(site_style(), katex_source("katex.mjs"), *named)[:16]


def bundled():
    """Return the folder of scripts and styles as a browser gets them, made anew after a change."""
    folder = CACHE / source_digest()
    if not folder.exists():
        part = folder.with_suffix(f".{os.getpid()}")
        shutil.rmtree(part, ignore_errors=True)
        make_static(part / "_static")
        make_explorables(part / "_explorables")
        make_exercises(part / "_exercises")
        make_live(part / "_live")
        make_katex(part / "_live" / "katex")
        put_in_place(part, folder)
    return folder


def make_static(target):
    """Make the style and the scripts of every page."""
    target.mkdir(parents=True)
    run_esbuild(sorted(THEME.glob("*.js")), *BUNDLE, f"--outdir={target}")
    minify(site_style(), target / "site.css")


def make_explorables(target):
    """Make one script and style sheet of each explorable, and one sheet of all and of exercises."""
    modules = [EXPLORABLES / "kit" / name for name in ("host.js", "table.js")]
    modules += sorted(EXPLORABLES.glob("pictures/*.js"))
    apart = "--external:*/table.js"  # what an explorable loads when a reader brings data
    run_esbuild(modules, *BUNDLE, apart, "--entry-names=[name]", f"--outdir={target}")
    kit, pictures = (
        EXPLORABLES / "kit" / "explorables.css",
        sorted(EXPLORABLES.glob("pictures/*.css")),
    )
    sheets = [kit, *pictures, EXERCISES / "exercise.css"]
    run_esbuild(sheets, "--entry-names=[name]", f"--outdir={target / 'sheets'}")
    parts = [target / "sheets" / path.name for path in sheets]
    (target / "explorables.css").write_bytes(b"".join(path.read_bytes() for path in parts))


def make_exercises(target):
    """Make the script of a page's exercises, what it loads for typed answers, and the review."""
    entries = [f"exercise={EXERCISES / 'host.js'}", EXERCISES / "judge.js"]
    run_esbuild(entries, *BUNDLE, "--external:*/judge.js", f"--outdir={target}")
    run_esbuild([EXERCISES / "review.js"], *BUNDLE, f"--outdir={target}")


def make_live(target):
    """Make the scripts and styles of the pages' Python."""
    named = {name: LIVE / f"{name}.js" for name in (*ENTRIES, *ALONE, *WORKERS)}
    there = {name: path for name, path in named.items() if path.exists()}
    entries = [there[name] for name in ENTRIES if name in there]
    run_esbuild(entries, *BUNDLE, "--splitting", "--chunk-names=shared", f"--outdir={target}")
    alone = [there[name] for name in ALONE if name in there]
    run_esbuild(alone, *BUNDLE, f"--outdir={target}")
    run_esbuild([there[name] for name in WORKERS if name in there], f"--outdir={target}")
    styles = [path for path in sorted(LIVE.glob("*.css")) if path.stem not in ALONE]
    run_esbuild(styles, f"--outdir={target}")


def run_esbuild(paths, *options):
    """Let esbuild make small scripts of these sources."""
    if paths:
        command = [ESBUILD, *paths, *options, "--minify", "--log-level=warning"]
        subprocess.run([str(part) for part in command], cwd=ROOT, check=True)


def minify(css, target):
    """Let esbuild make a small style sheet of a text."""
    target.write_text(css, encoding="utf-8")
    run_esbuild([target], f"--outfile={target}", "--allow-overwrite")


def make_katex(target):
    """Write the renderer for the formulas that a cell prints, with every character of its fonts."""
    (target / "fonts").mkdir(parents=True)
    script = target / "katex.js"
    script.write_text(katex_source("katex.mjs"), encoding="utf-8")
    run_esbuild([script], "--format=esm", f"--outfile={script}", "--allow-overwrite")
    minify(katex_style(), target / "katex.css")
    for font in (KATEX / "fonts").glob("*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)


def take_sheets(files, pages):
    """Put in place of the sheets of single explorables one for each of these pages, by its name."""
    folder = "_explorables/sheets/"
    parts = {path: files.pop(path) for path in list(files) if path.startswith(folder)}

    def sheet(page):
        names = sorted(set(MODULE.findall(page.read_text(encoding="utf-8"))))
        return b"".join(
            parts[f"{folder}{name}.css"] for name in ["explorables", *names, "exercise"]
        )

    files |= {sheet_of(page.stem): sheet(page) for page in pages}


def sheet_of(name):
    """Return where the style sheet of the explorables and exercises of a chapter lies."""
    return f"_static/explorables/{name}.css"


# --- names with the content in them ---


def files_of(folder):
    """Return the content of each file below a folder, by its path from there."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def addressed(files):
    """Return path and content of each file as it lies in the site, by its path without a hash."""
    found = {}

    def settle(path):
        if path not in found:
            content = files[path]
            if path.endswith(TEXTS):
                content = NAMED.sub(lambda match: with_hash(path, match), content)
            found[path] = (hashed(path, content), content)
        return found[path][0]

    def with_hash(path, match):
        name = (match["up"] + match["name"]).decode()
        other = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if other not in files:
            return match[0]
        fresh = posixpath.join(posixpath.dirname(name), posixpath.basename(settle(other)))
        return match["open"] + fresh.encode() + match["close"]

    for path in files:
        settle(path)
    return found


def hashed(path, content):
    """Put the hash of a content into its path: ``page.js`` becomes ``page.0123456789.js``."""
    name = PurePosixPath(path)
    if name.suffix not in KINDS:
        return path
    return name.with_suffix(f".{digest(content)[:10]}{name.suffix}").as_posix()


def place(out, files):
    """Write files under names that tell their content; return each path with the hash in it."""
    named = addressed(files)
    for path, (address, content) in named.items():
        target = out / address
        if not target.exists() or address == path:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return {path: address for path, (address, _) in named.items()}


def drop_others(folder, kept):
    """Delete what an earlier build has left in a folder of the site."""
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.relative_to(folder.parent).as_posix() not in kept:
            path.unlink()


# --- the pages ---


def stamp(page, addresses):
    """Put the addresses of this build into a page; a page that has them is not written."""
    text = page.read_text(encoding="utf-8")
    head, body = text[: text.index("<body")], text[text.index("<body") :]
    fresh = LOADED.sub(lambda match: loaded(match, addresses), head)
    fresh = LIST.sub(lambda match: match[1] + as_list(addresses) + match[2], fresh)
    if fresh != head:
        page.write_text(fresh + body, encoding="utf-8")


def loaded(match, addresses):
    """Return an attribute of a page with the address of this build in it."""
    path = match["stem"] + match["kind"]
    return f'{match["open"]}{addresses.get(path, path)}"'


def as_list(addresses):
    """Return what ``files.js`` reads: the hashes of what a page may load later."""
    later = {
        path: address.split(".")[-2]
        for path, address in addresses.items()
        if path.startswith(LATER) and path.endswith((*TEXTS, ".json"))
    }
    return json.dumps(later, separators=(",", ":"))
