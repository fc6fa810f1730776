"""No line begins with the sign that follows a formula.

A browser may break a line on either side of a formula, whatever stands there. So the sign goes into
an element that the style sheet pulls back over room that the end of the formula keeps for it: where
the formula fits into a line, its sign does.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

SIGNS = re.compile(r"[.,;:?!)\]’”]{1,2}")


class MarkSigns(SphinxPostTransform):
    """Put the signs that stand right behind a formula into an element of their own."""

    default_priority = 800  # when all references are texts
    formats = ("html",)

    def run(self, **options):
        """Mark the signs behind every formula of a page."""
        for formula in list(self.document.findall(nodes.math)):
            after = formula.next_node(descend=False, siblings=True)
            if isinstance(after, nodes.Text) and (signs := SIGNS.match(after)):
                rest = [nodes.Text(after[signs.end() :])] if signs.end() < len(after) else []
                marked = nodes.inline("", signs[0], classes=["after"])
                formula.parent.replace(after, [marked, *rest])
