"""Fields of use, by words of tags and names."""

from functools import cache

from hublake.lake.curated import curated


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
