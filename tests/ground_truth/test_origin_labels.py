"""Countries of organisations against labels of other people; the halves of the labels that we do not have measure them."""

from collections import defaultdict
from pathlib import Path

from hublake.rules.origins.organisation_origins import organisation_origin
from tests.ground_truth.labels import labels


def test_countries_of_namespaces_agree_with_the_labels_and_most_are_known(shared_data: Path) -> None:
    labelled: dict[str, set[str]] = defaultdict(set)
    for row in labels(shared_data, "organisation_country"):
        if row["country"]:
            labelled[row["namespace"]].add(row["country"])
    agreed = {name: countries for name, countries in labelled.items() if len(countries) == 1}
    found = {name: organisation_origin(name, None, None, None).country for name in agreed}
    said = {name: country for name, country in found.items() if country}
    assert sum(country in agreed[name] for name, country in said.items()) >= 0.95 * len(said)
    assert len(said) >= 0.6 * len(agreed)


def test_countries_of_institutions_by_name_agree_with_the_labels(shared_data: Path) -> None:
    rows = [row for row in labels(shared_data, "organisation_names") if row["country"]]
    found = [(row["country"], organisation_origin("", "organisation", row["name"], None).country) for row in rows]
    said = [(labelled, country) for labelled, country in found if country]
    assert sum(labelled == country for labelled, country in said) >= 0.95 * len(said)
    assert len(said) >= 0.6 * len(found)


def test_labelled_persons_get_no_country(shared_data: Path) -> None:
    persons = [row["namespace"] for row in labels(shared_data, "organisation_country") if row["kind"] == "person"]
    assert [name for name in persons if organisation_origin(name, None, None, None).country] == []
