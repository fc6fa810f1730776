"""Style sheet and fonts of the site, assembled from pinned packages: no reader fetches any."""

import html
import json
import logging
import re
import unicodedata
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES

from web.files import digest
from web.node import PACKAGES

logging.getLogger("fontTools").setLevel(logging.ERROR)

ROOT = Path(__file__).resolve().parent.parent
THEME = ROOT / "web" / "theme" / "static"
KATEX = PACKAGES / "katex" / "dist"
PLAIN = ROOT / "web" / "plain_formulas.js"
#: The explorables, which write into formulas at run time.
EXPLORABLES = ROOT / "lib" / "explorables" / "static"
COLOURS = EXPLORABLES / "colours.css"
TEXT_FONT = (
    PACKAGES / "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2"
)
#: The fonts that a page asks for before its style sheet has arrived.
FONTS = {
    "text": "source-sans-3.woff2",
    "accented": "source-sans-3-accented.woff2",
    "math": ["KaTeX_Main-Regular.woff2", "KaTeX_Math-Italic.woff2"],
}
#: Letters with accents, and marks: few pages show one, a reader may type one. They lie apart.
ACCENTED = (
    "U+A1-A8, U+AA-AE, U+B4, U+B8, U+BA-BB, U+BE-D6, U+D8-F6, U+F8-FF, U+131, U+152-153, U+300-36F"
)
#: The refinements of a font that the site asks for.
LAYOUT = ["ccmp", "kern", "liga", "mark", "mkmk"]

#: The styles of code, in the light and in the dark.
CODE_STYLES = ("a11y-high-contrast-light", "a11y-high-contrast-dark")
#: The fonts that only a command such as \mathbb asks for, and how KaTeX marks what is set in one.
OF_COMMANDS = ("AMS", "Caligraphic", "Fraktur", "SansSerif", "Script", "Typewriter")
MARKED = re.compile(
    r'<span class="[^"]*\b(?:(?:math|text)(?!normal\b|rm\b)|ams)\w+[^"]*"[^>]*>([^<]+)<'
)


@cache
def site_style():
    """Return the one style sheet of the site."""
    sheets = (COLOURS, THEME / "page.css")
    own = [without_comments(path.read_text(encoding="utf-8")) for path in sheets]
    return "\n".join([katex_style(), pygments_styles(), *own, accented_face()])


def accented_face():
    """Return the rule for the letters with accents, which a browser fetches where one is shown."""
    page = (THEME / "page.css").read_text(encoding="utf-8")
    face = re.search(r"@font-face \{[^}]*\}", page)[0].replace(FONTS["text"], FONTS["accented"])
    return f"{face[:-1]}  unicode-range: {ACCENTED};\n}}"


@cache
def accented():
    """Return the characters of the font of letters with accents."""
    parts = [part[2:].partition("-") for part in ACCENTED.split(", ")]
    spans = [range(int(low, 16), int(high or low, 16) + 1) for low, _, high in parts]
    return {chr(code) for span in spans for code in span}


def without_comments(css):
    """Drop the comments and indentation of a style sheet."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.S)).strip()


def katex_style():
    """Return KaTeX's style sheet with its fonts beside it, as WOFF2 only."""
    css = (KATEX / "katex.min.css").read_text(encoding="utf-8")
    css = re.sub(r'(src:url\(fonts/[^)]*?\.woff2\) format\("woff2"\))[^;}]*', r"\1", css)
    sizes = [(to, em) for at, to, em in _SIZED.findall(css) if at == "6"]  # the size of the text
    sized = [
        f".katex .size{n}{{--to:{em}}}.katex .reset-size{n}{{font-size:calc(1em*var(--to)/{em})}}"
        for n, em in sizes
    ]
    return "".join([_SIZED.sub("", css), *sized, f".katex .pstrut{{height:{PSTRUT}}}"])


#: How high most lines of KaTeX's lists are: said once.
PSTRUT = "2.7em"
#: A rule for each pair of sizes, from one to another, among 121.
_SIZED = re.compile(
    r"\.katex \.fontsize-ensurer\.reset-size(\d+)\.size(\d+),[^{]*\{font-size:([\d.]+)em\}"
)


#: After a name KaTeX puts U+2061, as a second node where MathML has room for one: under a bar of a
#: fraction, at the foot of a letter. The two go into a row, as in KaTeX where they bear a script.
_NAME_AND_SIGN = re.compile(r"(?:mathMLTree\.)?newDocumentFragment\((\[\w+, operator\])\)")


@cache
def katex_source(name):
    """Return a script of KaTeX that sets valid MathML."""
    source = (KATEX / name).read_text(encoding="utf-8")
    mended, places = _NAME_AND_SIGN.subn(r'new mathMLTree.MathNode("mrow", \1)', source)
    if places != 2:
        raise ValueError(f"{name} must set a name and U+2061 in two places, got {places}.")
    return mended


