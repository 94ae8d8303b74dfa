"""What cards and tags call a licence -> identifiers of the Hub's list, by conf/licenses.csv."""

from collections.abc import Iterable
from functools import cache

from hublake.lake.curated import curated
from hublake.rules.declared_values import CONFIDENCE, Facet, after_prefix, remembered

MAX_CHARS = 100


@remembered
def licenses(card: Iterable[str], card_data: Iterable[str], tags: Iterable[str]) -> list[Facet]:
    """Licences that a model declares, each with its strongest source.

    >>> [(f.value, f.source) for f in licenses(["MIT"], ["mit"], ["license:mit", "license:gemma"])]
    [('mit', 'card'), ('gemma', 'tag')]
    """
    found: dict[str, Facet] = {}
    for source, written in (("card", card), ("card_data", card_data), ("tag", after_prefix(tags, "license:"))):
        for text in written:
            name = identifier(text)
            found.setdefault(name, Facet(name, text, source, CONFIDENCE[source]))
    return list(found.values())


def identifier(written: str) -> str:
    """The Hub's identifier where a licence is known under what is written, else that in lower case, cut at MAX_CHARS.

    >>> identifier(" Apache License 2.0"), identifier("CC BY-SA 4.0"), identifier("My own")
    ('apache-2.0', 'cc-by-sa-4.0', 'my own')
    """
    text = " ".join(written.casefold().replace("_", "-").split())
    return _known().get(text, text[:MAX_CHARS])


@cache
def _known() -> dict[str, str]:
    return {row["written"]: row["license"] for row in curated("licenses")}


@cache
def known_identifiers() -> frozenset[str]:
    """The identifiers of the Hub's list."""
    return frozenset(_known().values())
