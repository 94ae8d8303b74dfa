"""How often does the rule find the series that a reader finds in a model's name, and the series that a model was built on?

    python -m benchmarks.series_truth --data FOLDER     (labels/series.csv and hub2024/models.jsonl.gz below it)

The labels of swallow are families of base models, coarser than series: sarashina2 for sarashina2.2, and qwen3-swallow for a series that
the vendor built on qwen3. `own or origin` accepts either series of the name, `coarse` also a family without the minor version. Lineage,
which decides in gold.model_series, is not used here.
"""

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from unittest.mock import patch

from benchmarks.figure import show
from benchmarks.lineage_truth import items
from hublake.rules.vendors import model_names
from hublake.rules.vendors.model_names import ModelName, parse_model_name
from hublake.spark_jobs.dataframes.python_workers import reduce_gc_frequency

Label = dict[str, str]
TIMED_NAMES = 200_000


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    folder: Path = parser.parse_args().data
    with (folder / "labels/series.csv").open(encoding="utf-8") as lines:
        labels = list(csv.DictReader(lines))
    series_figures([label for label in labels if label["source"] == "hand_rule"])
    origin_figures([label for label in labels if label["source"] == "swallow"])
    names = [item["id"] for item, _ in zip(items(folder / "hub2024/models.jsonl.gz"), range(TIMED_NAMES), strict=False)]
    model_names._scan.cache_clear()
    reduce_gc_frequency()  # as in the workers of the job
    started = process_time()
    methods = [parse_model_name(name).method for name in names]
    show("parsing, CPU per name", (process_time() - started) / len(names) * 1e6, unit="µs", bar="19, which is 60 s for 3.1 million")
    show("names of the Hub with a series", 1 - methods.count("none") / len(names), unit="of all")
    show("names of the Hub with a line of the list", methods.count("curated") / len(names), unit="of all")


def series_figures(labels: Sequence[Label]) -> None:
    """Exact series, also without the list of lines: the measure of the confidence of `pattern`."""
    found = [parse_model_name(label["model_id"]) for label in labels]
    _show_exact("series", labels, found, bars=("0.85", "0.95"))
    model_names._scan.cache_clear()
    with patch.object(model_names, "_lines", dict), patch.object(model_names, "_owners", frozenset):
        _show_exact("series by pattern alone", labels, [parse_model_name(label["model_id"]) for label in labels])
    model_names._scan.cache_clear()


def _show_exact(what: str, labels: Sequence[Label], found: Sequence[ModelName], bars: tuple[str, str] = ("", "")) -> None:
    answered = [(label["series"], parsed.series) for label, parsed in zip(labels, found, strict=True) if parsed.series]
    show(f"{what}, answered", len(answered) / len(labels), unit=f"of {len(labels)}", bar=bars[0])
    show(f"{what}, exact where answered", sum(wanted == series for wanted, series in answered) / len(answered), unit="", bar=bars[1])


def origin_figures(labels: Sequence[Label]) -> None:
    """The series that the name says the model was built on; for a vendor's own model its own series."""
    found = [parse_model_name(label["model_id"]) for label in labels]
    pairs = [
        (label["series"], parsed.origin_series or parsed.series, parsed.series or "") for label, parsed in zip(labels, found, strict=True)
    ]
    either = [wanted in (origin, own) for wanted, origin, own in pairs]
    coarse = [is_right or own.rpartition(".")[0] == wanted for is_right, (wanted, _, own) in zip(either, pairs, strict=True)]
    show("origin, exact", sum(wanted == origin for wanted, origin, _ in pairs) / len(pairs), unit=f"of {len(pairs)}")
    show("origin, own or origin", sum(either) / len(pairs), unit=f"of {len(pairs)}", bar="0.90")
    show("origin, coarse", sum(coarse) / len(pairs), unit=f"of {len(pairs)}")


if __name__ == "__main__":
    main()
