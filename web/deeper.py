"""Deeper boxes: what the core path of a chapter can do without, folded.

A box is a section whose title begins with "Deeper: ". It ends where the next section of its level,
or of a higher one, begins, and so it holds whatever a section holds: text, cells that run in order
like all others, explorables, sections of its own. In a notebook it is a section like any other.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from web import reading_time


def add_to(app):
    """Register the steps of the build that concern boxes and the time they take."""
    app.connect("doctree-read", reading_time.note_time)
    app.connect("env-updated", reading_time.report)
    app.add_post_transform(FoldBoxes)


class FoldBoxes(SphinxPostTransform):
    """Put what is in each box into an element that opens and closes, its title on the outside."""

    default_priority = 900  # when nothing looks for the title at the head of its section any more
    formats = ("html",)

    def run(self, **options):
        """Fold every box of a page."""
        for section in list(self.document.findall(reading_time.is_deeper)):
            minutes = section.get("minutes")
            time = f'<span class="box-time">{minutes} min</span>' if minutes else ""
            section.insert(0, raw('<details class="box"><summary>'))
            section.insert(2, raw(f'{time}</summary><div class="box-body">'))
            section += raw("</div></details>")


def raw(text):
    """Return a piece of HTML: one half of an element, whose other half follows."""
    return nodes.raw("", text, format="html")
