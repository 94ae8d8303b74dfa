"""Are inferred relations and parents right? Against what the Hub said of the same edges, by label set and by author.

    python -m benchmarks.lineage_truth --data FOLDER     (recorded hubs and labels; see tests/conftest.py for where they are looked for)

`by author` is the mean over child authors of each one's share, so that one who publishes hundreds alike counts once. Of dangling
parents only those of listed children are seen. A recording that lacks pages makes parents dangle that the Hub lists. How many do not is
told in two ways that know nothing of each other: by a count on all pages of that month, and by lists of later years.
"""

import argparse
import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pyarrow as pa

from benchmarks.figure import show
from hublake.lake.enums import RELATIONS
from hublake.lake.repo_ids import author_of, parse_time
from hublake.rules.lineage.declared_parents import BASE_MODEL_TAG, ModelFacts, declared_parents
from hublake.rules.lineage.parent_names import ParentName, parent_names
from hublake.rules.lineage.parent_renames import Resolved
from hublake.rules.listings.models import LISTED, model_facts
from hublake.spark_jobs.steps.parent_resolution import resolved_parents
from hublake.spark_jobs.steps.parents_in_names import parents_in_names

Item = dict[str, Any]
# Plain base tags of all 760,000 models of July 2024, of which hub2024 is three pages of four, and how many of them name no listed model:
# counted on the whole crawl of the licence study that published it (github.com/TStalnaker44/hugging_face_analysis_replication).
WHOLE_TAGS, WHOLE_DANGLING = 126_650, 21_248
READ = ("model_id", "tags", "file_names", "library_name", "hub_parents", "hub_relation")


def items(path: Path) -> Iterator[Item]:
    """Recorded list items, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def labels(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file by column."""
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def relation_said(item: Item) -> dict[str, str]:
    """base -> relation, from typed tags."""
    typed = [tag.split(":", 2)[1:] for tag in item["tags"] if tag.startswith(BASE_MODEL_TAG) and tag.split(":", 2)[1] in RELATIONS]
    return {base: relation for relation, base in typed}


def relation_inferred(item: Item) -> dict[str, str]:
    """base -> relation, with the types hidden."""
    bases = relation_said(item)
    shown = [tag for tag in item["tags"] if not any(tag.startswith(f"{BASE_MODEL_TAG}{relation}:") for relation in RELATIONS)]
    hidden = [*dict.fromkeys([*shown, *(f"{BASE_MODEL_TAG}{base}" for base in bases)])]
    facts = model_facts(LISTED.item(item | {"tags": hidden}))
    return {parent.declared_parent: parent.relation for parent in declared_parents(ModelFacts(**{name: facts[name] for name in READ}))}


def tell_relations(name: str, judged: Iterable[tuple[str, str, str]]) -> None:
    """Print the share right of (child, said, inferred), the same by author, and recall and precision of each relation."""
    seen = Counter(judged)
    total = seen.total()
    by_author: dict[str | None, Counter[bool]] = defaultdict(Counter)
    for (child, said, inferred), count in seen.items():
        by_author[author_of(child)][said == inferred] += count
    right = sum(count for (_, said, inferred), count in seen.items() if said == inferred)
    fair = sum(counts[True] / counts.total() for counts in by_author.values()) / len(by_author)
    show(f"{name}: relations right, of {total:,}", 100 * right / total, unit="%", bar="95")
    show(f"{name}: the same by author, of {len(by_author):,}", 100 * fair, unit="%")
    for relation in RELATIONS:
        hits = sum(count for (_, said, inferred), count in seen.items() if said == inferred == relation)
        said_so = sum(count for (_, said, _), count in seen.items() if said == relation)
        inferred_so = sum(count for (_, _, inferred), count in seen.items() if inferred == relation)
        print(f"  {relation}: recall {hits / max(said_so, 1):.3f} of {said_so}, precision {hits / max(inferred_so, 1):.3f}")


