"""Countries of organisations against labels of other people; the halves of the labels that we do not have measure them."""

from pathlib import Path

from benchmarks.origins_truth import accuracy, institution_names, namespaces
from benchmarks.rights_accuracy import labels
from hublake.rules.origins.organisation_origins import organisation_origin


def test_countries_of_namespaces_agree_with_the_labels_and_most_are_known(shared_data: Path) -> None:
    right, said = accuracy(namespaces(shared_data))
    assert right.value >= 0.95
    assert said.value >= 0.6


def test_countries_of_institutions_by_name_agree_with_the_labels(shared_data: Path) -> None:
    right, said = accuracy(institution_names(shared_data))
    assert right.value >= 0.95
    assert said.value >= 0.6


def test_labelled_persons_get_no_country(shared_data: Path) -> None:
    persons = [row["namespace"] for row in labels(shared_data, "organisation_country") if row["kind"] == "person"]
    assert [name for name in persons if organisation_origin(name, None, None, None).country] == []
