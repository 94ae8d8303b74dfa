"""How right are techniques that are read without the tag that states them, and are the tags of tools read completely?

    python -m benchmarks.technique_truth --data FOLDER     (recorded hub and labels; tests/conftest.py documents the default location)

The labels are tags and relations, one technique each; what a model is not labelled with may still be true. hidden: its mark is left out
and the technique is read from the other tags, the library and the name. A reading without a label is wrong where another mark
contradicts it: the Hub's width, another method of the configuration, no GGUF tag (the Hub adds it for every such file), another typed
relation, another trainer of TRL. Lower bound: every reading without a label is wrong. The recordings of 2026 have no files, no
configurations and no cards. The Hub's 8-bit on nvfp4 counts packed bytes; such models are left out of the widths.
"""

import argparse
import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from benchmarks.figure import show
from hublake.lake.enums import RELATIONS
from hublake.rules.techniques.stated_techniques import name_techniques, tag_techniques
from hublake.rules.techniques.vocabulary import QUANTISATION, FoundTechnique, technique_groups, technique_words

Item = dict[str, Any]
Label = dict[str, str]
CONFIGURED = frozenset(("gptq", "awq", "bitsandbytes", "compressed-tensors", "exl2", "exl3", "hqq", "aqlm", "auto-round", "modelopt"))
RECORDINGS = ("models-2026-08-21.jsonl.gz", "models-2026-08-19.jsonl.gz")


