"""How well are classes, own words and depth of 200 cards read that were marked by hand? Prints the half to tune on, or both.

The bars: macro F1 of classes .90, of filled .85, weighted kappa of depth .75, on the half that was held out.
"""

import argparse
import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.figure import show
from hublake.lake.enums import SECTION_CLASSES
from hublake.rules.cards.card_reading import read_card_text
from hublake.rules.cards.front_matter import read_card
from tests.truth.draw import read_cards

MARKS = Path(__file__).resolve().parents[1] / "tests" / "truth" / "card_marks.csv"
# A class marked on fewer cards of a half says more of chance than of the rules; its counts are printed all the same.
MIN_CARDS_OF_CLASS = 3
RESAMPLES = 1_000
DEPTHS = 5

T = TypeVar("T")
Pair = tuple[frozenset[str], frozenset[str]]


def main() -> None:
    """Prints the scores of the half that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path, help="cards.jsonl.gz of hub2022")
    parser.add_argument("--half", choices=("tune", "held_out", "both"), default="tune")
    parser.add_argument("--misses", action="store_true", help="name each card of the tuning half that is read otherwise than marked")
    asked = parser.parse_args()
    cards = read_cards(asked.cards)
    with MARKS.open(encoding="utf-8", newline="") as file:
        marks = list(csv.DictReader(file))
    for half in ("tune", "held_out") if asked.half == "both" else (asked.half,):
        measure(half, [row for row in marks if row["half"] == half], cards, with_misses=asked.misses and half == "tune")


def measure(half: str, marks: Sequence[dict[str, str]], cards: dict[str, str], *, with_misses: bool) -> None:
    """Reads the cards of one half and prints what was marked, what was read, and how well they agree."""
    present: list[Pair] = []
    filled: list[Pair] = []
    depths: list[tuple[int, int]] = []
    for row in marks:
        reading = read_card_text(read_card(cards[row["model_id"]]).body)
        present.append((frozenset(row["present"].split()), frozenset(reading.present)))
        filled.append((frozenset(row["filled"].split()), frozenset(reading.filled)))
        depths.append((int(row["depth"]), reading.documentation.depth))
        if with_misses:
            _tell(row["model_id"], present[-1], filled[-1], depths[-1])
    for what, pairs, bar in (("classes", present, ".90"), ("filled", filled, ".85")):
        for name, counts in by_class(pairs).items():
            print(f"  {half} {what:8} {name:15} marked {counts[0]:3}  read {counts[1]:3}  both {counts[2]:3}  F1 {f1(*counts):.3f}")
        _show(f"{half}: macro F1 of {what}", macro_f1, pairs, bar)
    _show(f"{half}: quadratic weighted kappa of depth", kappa, depths, ".75")


def by_class(pairs: Sequence[Pair]) -> dict[str, tuple[int, int, int]]:
    """class -> (marked, read, both), of the classes that are marked or read at all."""
    counts = {
        name: (sum(name in a for a, _ in pairs), sum(name in b for _, b in pairs), sum(name in a and name in b for a, b in pairs))
        for name in SECTION_CLASSES
    }
    return {name: found for name, found in counts.items() if found[0] or found[1]}


def f1(marked: int, read: int, both: int) -> float:
    """The harmonic mean of precision and recall; 1 where nothing is marked and nothing read."""
    return 2 * both / (marked + read) if marked + read else 1.0


def macro_f1(pairs: Sequence[Pair]) -> float:
    """The mean over classes marked on MIN_CARDS_OF_CLASS cards or more."""
    scores = [f1(*counts) for counts in by_class(pairs).values() if counts[0] >= MIN_CARDS_OF_CLASS]
    return sum(scores) / len(scores) if scores else 1.0


def kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968)."""
    total = len(pairs)
    marked = [sum(a == depth for a, _ in pairs) for depth in range(DEPTHS)]
    read = [sum(b == depth for _, b in pairs) for depth in range(DEPTHS)]
    seen = sum((a - b) ** 2 for a, b in pairs) / total
    expected = sum((i - j) ** 2 * marked[i] * read[j] for i in range(DEPTHS) for j in range(DEPTHS)) / total**2
    return 1 - seen / expected if expected else 1.0


def _show(what: str, score: Callable[[Sequence[T]], float], pairs: Sequence[T], bar: str) -> None:
    """The score, and its 95 % percentile interval over resampled cards (Efron 1979)."""
    dice = random.Random(7)
    drawn = sorted(score(dice.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    low, high = drawn[int(RESAMPLES * 0.025)], drawn[int(RESAMPLES * 0.975) - 1]
    show(f"{what} on {len(pairs)} cards [{low:.3f} to {high:.3f}]", score(pairs), unit="", bar=bar)


def _tell(model_id: str, present: Pair, filled: Pair, depth: tuple[int, int]) -> None:
    for what, (marked, read) in (("present", present), ("filled", filled)):
        if marked != read:
            print(f"  {model_id}: {what} missed {sorted(marked - read)}, too many {sorted(read - marked)}")
    if depth[0] != depth[1]:
        print(f"  {model_id}: depth marked {depth[0]}, read {depth[1]}")


if __name__ == "__main__":
    main()
