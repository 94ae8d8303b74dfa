"""Sum Spark's event log by table: what each job read, wrote, shuffled and spilled. Works on a running application too.

    python -m hublake.spark_jobs.engine.event_log demo/warehouse/_logs/events       the folder spark.eventLog.dir of one or more builds

The engine sets Spark's job group to the name of the table that it builds; Spark logs every task with its metrics.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hublake.lake.terminal import echo

NO_TABLE = "(between tables)"


@dataclass
class TaskMetrics:
    """Sums over the tasks of one table: bytes of files read and written, of shuffles, spilled to disk; core seconds."""

    tasks: int = 0
    core_seconds: float = 0.0
    read_bytes: int = 0
    written_bytes: int = 0
    shuffled_bytes: int = 0
    spilled_bytes: int = 0

    def add(self, metrics: dict[str, Any]) -> None:
        """Add the `Task Metrics` of one ended task."""
        self.tasks += 1
        self.core_seconds += metrics["Executor Run Time"] / 1000
        self.read_bytes += metrics["Input Metrics"]["Bytes Read"]
        self.written_bytes += metrics["Output Metrics"]["Bytes Written"]
        self.shuffled_bytes += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
        self.spilled_bytes += metrics["Disk Bytes Spilled"]


def metrics_by_table(events: Iterable[dict[str, Any]]) -> dict[str, TaskMetrics]:
    """Table -> metrics, in the order in which their first tasks ended. A task that failed before it ran has no metrics."""
    tables: dict[int, str] = {}
    found: dict[str, TaskMetrics] = {}
    for event in events:
        if event["Event"] == "SparkListenerJobStart":
            table = event.get("Properties", {}).get("spark.jobGroup.id", NO_TABLE)
            tables |= dict.fromkeys(event["Stage IDs"], table)
        elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
            found.setdefault(tables.get(event["Stage ID"], NO_TABLE), TaskMetrics()).add(event["Task Metrics"])
    return found


def read_events(application: Path) -> Iterator[dict[str, Any]]:
    """The events of one application: a file, or a folder of consecutive files. Skips a last line that is only half written."""
    is_folder = application.is_dir()
    files = sorted(application.glob("events_*"), key=lambda path: int(path.name.split("_")[1])) if is_folder else [application]
    for path in files:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):
                    yield json.loads(line)


def format_metrics(found: dict[str, TaskMetrics]) -> str:
    """One line for each table, sizes in MB."""
    lines = [f"{'':28} {'tasks':>7} {'core s':>8} {'read MB':>9} {'written MB':>10} {'shuffled MB':>11} {'spilled MB':>10}"]
    for table, sums in found.items():
        sizes = [size / 1e6 for size in (sums.read_bytes, sums.written_bytes, sums.shuffled_bytes, sums.spilled_bytes)]
        lines.append(
            f"{table:28} {sums.tasks:>7,} {sums.core_seconds:>8.1f} {sizes[0]:>9.1f} {sizes[1]:>10.1f} {sizes[2]:>11.1f} {sizes[3]:>10.1f}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    for application in sorted(Path(sys.argv[1]).iterdir(), key=lambda path: path.stat().st_mtime):
        echo(f"{application.name}\n{format_metrics(metrics_by_table(read_events(application)))}\n")
