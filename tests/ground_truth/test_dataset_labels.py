"""Dataset rules against recorded listings and labels of other people."""

from pathlib import Path

import pytest

from benchmarks.rights_accuracy import RecordedDatasets


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> RecordedDatasets:
    return RecordedDatasets(shared_data / "hub2024")


def test_most_names_of_datasets_resolve(recorded: RecordedDatasets) -> None:
    assert recorded.resolved().value >= 0.85


def test_bare_names_resolve_to_the_datasets_that_had_them(shared_data: Path, recorded: RecordedDatasets) -> None:
    answered, right = recorded.answers(shared_data)
    assert answered.value >= 0.8
    assert right.value >= 0.95
