"""What the page adds to the book: its theme, its scripts and the Sphinx extension that builds them in."""