def read_items(data: Path) -> dict[str, list[Item]]:
    """The recorded listing items of each model, the newest first."""
    found: dict[str, list[Item]] = defaultdict(list)
    for name in RECORDINGS:
        with gzip.open(data / "hub2026" / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                found[item["id"]].append(item)
    return found


def technique_of(label: Label) -> str:
    """Our technique of a label; `bits:` labels keep their own."""
    name = label["technique"].removeprefix("format:")
    return technique_words()[name].technique if name in technique_words() else name


def marked(data: Path) -> Iterator[tuple[Item, list[Label]]]:
    """Recorded models with their labels whose mark is in the recording; labels of mixtures of experts are not techniques."""
    items = read_items(data)
    by_model: dict[str, list[Label]] = defaultdict(list)
    with (data / "labels/techniques.csv").open(encoding="utf-8", newline="") as lines:
        for label in csv.DictReader(lines):
            if label["technique"] != "moe":
                by_model[label["model_id"]].append(label)
    for name, labels in by_model.items():
        for item in items.get(name, ())[:1]:
            present = [label for label in labels if has_mark(item, label["marker"])]
            if present:
                yield item, present


def has_mark(item: Item, mark: str) -> bool:
    """Whether the recording has the tag, the relation or the library of a label."""
    if mark.startswith("library "):
        return bool(item.get("library_name") == mark.removeprefix("library "))
    return any(tag.lower() == mark or tag.startswith(f"{mark}:") for tag in item["tags"])


def facts_of(item: Item) -> list[FoundTechnique]:
    """What tags, library and name state."""
    return tag_techniques(item["tags"], item.get("library_name")) + name_techniques(item["id"])


def without(item: Item, mark: str) -> Item:
    """The recording without the tag, the relation or the library of a label."""
    library = None if mark == f"library {item.get('library_name')}" else item.get("library_name")
    tags = [tag for tag in item["tags"] if tag.lower() != mark and not tag.startswith(f"{mark}:")]
    return {**item, "tags": tags, "library_name": library}


def states(fact: FoundTechnique, technique: str) -> bool:
    """Whether a fact states a technique or, for `bits:4`, a width."""
    return fact.bits == float(technique[5:]) if technique.startswith("bits:") else fact.technique == technique


def is_contradicted(fact: FoundTechnique, item: Item, marks: Mapping[str, FoundTechnique]) -> bool:
    """Whether another mark of the model shows that an unmarked reading is wrong."""
    methods = {mark.technique for mark in marks.values()}
    relations = {relation for relation in RELATIONS if any(tag.startswith(f"base_model:{relation}:") for tag in item["tags"])}
    if fact.technique == "gguf":
        return "gguf" not in item["tags"]
    if fact.technique in CONFIGURED:
        return bool(CONFIGURED & methods) and fact.technique not in methods
    if fact.technique in ("merge", "peft"):
        typed = "merge" if fact.technique == "merge" else "adapter"
        return bool(relations) and typed not in relations and fact.technique not in methods
    trainers = {
        mark.technique for mark in marks.values() if mark.source == "tool_tag" and technique_groups()[mark.technique] == "objective"
    }
    return technique_groups()[fact.technique] == "objective" and bool(trainers) and fact.technique not in trainers


def judge(data: Path) -> tuple[Counter[str], Counter[tuple[str, bool]], Counter[str]]:
    """(hidden readings by outcome, labels by evidence and whether their hidden technique is read, readings of tools' tags by outcome)."""
    outcomes: Counter[str] = Counter()
    recall: Counter[tuple[str, bool]] = Counter()
    tools: Counter[str] = Counter()
    of_tools = {technique_of(label) for _, labels in marked(data) for label in labels if label["evidence"] == "tool_tag"}
    for item, labels in marked(data):
        facts = facts_of(item)
        truth = {technique_of(label) for label in labels}
        truth |= {"peft"} if "lora" in truth else set()  # labelled only where the type is not
        for label in labels:
            technique = technique_of(label)
            sources = {fact.source for fact in facts_of(without(item, label["marker"])) if states(fact, technique)}
            recall[label["evidence"], bool(sources)] += 1
            outcomes.update(f"right by {source}" for source in sources)
            if label["evidence"] == "tool_tag":
                tools["found" if any(states(fact, technique) for fact in facts) else "missed"] += 1
        read = [fact for fact in facts if fact.source == "tool_tag" and fact.technique in of_tools]
        tools.update("labelled" if fact.technique in truth else "unlabelled" for fact in read)
        outcomes.update(judge_unlabelled(item, facts, truth))
        outcomes.update(judge_bits(facts, truth))
    return outcomes, recall, tools


def judge_unlabelled(item: Item, facts: list[FoundTechnique], truth: Set[str]) -> Iterator[str]:
    """Outcomes of what a name states and no label and no tag does."""
    marks = {fact.evidence: fact for fact in facts if fact.source in ("tool_tag", "hub_tag")}
    tagged = {fact.technique for fact in facts if fact.source != "name"}
    for fact in facts:
        if fact.source == "name" and fact.technique not in truth | tagged and fact.technique != "quantization":
            yield "contradicted" if is_contradicted(fact, item, marks) else "unlabelled"


def judge_bits(facts: list[FoundTechnique], truth: Set[str]) -> Iterator[str]:
    """A width in a name that is not the Hub's is wrong."""
    widths = {float(technique[5:]) for technique in truth if technique.startswith("bits:")}
    if widths and all(fact.technique != "nvfp4" for fact in facts):
        for fact in facts:
            if fact.source == "name" and fact.bits and technique_groups()[fact.technique] == QUANTISATION and fact.bits not in widths:
                yield "contradicted"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    outcomes, recall, tools = judge(parser.parse_args().data)
    right = sum(count for outcome, count in outcomes.items() if outcome.startswith("right"))
    wrong, open_ones = outcomes["contradicted"], outcomes["unlabelled"]
    show(f"hidden, right of those that a mark can judge ({right + wrong:,})", right / (right + wrong), unit="share", bar=".95")
    show(f"hidden, lower bound ({open_ones:,} readings without label)", right / (right + wrong + open_ones), unit="share")
    by_name = outcomes["right by name"]
    show(f"names alone ({by_name + wrong:,}), right of those that a mark can judge", by_name / (by_name + wrong), unit="share")
    show("names alone, lower bound", by_name / (by_name + wrong + open_ones), unit="share")
    for outcome in sorted(outcomes.keys() - {"contradicted", "unlabelled"}):
        show(f"hidden, {outcome}", outcomes[outcome], unit="readings")
    for evidence in sorted({evidence for evidence, _ in recall}):
        total = recall[evidence, True] + recall[evidence, False]
        show(f"hidden marks of {evidence} ({total:,}), read from the rest", recall[evidence, True] / total, unit="share")
    show(
        f"tags of tools ({tools['found'] + tools['missed']:,}), found",
        tools["found"] / (tools["found"] + tools["missed"]),
        unit="share",
        bar="1.0",
    )
    read = tools["labelled"] + tools["unlabelled"]
    show(f"techniques read from tags of tools ({read:,}), labelled so", tools["labelled"] / read, unit="share", bar=".99")


if __name__ == "__main__":
    main()
