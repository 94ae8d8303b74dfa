"""Licence rules against labels of other people; the halves of the labels that we do not have measure them."""

from pathlib import Path

from benchmarks import rights_accuracy


def test_verdicts_agree_with_a_readers(shared_data: Path) -> None:
    verdict, clause = rights_accuracy.verdicts(shared_data)
    assert verdict.value >= 0.95
    assert clause.value >= 0.9


def test_software_pairs_never_contradict_osadl(shared_data: Path) -> None:
    contradictions, unknown = rights_accuracy.osadl(shared_data)
    assert contradictions == 0
    assert unknown.value <= 0.15


def test_clauses_agree_with_choosealicense_and_modelgo(shared_data: Path) -> None:
    assert rights_accuracy.clauses(shared_data).value >= 0.97


def test_mechanical_chain_labels_are_reproduced_exactly(shared_data: Path) -> None:
    found = rights_accuracy.chains(shared_data)
    assert found.hits == found.total > 0


def test_names_that_were_suggested_for_other_resolve(shared_data: Path) -> None:
    assert rights_accuracy.licenses_of_other(shared_data).value >= 0.9
