"""Fields of use, by words of tags and names."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.rules.word_search import WordSearch

# Ours, as no labels exist: a tag is meant for readers who search, a name may have the word by chance.
CONFIDENCE_OF_TAG, CONFIDENCE_OF_NAME = 0.9, 0.8

_NOT_WORD = re.compile(r"[^a-z0-9]+")


class FoundDomain(NamedTuple):
    """A field, by a word of a tag or of the name."""

    domain: str
    source: str
    evidence: str
    confidence: float


def domains_of(model_id: str, tags: Collection[str]) -> list[FoundDomain]:
    """The fields of a model, each once for a source, by the first of its words: tags as they are, parts of the name after the slash.

    >>> domains_of("m/Bio-Medical-Llama", ["medical", "en"])
    [FoundDomain(domain='medical', source='tag', evidence='medical', confidence=0.9), \
FoundDomain(domain='medical', source='name', evidence='medical', confidence=0.8)]
    """
    name = model_id[model_id.rfind("/") + 1 :]
    found = [*_found(domain_words().keys() & set(tags), "tag", CONFIDENCE_OF_TAG)]
    if _search_in_names().is_in(name):
        found += _found(name_words().intersection(_NOT_WORD.split(name.lower())), "name", CONFIDENCE_OF_NAME)
    return found


def _found(words: Collection[str], source: str, confidence: float) -> Iterator[FoundDomain]:
    of_domain = {domain_words()[word]: word for word in sorted(words, reverse=True)}
    return (FoundDomain(domain, source, word, confidence) for domain, word in sorted(of_domain.items()))


@cache
def domain_words() -> dict[str, str]:
    """Domain by word.

    >>> domain_words()["biomedical"], domain_words()["law"]
    ('medical', 'legal')
    """
    return {row["word"]: row["domain"] for row in curated("domains")}


@cache
def name_words() -> frozenset[str]:
    """The words that count in a name too; `stock` and `crop` mean other things there."""
    return frozenset(row["word"] for row in curated("domains") if row["counts_in_name"] == "yes")


@cache
def _search_in_names() -> WordSearch:
    return WordSearch(name_words())
