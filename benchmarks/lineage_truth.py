"""How accurate are inferred relations and parents, compared with what the Hub reports for the same edges?

    python -m benchmarks.lineage_truth --data FOLDER     (recorded hubs and labels; tests/conftest.py documents the default location)
    python -m benchmarks.lineage_truth --draw edges.csv --seed 1     (edges by names, for a reader who fills in the column verdict)
    python -m benchmarks.lineage_truth --judged edges.csv            (what the reader found)

`by author` is the mean of each child author's share, so that an author of hundreds of similar models counts once. Unresolved (dangling)
parents are only those of listed children. In a recording that lacks pages, parents dangle although the Hub lists them. Their number is
estimated in two independent ways: by a count on all pages of that month, and by lists of later years.
"""

import argparse
import csv
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pyarrow as pa

from benchmarks.figure import show
from hublake.lake.enums import RELATIONS
from hublake.lake.repo_ids import author_of, is_at_floor, parse_time
from hublake.rules.architectures.architecture_families import family_in_tags
from hublake.rules.cards.front_matter import parse_fields, split_front_matter
from hublake.rules.lineage.canonical_names import canonical_home, canonical_name
from hublake.rules.lineage.card_statements import stated_parents
from hublake.rules.lineage.declared_parents import DeclaredParent, ModelMetadata, declared_parents
from hublake.rules.lineage.parent_inference import name_words
from hublake.rules.lineage.parent_references import ParentReference, parse_parent_references
from hublake.rules.lineage.parent_renames import ResolvedParent
from hublake.rules.lineage.relation_inference import ADAPTER_LIBRARIES, ADAPTER_TAGS, CONVERTED_TAGS, TRAINABLE_TAGS
from hublake.rules.lineage.tags import BASE_MODEL_TAG
from hublake.rules.listings.listed_models import model_row
from hublake.rules.listings.model_items import LISTED_MODEL
from hublake.spark_jobs.steps.inferred_parents import inferred_parents
from hublake.spark_jobs.steps.parent_claims import edges_from_claims
from hublake.spark_jobs.steps.parent_resolution import resolve_parents

Item = dict[str, Any]
# Plain base tags of all 760,000 models of July 2024, and how many of them name no listed model. hub2024 contains three of four pages of
# that listing; these numbers were counted on the complete crawl of the licence study that published it
# (github.com/TStalnaker44/hugging_face_analysis_replication).
FULL_HUB_TAGS, FULL_HUB_DANGLING = 126_650, 21_248
# The sentence that transformers' Trainer writes into a card.
TRAINER_SENTENCE = re.compile(r"fine-tuned version of \[[^\]\n]{0,200}\]\(https://huggingface\.co/([^)\s]{1,200})\)")
DRAWN = 150
SHOWN = 10  # of the models of one name, or of one author
CLAIMS = pa.schema(
    [(name, pa.string()) for name in ("child_id", "parent", "declared_parent", "relation", "evidence", "problem")]
    + [("is_relation_declared", pa.bool_()), ("confidence", pa.float64())]
)
METADATA = ("model_id", "tags", "file_names", "library_name", "hub_parents", "hub_relation")


def items(path: Path) -> Iterator[Item]:
    """Recorded listing items, one per line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def labels(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file by column."""
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def typed_relations(item: Item) -> dict[str, str]:
    """base -> relation, from typed tags."""
    typed = [tag.split(":", 2)[1:] for tag in item["tags"] if tag.startswith(BASE_MODEL_TAG) and tag.split(":", 2)[1] in RELATIONS]
    return {base: relation for relation, base in typed}


def inferred_relations(item: Item) -> dict[str, str]:
    """base -> relation, inferred from the item without the types of its tags."""
    bases = typed_relations(item)
    untyped = [tag for tag in item["tags"] if not any(tag.startswith(f"{BASE_MODEL_TAG}{relation}:") for relation in RELATIONS)]
    tags = [*dict.fromkeys([*untyped, *(f"{BASE_MODEL_TAG}{base}" for base in bases)])]
    row = model_row(LISTED_MODEL.validate(item | {"tags": tags}))
    return {parent.declared_parent: parent.relation for parent in declared_parents(ModelMetadata(**{name: row[name] for name in METADATA}))}


