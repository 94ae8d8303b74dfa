"""How accurate are classes, own words and depth, compared with 200 cards labelled by hand (tuning half, or both halves)?

The bars: macro F1 of classes .90, of filled .85, weighted kappa of depth .75, on the held-out half.
    python -m benchmarks.card_accuracy CARDS [--half tune|held_out|both] [--misses]
"""

import argparse
import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.figure import show
from hublake.lake.enums import SECTION_CLASSES
from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.front_matter import split_front_matter
from hublake.rules.cards.parsed_card import parse_card
from tests.ground_truth.sample import read_cards

LABELS = Path(__file__).resolve().parents[1] / "tests" / "ground_truth" / "card_labels.csv"
# The score of a class labelled on fewer cards of a half depends on chance more than on the rules; its counts are printed nevertheless.
MIN_CARDS_OF_CLASS = 3
RESAMPLES = 1_000
DEPTHS = 5

T = TypeVar("T")
Pair = tuple[frozenset[str], frozenset[str]]


def main() -> None:
    """Print the scores of the requested halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path, help="cards.jsonl.gz of hub2022")
    parser.add_argument("--half", choices=("tune", "held_out", "both"), default="tune")
    parser.add_argument("--misses", action="store_true", help="name each card of the tuning half on which rules and labels differ")
    options = parser.parse_args()
    cards = read_cards(options.cards)
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    for half in ("tune", "held_out") if options.half == "both" else (options.half,):
        measure(half, [row for row in labels if row["half"] == half], cards, with_misses=options.misses and half == "tune")


def measure(half: str, labels: Sequence[dict[str, str]], cards: dict[str, str], *, with_misses: bool) -> None:
    """Assess the cards of one half, and print what was labelled, what was found, and how well both agree."""
    present: list[Pair] = []
    filled: list[Pair] = []
    depths: list[tuple[int, int]] = []
    for row in labels:
        found = assess_card(parse_card(split_front_matter(cards[row["model_id"]]).body).sections)
        present.append((frozenset(row["present"].split()), frozenset(found.present)))
        filled.append((frozenset(row["filled"].split()), frozenset(found.filled)))
        if (depth := found.documentation.depth) is not None:
            depths.append((int(row["depth"]), depth))
        if with_misses:
            _print_differences(row["model_id"], present[-1], filled[-1], depths[-1])
    for what, pairs, bar in (("classes", present, ".90"), ("filled", filled, ".85")):
        for name, counts in by_class(pairs).items():
            print(f"  {half} {what:8} {name:15} labelled {counts[0]:3}  found {counts[1]:3}  both {counts[2]:3}  F1 {f1(*counts):.3f}")
        _show(f"{half}: macro F1 of {what}", macro_f1, pairs, bar)
    _show(f"{half}: quadratic weighted kappa of depth", kappa, depths, ".75")


def by_class(pairs: Sequence[Pair]) -> dict[str, tuple[int, int, int]]:
    """Map class to (labelled, found, both), for the classes that are labelled or found at all."""
    counts = {
        name: (sum(name in a for a, _ in pairs), sum(name in b for _, b in pairs), sum(name in a and name in b for a, b in pairs))
        for name in SECTION_CLASSES
    }
    return {name: count for name, count in counts.items() if count[0] or count[1]}


def f1(labelled: int, found: int, both: int) -> float:
    """The harmonic mean of precision and recall; 1 if nothing is labelled and nothing found."""
    return 2 * both / (labelled + found) if labelled + found else 1.0


def macro_f1(pairs: Sequence[Pair]) -> float:
    """The mean over classes labelled on MIN_CARDS_OF_CLASS or more cards."""
    scores = [f1(*counts) for counts in by_class(pairs).values() if counts[0] >= MIN_CARDS_OF_CLASS]
    return sum(scores) / len(scores) if scores else 1.0


def kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968)."""
    total = len(pairs)
    labelled = [sum(a == depth for a, _ in pairs) for depth in range(DEPTHS)]
    found = [sum(b == depth for _, b in pairs) for depth in range(DEPTHS)]
    observed = sum((a - b) ** 2 for a, b in pairs) / total
    expected = sum((i - j) ** 2 * labelled[i] * found[j] for i in range(DEPTHS) for j in range(DEPTHS)) / total**2
    return 1 - observed / expected if expected else 1.0


def _show(what: str, score: Callable[[Sequence[T]], float], pairs: Sequence[T], bar: str) -> None:
    """Print a score with its 95 % percentile interval over resampled cards (Efron 1979)."""
    dice = random.Random(7)
    scores = sorted(score(dice.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    low, high = scores[int(RESAMPLES * 0.025)], scores[int(RESAMPLES * 0.975) - 1]
    show(f"{what} on {len(pairs)} cards [{low:.3f} to {high:.3f}]", score(pairs), unit="", bar=bar)


def _print_differences(model_id: str, present: Pair, filled: Pair, depth: tuple[int, int]) -> None:
    for what, (labelled, found) in (("present", present), ("filled", filled)):
        if labelled != found:
            print(f"  {model_id}: {what} missed {sorted(labelled - found)}, wrongly found {sorted(found - labelled)}")
    if depth[0] != depth[1]:
        print(f"  {model_id}: depth labelled {depth[0]}, found {depth[1]}")


if __name__ == "__main__":
    main()
