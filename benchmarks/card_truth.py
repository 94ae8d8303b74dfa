"""How accurate are classes, own words and depth on cards in today's forms, labelled by two independent readers?

A card counts for a class, and for depth, if both readers agree; the others are left out and counted. Depth is not measured in languages
other than English. The labels are a folder of index.csv, cards/ and labels_*.csv, or by default the JSON lines of
tests/ground_truth/modern.
    python -m benchmarks.card_truth [--truth FOLDER] [--split tune|held_out] [--misses]
"""

import argparse
import csv
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from scipy.stats import binomtest

from benchmarks.card_accuracy import f1, kappa
from benchmarks.figure import show
from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.rules.cards.assessment import CardAssessment, assess_card
from hublake.rules.cards.card_text import word_count_and_language
from hublake.rules.cards.documentation import CONCERNS
from hublake.rules.cards.front_matter import split_front_matter
from hublake.rules.cards.parsed_card import parse_card

MODERN = Path(__file__).resolve().parents[1] / "tests" / "ground_truth" / "modern" / "cards.jsonl"
CLASSES = (*DOCUMENTED_SECTIONS, "how_to_start")
# Classes of which the evaluation issue sets a bar on the sentences found outside a heading.
UNHEADED = (*sorted(CONCERNS), "out_of_scope")


class Label(NamedTuple):
    """One reader's answer about a card."""

    present: frozenset[str]
    filled: frozenset[str]
    depth: int


class LabelledCard(NamedTuple):
    """A card and what the readers say of it. `origin` is `written` (for this purpose) or `real`, `split` is `tune` or `held_out`."""

    name: str
    origin: str
    split: str
    text: str
    labels: tuple[Label, ...]


class Counts(NamedTuple):
    """Cards on which both readers agree, of a class: labelled with it, found by the rules, both; and the cards on which they disagree."""

    labelled: int
    found: int
    both: int
    agreed: int
    left_out: int

    @property
    def precision(self) -> float:
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.both / self.labelled if self.labelled else 1.0


def main() -> None:
    """Print the scores of one split, for each origin and for both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--truth", type=Path, default=MODERN, help="folder or JSON lines with cards and labels")
    parser.add_argument("--split", choices=("tune", "held_out"), default="tune")
    parser.add_argument("--misses", action="store_true", help="name each card of the tuning split on which rules and readers differ")
    options = parser.parse_args()
    cards = [card for card in read_truth(options.truth) if card.split == options.split]
    found = [assess(card.text) for card in cards]
    for origin in sorted({card.origin for card in cards} | {"all"}):
        chosen = [pair for pair in zip(cards, found, strict=True) if origin in ("all", pair[0].origin)]
        measure(f"{options.split} {origin}", chosen)
    if options.misses and options.split == "tune":
        _print_misses(cards, found)


def assess(card: str) -> CardAssessment:
    """Front matter, language, sections, classes, own words, depth."""
    body = split_front_matter(card).body
    return assess_card(parse_card(body).sections, word_count_and_language(body)[1])


def read_truth(path: Path) -> Iterator[LabelledCard]:
    """Yield the labelled cards of a folder, or of JSON lines."""
    if path.is_dir():
        yield from _read_folder(path)
        return
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        labels = tuple(Label(frozenset(each["present"]), frozenset(each["filled"]), each["depth"]) for each in row["labels"])
        yield LabelledCard(row["id"], row["origin"], row["split"], row["card"], labels)


def _read_folder(folder: Path) -> Iterator[LabelledCard]:
    readers = [{row["id"]: row for row in _rows(path)} for path in sorted(folder.glob("labels_*.csv"))]
    for row in _rows(folder / "index.csv"):
        labels = tuple(_label(reader[row["id"]]) for reader in readers)
        text = (folder / "cards" / f"{row['id']}.md").read_text("utf-8")
        yield LabelledCard(row["id"], row["origin"], row["split"], text, labels)


def _label(answer: dict[str, str]) -> Label:
    present, filled = (frozenset(name for name in CLASSES if answer[f"{name}_{what}"] == "1") for what in ("present", "filled"))
    return Label(present, filled, int(answer["depth"]))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure(what: str, pairs: Sequence[tuple[LabelledCard, CardAssessment]]) -> None:
    """Print precision, recall and F1 of each class with Wilson's 95 % intervals, and the kappa of depth."""
    for aspect in ("present", "filled"):
        scores = []
        for name in CLASSES:
            counts = count(pairs, name, aspect)
            scores.append(f1(*counts[:3]))
            print(f"  {what} {aspect:8}{name:16}{_line(counts)}")
        show(f"{what}: macro F1 of {aspect} on {len(pairs)} cards", sum(scores) / len(scores), unit="")
    for name in UNHEADED:
        counts = count([pair for pair in pairs if name not in pair[1].documentation.headed], name, "filled")
        print(f"  {what} filled without a heading {name:14}{_line(counts)}")
    depths = agreed_depths(pairs)
    show(f"{what}: quadratic weighted kappa of depth on {len(depths)} of {len(pairs)} cards", kappa(depths), unit="", bar=".80")
    between = [(first.depth, second.depth) for card, _ in pairs for first, second in pairwise(card.labels)]
    show(f"{what}: the same between the readers", kappa(between), unit="")