def print_relation_accuracy(name: str, pairs: Iterable[tuple[str, str, str]]) -> None:
    """Print the accuracy of (child, declared, inferred), the same by author, and recall and precision of each relation."""
    counted = Counter(pairs)
    total = counted.total()
    by_author: dict[str | None, Counter[bool]] = defaultdict(Counter)
    for (child, declared, inferred), count in counted.items():
        by_author[author_of(child)][declared == inferred] += count
    right = sum(count for (_, declared, inferred), count in counted.items() if declared == inferred)
    mean_by_author = sum(counts[True] / counts.total() for counts in by_author.values()) / len(by_author)
    show(f"{name}: correct relations, of {total:,}", 100 * right / total, unit="%", bar="95")
    show(f"{name}: the same by author, of {len(by_author):,}", 100 * mean_by_author, unit="%")
    for relation in RELATIONS:
        hits = sum(count for (_, declared, inferred), count in counted.items() if declared == inferred == relation)
        in_labels = sum(count for (_, declared, _), count in counted.items() if declared == relation)
        in_results = sum(count for (_, _, inferred), count in counted.items() if inferred == relation)
        print(f"  {relation}: recall {hits / max(in_labels, 1):.3f} of {in_labels}, precision {hits / max(in_results, 1):.3f}")


def models_table(hub: dict[str, Item]) -> pa.Table:
    """The models of one recorded listing as silver.lineage_edges reads them; a single listing has no former names."""
    return pa.table(
        {
            "model_id": pa.array(hub, pa.string()),
            "hub_id": pa.nulls(len(hub), pa.string()),
            "author": pa.array(map(author_of, hub), pa.string()),
            "created_at": pa.array(map(_created_at, hub.values()), pa.int64()),
            "is_created_at_floor": pa.array(map(_is_at_floor, hub.values()), pa.bool_()),
            "downloads_30d": pa.array((item.get("downloads") for item in hub.values()), pa.int64()),
            "is_adapter": pa.array(map(_is_adapter, hub.values()), pa.bool_()),
            "architecture": pa.array(map(_architecture, hub.values()), pa.string()),
            "is_whole": pa.array((item.get("pipeline_tag") is not None for item in hub.values()), pa.bool_()),
            "is_converted": pa.array(map(_is_converted, hub.values()), pa.bool_()),
        }
    )


def _is_adapter(item: Item) -> bool:
    """Whether silver.lineage_edges takes it for an adapter; the Hub's `library_name` is one of the tags where a recording lacks it."""
    marks = {str(mark).lower() for mark in (*item.get("tags", ()), item.get("library_name"))}
    return str(item.get("library_name") or "").lower() in ADAPTER_LIBRARIES or not ADAPTER_TAGS.isdisjoint(marks)


def _is_converted(item: Item) -> bool:
    tags = {tag.lower() for tag in item.get("tags", ())}
    return not tags.isdisjoint(CONVERTED_TAGS) and tags.isdisjoint(TRAINABLE_TAGS)


def _architecture(item: Item) -> str | None:
    """The model type among the tags, since recordings lack the models' configurations."""
    found = family_in_tags(item.get("tags", ()))
    return found and found[0]


def _is_at_floor(item: Item) -> bool:
    at = parse_time(str(item.get("createdAt") or ""))
    return at is not None and is_at_floor(at)


def _created_at(item: Item) -> int | None:
    at = parse_time(str(item.get("createdAt") or ""))
    return None if at is None else int(at.timestamp()) * 1_000_000


def print_name_accuracy(hub: dict[str, Item], truth: list[dict[str, str]]) -> None:
    """Print precision and recall of parents inferred from names. Labelled models that were not recorded are added to the listing."""
    children = {row["child_id"] for row in truth}
    models = models_table({row[end]: {} for row in truth for end in ("child_id", "parent_id")} | hub)
    declaring = pa.array((name for name in models["model_id"].to_pylist() if name not in children), pa.string())
    declared = pa.table({"child_id": declaring, "parent_id": pa.nulls(len(declaring), pa.string())})
    parents = {inferred.child_id: inferred.parent for inferred in inferred_parents(models, declared) if inferred.is_listed}
    pairs = {row["child_id"]: (parents.get(row["child_id"]), row["parent_id"]) for row in truth}
    found = [pair for pair in pairs.values() if pair[0]]
    right = sum(inferred == labelled for inferred, labelled in found)
    show(f"missing lineage: precision, of {len(found)} inferred", 100 * right / max(len(found), 1), unit="%", bar="90")
    show(f"missing lineage: recall, of {len(pairs)}", 100 * right / len(pairs), unit="%", bar="60")


