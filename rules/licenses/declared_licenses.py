"""Map the licences written in cards and tags to identifiers of the Hub's list, using conf/licenses.csv."""

import re
from collections.abc import Iterable
from functools import cache

from hublake.lake.curated import curated
from hublake.rules.declared_values import SOURCE_CONFIDENCE, DeclaredValue, cached_if_short, tag_values

MAX_CHARS = 100
_TAG_PREFIXES = re.compile(r"\A\s*(?:license:\s*)+")


@cached_if_short
def declared_licenses(card: Iterable[str], card_data: Iterable[str], tags: Iterable[str]) -> list[DeclaredValue]:
    """The licences of a model, each from the strongest source that declares it.

    >>> [(found.value, found.source) for found in declared_licenses(["MIT"], ["mit"], ["license:mit", "license:gemma"])]
    [('mit', 'card'), ('gemma', 'tag')]
    """
    found: dict[str, DeclaredValue] = {}
    for source, texts in (("card", card), ("card_data", card_data), ("tag", tag_values(tags, "license:"))):
        for written in texts:
            name = license_id(written)
            if name:
                found.setdefault(name, DeclaredValue(name, written, source, SOURCE_CONFIDENCE[source]))
    return list(found.values())


def license_id(written: str) -> str:
    """The Hub's identifier of a known licence; otherwise the text in lower case, cut at MAX_CHARS, without the prefix of a tag.

    >>> license_id(" Apache License 2.0"), license_id("CC BY-SA 4.0"), license_id("My own"), license_id("license:MIT")
    ('apache-2.0', 'cc-by-sa-4.0', 'my own', 'mit')
    """
    text = " ".join(_TAG_PREFIXES.sub("", written.lower()).replace("_", "-").split())
    return _ids_by_spelling().get(text, text[:MAX_CHARS].rstrip())


@cache
def known_license_ids() -> frozenset[str]:
    """The identifiers of the Hub's list."""
    return frozenset(_ids_by_spelling().values())


@cache
def _ids_by_spelling() -> dict[str, str]:
    return {row["written"]: row["license"] for row in curated("licenses")}
