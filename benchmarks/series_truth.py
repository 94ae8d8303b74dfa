"""How often does the rule find the series that a reader finds in a model's name, and the series that a model was built on?

    python -m benchmarks.series_truth --data FOLDER     (labels and recorded hubs; tests/conftest.py documents the default location)

The labels of swallow are families of base models, coarser than series: sarashina2 for sarashina2.2, and qwen3-swallow for a series that
the vendor built on qwen3. `own or origin` accepts either series of the name, `coarse` also a family without the minor version. Lineage,
which decides in gold.model_series, is not used here.

The days in labels/release_dates.csv are used as curated dates: how far do they move the median days between the releases of the vendors
that they name? Releases of the recorded hubs are defined as in gold.model_series: no copies, and no models that their vendor built on
another one of the same series. Where a vendor has two releases and the curated day of one is days after its creation, the only gap must
change by that many days; these vendors are counted on a line of their own.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

from benchmarks.figure import show
from benchmarks.lineage_truth import items
from hublake.lake.repo_ids import author_of, is_at_floor, parse_time
from hublake.rules.vendors import model_names
from hublake.rules.vendors.model_names import ModelName, parse_model_name
from hublake.rules.vendors.release_cadence import release_cadence, release_day
from hublake.spark_jobs.dataframes.python_workers import reduce_gc_frequency

Label = dict[str, str]
TIMED_NAMES = 200_000
FREQUENT = 10  # from this many releases the correction of one hardly moves the median
RECORDED = ("hub2024/models.jsonl.gz", "hub2026/models-2026-08-21.jsonl.gz")


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
    cadence_figures(folder)
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
    with patch.object(model_names, "_lines", dict), patch.object(model_names, "_owners", frozenset):
        _show_exact("series by pattern alone", labels, [parse_model_name(label["model_id"]) for label in labels])


def _show_exact(what: str, labels: Sequence[Label], found: Sequence[ModelName], bars: tuple[str, str] = ("", "")) -> None:
    answered = [(label["series"], parsed.series) for label, parsed in zip(labels, found, strict=True) if parsed.series]
    show(f"{what}, answered", len(answered) / len(labels), unit=f"of {len(labels)}", bar=bars[0])
    show(f"{what}, exact where answered", sum(wanted == series for wanted, series in answered) / len(answered), unit="", bar=bars[1])


def origin_figures(labels: Sequence[Label]) -> None:
    """The series that the name says the model was built on; for a vendor's own model its own series."""
    found = [parse_model_name(label["model_id"]) for label in labels]
    pairs = [
        (label["series"], parsed.origin_in_name or parsed.series, parsed.series or "") for label, parsed in zip(labels, found, strict=True)
    ]
    either = [wanted in (origin, own) for wanted, origin, own in pairs]
    coarse = [wanted in (_without_minor(origin or ""), _without_minor(own)) for wanted, origin, own in pairs]
    show("origin, exact", sum(wanted == origin for wanted, origin, _ in pairs) / len(pairs), unit=f"of {len(pairs)}")
    show("origin, own or origin", sum(either) / len(pairs), unit=f"of {len(pairs)}")
    coarse_share = sum(map(any, zip(either, coarse, strict=True))) / len(pairs)
    show("origin, coarse", coarse_share, unit=f"of {len(pairs)}", bar="0.90")


def _without_minor(series: str) -> str:
    """sarashina2 of sarashina2.2, llama-3 of llama-3.1."""
    return series.rpartition(".")[0]


def cadence_figures(folder: Path) -> None:
    """How many vendors have the same median days between releases, give or take a day, by creation and by curated days."""
    with (folder / "labels/release_dates.csv").open(encoding="utf-8") as lines:
        # The days of epoch are those of papers, often years before the repository.
        released = [label for label in csv.DictReader(lines) if label["source"] != "epoch"]
    curated = {label["model_id"]: date.fromisoformat(label["release_date"]).toordinal() for label in released}
    of_series: dict[tuple[str | None, str], set[int]] = defaultdict(set)
    for model_id, day in curated.items():
        of_series[author_of(model_id), parse_model_name(model_id).series or model_id].add(day)
    created: dict[str | None, set[tuple[str, int]]] = defaultdict(set)
    public: dict[str | None, set[tuple[str, int]]] = defaultdict(set)
    vendors = {author for author, _ in of_series}
    for model_id, day in _recorded(folder, vendors):
        author, series = author_of(model_id), parse_model_name(model_id).series or ""
        created[author].add((series, day))
        public[author].add((series, release_day(day, curated.get(model_id), of_series.get((author, series), ())) or day))
    gaps = {author: abs(_median(created[author]) - _median(public[author])) for author in created if len(created[author]) > 1}
    for least in (2, 3, FREQUENT):
        kept = [gap for author, gap in gaps.items() if len(created[author]) >= least]
        what = f"vendors of {least} releases or more whose cadence by curated days is within a day"
        show(what, sum(gap <= 1 for gap in kept) / len(kept), unit=f"of {len(kept)}", bar="0.95")
    only = [author for author, gap in gaps.items() if gap > 1 and len(created[author]) == 2]
    show("vendors whose only gap begins or ends on a corrected day", len(only), unit=f"of {len(gaps)}")


def _recorded(folder: Path, vendors: Collection[str | None]) -> Iterator[tuple[str, int]]:
    """(model_id, day of its creation) of the vendors' recorded releases; none at the Hub's floor."""
    for hub in RECORDED:
        for item in items(folder / hub):
            at = parse_time(item.get("createdAt") or "")
            if at and not is_at_floor(at) and author_of(item["id"]) in vendors and _is_release(item):
                yield item["id"], at.date().toordinal()


def _is_release(item: dict[str, Any]) -> bool:
    """Whether it is neither a copy nor built on a model of its own series; without a series, on no model of its vendor."""
    model_id = item["id"]
    parsed = parse_model_name(model_id)
    parents = {tag.rpartition(":")[2] for tag in item.get("tags") or () if tag.startswith("base_model:")} - {model_id}
    own = [parse_model_name(parent).series for parent in parents if author_of(parent) == author_of(model_id)]
    return not parsed.is_quantised and not (parsed.series in own if parsed.series else own)


def _median(releases: Collection[tuple[str, int]]) -> float:
    days = [day for _, day in releases]
    return release_cadence(days, today=max(days)).median_days_between or 0.0


if __name__ == "__main__":
    main()
