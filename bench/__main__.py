"""Print one table: what the package costs beside a loop written by hand, and its budgets.

    python -m bench

It is a measurement and not a test: it ends well whatever it finds.
"""

from bench import additions, importing, logistic, network, softmax
from bench.timing import COLUMNS

BENCHMARKS = (logistic, softmax, network, additions, importing)
LINE = "{:<50} {:>24} {:>8} {:>8} {:>9} {:>9}  {}"


def duration(row):
    """Write the time of the first column with a unit that fits it."""
    size, unit = (1e-3, "ms") if row.unit >= 1e-3 else (1e-6, "µs")
    return f"{row.unit / size:.3g} {unit}" + (f" ({row.first})" if row.first else "")


def cells(row):
    """Write the multiples, and a dash for what is not installed."""
    return [f"{row.ratios[who]:.2f}x" if who in row.ratios else "–" for who in COLUMNS[1:]]


def verdict(row):
    """Say whether the package keeps to its budget."""
    return "within" if row.ratios["lib"] <= row.budget else "OVER"


def line(row):
    """Write one line of the table."""
    budget = "–" if row.budget == float("inf") else f"{row.budget:.2f}x"
    return LINE.format(row.name, duration(row), *cells(row), budget, verdict(row))


def main():
    """Run all benchmarks, and print each line as soon as it is known."""
    print(LINE.format("", f"{COLUMNS[0]} = 1x", *COLUMNS[1:], "lib may", ""))
    for benchmark in BENCHMARKS:
        for row in benchmark.rows():
            print(line(row), flush=True)


if __name__ == "__main__":
    main()
