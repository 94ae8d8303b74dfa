"""Shares and quantiles of a sample, which drift is judged by."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hublake.expectations.drift import drift_expectations
from hublake.expectations.sampled_figures import SampledFigures, is_sampled, sampled_columns
from hublake.lake.delta.staged_files import read_columns
from hublake.lake.schema.gold.architectures import MODEL_ARCHITECTURE
from hublake.lake.schema.gold.lineage import NETWORK_METRICS
from hublake.lake.schema.silver.cards import MODEL_CARDS

EXPECTED = {
    "drift of values present: parameters": 0.75,
    "drift of the median: parameters": 2.0,
    "drift of the upper tenth: parameters": 30.0,
    "drift of the share: size_class = unknown": 0.25,
    "drift of the share: size_class = over-300b": 0.0,
    "drift of the share: is_confirmed = True": 0.5,
    "drift of the share: is_moe = True": 1.0,
}
ROWS = pa.table(
    {
        "parameters": pa.array([1, 2, None, 30]),
        "size_class": pa.array(["1b-to-3b", "1b-to-3b", "unknown", "3b-to-9b"]),
        "is_confirmed": pa.array([True, False, True, False]),
        "is_moe": pa.array([None, None, None, True]),
    }
)


@pytest.mark.parametrize(
    ("rows", "expected"), [(ROWS, EXPECTED), (ROWS.slice(0, 0), dict.fromkeys(EXPECTED))], ids=["four rows", "no rows"]
)
def test_shares_are_among_the_values_that_are_known(rows: pa.Table, expected: dict[str, float | None]) -> None:
    figures = SampledFigures(rows)
    sampled = {str(e.configuration.description): e for e in drift_expectations(MODEL_ARCHITECTURE, {}) if is_sampled(e)}
    assert {name: figures.figure(sampled[name]) for name in expected} == expected


def test_the_number_of_rows_and_of_different_values_is_that_of_the_whole_table() -> None:
    whole = {str(e.configuration.description) for e in drift_expectations(NETWORK_METRICS, {}) if not is_sampled(e)}
    assert whole == {"drift of rows", "drift of different values: metric"}


def test_of_a_text_only_its_presence_is_read(tmp_path: Path) -> None:
    columns = sampled_columns([e for e in drift_expectations(MODEL_CARDS, {}) if is_sampled(e)])
    assert columns.items() >= {"text": True, "word_count": False, "yaml_status": False}.items()
    for number, (text, words) in enumerate([("one two", 2), (None, None)]):
        file = pa.table({"text": pa.array([text], pa.string()), "word_count": pa.array([words], pa.int64()), "tags": [["a"]]})
        pq.write_table(file, tmp_path / f"part-{number}.parquet")
    found = read_columns(tmp_path, {"text": True, "word_count": False, "tags": True})
    assert found.to_pydict() == {"text": [True, None], "word_count": [2, None], "tags": [True, True]}
