"""How right are languages in tags, in names and of datasets, compared with what cards declare and what annotators found?

    python -m benchmarks.language_truth --data FOLDER     (recorded hubs and labels; tests/conftest.py documents the default location)

Tags: language_tags.csv says whether the card declares the language of a tag. 63 of its models declare no language at all, although
their tags list up to a hundred: for these the label says nothing, so figures without them follow in a second line. Names: against the
one language that a model of July 2024 declares. `en` is what templates of trainers declare, Whisper models keep the `hi` of the guide
that they follow, and of a translation pair cards declare one half: figures without these follow.
Datasets: annotators gave one language to a dataset of language identification, so figures without such datasets follow.
"""

import argparse
import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.figure import show
from hublake.rules.declared_values import tag_values
from hublake.rules.languages.declared_languages import NOT_A_CODE, declared_languages, languages_in_tags
from hublake.rules.languages.languages_in_names import languages_in_name
from hublake.rules.languages.macro_languages import macro_languages

Labels = dict[str, dict[str, bool]]
MANY_LEFT_OUT = 10  # of the languages that a dataset declares; a dataset of language identification was annotated as English


def items(path: Path) -> Iterator[dict[str, Any]]:
    """Recorded listing items, one per line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def collapse(language: str) -> str:
    """The language of a standard form, and Chinese for Cantonese: cards use one for the other."""
    return "zh" if language == "yue" else macro_languages().get(language, language)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file of labels."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def tag_labels(data: Path) -> Labels:
    """Model -> tag -> whether its card declares that language."""
    labels: Labels = defaultdict(dict)
    for row in rows(data / "labels/language_tags.csv"):
        labels[row["model_id"]][row["tag"]] = row["is_declared_language"] == "true"
    return labels


def judge_tags(data: Path, labels: Labels) -> dict[int, Counter[tuple[bool, bool]]]:
    """Length of the tag -> (is a language by rule, is declared) -> labelled tags; in the recording that has most of the model's tags."""
    seen: dict[str, list[str]] = {}
    for day in ("2026-08-19", "2026-08-21"):
        for item in items(data / f"hub2026/models-{day}.jsonl.gz"):
            wanted = labels.get(item["id"], {}).keys()
            if len(wanted & set(item["tags"])) > len(wanted & set(seen.get(item["id"], ()))):
                seen[item["id"]] = item["tags"]
    counts: dict[int, Counter[tuple[bool, bool]]] = defaultdict(Counter)
    for model_id, tags in seen.items():
        found = {language.written for language in languages_in_tags(tags)}
        for tag, declared in labels[model_id].items():
            if tag in tags and tag not in NOT_A_CODE:
                counts[len(tag)][tag in found, declared] += 1
    return counts


def judge_names(data: Path) -> dict[str, Counter[bool]]:
    """Kind of evidence -> whether the language of the name is the one that the model declares."""
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for item in items(data / "hub2024/models.jsonl.gz"):
        declared = [found.value for found in languages_in_tags(item["tags"])]
        if len(declared) != 1 or declared[0] in NOT_A_CODE:
            continue
        for found in languages_in_name(item["id"]):
            is_right = collapse(found.language) == collapse(declared[0])
            kind = "translation pair" if found.direction else "code" if len(found.written) < 4 else "word"
            names = ["all", kind]
            if declared[0] != "en":
                names += ["all, declared is not en", f"{kind}, declared is not en"]
                if not found.direction and not (declared[0] == "hi" and "whisper" in item["id"].lower()):
                    names.append("all, declared is not en, without pairs and Whisper's hi")
            for name in names:
                counts[name][is_right] += 1
    return counts


def judge_uses(data: Path) -> dict[str, Counter[bool]]:
    """Number of languages of all datasets that a model declares -> whether the model declares each; listed datasets by exact name."""
    languages = {}
    for item in items(data / "hub2024/datasets.jsonl.gz"):
        found = declared_languages(tag_values(item["tags"], "language:"), (), ())
        languages[item["id"]] = {collapse(language.value) for language in found}
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for item in items(data / "hub2024/models.jsonl.gz"):
        used: set[str] = set().union(*(languages.get(name, ()) for name in tag_values(item["tags"], "dataset:"))) - set(NOT_A_CODE)
        declared = {collapse(found.value) for found in languages_in_tags(item["tags"])} - set(NOT_A_CODE) if used else set()
        if declared:
            size = str(len(used)) if len(used) < 4 else "4 to 19" if len(used) < 20 else "20 or more"
            counts[size].update(language in declared for language in used)
    return counts


class Declared(NamedTuple):
    """Languages that a dataset declares, and that annotators found in it."""

    declared: set[str]
    annotated: set[str]

    @property
    def is_annotated_in_part(self) -> bool:
        """Whether annotators found some of the declared languages, no others, and left out many."""
        return self.annotated < self.declared and len(self.declared - self.annotated) >= MANY_LEFT_OUT


