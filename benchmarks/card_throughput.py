"""How many cards per second of one core are processed, compared with a plain loop of markdown-it-py and PyYAML?

Two figures: front matter, sections, classes and depth of a card (the bar is 4,000 cards/s with constant memory), and all work that a build
does on a card. CPU time of one thread is measured, which a busy machine affects less than wall time; the load average is printed with it.
Each round processes all cards, nearly all of them distinct, with every cache of the rules cleared; only the lists of conf/ stay loaded.
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
from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.card_section import StoredSection
from hublake.rules.cards.card_text import word_count_and_language
from hublake.rules.cards.front_matter import split_front_matter
from hublake.rules.cards.parsed_card import parse_card, section_columns
from hublake.rules.cards.terms import count_terms
from hublake.rules.lineage.card_statements import stated_parents
from hublake.spark_jobs.dataframes.python_workers import reduce_gc_frequency
from tests.ground_truth.sample import read_cards


def main() -> None:
    """Process all cards several times, and a sample of them as most studies do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path, help="cards.jsonl.gz of hub2022")
    parser.add_argument("--rounds", type=int, default=3, help="how often all cards are processed")
    parser.add_argument("--peer-cards", type=int, default=600, help="number of cards that the peer processes")
    options = parser.parse_args()
    cards = list(read_cards(options.cards).values())
    sample = cards[:: max(1, len(cards) // options.peer_cards)]
    rate(depth, sample)
    reduce_gc_frequency()
    print(f"{len(cards):,} cards, {len(set(cards)):,} of them distinct; caches cleared before each round; load {getloadavg()[0]:.1f}")
    peer = rate(plain_loop, sample)
    bare = rate(pyromark.html, cards)
    for number in range(options.rounds):
        clear_caches()
        before = peak_megabytes()
        ours = rate(depth, cards)
        what = f"round {number + 1}: cards per second of CPU, front matter to depth"
        show(what, ours, peer, unit="cards/s", peer_name="markdown-it-py + PyYAML", bar="4,000")
        show(f"round {number + 1}: memory growth", peak_megabytes() - before, unit="MB")
    clear_caches()
    show("cards per second of CPU, all work of a build", rate(everything, cards), unit="cards/s")
    show(f"for scale: HTML by pyromark alone, same cards (load {getloadavg()[0]:.1f})", bare, unit="cards/s")


def clear_caches() -> None:
    """Clear each bounded cache of the rules; unbounded ones contain the lists of conf/."""
    rules = [module for name, module in sys.modules.items() if name.startswith("hublake.rules.")]
    caches = [cache for module in rules for cache in vars(module).values() if isinstance(cache, _lru_cache_wrapper)]
    for cache in caches:
        if cache.cache_parameters()["maxsize"]:
            cache.cache_clear()


def depth(card: str) -> None:
    """Front matter, sections, classes, own words, depth."""
    _ = assess_card(parse_card(split_front_matter(card).body).sections).documentation.depth


def everything(card: str) -> None:
    """All that silver.model_cards, silver.parsed_sections, gold.card_documentation and gold.card_terms compute in Python."""
    body = split_front_matter(card).body
    word_count_and_language(body)
    stated_parents(body, "acme/child")
    rows = section_columns(body)
    assess_card([StoredSection.from_row(row) for row in rows]).documentation.as_columns()
    for row in rows:
        count_terms(text for text, kind in zip(row["sentences"], row["sentence_kinds"], strict=True) if kind == "own")


def plain_loop(card: str) -> None:
    """What most studies do: parse the front matter with PyYAML and all Markdown to tokens, and collect headings; no classes, no depth."""
    body = card
    if card.startswith("---") and (end := card.find("\n---", 3)) > 0:
        body = card[end + 4 :]
        with suppress(yaml.YAMLError):
            yaml.safe_load(card[3:end])
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(body)
    [token.content for before, token in zip(tokens, islice(tokens, 1, None), strict=False) if before.type == "heading_open"]


def rate(process: Callable[[str], object], cards: Iterable[str]) -> float:
    """Cards per second of CPU."""
    started = process_time()
    count = 0
    for card in cards:
        process(card)
        count += 1
    return count / (process_time() - started)


if __name__ == "__main__":
    main()
