"""Stand in for a grammar of web addresses that JSON Schema uses where it is installed.

Every process that reads a notebook would load it, a second of work, and no notebook has such an
address to check. Who has this folder on the path does without it, as where it is not installed.
"""

raise ImportError("no web address is checked here")