def declared_and_annotated(data: Path) -> list[Declared]:
    """Both for each annotated dataset of July 2024 that declares a language."""
    truth: dict[str, set[str]] = defaultdict(set)
    for row in rows(data / "labels/dataset_languages.csv"):
        truth[row["dataset_id"]].add(collapse(row["language"]))
    found = []
    for item in items(data / "hub2024/datasets.jsonl.gz"):
        declared = declared_languages(tag_values(item["tags"], "language:"), (), ()) if item["id"] in truth else []
        found.append(Declared({collapse(language.value) for language in declared} - set(NOT_A_CODE), truth.get(item["id"], set())))
    return [both for both in found if both.declared]


def f1_of_pairs(datasets: list[Declared]) -> float:
    """F1 over all pairs of a dataset and a language."""
    return 2 * sum(len(one.declared & one.annotated) for one in datasets) / sum(len(one.declared) + len(one.annotated) for one in datasets)


class EdgeLanguages(NamedTuple):
    """Sums over edges of July 2024 whose two ends declare languages in their tags; plain base tags that name a listed model exactly."""

    edges: int
    parent_languages: int
    child_languages: int
    distance: float
    mono_to_mono: int
    kept: int
    multi_to_mono: int
    narrowed: int


def judge_edges(data: Path) -> EdgeLanguages:
    """The figures of gold.language_transfer without Spark, from tags alone."""
    languages: dict[str, set[str]] = {}
    pairs = []
    for item in items(data / "hub2024/models.jsonl.gz"):
        declared = {found.value for found in languages_in_tags(item["tags"])} - set(NOT_A_CODE)
        languages[item["id"]] = {macro_languages().get(language, language) for language in declared}
        pairs += [(parent, item["id"]) for parent in tag_values(item["tags"], "base_model:") if parent != item["id"]]
    ends = [(languages.get(parent, set()), languages[child]) for parent, child in pairs]
    known = [(parent, child) for parent, child in ends if parent and child]
    mono = [(parent, child) for parent, child in known if len(parent) == len(child) == 1]
    adapted = [(parent, child) for parent, child in known if len(parent) > 1 == len(child)]
    return EdgeLanguages(
        edges=len(known),
        parent_languages=sum(len(parent) for parent, _ in known),
        child_languages=sum(len(child) for _, child in known),
        distance=sum(1 - len(parent & child) / len(parent | child) for parent, child in known),
        mono_to_mono=len(mono),
        kept=sum(parent == child for parent, child in mono),
        multi_to_mono=len(adapted),
        narrowed=sum(child < parent for parent, child in adapted),
    )


def show_tags(name: str, counts: dict[int, Counter[tuple[bool, bool]]]) -> None:
    """Precision and recall by length of the tag."""
    for length, precision_bar, recall_bar in ((3, ".98", ".90"), (2, ".95", ".98")):
        count = counts[length]
        right = count[True, True]
        show(f"{name}, {length} letters, precision", right / (right + count[True, False]), unit="share", bar=precision_bar)
        show(f"{name}, {length} letters, recall", right / (right + count[False, True]), unit="share", bar=recall_bar)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    data = parser.parse_args().data
    labels = tag_labels(data)
    show_tags("tags", judge_tags(data, labels))
    show_tags(
        "tags of models that declare a language", judge_tags(data, {name: tags for name, tags in labels.items() if any(tags.values())})
    )
    for name, count in sorted(judge_names(data).items()):
        bar = ".97" if name.startswith("all") else ""
        show(f"names, {name} ({count.total():,}), precision", count[True] / count.total(), unit="share", bar=bar)
    for size, count in judge_uses(data).items():
        name = f"languages of used datasets, {size} in all ({count.total():,}), that the model declares"
        show(name, count[True] / count.total(), unit="share")
    edges = judge_edges(data)
    show(f"edges of July 2024 ({edges.edges:,}), mean languages of parents", edges.parent_languages / edges.edges, unit="languages")
    show("edges of July 2024, mean languages of children", edges.child_languages / edges.edges, unit="languages")
    show("edges of July 2024, mutation", edges.distance / edges.edges, unit="share")
    show(f"edges from one language to one ({edges.mono_to_mono:,}) that keep it", edges.kept / edges.mono_to_mono, unit="share")
    show(f"edges from several to one ({edges.multi_to_mono:,}) that narrow", edges.narrowed / edges.multi_to_mono, unit="share")
    datasets = declared_and_annotated(data)
    show(f"languages of {len(datasets)} datasets, F1 over all pairs", f1_of_pairs(datasets), unit="share", bar=".90")
    whole = [one for one in datasets if not one.is_annotated_in_part]
    show(f"  of {len(whole)}, without those that annotators read in part", f1_of_pairs(whole), unit="share", bar=".90")
    show("  mean F1 of a dataset", sum(f1_of_pairs([one]) for one in datasets) / len(datasets), unit="share")


if __name__ == "__main__":
    main()
