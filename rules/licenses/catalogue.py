"""The catalogue of licences and their clauses, from conf/license_catalogue.csv."""

from dataclasses import dataclass, fields
from functools import cache
from typing import get_args

from hublake.lake.curated import curated

ANY_MEMBER = "*"  # members of a family that no list can name


@dataclass(frozen=True)
class License:
    """One licence. A clause that is empty does not exist; `unknown` means that nobody has read it.

    `member_licenses`: the versions that a family name may mean, `accepts`: licences under which its share-alike clause allows derivatives.
    `licensors`: accounts that grant the licence themselves. `reading` is one of CLAUSE_READINGS.
    """

    license: str
    name: str
    spdx_id: str | None
    scancode_key: str | None
    family: str
    is_osi_approved: bool | None
    member_licenses: tuple[str, ...]
    licensors: tuple[str, ...]
    commercial_use: str
    derivatives: str
    redistribution: str
    share_alike: str
    attribution: str
    phrase: str | None
    use_restrictions: str
    passes_on: str
    naming: str | None
    scale_limit: str | None
    output_limit: str | None
    territory_limit: str | None
    share_alike_accepts: tuple[str, ...]
    text_link: str | None
    reading: str
    checked_on: str
    source: str

    @property
    def is_readable(self) -> bool:
        """Whether it is one text whose deciding clauses are known."""
        return not self.member_licenses and self.commercial_use != "unknown" and self.derivatives != "unknown"

    @property
    def short_name(self) -> str:
        """The name as cards cite it, in lower case: without the word for the kind of contract.

        >>> license_catalogue()["llama3.1"].short_name, license_catalogue()["gemma"].short_name
        ('llama 3.1 community license', 'gemma terms of use')
        """
        return self.name.lower().removesuffix(" agreement")


@cache
def license_catalogue() -> dict[str, License]:
    """All licences by their identifier.

    >>> license_catalogue()["llama3.1"].naming, license_catalogue()["bsd"].member_licenses[:2]
    ('Llama', ('bsd-2-clause', 'bsd-3-clause'))
    """
    return {row["license"]: _license(row) for row in curated("license_catalogue")}


def _license(row: dict[str, str]) -> License:
    values: dict[str, object] = {}
    for column in fields(License):
        text = row[column.name]
        if column.type == tuple[str, ...]:
            values[column.name] = tuple(text.split())
        elif column.type == bool | None:
            values[column.name] = {"true": True, "false": False}.get(text)
        else:
            values[column.name] = text or (None if type(None) in get_args(column.type) else "")
    return License(**values)  # type: ignore[arg-type]
