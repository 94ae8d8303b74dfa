"""Verdicts on licences: tri-state, directional, and never a conflict where terms are missing or unread."""

import pytest

from hublake.lake.enums import CLAUSE_READINGS, RELATIONS, VERDICT_CLAUSES, VERDICTS
from hublake.rules.licenses.catalogue import license_catalogue
from hublake.rules.licenses.compatibility import UNSETTLED_FOR_ADAPTERS, verdict_on_pair, verdict_on_sets

TRAPS = [
    ("mit", "apache-2.0", "finetune", "ok notice"),
    ("apache-2.0", "mit", "finetune", "ok notice"),
    ("mit", "cc-by-nc-4.0", "finetune", "ok notice"),
    ("cc-by-nc-4.0", "mit", "finetune", "conflict commercial_use"),
    ("cc-by-nc-4.0", "cc-by-nc-4.0", "merge", "ok same"),
    ("cc-by-nc-4.0", "apache-2.0", "adapter", "conflict commercial_use"),
    ("cc-by-nd-4.0", "cc-by-nd-4.0", "finetune", "conflict no_derivatives"),
    ("cc-by-nd-4.0", "cc-by-nd-4.0", "quantized", "unknown no_derivatives"),
    ("cc-by-sa-4.0", "gpl-3.0", "finetune", "ok share_alike"),
    ("gpl-3.0", "cc-by-sa-4.0", "finetune", "conflict share_alike"),
    ("cc-by-sa-3.0", "cc-by-sa-4.0", "finetune", "ok share_alike"),
    ("cc-by-sa-4.0", "cc-by-sa-3.0", "finetune", "conflict share_alike"),
    ("gpl-3.0", "apache-2.0", "adapter", "unknown share_alike"),
    ("apache-2.0", "gpl-3.0", "finetune", "ok notice"),
    ("apache-2.0", "gpl-2.0", "finetune", "conflict patent_terms"),
    ("afl-3.0", "gpl-3.0", "finetune", "unknown sources_disagree"),
    ("agpl-3.0", "gpl-3.0", "finetune", "conflict share_alike"),  # OSADL: it depends, on linking
    ("gpl", "mit", "finetune", "conflict share_alike"),  # whichever version is meant
    ("apache-2.0", "gpl", "finetune", "unknown unread"),  # version 2 or 3 makes the difference
    ("bsd", "mit", "finetune", "ok notice"),
    ("gpl", "gpl", "finetune", "ok same"),
    ("gpl", "gpl-2.0", "finetune", "unknown unread"),  # the same licence, or version 3 into 2
    ("gpl", "gpl-3.0", "finetune", "unknown unread"),
    ("gpl-3.0", "gpl", "finetune", "unknown unread"),
    ("lgpl", "lgpl-3.0", "finetune", "unknown unread"),
    ("bsd", "bsd-2-clause", "finetune", "ok notice"),
    ("openrail", "mit", "finetune", "unknown unread"),
    ("cc", "cc", "finetune", "unknown unread"),
    ("other", "mit", "finetune", "unknown unread"),
    ("free as in beer", "mit", "finetune", "unknown unread"),
    ("", "mit", "finetune", "unknown undeclared"),
    ("llama2", "unknown", "quantized", "unknown undeclared"),
    ("llama2", "llama2", "quantized", "ok same"),
    ("llama3", "llama3.1", "merge", "conflict agreement"),
    ("llama3.1", "apache-2.0", "adapter", "unknown agreement"),
    ("creativeml-openrail-m", "openrail++", "finetune", "ok use_restrictions"),
    ("gemma", "creativeml-openrail-m", "finetune", "conflict use_restrictions"),
    ("creativeml-openrail-m", "gpl-3.0", "finetune", "conflict use_restrictions"),
    ("odbl", "mit", "finetune", "unknown scope"),
    ("cc0-1.0", "mit", "finetune", "ok none"),
    ("cc-by-4.0", "mit", "finetune", "ok attribution"),
]


@pytest.mark.parametrize(("parent", "child", "relation", "expected"), TRAPS)
def test_the_first_rule_that_applies_decides(parent: str, child: str, relation: str, expected: str) -> None:
    found = verdict_on_pair(parent, child, relation)
    assert f"{found.verdict} {found.clause}" == expected


def test_every_pair_of_the_catalogue_has_a_verdict_with_a_clause_and_a_reading() -> None:
    for parent in (*license_catalogue(), ""):
        for child in license_catalogue():
            for relation in RELATIONS:
                found = verdict_on_pair(parent, child, relation)
                assert found.verdict in VERDICTS
                assert found.clause in VERDICT_CLAUSES
                assert (found.reading in CLAUSE_READINGS) or found.verdict == "unknown"
                assert not (relation == "adapter" and found.verdict == "conflict" and found.clause in UNSETTLED_FOR_ADAPTERS)


def test_several_licences_give_a_verdict_only_if_all_pairs_agree() -> None:
    assert verdict_on_sets(["mit", "apache-2.0"], ["mit", "apache-2.0"], "finetune")[:2] == ("ok", "notice")
    assert verdict_on_sets(["mit", "cc-by-nc-4.0"], ["mit"], "finetune")[:2] == ("unknown", "several_licenses")
    assert verdict_on_sets([], ["mit"], "finetune")[:2] == ("unknown", "undeclared")


def test_a_child_that_names_the_parents_agreement_is_not_in_conflict_with_it() -> None:
    assert verdict_on_pair("llama3", "cc-by-nc-4.0", "finetune", is_parent_named=True)[:2] == ("unknown", "agreement")


def test_a_verdict_carries_how_the_less_certain_licence_was_read() -> None:
    assert verdict_on_pair("mit", "creativeml-openrail-m", "finetune").reading == "knowledge"
