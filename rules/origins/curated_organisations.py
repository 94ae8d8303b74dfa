"""The organisations of conf/organisations.csv: what is known of the publisher behind an account's name."""

from datetime import date
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated


class CuratedOrganisation(NamedTuple):
    """One row of the list; a person has neither an institution nor a country."""

    institution: str | None
    parent_institution: str | None
    country: str | None
    country_reason: str | None
    kind: str
    is_repackager: bool
    checked_on: date
    source: str


def curated_organisation(namespace: str) -> CuratedOrganisation | None:
    """The row of an account, in any letter case.

    >>> curated_organisation("BAAI").country, curated_organisation("nobody-knows-it")
    ('CN', None)
    """
    return curated_organisations().get(namespace.casefold())


@cache
def curated_organisations() -> dict[str, CuratedOrganisation]:
    """All rows by the account's name in lower case."""
    return {
        row["namespace"].casefold(): CuratedOrganisation(
            row["institution"] or None,
            row["parent_institution"] or None,
            row["country"] or None,
            row["country_reason"] or None,
            row["kind"],
            row["is_repackager"] == "yes",
            date.fromisoformat(row["checked_on"]),
            row["source"],
        )
        for row in curated("organisations")
    }


@cache
def regions() -> dict[str, str]:
    """The region of each country; Hong Kong, Macau and Taiwan are countries of their own."""
    return {row["country"]: row["region"] for row in curated("countries")}