def lineage_edges(hub: dict[str, Item], cards: dict[str, str]) -> pa.Table:
    """The edges of silver.lineage_edges of one recorded listing and its cards."""
    claims = [
        {"child_id": model_id} | parent._asdict() for model_id, item in hub.items() for parent in _declared(item, cards.get(model_id, ""))
    ]
    no_former_names = pa.table({"hub_id": pa.array([], pa.string()), "parent": pa.array([], pa.string())})
    return edges_from_claims(pa.Table.from_pylist(claims, CLAIMS), models_table(hub), no_former_names)


def _declared(item: Item, card: str) -> list[DeclaredParent]:
    if not card and not any("/" in tag or tag.startswith(BASE_MODEL_TAG) for tag in item["tags"]):
        return []
    row = model_row(LISTED_MODEL.validate(item))
    front_matter = split_front_matter(card)
    fields = parse_fields(front_matter.data or {})
    stated = stated_parents(front_matter.body, row["model_id"])
    of_card: Item = {"base_models": fields.base_models, "base_model_relation": fields.base_model_relation, "stated_parents": stated}
    return declared_parents(ModelMetadata(**{name: row[name] for name in METADATA}, **of_card))


def print_statement_accuracy(hub: dict[str, Item], cards: dict[str, str]) -> None:
    """Print how many models have the edge that the Trainer's sentence in the card states, where that parent is listed.

    And how many of the models with most dependants are copies of a canonical model.
    """
    edges = lineage_edges(hub, cards)
    parents: dict[str, set[str]] = defaultdict(set)
    for child, parent in zip(edges["child_id"].to_pylist(), edges["parent_id"].to_pylist(), strict=True):
        parents[child].add(parent)
    counts: Counter[str] = Counter()
    for model_id, card in cards.items():
        linked = TRAINER_SENTENCE.search(card)
        if linked and linked[1] in hub and linked[1] != model_id:
            found = parents[model_id]
            counts["right" if linked[1] in found else "other" if found else "none"] += 1
    total = max(counts.total(), 1)
    show(
        f"cards of 2022 that state a listed parent: with that edge, of {counts.total()}", 100 * counts["right"] / total, unit="%", bar="95"
    )
    show("  with another instead", 100 * counts["other"] / total, unit="%", bar="1")
    dependants = Counter(parent for child, of_child in parents.items() for parent in of_child if parent in hub and parent != child)
    copies = [name for name, _ in dependants.most_common(20) if _is_copy(name)]
    show("hub of 2022: copies of canonical models among the 20 with most dependants", len(copies), unit="models", bar="0")


def _is_copy(model_id: str) -> bool:
    own_name = model_id.rpartition("/")[2]
    return canonical_name(own_name) is not None and model_id not in (canonical_name(own_name), canonical_home(own_name))


def draw_edges_by_names(hub: dict[str, Item], path: Path, rng: Random) -> None:
    """Write drawn edges of evidence in_name, with what the listing says of both ends, of namesakes and of the author's similar models."""
    edges = lineage_edges(hub, {})
    ends = ("child_id", "parent_id", "relation", "parent_status")
    by_name = sorted(tuple(edge[end] for end in ends) for edge in edges.to_pylist() if edge["evidence"] == "in_name")
    print(Counter((relation, status) for _, _, relation, status in by_name))
    drawn = rng.sample(by_name, DRAWN)
    wanted = {tuple(name_words(parent)) for _, parent, _, _ in drawn}
    authors = {author_of(child) for child, _, _, _ in drawn}
    by_words: dict[tuple[str, ...], list[str]] = defaultdict(list)
    by_author: dict[str | None, list[str]] = defaultdict(list)
    for name in hub:
        if (words := tuple(name_words(name))) in wanted:
            by_words[words].append(name)
        if (author := author_of(name)) in authors:
            by_author[author].append(name)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*ends, "child", "parent", "models_of_that_name", "of_the_author", "verdict", "why"))
        for child, parent, *kind in drawn:
            words = tuple(name_words(parent))
            similar = [name for name in by_author[author_of(child)] if tuple(name_words(name)[:2]) == words[:2] and name != child]
            others = (_described(hub, names) for names in (by_words[words], similar))
            writer.writerow((child, parent, *kind, _described(hub, [child]), _described(hub, [parent]), *others, "", ""))


