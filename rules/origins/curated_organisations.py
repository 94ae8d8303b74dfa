"""The organisations of conf/organisations.csv: what is known of the publisher behind an account's name."""

from datetime import date
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated


class CuratedOrganisation(NamedTuple):
    """One row of the list; a person has neither an institution nor a country. It holds since `valid_from`; null: since ever."""

    valid_from: date | None
    institution: str | None
    parent_institution: str | None
    country: str | None
    country_reason: str | None
    kind: str
    is_repackager: bool
    checked_on: date
    source: str


def curated_organisation(namespace: str, as_of: date | None = None) -> CuratedOrganisation | None:
    """The row of an account, in any letter case, that holds on a day; the newest row without a day.

    >>> curated_organisation("BAAI").country, curated_organisation("nobody-knows-it")
    ('CN', None)
    >>> curated_organisation("sentence-transformers", date(2024, 7, 1)).country, curated_organisation("sentence-transformers").country
    ('DE', 'US')
    """
    rows = curated_organisations().get(namespace.casefold(), ())
    return next((row for row in reversed(rows) if as_of is None or row.valid_from is None or row.valid_from <= as_of), None)


@cache
def curated_organisations() -> dict[str, tuple[CuratedOrganisation, ...]]:
    """All rows by the account's name in lower case, the oldest first."""
    rows: dict[str, list[CuratedOrganisation]] = {}
    for row in curated("organisations"):
        known = CuratedOrganisation(
            date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            row["institution"] or None,
            row["parent_institution"] or None,
            row["country"] or None,
            row["country_reason"] or None,
            row["kind"],
            row["is_repackager"] == "yes",
            date.fromisoformat(row["checked_on"]),
            row["source"],
        )
        rows.setdefault(row["namespace"].casefold(), []).append(known)
    return {name: tuple(sorted(known, key=lambda row: row.valid_from or date.min)) for name, known in rows.items()}


@cache
def regions() -> dict[str, str]:
    """The region of each country; Hong Kong, Macau and Taiwan are countries of their own."""
    return {row["country"]: row["region"] for row in curated("countries")}
