"""What a cell printed, as it was printed.

Output arrives in parts, on a busy machine cut anywhere. MyST-NB ends a line after each part and
drops the blank lines between them (``coalesce_streams``): the page would depend on the machine.
"""

from myst_nb.core import render


def join_what_was_printed(app):
    """Let the parts of one output be put together as they are."""
    render.coalesce_streams = joined


def joined(outputs):
    """Return the outputs of a cell, the parts of a stream joined at the place of the first."""
    streams, kept = {}, []
    for output in outputs:
        if output["output_type"] != "stream":
            kept.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = output.copy()
            kept.append(streams[output["name"]])
    for stream in streams.values():
        stream["text"] = stream["text"].rstrip() + "\n"
    return kept
