"""Run the notebooks and store them in normal form: text outputs kept, images and widgets dropped.

    python tools/normalize_notebooks.py            run and rewrite every notebook of the book
    python tools/normalize_notebooks.py FILE...    only these
    python tools/normalize_notebooks.py --check    run nothing; fail where the form is not normal

The stored text is what the notebook tests compare with, so a notebook is only rewritten after it
has run from its first cell to its last without an error or a warning on stderr.
"""

import argparse
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from web import first_frames

BOOK = ROOT / "book"
KEPT_MIME_TYPES = ("text/plain", "text/html", "text/latex")
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebooks():
    """List the notebooks of the book, in the order of their names."""
    return sorted(BOOK.glob("*.ipynb"))


def normal_output(output, count):
    """Return one output without images, widget views, metadata and addresses in time."""
    if output.output_type == "stream":
        return nbformat.v4.new_output("stream", name=output.name, text=output.text)
    if output.output_type == "error":  # in a widget: it stops no cell
        return nbformat.v4.new_output("error", ename=output.ename, evalue=output.evalue)
    data = {kind: output.data[kind] for kind in KEPT_MIME_TYPES if kind in output.data}
    extra = {"execution_count": count} if output.output_type == "execute_result" else {}
    return nbformat.v4.new_output(output.output_type, data=data, **extra)


def normal_code_cell(cell, count, states):
    """Return a code cell with its number, its kept metadata and its text outputs."""
    fresh = nbformat.v4.new_code_cell(cell.source, metadata=cell.metadata, id=cell.id)
    fresh.metadata.pop("execution", None)
    fresh.execution_count = count
    outputs = [part for output in cell.outputs for part in (*in_widget(output, states), output)]
    fresh.outputs = [normal_output(output, count) for output in merged_streams(outputs)]
    return fresh


def in_widget(output, states):
    """List what a widget has captured: the notebook tests meet it as an output of the cell."""
    model = output.get("data", {}).get(first_frames.VIEW, {}).get("model_id")
    return [nbformat.from_dict(part) for part in first_frames.captured(model, states)]


def merged_streams(outputs):
    """Join neighbouring stream outputs of one name: how they are cut depends on timing."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def normal_form(notebook):
    """Return the notebook in the one form in which it may be committed."""
    fresh = nbformat.v4.new_notebook(metadata=KERNEL)
    fresh.nbformat, fresh.nbformat_minor = 4, 5
    states, count = first_frames.widget_states(notebook), 0
    for cell, name in zip(notebook.cells, cell_ids(notebook), strict=True):
        cell = nbformat.from_dict({**cell, "id": name})
        if cell.cell_type == "code":
            count += 1
            fresh.cells.append(normal_code_cell(cell, count, states))
        else:
            metadata = cell.get("metadata", {})
            fresh.cells.append(
                nbformat.v4.new_markdown_cell(cell.source, metadata=metadata, id=cell.id)
            )
    return fresh


def cell_ids(notebook):
    """List an id for each cell: its own for ever, for a reader's edits find the cell by it."""
    found = []
    for cell in notebook.cells:
        name = cell.get("id")
        while not name or name in found:
            name = uuid.uuid4().hex[:8]
        found.append(name)
    return found


def as_text(notebook):
    """Serialize in the form that is compared and stored."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def read(path):
    """Read a notebook, as version 4."""
    return nbformat.read(path, as_version=4)


def complaints(notebook):
    """Say what a reader would see that no notebook may print: stderr, an error in a widget."""
    return [
        f"cell {cell.execution_count} {fault}"
        for cell in notebook.cells
        if cell.cell_type == "code"
        for fault in map(fault_of, cell.outputs)
        if fault
    ]


def fault_of(output):
    """Return what is wrong with an output, or nothing."""
    if output.output_type == "error":
        return f"shows an error in a widget: {output.ename}: {output.evalue}"
    wrote = output.output_type == "stream" and output.name == "stderr"
    return f"wrote to stderr: {output.text.strip()[:200]}" if wrote else ""


def run(path):
    """Run one notebook in the book's folder and rewrite it; return what is wrong, if anything."""
    notebook = read(path)
    try:
        NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(BOOK)}}).execute()
    except Exception as error:  # the cell's own traceback is the message
        return [str(error)[-2000:]]
    fresh = normal_form(notebook)
    wrong = complaints(fresh)
    if not wrong:
        path.write_text(as_text(fresh), encoding="utf-8")
    return wrong


def check(path):
    """Return a complaint if the stored file is not in normal form."""
    text = path.read_text(encoding="utf-8")
    if text == as_text(normal_form(read(path))):
        return []
    return ["not in normal form; run `make notebooks` and commit the result"]


def main(arguments=None):
    """Normalize or check, print a line for each notebook, and return the number that failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="notebooks (default: all of the book)")
    parser.add_argument("--check", action="store_true", help="only check the stored form")
    options = parser.parse_args(arguments)
    paths = options.files or notebooks()
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(check if options.check else run, paths))
    for path, wrong in zip(paths, results, strict=True):
        print(f"{path.name}: {'; '.join(wrong) or 'ok'}")
    return sum(map(bool, results))


if __name__ == "__main__":
    sys.exit(main())