def count(pairs: Sequence[tuple[LabelledCard, CardAssessment]], name: str, aspect: str) -> Counts:
    """Count the cards of a class that are labelled, found, and both, where the readers agree. `aspect` is `present` or `filled`."""
    agreed = [
        (name in getattr(card.labels[0], aspect), name in getattr(found, aspect))
        for card, found in pairs
        if _agree(card, lambda label: name in getattr(label, aspect))
    ]
    labelled, found = sum(a for a, _ in agreed), sum(b for _, b in agreed)
    return Counts(labelled, found, sum(a and b for a, b in agreed), len(agreed), len(pairs) - len(agreed))


def agreed_depths(pairs: Sequence[tuple[LabelledCard, CardAssessment]]) -> list[tuple[int, int]]:
    """(labelled, found) of the cards on which the readers agree, without those in languages in which depth is not measured."""
    found = [(card.labels[0].depth, found.documentation.depth) for card, found in pairs if _agree(card, lambda label: label.depth)]
    return [(labelled, depth) for labelled, depth in found if depth is not None]


def _agree(card: LabelledCard, answer: Callable[[Label], object]) -> bool:
    return len({answer(label) for label in card.labels}) == 1


def _line(counts: Counts) -> str:
    labelled, found, both, agreed, left_out = counts
    return (
        f"precision {counts.precision:.2f} {_interval(both, found)}  recall {counts.recall:.2f} {_interval(both, labelled)}"
        f"  F1 {f1(labelled, found, both):.2f}  labelled {labelled}, found {found}, both {both} of {agreed}; readers differ on {left_out}"
    )


def _interval(hits: int, trials: int) -> str:
    if not trials:
        return "[no cards]  "
    low, high = binomtest(hits, trials).proportion_ci(method="wilson")
    return f"[{low:.2f}, {high:.2f}]"


def _print_misses(cards: Sequence[LabelledCard], assessments: Sequence[CardAssessment]) -> None:
    for card, found in zip(cards, assessments, strict=True):
        for aspect in ("present", "filled"):
            for name in CLASSES:
                labelled, is_found = name in getattr(card.labels[0], aspect), name in getattr(found, aspect)
                if labelled != is_found and _agree(card, lambda label: name in getattr(label, aspect)):  # noqa: B023
                    print(f"  {card.name}: {'missed' if labelled else 'wrongly found'} {aspect} {name}")
        depths = {label.depth for label in card.labels}
        if found.documentation.depth not in {None, *depths}:
            print(f"  {card.name}: depth labelled {sorted(depths)}, found {found.documentation.depth}")


if __name__ == "__main__":
    main()
