"""Start a kernel for a stranger's notebook: it may write in its own folder, and nowhere else.

Run as a script, with the limits as JSON before the kernel's own arguments. The watch is an audit
hook, which Python code cannot take off again. It stops accidents and plain attempts; it is no jail
for somebody who writes machine code.
"""

import contextlib
import json
import os
import sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NAMES = {  # events that change an entry of a folder, and which of their arguments are paths
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "shutil.move": (0, 1),
    "shutil.rmtree": (0,),
}
CONTENTS = {  # events that change what a path leads to, through any link
    "os.chflags": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.link": (0, 1),
    "os.truncate": (0,),
    "os.utime": (0,),
    "sqlite3.connect": (0,),
}
LOOKS = ("open", "os.listdir", "os.scandir")
PROGRAMS = (
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.kill",
    "os.killpg",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "pty.spawn",
    "subprocess.Popen",
)
NEARBY = ("127.0.0.1", "::1", "localhost", "")


class Watch:
    """Say no to what leaves the folder, and write down what was tried."""

    def __init__(self, *, folder, hidden, log):
        self.folder, self.hidden = _real(folder), _real(hidden)
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def __call__(self, event, args):
        """Look at one event; raise where it is not allowed."""
        if event in PROGRAMS:
            self.refuse("start or stop another program", quiet=_is_font_search(args))
        elif event == "socket.connect" and not _is_nearby(args[1]):
            self.refuse("use the network")
        elif event in NAMES or event in CONTENTS:
            directory = args[-1] if isinstance(args[-1], int) else -1
            for index in (NAMES | CONTENTS)[event]:
                self.keep_inside(args[index], directory, follow=event in CONTENTS)
        elif event in LOOKS:
            self.look(event, args)

    def look(self, event, args):
        """Refuse to write outside, and to read what others have handed in."""
        if event == "open" and isinstance(args[2], int) and args[2] & WRITING:
            self.keep_inside(args[0], -1)
        elif _is_inside(args[0], self.hidden) and not _is_inside(args[0], self.folder):
            self.refuse("read what others have handed in")

    def keep_inside(self, path, directory, follow=True):
        """Refuse a change outside of the folder; ``directory`` is what the path is relative to."""
        if isinstance(path, int) or path == os.devnull:
            return
        if directory >= 0 and not os.path.isabs(os.fspath(path)):
            path = os.path.join(_path_of(directory), os.fsdecode(path))
        if not _is_inside(path, self.folder, follow):
            self.refuse(f"change {os.fsdecode(path)}")

    def refuse(self, what, quiet=False):
        """Write down what was tried, and stop it."""
        if not quiet:
            os.write(self.log, f"{what}\n".encode())
        raise PermissionError(f"This notebook is being collected: it cannot {what}.")


def _real(path):
    """Follow the links in a path."""
    return os.path.realpath(path)


def _is_inside(path, folder, follow=True):
    """Whether a path lies in a folder; a link at its end is followed or not."""
    if path is None or isinstance(path, int):
        return False
    head, tail = os.path.split(os.path.abspath(os.fsdecode(path)))
    real = os.path.join(_real(head), tail)
    real = _real(real) if follow else real
    return real == folder or real.startswith(folder + os.sep)


def _path_of(descriptor):
    """Find the path of an open folder; where that cannot be told, one that lies outside."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/self/fd/{descriptor}")
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        return fcntl.fcntl(descriptor, 50, bytes(1024)).rstrip(b"\0").decode()  # of macOS
    return os.sep


def _is_font_search(args):
    """Whether a program is the one by which matplotlib looks for fonts: no reader's doing."""
    return bool(args) and os.path.basename(str(args[0])) in ("fc-list", "system_profiler")


def _is_nearby(address):
    """Whether an address is of this machine."""
    return not isinstance(address, tuple) or address[0] in NEARBY


def limit(megabytes):
    """Limit memory and the size of files, where the system can."""
    try:
        import resource
    except ImportError:  # not on Windows; there the collector watches from outside
        return
    for kind, size in (("RLIMIT_AS", megabytes), ("RLIMIT_FSIZE", 200)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, kind), (size * 2**20, size * 2**20))


def main(settings, *arguments):
    """Set the limits, load the kernel, then set the watch and start."""
    from ipykernel.kernelapp import IPKernelApp

    told = json.loads(settings)
    limit(told.pop("megabytes"))
    app = IPKernelApp.instance()
    app.initialize(["--HistoryManager.enabled=False", *arguments])
    sys.addaudithook(Watch(**told))
    app.start()


if __name__ == "__main__":
    sys.path[0] = ""  # a notebook imports from its own folder, not from this one
    main(*sys.argv[1:])
