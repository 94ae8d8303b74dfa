"""How often do the rules on licences and datasets agree with the labels of others, and how many references to datasets resolve?

    python -m benchmarks.rights_accuracy --data FOLDER     (labels/*.csv and a recorded hub; tests/conftest.py documents the location)
    python -m benchmarks.rights_accuracy --draw eval.csv --listing FILE... --seed 1    (rows with role eval, for a reader who judges them)

The halves of the labels that the project has are counted; the rules were not fitted to them entry by entry.
"""

import argparse
import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.figure import show
from benchmarks.silver_speed import RECORDED
from hublake.rules.datasets.dataset_renames import DatasetResolver, ListedDataset, own_name
from hublake.rules.datasets.dataset_roles import dataset_role, evaluated_datasets
from hublake.rules.datasets.declared_datasets import dataset_id, declared_datasets, is_placeholder
from hublake.rules.licenses.catalogue import license_catalogue
from hublake.rules.licenses.chain_labels import UNKNOWN, stalnaker_labels
from hublake.rules.licenses.compatibility import verdict_on_pair
from hublake.rules.licenses.resolved_licenses import resolve_license

FLOOR = "2022-03-02"  # creation of everything older than the Hub's record
DRAWN = 100
SUGGESTED = {"llama-2-community-license": "llama2", "llama-license": "llama1"}