def listed(hub: dict[str, Item]) -> pa.Table:
    """What silver.lineage_edges knows of the models of one recorded listing, which has no former names."""
    return pa.table(
        {
            "model_id": pa.array(hub, pa.string()),
            "hub_id": pa.nulls(len(hub), pa.string()),
            "author": pa.array(map(author_of, hub), pa.string()),
            "created_at": pa.array(map(_created, hub.values()), pa.int64()),
            "downloads_30d": pa.array((item.get("downloads") for item in hub.values()), pa.int64()),
        }
    )


def _created(item: Item) -> int | None:
    at = parse_time(str(item.get("createdAt") or ""))
    return None if at is None else int(at.timestamp()) * 1_000_000


def tell_missing(hub: dict[str, Item], truth: list[dict[str, str]]) -> None:
    """Print precision and recall of parents told by names; models on pages that were not recorded are put into the listing."""
    children = {row["child_id"] for row in truth}
    known = listed({row[end]: {} for row in truth for end in ("child_id", "parent_id")} | hub)
    others = pa.array((name for name in known["model_id"].to_pylist() if name not in children), pa.string())
    names = {told.child_id: told.parent for told in parents_in_names(known, others)}
    found = {row["child_id"]: (names.get(row["child_id"]), row["parent_id"]) for row in truth}
    told = [pair for pair in found.values() if pair[0]]
    right = sum(parent == said for parent, said in told)
    show(f"missing lineage: precision, of {len(told)} told", 100 * right / max(len(told), 1), unit="%", bar="90")
    show(f"missing lineage: recall, of {len(found)}", 100 * right / len(found), unit="%", bar="60")


class Dangling(NamedTuple):
    """Declared parents, each as often as it is declared: `listed`, resolved (by way) and left, of those that are not listed."""

    listed: Counter[str]
    resolved: dict[str, Counter[str]]
    left: Counter[str]

    def share(self, unrecorded: float = 0.0) -> float:
        """Resolved of all that dangle, `unrecorded` of them left out, in per cent."""
        resolved = sum(names.total() for names in self.resolved.values())
        return 100 * resolved / max(resolved + self.left.total() - unrecorded, 1)


def resolutions(hub: dict[str, Item]) -> Iterator[tuple[str, str, Resolved | None]]:
    """(child, declared parent, the model that is meant) of every base tag, as silver.lineage_edges resolves it.

    The way is `present` where the parent is listed.
    """
    declared = [(child, name.name) for child, item in hub.items() for name in _bases(item)]
    children, parents = (pa.array([pair[end] for pair in declared], pa.string()) for end in (0, 1))
    nothing = pa.nulls(len(declared), pa.string())
    evidence = pa.repeat("plain_tag", len(declared))
    readings = pa.table({"child_id": children, "parent": parents, "declared_parent": parents, "evidence": evidence, "problem": nothing})
    no_former_names = pa.table({"hub_id": pa.array([], pa.string()), "parent": pa.array([], pa.string())})
    for edge in resolved_parents(readings, listed(hub), no_former_names).to_pylist():
        told = None if edge["parent_status"] == "missing" else Resolved(edge["parent_id"], edge["resolved_by"] or "present")
        yield edge["child_id"], edge["declared_parent"], told


def dangling(hub: dict[str, Item]) -> Dangling:
    """What becomes of all declared parents of a recorded listing."""
    found = Dangling(Counter(), defaultdict(Counter), Counter())
    for _, parent, told in resolutions(hub):
        (found.left if told is None else found.listed if told.way == "present" else found.resolved[told.way])[parent] += 1
    return found


def _bases(item: Item) -> Iterator[ParentName]:
    tags = (tag.removeprefix(BASE_MODEL_TAG) for tag in item["tags"] if tag.startswith(BASE_MODEL_TAG))
    yield from (name for tag in tags for name in parent_names(tag) if name.problem is None)


