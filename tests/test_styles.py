"""The style sheets say nothing that one browser alone understands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("lib/explorables/static", "web/theme/static", "web/live")
SHEETS = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.css"))]
#: Values and properties that at least one of Chromium, Firefox and WebKit does not know. `zoom` all
#: know, and no two measure what is in it in the same way, but for letters.
ALONE = [
    r"\bdisplay:[^;]*\bmath\b",
    r"\btext-transform:\s*math-auto",
    r"\bfont-size:\s*math\b",
    r"\bmath-(?:depth|shift):",
    r"\bzoom:",
    r"\binterpolate-size:",
    r"\bfield-sizing:",
    r"\btext-decoration:\s*[\w-]+\s+[^;\s}][^;}]*",
    r"-(?:fill-)?available\b",
    r"\bcorner-shape:",
    r"\breading-flow:",
]
MATHML_ROW = r"\.xp-math[^{}]*\{[^{}]*font-family:(?!\s*Formula\b)"
#: Where a rule is asked for by `@supports`, or changes nothing but the size of letters.
EXCUSED = re.compile(r"@supports[^{]*|\.xp-formula > \* \{\s*zoom: [\d.]+;")


def faults(css):
    """List what a style sheet says that not every browser understands."""
    plain = EXCUSED.sub("", re.sub(r"/\*.*?\*/", "", css, flags=re.S))
    return [found[0] for rule in [*ALONE, MATHML_ROW] for found in re.finditer(rule, plain)]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_says_what_every_browser_understands(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        "mrow { display: math; }",
        "p > .xp-math { display: inline math; }",
        "mi { text-transform: math-auto; }",
        "msub { font-size: math; }",
        ".explorable-picture .xp { zoom: 0.6; }",
        "@supports (zoom: 1) { .a { math-depth: 1; } }",
        ".a { width: -webkit-fill-available; }",
        "a { text-decoration: underline dotted; }",
        ".xp-math mi { font-family: KaTeX_Math; }",
    ],
)
def test_what_one_browser_alone_understands_is_noticed(planted):
    assert faults(planted)