def _described(hub: dict[str, Item], names: list[str]) -> str:
    """The most downloaded of these models that are listed, one a line, with what tells them apart."""
    listed = sorted((name for name in names if name in hub), key=lambda name: -(hub[name].get("downloads") or 0))
    found = []
    for name in listed[:SHOWN]:
        item = hub[name]
        facts = (f"created {str(item.get('createdAt'))[:10]}", f"{item.get('downloads')} downloads", f"tags {' '.join(item['tags'][:12])}")
        found.append(f"{name}: {', '.join(facts)}")
    rest = len(listed) - SHOWN
    return "\n".join([*found, f"and {rest} more"] if rest > 0 else found)


def print_judged(path: Path) -> None:
    """Print the share of right edges, by relation and status of the parent."""
    verdicts = Counter((row["relation"], row["parent_status"], row["verdict"]) for row in labels(path))
    right = sum(count for (_, _, verdict), count in verdicts.items() if verdict == "right")
    show(f"edges by names: right, of {verdicts.total()}", 100 * right / verdicts.total(), unit="%", bar="93")
    for (relation, status, verdict), count in sorted(verdicts.items()):
        print(f"  {relation}, parent {status}, {verdict or 'not judged'}: {count}")


class Resolutions(NamedTuple):
    """Declared parents, counted by declaration: those that are listed, and of the others those resolved (by method) and unresolved."""

    listed: Counter[str]
    resolved: dict[str, Counter[str]]
    unresolved: Counter[str]

    def share(self, unrecorded: float = 0.0) -> float:
        """Resolved share of all dangling parents without the `unrecorded` ones, in per cent."""
        resolved = sum(names.total() for names in self.resolved.values())
        return 100 * resolved / max(resolved + self.unresolved.total() - unrecorded, 1)


def resolved_parents(hub: dict[str, Item]) -> Iterator[tuple[str, str, ResolvedParent | None]]:
    """(child, declared parent, listed model) of every base tag, resolved as in silver.lineage_edges.

    `resolved_by` is `present` if the parent itself is listed.
    """
    declared = [(child, parent.model_id) for child, item in hub.items() for parent in _bases(item)]
    children, parents = (pa.array([pair[end] for pair in declared], pa.string()) for end in (0, 1))
    nulls = pa.nulls(len(declared), pa.string())
    evidence = pa.repeat("plain_tag", len(declared))
    claims = pa.table({"child_id": children, "parent": parents, "declared_parent": parents, "evidence": evidence, "problem": nulls})
    no_former_names = pa.table({"hub_id": pa.array([], pa.string()), "parent": pa.array([], pa.string())})
    for edge in resolve_parents(claims, models_table(hub), no_former_names).to_pylist():
        is_missing = edge["parent_status"] == "missing"
        resolved = None if is_missing else ResolvedParent(edge["parent_id"], edge["resolved_by"] or "present")
        yield edge["child_id"], edge["declared_parent"], resolved


def count_resolutions(hub: dict[str, Item]) -> Resolutions:
    """The resolution of all declared parents of a recorded listing."""
    counts = Resolutions(Counter(), defaultdict(Counter), Counter())
    for _, parent, resolved in resolved_parents(hub):
        if resolved is None:
            counts.unresolved[parent] += 1
        elif resolved.resolved_by == "present":
            counts.listed[parent] += 1
        else:
            counts.resolved[resolved.resolved_by][parent] += 1
    return counts


def _bases(item: Item) -> Iterator[ParentReference]:
    tags = (tag.removeprefix(BASE_MODEL_TAG) for tag in item["tags"] if tag.startswith(BASE_MODEL_TAG))
    yield from (parent for tag in tags for parent in parse_parent_references(tag) if parent.problem is None)


