"""What happens to a licence on an edge."""

import pytest

from hublake.lake.enums import LICENSE_TRANSITIONS
from hublake.rules.licenses.catalogue import license_catalogue
from hublake.rules.licenses.transitions import license_transition, name_clause

CASES = [
    ("mit", "mit", "same"),
    ("mit apache-2.0", "apache-2.0 mit", "same"),
    ("mit", "", "dropped"),
    ("mit", "unknown", "dropped"),
    ("unknown", "mit", "declared"),
    ("", "unknown", "both_unknown"),
    ("apache-2.0", "cc-by-nc-sa-4.0", "narrowed"),
    ("cc-by-nc-sa-4.0", "apache-2.0", "widened"),
    ("mit", "apache-2.0", "changed"),  # equal in every clause of the order
    ("cc-by-nc-4.0", "cc-by-sa-4.0", "changed"),  # wider in use, narrower in share-alike
    ("gemma", "llama3", "changed"),
    ("mit", "other:mine", "changed"),
    ("mit", "mit apache-2.0", "changed"),
    ("other", "other", "same"),
]


@pytest.mark.parametrize(("parents", "children", "expected"), CASES)
def test_transitions_of_sets_of_licences(parents: str, children: str, expected: str) -> None:
    assert license_transition(parents.split(), children.split()) == expected


def test_narrowed_and_widened_are_opposites_and_every_transition_is_listed() -> None:
    opposite = {"narrowed": "widened", "widened": "narrowed"}
    for parent in license_catalogue():
        for child in license_catalogue():
            found = license_transition([parent], [child])
            assert found in LICENSE_TRANSITIONS
            if found in opposite:
                assert license_transition([child], [parent]) == opposite[found]


def test_all_naming_clauses_of_a_parent_apply() -> None:
    assert name_clause(["llama3.1", "exaone-nc"]) == (["exaone", "llama"], ["LGAI-EXAONE", "facebook", "meta-llama"])
    assert name_clause(["apache-2.0", "other:mine"]) is None
