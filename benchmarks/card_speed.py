"""How many cards are read in a second of one core, to sections, classes and depth? Beside a plain markdown-it-py + PyYAML loop.

CPU time of one thread, so that a busy machine shows in it less, though not nothing: the load stands beside. Each round reads all cards,
of which nearly all differ, with every memo of the rules empty, as if none had been read before; only what is read from conf/ is there
already. The bar is 4,000 a second, with flat memory.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import _lru_cache_wrapper
from itertools import islice
from os import getloadavg
from pathlib import Path
from time import process_time

import pyromark
import yaml
from markdown_it import MarkdownIt

from benchmarks.figure import peak_megabytes, show
from hublake.rules.cards.card_reading import read_card_text
from hublake.rules.cards.front_matter import read_card
from hublake.spark_jobs.dataframes.python_workers import reduce_gc_frequency
from tests.truth.draw import read_cards


def main() -> None:
    """Reads all cards several times, and some of them as most studies do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path, help="cards.jsonl.gz of hub2022")
    parser.add_argument("--rounds", type=int, default=3, help="times that all cards are read")
    parser.add_argument("--peer-cards", type=int, default=600, help="cards that the peer reads")
    asked = parser.parse_args()
    cards = list(read_cards(asked.cards).values())
    every = cards[:: max(1, len(cards) // asked.peer_cards)]
    rate(ours_of, every)
    reduce_gc_frequency()
    print(f"{len(cards):,} cards, {len(set(cards)):,} of them different; memos emptied before each round; load {getloadavg()[0]:.1f}")
    peer = rate(plain_loop, every)
    bare = rate(pyromark.html, cards)
    for number in range(asked.rounds):
        forget()
        before = peak_megabytes()
        ours = rate(ours_of, cards)
        what = f"round {number + 1}: cards read in a second of CPU"
        show(what, ours, peer, unit="cards/s", peer_name="markdown-it-py + PyYAML", bar="4,000")
        show(f"round {number + 1}: memory grown by", peak_megabytes() - before, unit="MB")
    show(f"for scale: pyromark's HTML alone, same cards, same hour (load now {getloadavg()[0]:.1f})", bare, unit="cards/s")


def forget() -> None:
    """Empties each bounded memo of the rules; an unbounded one holds the lists of conf/."""
    rules = [module for name, module in sys.modules.items() if name.startswith("hublake.rules.")]
    memos = [memo for module in rules for memo in vars(module).values() if isinstance(memo, _lru_cache_wrapper)]
    for memo in memos:
        if memo.cache_parameters()["maxsize"]:
            memo.cache_clear()


def ours_of(card: str) -> None:
    """Front matter, sections, classes, own words, depth."""
    _ = read_card_text(read_card(card).body).documentation.depth


def plain_loop(card: str) -> None:
    """What most studies do: the whole front matter by PyYAML, all markdown to tokens, headings gathered; no classes, no depth."""
    body = card
    if card.startswith("---") and (end := card.find("\n---", 3)) > 0:
        body = card[end + 4 :]
        with suppress(yaml.YAMLError):
            yaml.safe_load(card[3:end])
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(body)
    [token.content for before, token in zip(tokens, islice(tokens, 1, None), strict=False) if before.type == "heading_open"]


def rate(read: Callable[[str], object], cards: Iterable[str]) -> float:
    """Cards in a second of CPU."""
    started = process_time()
    count = 0
    for card in cards:
        read(card)
        count += 1
    return count / (process_time() - started)


if __name__ == "__main__":
    main()
