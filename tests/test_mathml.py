"""Every formula is MathML that a browser takes as it is written."""

import json
import re
import subprocess
from xml.etree import ElementTree

import pytest

from web.assets import KATEX, formula_renderer, katex_source, katex_style

#: How many children an element of MathML Core has; all others may have any number.
CHILDREN = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
PARENTS = {"mtr": {"mtable"}, "mtd": {"mtr"}, "mprescripts": {"mmultiscripts"}}
KNOWN = {
    *CHILDREN, *PARENTS, "math", "mrow", "mi", "mn", "mo", "mtext", "ms", "mspace", "msqrt",
    "mstyle", "merror", "mpadded", "mphantom", "mtable", "semantics", "annotation", "mmultiscripts",
}  # fmt: skip
#: What KaTeX writes and browsers pass over: it is in the copy for screen readers alone.
KATEX_ONLY = {"menclose", "mlabeledtr"}
FORMULA = re.compile(r"<math\b.*?</math>", re.S)


def faults(markup):
    """List what is wrong with a formula."""
    plain = re.sub(r"\sxmlns=\"[^\"]*\"| hidden(?=[ >])", "", markup).replace("&nbsp;", " ")
    root = ElementTree.fromstring(plain)
    seen = [(None, root), *((parent, child) for parent in root.iter() for child in parent)]
    return [fault for parent, node in seen for fault in faults_of(parent, node)]


def faults_of(parent, node):
    """Tell what is wrong with one element and its place."""
    if node.tag not in KNOWN | KATEX_ONLY:
        yield f"unknown {node.tag}"
    if len(node) != CHILDREN.get(node.tag, len(node)):
        yield f"{node.tag} with {len(node)} children: {[child.tag for child in node]}"
    if node.tag in PARENTS and (parent is None or parent.tag not in PARENTS[node.tag]):
        yield f"{node.tag} outside of {PARENTS[node.tag]}"
    if node.tag in ("mi", "mn", "mo", "mtext") and len(node):
        yield f"{node.tag} with elements in it"


@pytest.mark.parametrize(
    "planted",
    [
        "<math><msub><mi>λ</mi><mi>max</mi><mo>\u2061</mo></msub></math>",
        "<math><mfrac><mi>SSE</mi><mo>\u2061</mo><mn>2</mn></mfrac></math>",
        "<math><msub><mi>x</mi></msub></math>",
        "<math><msubsup><mi>x</mi><mi>i</mi></msubsup></math>",
        "<math><munderover><mo>∑</mo><mi>i</mi><mi>n</mi><mi>k</mi></munderover></math>",
        "<math><mrow><mtd><mn>1</mn></mtd></mrow></math>",
        "<math><mi>x<mn>2</mn></mi></math>",
        "<math><msum><mn>2</mn></msum></math>",
    ],
)
def test_invalid_mathml_is_noticed(planted):
    assert faults(planted)


def test_the_renderer_of_the_page_and_of_the_cells_sets_names_in_rows(tmp_path):
    formulas = [
        r"\lambda_{\max}",
        r"\frac{\operatorname{SSE}}{\sin}",
        r"\sqrt[\log]{x}",
        r"x^{\operatorname{Var}}",
    ]
    for name, module in (("katex.js", "katex.cjs"), ("katex.mjs", "katex.mjs")):
        (tmp_path / module).write_text(katex_source(name), encoding="utf-8")
        load = f"const {{ default: katex }} = await import({str(tmp_path / module)!r});"
        script = f"{load} for (const f of {formulas!r}) console.log(katex.renderToString(f));"
        command = ["node", "--input-type=module", "-e", script]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        found = FORMULA.findall(done.stdout)
        assert len(found) == len(formulas)
        assert [fault for one in found for fault in faults(one)] == []
    assert "newDocumentFragment([identifier, operator])" in (KATEX / "katex.mjs").read_text(
        encoding="utf-8"
    )


def rendered(tmp_path, formulas, source):
    """Set formulas with a renderer; return what it draws, without MathML."""
    (tmp_path / "katex.cjs").write_text(source, encoding="utf-8")
    load = f"const katex = require({str(tmp_path / 'katex.cjs')!r});"
    script = f"{load} console.log(JSON.stringify({formulas!r}.map((f) => katex.renderToString(f))))"
    done = subprocess.run(["node", "-e", script], capture_output=True, encoding="utf-8", check=True)
    return [FORMULA.sub("", one) for one in json.loads(done.stdout)]


FORMULAS = [
    r"(2, 4)", r"x_i^2 + \frac{1}{n}", r"\hat y", r"\sqrt{x}", r"\lambda_{\max}", r"\mathrlap{a}b",
    r"\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}", r"\log K", r"\textbf{ab}\mathbb{R}",
]  # fmt: skip


def test_a_formula_says_only_what_its_style_sheet_acts_on(tmp_path):
    plain = rendered(tmp_path, FORMULAS, formula_renderer())
    long = rendered(tmp_path, FORMULAS, katex_source("katex.js"))
    named = set(re.findall(r"\.([a-z][\w-]*)", katex_style()))
    for short, before in zip(plain, long, strict=True):
        assert re.sub("<[^>]*>", "", short) == re.sub("<[^>]*>", "", before)
        assert {
            name for found in re.findall(r'class="([^"]*)"', short) for name in found.split()
        } <= named
        assert short.count("<span") < before.count("<span") and "xmlns" not in short


def test_what_a_rule_for_children_counts_on_stays(tmp_path):
    first, power, hat, *_ = rendered(tmp_path, FORMULAS, formula_renderer())
    # Texts that were apart are apart; a line of a list, and what a fraction stands on, are spans.
    space = '<span class="mspace" style="margin-right:.1667em"></span>'
    assert f"(<span>2</span>,{space}4<span>)</span>" in first
    lists = re.findall(r'<span class="pstrut"[^>]*></span>(.)', "".join([power, hat]))
    assert len(lists) > 5 and set(lists) == {"<"}
    assert '<span class="accent-body"' in hat and 'class="strut"' in power
