"""The curated lists on licences are consistent."""

import pytest

from hublake.lake import enums
from hublake.lake.curated import curated, curated_words
from hublake.rules.licenses.catalogue import ANY_MEMBER, license_catalogue
from hublake.rules.licenses.declared_licenses import known_license_ids

CLOSED_SETS = {
    "family": enums.LICENSE_FAMILIES,
    "commercial_use": enums.COMMERCIAL_USE,
    "derivatives": enums.YES_NO_UNKNOWN,
    "redistribution": enums.YES_NO_UNKNOWN,
    "share_alike": enums.SHARE_ALIKE,
    "attribution": enums.YES_NO_UNKNOWN,
    "use_restrictions": enums.USE_RESTRICTIONS,
    "passes_on": enums.PASSES_ON,
    "output_limit": ("", *enums.OUTPUT_LIMITS),
    "reading": enums.CLAUSE_READINGS,
}


@pytest.mark.parametrize("clause", CLOSED_SETS)
def test_clauses_have_values_of_the_closed_sets(clause: str) -> None:
    assert curated_words("license_catalogue", clause) <= set(CLOSED_SETS[clause])


def test_every_licence_of_the_hub_is_in_the_catalogue() -> None:
    assert known_license_ids() <= set(license_catalogue())


@pytest.mark.parametrize(
    ("list_name", "column"),
    [("license_names", "license"), ("license_links", "license"), ("software_license_pairs", "parent"), ("software_license_pairs", "child")],
)
def test_lists_name_licences_of_the_catalogue(list_name: str, column: str) -> None:
    assert curated_words(list_name, column) <= set(license_catalogue())


def test_members_and_accepted_licences_are_in_the_catalogue() -> None:
    named = {name for license in license_catalogue().values() for name in (*license.member_licenses, *license.share_alike_accepts)}
    assert named - {ANY_MEMBER} <= set(license_catalogue())


def test_every_row_states_its_source_and_day() -> None:
    assert all(row["source"] and row["checked_on"] for row in curated("license_catalogue"))
