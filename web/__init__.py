"""What the page adds to the book: theme, scripts, and the Sphinx extension that builds them in."""