@cache
def formula_renderer():
    """Return KaTeX for the build: what it writes says only what its style sheet acts on."""
    css = katex_style()
    boxes = re.findall(r"[^{}]+(?=\{[^}]*flex)", css)
    known = {
        "STYLED": re.findall(r"\.([a-z][\w-]*)", css),
        "HOLDING": re.findall(r"\.([a-z][\w-]*)(?=>)", css) + re.findall(r"\.([\w-]+)", str(boxes)),
        "FAR": re.findall(r"\.([a-z][\w-]*)(?=>span>)", css),
    }
    told = [f'const PSTRUT = "{PSTRUT}";']
    told += [f"const {name} = new Set({json.dumps(found)});" for name, found in known.items()]
    return "\n".join([katex_source("katex.js"), *told, PLAIN.read_text(encoding="utf-8")])


def pygments_styles():
    """Return the colours of code, in the light and in the dark."""
    light = HtmlFormatter(style=CODE_STYLES[0]).get_style_defs(".highlight")
    dark = HtmlFormatter(style=CODE_STYLES[1]).get_style_defs('html[data-theme="dark"] .highlight')
    return f"{_of_code(light)}\n@media screen {{\n{_of_code(dark)}\n}}"


@cache
def look_of(kind):
    """Return how the styles of code set a kind of token."""
    return tuple(str(get_style_by_name(name).style_for_token(kind)) for name in CODE_STYLES)


@cache
def marks_of_code():
    """Name each kind of token by the shortest name of one that looks the same: text has none."""
    names = {}
    for kind, name in sorted(STANDARD_TYPES.items(), key=lambda named: len(named[1])):
        names.setdefault(look_of(kind), name)
    return {kind: names[look_of(kind)] for kind in STANDARD_TYPES}


class CodeFormatter(HtmlFormatter):
    """Marks in a block of code only what has a colour of its own.

    Names and brackets are most of a line: a page has half the elements, and is laid out sooner.
    """

    def _get_css_classes(self, ttype):
        """Return the class of a token, or nothing."""
        marks = marks_of_code()
        return marks[ttype] if ttype in marks else super()._get_css_classes(ttype)


def _of_code(css):
    """Keep the rules for what is marked in a block of code."""
    marked = [f".highlight .{name} {{" for name in marks_of_code().values() if name]
    return "\n".join(line for line in css.splitlines() if any(rule in line for rule in marked))


def characters_of(pages):
    """Return every character that these pages show, or that a script may write into them."""
    shown = written_by_scripts().union(*(text_of(page.read_text("utf-8")) for page in pages))
    return "".join(sorted(shown))


def text_of(page):
    """Return the text of a page, without its tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


@cache
def written_by_scripts():
    """Return every character in the scripts of the explorables, and its letter and accent apart."""
    scripts = [path.read_text("utf-8") for path in sorted(EXPLORABLES.rglob("*.js"))]
    text = html.unescape("".join(scripts))
    return {*text, *unicodedata.normalize("NFD", text)}


def marked_characters(pages):
    """Return every character that KaTeX sets in another alphabet: blackboard, script, bold."""
    texts = (text for page in pages for text in MARKED.findall(page.read_text("utf-8")))
    return "".join(sorted(set().union(*map(html.unescape, texts))))


def fonts_of(pages, sheets, cache):
    """Return the fonts of the site: those of formulas are cut to what the pages show.

    Bold are letters that a command makes so, or what explorables and exercises write.
    """
    cache.mkdir(parents=True, exist_ok=True)
    shown, marked = characters_of([*pages, sheets]), marked_characters([*pages, sheets])
    bold = {*marked, *characters_of([sheets])}
    with TTFont(TEXT_FONT) as font:
        in_text = {chr(code) for code in font.getBestCmap()}
    cuts = {
        FONTS["text"]: (TEXT_FONT, in_text - accented()),
        FONTS["accented"]: (TEXT_FONT, in_text & accented()),
    }
    for source in sorted((KATEX / "fonts").glob("*.woff2")):
        of_command = source.stem[len("KaTeX_") :].startswith(OF_COMMANDS)
        is_bold = "-Bold" in source.stem
        cuts[source.name] = (source, marked if of_command else bold if is_bold else shown)
    return {name: cut_font(*cut, cache) for name, cut in cuts.items()}


def cut_font(source, characters, cache):
    """Return a font that has only these characters, and whose it is.

    Instructions for coarse screens go: browsers smooth letters, and most pass over them.
    """
    text, made_by = "".join(sorted(characters)), Path(__file__).read_bytes()
    kept = cache / f"{source.stem}-{digest(text, source.read_bytes(), made_by)[:12]}.woff2"
    if not kept.exists():
        options = subset.Options(
            flavor="woff2",
            layout_features=LAYOUT,
            hinting=False,
            name_IDs=[0],
            notdef_outline=True,
        )
        with subset.load_font(str(source), options) as font:
            cutter = subset.Subsetter(options)
            cutter.populate(text=text)
            cutter.subset(font)
            subset.save_font(font, str(kept), options)
    return kept.read_bytes()
