"""Labels of other people beside this checkout (../shared/data/labels): not part of the project."""

import csv
from pathlib import Path


def labels(shared_data: Path, name: str) -> list[dict[str, str]]:
    """The rows of one file of labels."""
    with (shared_data / "labels" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
