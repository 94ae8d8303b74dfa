"""How right are tasks that are inferred, compared with what cards name, what the Hub lists and what people read?

    python -m benchmarks.task_truth --data FOLDER     (recorded hubs and labels; tests/conftest.py documents the default location)

hidden: models of 2022 whose card names its task, with card and Hub hidden; most of these cards name it because the class says another.
card text: against what people read off cards, and on more cards against the Hub's field for the same tasks. Inferred by class, that
field cannot be right for every card (a summarizer is listed under text2text-generation), so the second figure is a lower bound.
by source: against the Hub's field of July 2024, which follows from the library and the class too.
"""

import argparse
import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.figure import show
from hublake.rules.cards.front_matter import parse_fields, split_front_matter
from hublake.rules.declared_values import tag_values
from hublake.rules.tasks.class_tasks import strongest_of_classes
from hublake.rules.tasks.library_tasks import library_tasks
from hublake.rules.tasks.strongest_task import FoundTask, strongest_task
from hublake.rules.tasks.task_phrases import task_in_name, task_in_text
from hublake.rules.tasks.vocabulary import task_of, tasks

Item = dict[str, Any]
CONFIDENCE_OF_TAG = 0.7
MIN_WORDS = 60  # of a card that says anything


def items(path: Path) -> Iterator[Item]:
    """Recorded listing items, one per line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def inferred(item: Item, text: str | None = None) -> list[FoundTask]:
    """The tasks of an item without its pipeline_tag, in the listing, in its tags and in its card."""
    known, tags = library_tasks(), item["tags"]
    libraries = [name for name in dict.fromkeys([(item.get("library_name") or "").lower(), *tags]) if name in known]
    library = max(
        (known[name] for name in libraries if name not in tags or known[name].counts_as_tag), key=lambda of: of.confidence, default=None
    )
    classes = (item.get("config") or {}).get("architectures") or []
    by_source = {
        "architecture": strongest_of_classes(classes[:1]),
        "name": task_in_name(item["id"]),
        "card_text": task_in_text(text) if text else None,
    }
    found = [FoundTask(task.task, source, task.confidence) for source, task in by_source.items() if task]
    found += [FoundTask(library.task, "library", library.confidence)] if library else []
    tagged = {tasks()[tag].succeeded_by for tag in tags if tag in tasks()} - {item.get("pipeline_tag")}
    return found + [FoundTask(task, "tag", CONFIDENCE_OF_TAG) for task in sorted(tagged)]


def macro_f1(pairs: Iterable[tuple[str, str | None]]) -> float:
    """Mean over the true tasks of F1; a missing answer is wrong."""
    counts: Counter[tuple[str, str | None]] = Counter(pairs)
    truth = {task for task, _ in counts}
    right = {task: counts[task, task] for task in truth}
    both = {task: sum(count for pair, count in counts.items() for end in pair if end == task) for task in truth}
    return sum(2 * right[task] / both[task] for task in truth) / len(truth)


def read_labels(data: Path) -> dict[str, str]:
    """Model -> the task that people read off its card; cards with several tasks are left out."""
    with (data / "labels/card_facts.csv").open(encoding="utf-8", newline="") as lines:
        labels = {row["model_id"]: task_of(row["tasks"]) for row in csv.DictReader(lines)}
    return {name: task for name, task in labels.items() if task}


def judge_cards(data: Path) -> tuple[Counter[str], list[tuple[str, str | None]], list[tuple[str, str | None]]]:
    """(hidden tasks: all, covered, right; card text against people; card text against the Hub for the tasks that people named)."""
    labels = read_labels(data)
    listed = {item["id"]: item for item in items(data / "hub2022/models.jsonl.gz")}
    hidden: Counter[str] = Counter()
    by_people: list[tuple[str, str | None]] = []
    by_hub: list[tuple[str, str | None]] = []
    for card in items(data / "hub2022/cards.jsonl.gz"):
        if not card.get("card"):
            continue
        item = listed[card["id"]]
        front = split_front_matter(card["card"])
        declared = task_of(parse_fields(front.data or {}).pipeline_tag or "")
        if declared:
            strongest = strongest_task(inferred(item, front.body))
            hidden.update(["all", *["covered"] * bool(strongest), *["right"] * bool(strongest and strongest.task == declared)])
        of_text = task_in_text(front.body)
        answer, of_hub = of_text and of_text.task, task_of(item.get("pipeline_tag") or "")
        if item["id"] in labels:
            by_people.append((labels[item["id"]], answer))
        if of_hub and of_hub in labels.values() and len(front.body.split()) >= MIN_WORDS:
            by_hub.append((of_hub, answer))
    return hidden, by_people, by_hub


def judge_sources(data: Path) -> dict[str, Counter[bool]]:
    """Source -> whether its task is the Hub's, over models of July 2024 that have one."""
    categories = {item["id"]: tag_values(item["tags"], "task_categories:") for item in items(data / "hub2024/datasets.jsonl.gz")}
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for item in items(data / "hub2024/models.jsonl.gz"):
        task = task_of(item.get("pipeline_tag") or "")
        if task:
            used = {task_of(category) for name in tag_values(item["tags"], "dataset:") for category in categories.get(name, ())} - {None}
            source = "datasets with one task" if len(used) == 1 else "datasets with several tasks"
            for found in used:
                counts[source][found == task] += 1
            for known in inferred(item):
                if known.source != "tag":  # other tags than the Hub's field, which it adds to them
                    counts[known.source][known.task == task] += 1
    return counts


def judge_edges(data: Path) -> Counter[bool]:
    """Whether the Hub's tasks of parent and child differ; plain base tags of July 2024 that name a listed model exactly."""
    listed = {item["id"]: item for item in items(data / "hub2024/models.jsonl.gz")}
    counts: Counter[bool] = Counter()
    for name, item in listed.items():
        parents = [listed[parent] for parent in tag_values(item["tags"], "base_model:") if parent in listed and parent != name]
        ends = [(task_of(parent.get("pipeline_tag") or ""), task_of(item.get("pipeline_tag") or "")) for parent in parents]
        counts.update(before != after for before, after in ends if before and after)
    return counts


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    data = parser.parse_args().data
    hidden, by_people, by_hub = judge_cards(data)
    show(f"hidden tasks ({hidden['all']}), right where answered", hidden["right"] / hidden["covered"], unit="share", bar=".90")
    show("hidden tasks, answered", hidden["covered"] / hidden["all"], unit="share", bar=".70")
    show(f"card text against people ({len(by_people)} cards), macro F1", macro_f1(by_people), unit="share", bar=".75")
    show(f"card text against the Hub ({len(by_hub):,} cards), macro F1", macro_f1(by_hub), unit="share")
    show("card text against the Hub, right of all", sum(task == found for task, found in by_hub) / len(by_hub), unit="share")
    edges = judge_edges(data)
    show(f"edges of July 2024 with both tasks ({edges.total():,}), changed", edges[True] / edges.total(), unit="share")
    for source, count in sorted(judge_sources(data).items()):
        show(f"{source} ({count.total():,}), as the Hub lists it", count[True] / count.total(), unit="share")


if __name__ == "__main__":
    main()
