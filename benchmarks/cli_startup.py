"""How much CPU do `hublake --help`, each `COMMAND --help`, `tables NAME` and `report` take, compared with `python -c pass`?

python -m benchmarks.cli_startup [--runs N] [--warehouse PATH]      medians of N runs; `report` only with a warehouse
"""

import argparse
import resource
import statistics
import subprocess
import sys
from importlib.metadata import entry_points

from benchmarks.figure import show

HELP_BAR, TABLES_BAR, REPORT_BAR = 0.4, 0.6, 3.0


def child_cpu_seconds(*arguments: str) -> float:
    """Run Python with these arguments and return the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure each command, compared with an empty Python process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--warehouse", help="published tables, for `hublake report`")
    options = parser.parse_args()

    def median(*arguments: str) -> float:
        return statistics.median(child_cpu_seconds(*arguments) for _ in range(options.runs))

    def compare(bar: float, *arguments: str) -> None:
        seconds = median("-m", "hublake.lake.cli", *arguments)
        show(f"hublake {' '.join(arguments)}", seconds, empty, unit="s of CPU", peer_name="python -c pass", bar=f"{bar} s")

    empty = median("-c", "pass")
    compare(HELP_BAR, "--help")
    for name in sorted(point.name for point in entry_points(group="hublake.commands")):
        compare(HELP_BAR, name, "--help")
    compare(TABLES_BAR, "tables", "model_impact")
    if options.warehouse:
        compare(REPORT_BAR, "report", "--warehouse", options.warehouse)


if __name__ == "__main__":
    main()
