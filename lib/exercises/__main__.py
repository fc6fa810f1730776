"""For teachers: ``python -m lib.exercises assignment`` and ``python -m lib.exercises collect``."""

import argparse
import sys
from pathlib import Path

NEEDS = "This needs a few more packages: python -m pip install nbclient nbformat psutil ipykernel"


def parser():
    """Describe the two commands."""
    top = argparse.ArgumentParser(prog="python -m lib.exercises", description=__doc__.split(":")[0])
    commands = top.add_subparsers(dest="command", required=True)
    give = commands.add_parser("assignment", help="write questions as a notebook, or for Moodle")
    give.add_argument("questions", nargs="+", metavar="CHAPTER|ID", help="chapters or ids")
    give.add_argument("--instance", type=int, default=0, help="which numbers: the same for a class")
    give.add_argument("--out", type=Path, help="the notebook to write")
    give.add_argument("--moodle", type=Path, help="a Moodle XML file to write, all instances")
    give.add_argument("--title", default="Homework", help="what stands at its head")
    take = commands.add_parser("collect", help="run and judge a folder of returned notebooks")
    take.add_argument("folder", type=Path)
    take.add_argument("--out", type=Path, required=True, help="the table to write, a .csv")
    take.add_argument("--seconds", type=float, default=20, help="of work for a cell or a function")
    take.add_argument("--total", type=float, default=300, help="seconds for a notebook")
    take.add_argument("--megabytes", type=int, default=2000, help="memory for a notebook")
    take.add_argument("--jobs", type=int, default=2, help="notebooks at a time")
    return top


def give(options):
    """Write an assignment."""
    import nbformat

    from lib.exercises import moodle
    from lib.exercises.assignment import Unusable, assignment, chosen_questions

    if not (options.out or options.moodle):
        raise Unusable("Say where to write it: --out hw.ipynb, --moodle hw.xml, or both.")
    questions = chosen_questions(options.questions)
    if options.out:
        notebook = assignment(questions, options.instance, options.title)
        nbformat.write(notebook, options.out)
        print(f"{options.out}: {len(questions)} questions, instance {options.instance}.")
    if options.moodle:
        text, left = moodle.quiz(questions)
        options.moodle.write_text(text, encoding="utf-8")
        print(f"{options.moodle}: {len(questions) - len(left)} questions, in all their instances.")
        if left:
            print(f"Not for Moodle, and left out: {', '.join(left)}.", file=sys.stderr)


def take(options):
    """Collect a class's notebooks."""
    from lib.exercises import classes
    from lib.exercises.returned import Limits

    limits = Limits(options.seconds, options.total, options.megabytes)
    done = classes.collect(options.folder, limits, jobs=options.jobs, say=classes.say)
    paths = classes.write_report(options.out, *done)
    print(f"{len(done[1])} files: {', '.join(map(str, paths))}.")


def main(arguments=None):
    """Do what the shell asks; nonsense gets one kind line and the exit code 2."""
    options = parser().parse_args(arguments)
    try:
        {"assignment": give, "collect": take}[options.command](options)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed. {NEEDS}", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
