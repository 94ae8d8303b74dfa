"""How long and how much memory do cards take that were made to hurt? Each in a process of its own; the bars: 1 s and 100 MB each."""

import argparse
import subprocess
import sys
from time import perf_counter

from benchmarks.figure import peak_megabytes, reset_peak, show
from hublake.rules.cards.card_reading import read_card_text
from hublake.rules.cards.card_text import describe, read_bytes
from hublake.rules.cards.front_matter import read_card
from tests.truth.hostile import CARDS


def main() -> None:
    """Reads each card in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", choices=sorted(CARDS), help="read this one only, in this process")
    asked = parser.parse_args()
    if asked.one:
        _measure(asked.one)
        return
    for name in CARDS:
        subprocess.run([sys.executable, "-m", "benchmarks.card_hostile", "--one", name], check=True)


def _measure(name: str) -> None:
    body = CARDS[name]()
    _read(b"# A card\nto load all lists and models before the clock starts, in English and with a few more words than twenty of them")
    before = reset_peak()
    started = perf_counter()
    _read(body)
    seconds = perf_counter() - started
    show(f"{name} ({len(body):,} bytes), time", seconds, unit="s", bar="1 s")
    show(f"{name}, memory beyond the loaded rules", peak_megabytes() - before, unit="MB", bar="100 MB")


def _read(body: bytes) -> None:
    _, text = read_bytes(body, "utf-8")
    front = read_card(text or "")
    describe(front.body)
    read_card_text(front.body)


if __name__ == "__main__":
    main()