def estimate_unrecorded(counts: Resolutions, later_names: set[str], rng: Random) -> float:
    """Estimate how many unresolved parents the Hub does list under exactly that name, on pages that the recording lacks.

    Capture and recapture (Lincoln 1930): in classes of equally many children, the share of listed parents that a second list contains is
    the share that it contains of the unrecorded ones. Both samples are redrawn with replacement (bootstrap), for an interval.
    """
    estimate = 0.0
    for low, high in pairwise((1, 2, 4, 11, 51, 1 << 60)):
        listed = [name for name, times in counts.listed.items() if low <= times < high]
        unresolved = [name for name, times in counts.unresolved.items() if low <= times < high]
        captured = sum(name in later_names for name in rng.choices(listed, k=len(listed))) / len(listed)
        recaptured = sum(name in later_names for name in rng.choices(unresolved, k=len(unresolved)))
        share = min(recaptured / captured / len(unresolved), 1.0) if captured else 0.0
        estimate += share * sum(counts.unresolved[name] for name in unresolved)
    return estimate


def print_resolution(hub: dict[str, Item], later_names: set[str]) -> None:
    """Print the share of the dangling parents that is resolved, in the recording and on the complete hub."""
    counts = count_resolutions(hub)
    total = counts.unresolved.total() + sum(names.total() for names in counts.resolved.values())
    for method, names in counts.resolved.items():
        print(f"  {method}: {names.total():,} of {len(names):,} names")
    show(f"dangling parents resolved, of {total:,} in the recording", counts.share(), unit="%", bar="75")
    tags = counts.listed.total() + total
    on_full_hub = FULL_HUB_DANGLING * tags / FULL_HUB_TAGS
    resolved = total - counts.unresolved.total()
    show(
        f"the same of the {on_full_hub:,.0f} that dangle on the complete hub, by its own count",
        100 * resolved / on_full_hub,
        unit="%",
        bar="75",
    )
    show("  by the Hub's moves of canonical models only", 100 * counts.resolved["moved"].total() / on_full_hub, unit="%", bar="75")
    estimates = sorted(estimate_unrecorded(counts, later_names, Random(seed)) for seed in range(200))
    low, median, high = estimates[5], estimates[100], estimates[194]
    print(f"  listed by the Hub under that name, on pages that were not recorded (estimate): {median:,.0f} ({low:,.0f} to {high:,.0f})")
    shares = [counts.share(estimate) for estimate in (median, low, high)]
    show("the same of the recording without these", shares[0], unit=f"% ({shares[1]:.1f} to {shares[2]:.1f})", bar="75")


def names_in_later_lists(data: Path) -> set[str]:
    """Models that lists of later years name."""
    names = {item["id"] for path in sorted((data / "hub2026").glob("models-*.jsonl.gz")) for item in items(path)}
    for path, columns in (("edges", ("source", "target")), ("metadata", ("id",))):
        names |= {row[column] for row in labels(data / "seed_network" / f"{path}.csv") for column in columns}
    return names


def main() -> None:
    """Measure on each label set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--draw", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judged", type=Path)
    given = parser.parse_args()
    if given.judged:
        print_judged(given.judged)
        return
    data = given.data
    hub = {item["id"]: item for item in items(data / "hub2024" / "models.jsonl.gz")}
    if given.draw:
        draw_edges_by_names(hub, given.draw, Random(given.seed))
        return
    rows = [row for row in labels(data / "labels" / "relation_types.csv") if row["child_id"] in hub]
    inferred = {child: inferred_relations(hub[child]) for child in {row["child_id"] for row in rows}}
    # A pair whose tag is spelt differently has the relation of the child's other bases: it is inferred once per model.
    print_relation_accuracy(
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
    pairs = [
        (item["id"], relation, inferred_relations(item).get(base, "none"))
        for item in recent
        for base, relation in typed_relations(item).items()
    ]
    print_relation_accuracy("hub of 2026, types hidden", pairs)
    print_name_accuracy(hub, labels(data / "labels" / "missing_lineage.csv"))
    print_statement_accuracy(
        {item["id"]: item for item in items(data / "hub2022" / "models.jsonl.gz")},
        {card["id"]: card.get("card") or "" for card in items(data / "hub2022" / "cards.jsonl.gz")},
    )
    print_resolution(hub, names_in_later_lists(data))


if __name__ == "__main__":
    main()
