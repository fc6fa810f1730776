"""What every step of the build does with files: hash them, write them whole, link them, drop them.

It needs nothing but Python, for a bare one hashes the pins (``tools/bootstrap.py``).
"""

import hashlib
import json
import os
import shutil
import time

SECONDS_IN_USE = 3600  # how long another build may need a folder that has a successor


def digest(*parts):
    """Return the hexadecimal SHA-256 digest of texts or bytes."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.encode() if isinstance(part, str) else part)
    return total.hexdigest()


def as_json(facts):
    """Return facts as the bytes of a JSON file."""
    return (json.dumps(facts, indent=1) + "\n").encode()


def write(path, content):
    """Write a file of the site; what bore its name before, in a cache too, stays as it was."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def store(path, content):
    """Write a file of a cache anew; a half-written one never bears the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


def place(source, target):
    """Put a kept file into the site: a second name for it where the file system allows."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def put_in_place(part, folder):
    """Give a finished folder its name, and drop the old ones that no build can be reading."""
    try:
        part.rename(folder)
    except OSError:  # another build was faster
        shutil.rmtree(part)
    for old in folder.parent.iterdir():
        if old != folder and old.stat().st_mtime < time.time() - SECONDS_IN_USE:
            shutil.rmtree(old, ignore_errors=True)
