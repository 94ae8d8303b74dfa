"""How much time and memory do adversarial cards take, each in its own process, at bars of 1 s and 100 MB per card?"""

import argparse
import subprocess
import sys
from time import perf_counter

from benchmarks.figure import peak_megabytes, reset_peak, show
from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.card_section import StoredSection
from hublake.rules.cards.card_text import decode_card, word_count_and_language
from hublake.rules.cards.front_matter import split_front_matter
from hublake.rules.cards.parsed_card import parse_card
from tests.ground_truth.adversarial_cards import CARDS


def main() -> None:
    """Process each card in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", choices=sorted(CARDS), help="process only this card, in this process")
    options = parser.parse_args()
    if options.one:
        _measure(options.one)
        return
    for name in CARDS:
        subprocess.run([sys.executable, "-m", "benchmarks.card_adversarial", "--one", name], check=True)


def _measure(name: str) -> None:
    body = CARDS[name]()
    # A card in English with more than twenty words loads all lists and models before the clock starts.
    _process(b"# A card\nto load all lists and models before the clock starts, in English and with a few more words than twenty of them")
    before = reset_peak()
    started = perf_counter()
    _process(body)
    seconds = perf_counter() - started
    show(f"{name} ({len(body):,} bytes), time", seconds, unit="s", bar="1 s")
    show(f"{name}, memory in addition to the loaded rules", peak_megabytes() - before, unit="MB", bar="100 MB")


def _process(body: bytes) -> None:
    """Everything that a build does with a card."""
    _, text = decode_card(body, "utf-8")
    front = split_front_matter(text or "")
    word_count_and_language(front.body)
    rows = [section.as_columns() for section in parse_card(front.body).sections]
    assess_card([StoredSection.from_row(row) for row in rows])


if __name__ == "__main__":
    main()