class Share(NamedTuple):
    """`hits` of `total`."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        return self.hits / self.total


def labels(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one file of labels."""
    with (folder / "labels" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def verdicts(folder: Path) -> tuple[Share, Share]:
    """Verdicts and deciding clauses that equal those of a reader."""
    rows = labels(folder, "license_verdicts")
    found = [verdict_on_pair(row["parent_license"], row["child_license"], row["relation"]) for row in rows]
    same = [(ours.verdict == row["verdict"], ours.clause == row["clause"]) for ours, row in zip(found, rows, strict=True)]
    return Share(sum(verdict for verdict, _ in same), len(rows)), Share(sum(clause for _, clause in same), len(rows))


def osadl(folder: Path) -> tuple[int, Share]:
    """Pairs of licences of the Hub whose verdict contradicts OSADL's matrix, and those that are unknown."""
    licenses = {license.spdx_id: license.license for license in license_catalogue().values() if license.spdx_id}
    rows = [row for row in labels(folder, "license_compatibility_osadl") if {row["inbound"], row["outbound"]} <= set(licenses)]
    found = [(row["verdict"], verdict_on_pair(licenses[row["inbound"]], licenses[row["outbound"]], "finetune").verdict) for row in rows]
    contradictions = {("No", "ok"), ("Yes", "conflict"), ("Same", "conflict")}
    return sum(pair in contradictions for pair in found), Share(sum(ours == "unknown" for _, ours in found), len(found))


def clauses(folder: Path) -> Share:
    """Commercial use, modification and copyleft that equal those of choosealicense and ModelGo."""
    stated: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in labels(folder, "license_clauses"):
        if row["source"] in ("choosealicense", "modelgo") and row["license"] in license_catalogue():
            stated[row["license"], row["source"]].add(row["value"])
    same = []
    for (name, source), values in stated.items():
        ours = license_catalogue()[name]
        is_copyleft = bool(values & {"copyleft", "same-license", "same-license--file", "same-license--library"})
        may_sell, may_modify = ("commercial-use", "modifications") if source == "choosealicense" else ("commercial_use", "modify")
        same += [
            is_copyleft == (ours.share_alike in ("same_license", "file", "library")),
            (may_sell in values) == (ours.commercial_use == "yes"),
            (may_modify in values) == (ours.derivatives == "yes"),
        ]
    return Share(sum(same), len(same))


def chains(folder: Path) -> Share:
    """Chains whose mechanical labels are exactly those of the study."""
    rows = labels(folder, "license_chains")
    same = 0
    for row in rows:
        licenses: list[list[str]] = [[] if text == UNKNOWN else [text] for text in row["licenses"].split(" > ")]
        same += stalnaker_labels(row["chain"].split(" > "), licenses) == sorted(row["labels"].split())
    return Share(same, len(rows))


def licenses_of_other(folder: Path) -> Share:
    """Suggested names and links that resolve to the suggested licence."""
    rows = labels(folder, "license_of_other")
    found = [resolve_license("other", row["suggested_license_name"], row["suggested_license_link"]) for row in rows]
    right = [ours and ours.license == SUGGESTED.get(row["suggested_license_name"]) for ours, row in zip(found, rows, strict=True)]
    return Share(sum(map(bool, right)), len(rows))


class RecordedDatasets:
    """The datasets of a recorded hub, and how often its models name each."""

    def __init__(self, folder: Path) -> None:
        self.listed = {}
        for item in _items(folder / "datasets.jsonl.gz"):
            self.listed[item["id"]] = ListedDataset(item["id"], item.get("downloads") or 0, item["createdAt"].startswith(FLOOR))
        named: Counter[str] = Counter()
        for item in _items(folder / "models.jsonl.gz", containing=b'"dataset:'):
            named.update({dataset_id(tag[8:].strip()) for tag in item["tags"] if tag.startswith("dataset:")})
        self.named = Counter({name: count for name, count in named.items() if name and not is_placeholder(name)})
        own_names = {own_name(name) for name in named}
        candidates = [dataset for name, dataset in self.listed.items() if own_name(name) in own_names]
        accounts = {name.partition("/")[0].lower() for name in self.listed if "/" in name}
        self.resolver = DatasetResolver(set(named) - set(self.listed), candidates, accounts, {})

    def resolved(self) -> Share:
        """References that are no placeholder and resolve to a listed dataset."""
        found = sum(count for name, count in self.named.items() if name in self.listed or self.resolver.resolve(name))
        return Share(found, self.named.total())

    def answers(self, folder: Path) -> tuple[Share, Share]:
        """Labelled bare names that have an answer, and answers that are right; a name that means no dataset must have none."""
        rows = labels(folder, "dataset_names")
        found = [(row, None if is_placeholder(row["declared"]) else self.resolver.resolve(row["declared"])) for row in rows]
        answers = [(row["dataset_id"], answer.dataset_id) for row, answer in found if answer]
        meant = sum(bool(row["dataset_id"]) for row in rows)
        return Share(sum(bool(right) for right, _ in answers), meant), Share(sum(right == ours for right, ours in answers), len(answers))


def draw_evaluated(listings: list[Path], seed: int) -> list[tuple[str, str, str]]:
    """(model, dataset, evidence) of DRAWN rows with role eval, of models known by their listing only; all if there are fewer."""
    items = {item["id"]: item for listing in listings for item in _items(listing)}
    found = []
    for name, item in sorted(items.items()):
        evaluated = evaluated_datasets(json.dumps(item.get("cardData")) if item.get("cardData") else None)
        for declared in declared_datasets([], [], item["tags"]):
            role, evidence = dataset_role(declared, evaluated, item["tags"])
            if role == "eval":
                found.append((name, declared.value, evidence or ""))
    Random(seed).shuffle(found)
    return found[:DRAWN]


def _items(path: Path, containing: bytes = b"") -> Iterator[dict[str, Any]]:
    with gzip.open(path) as lines:
        yield from (json.loads(line) for line in lines if containing in line)


def main() -> None:
    """Print each share with its bar, or draw rows for a reader."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=RECORDED.parent)
    parser.add_argument("--draw", type=Path, help="file for the drawn rows")
    parser.add_argument("--listing", type=Path, nargs="+", default=[], help="recorded listings to draw from, oldest first")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.draw:
        with args.draw.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines).writerows([("model_id", "dataset_id", "evidence"), *draw_evaluated(args.listing, args.seed)])
        return
    verdict, clause = verdicts(args.data)
    _show("verdicts that equal a reader's", verdict, "0.95")
    _show("deciding clauses that equal a reader's", clause, "0.90")
    contradictions, unknown = osadl(args.data)
    show("pairs that contradict OSADL's matrix", contradictions, unit=f"of {unknown.total}", bar="0")
    _show("pairs of OSADL's matrix that are unknown", unknown, "at most 0.15")
    _show("clauses that equal choosealicense and ModelGo", clauses(args.data), "0.97")
    _show("chains with exactly the labels of the study", chains(args.data), "1.00")
    _show("licences behind other that resolve rightly", licenses_of_other(args.data), "0.90")
    recorded = RecordedDatasets(args.data / RECORDED.name)
    answered, right = recorded.answers(args.data)
    _show("labelled names of datasets with an answer", answered, "0.80")
    _show("answers that are right", right, "0.95")
    _show("references that resolve to a listed dataset", recorded.resolved(), "0.85")


def _show(what: str, share: Share, bar: str) -> None:
    show(what, share.value, unit=f"({share.hits:,} of {share.total:,})", bar=bar)


if __name__ == "__main__":
    main()