def unrecorded(found: Dangling, others: set[str], chance: Random) -> float:
    """How many of the parents that are left are listed by the Hub under that very name, on pages that the recording lacks.

    Capture and recapture (Lincoln 1930): the part of listed parents that a second list holds, in classes of equally many children,
    is the part that it would hold of the unrecorded ones. Both are drawn anew with replacement, for an interval.
    """
    estimate = 0.0
    for low, high in pairwise((1, 2, 4, 11, 51, 1 << 60)):
        listed = [name for name, times in found.listed.items() if low <= times < high]
        left = [name for name, times in found.left.items() if low <= times < high]
        caught = sum(name in others for name in chance.choices(listed, k=len(listed))) / len(listed)
        again = sum(name in others for name in chance.choices(left, k=len(left)))
        part = min(again / caught / len(left), 1.0) if caught else 0.0
        estimate += part * sum(found.left[name] for name in left)
    return estimate


def tell_dangling(hub: dict[str, Item], others: set[str]) -> None:
    """Print which share of the declared parents that are not listed is resolved: of the recording, and of the Hub behind it."""
    found = dangling(hub)
    total = found.left.total() + sum(names.total() for names in found.resolved.values())
    for way, names in found.resolved.items():
        print(f"  {way}: {names.total():,} of {len(names):,} names")
    show(f"dangling parents resolved, of {total:,} in the recording", found.share(), unit="%", bar="75")
    tags = found.listed.total() + total
    truly = WHOLE_DANGLING * tags / WHOLE_TAGS
    resolved = total - found.left.total()
    show(f"the same of the {truly:,.0f} that dangle on the whole hub, by its own count", 100 * resolved / truly, unit="%", bar="75")
    show("  by the Hub's moves of canonical models alone", 100 * found.resolved["moved"].total() / truly, unit="%", bar="75")
    drawn = sorted(unrecorded(found, others, Random(seed)) for seed in range(200))  # no secret
    low, middle, high = drawn[5], drawn[100], drawn[194]
    print(f"  listed by the Hub under that name, on pages not recorded (estimate): {middle:,.0f} ({low:,.0f} to {high:,.0f})")
    shares = [found.share(estimate) for estimate in (middle, low, high)]
    show("the same of the recording without these", shares[0], unit=f"% ({shares[1]:.1f} to {shares[2]:.1f})", bar="75")


def known_later(data: Path) -> set[str]:
    """Models that lists of later years name."""
    names = {item["id"] for path in sorted((data / "hub2026").glob("models-*.jsonl.gz")) for item in items(path)}
    for path, columns in (("edges", ("source", "target")), ("metadata", ("id",))):
        names |= {row[column] for row in labels(data / "seed_network" / f"{path}.csv") for column in columns}
    return names


def main() -> None:
    """All label sets, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    data = parser.parse_args().data
    hub = {item["id"]: item for item in items(data / "hub2024" / "models.jsonl.gz")}
    rows = [row for row in labels(data / "labels" / "relation_types.csv") if row["child_id"] in hub]
    inferred = {child: relation_inferred(hub[child]) for child in {row["child_id"] for row in rows}}
    # A pair whose tag is written otherwise has the relation of the child's other bases: it is inferred once for the model.
    tell_relations(
        "hub of 2024, typed later",
        (
            (
                r["child_id"],
                r["relation"],
                inferred[r["child_id"]].get(r["parent_id"]) or next(iter(inferred[r["child_id"]].values()), "finetune"),
            )
            for r in rows
        ),
    )
    recent = list(items(data / "hub2026" / "models-2026-08-21.jsonl.gz"))
    judged = [
        (item["id"], said, relation_inferred(item).get(base, "none")) for item in recent for base, said in relation_said(item).items()
    ]
    tell_relations("hub of 2026, types hidden", judged)
    tell_missing(hub, labels(data / "labels" / "missing_lineage.csv"))
    tell_dangling(hub, known_later(data))


if __name__ == "__main__":
    main()
