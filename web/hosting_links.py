"""Where else a chapter can be opened: the links of the small menu beside its title."""

import os
from urllib.parse import quote, urlsplit


def repository(configured):
    """Return the repository's public address: the configured one, or the one that builds."""
    built_from = os.environ.get("GITHUB_REPOSITORY")
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    return (configured or (f"{server}/{built_from}" if built_from else "")).rstrip("/")


def hosted(address, branch, path):
    """List the services that open a notebook out of a public repository on GitHub."""
    parts = urlsplit(address)
    if parts.hostname != "github.com":
        return []
    name = parts.path.strip("/").removesuffix(".git")
    colab = f"https://colab.research.google.com/github/{name}/blob/{quote(branch)}/{quote(path)}"
    lab = quote(f"lab/tree/{path}", safe="")
    binder = f"https://mybinder.org/v2/gh/{name}/{quote(branch, safe='')}?urlpath={lab}"
    return [
        ("Colab", colab, "Google's servers; needs an account"),
        ("Binder", binder, "free servers; slow to start"),
    ]
