"""gold.lineage_motifs: occurrences of small patterns."""

import pytest
from pyspark.sql import DataFrame

from hublake.lake.schema.gold.lineage import LINEAGE_MOTIFS
from hublake.spark_jobs.gold.lineage import lineage_motifs


def test_each_motif_is_found_once(two_author_edges: DataFrame) -> None:
    found = lineage_motifs.transform(two_author_edges)
    assert {*found.columns, "snapshot_date"} == set(LINEAGE_MOTIFS.column_names)
    assert sorted((row.motif, row.model_ids) for row in found.collect()) == [
        ("merge_diamond", ["two/merge", "one/tuned", "two/left", "one/base"]),
        ("mutual_vendors", ["one/late", "two/merge", "two/left", "one/base"]),
        ("self_quantized", ["one/gguf", "one/base"]),
    ]


def test_a_model_with_more_parents_than_searched_is_in_no_diamond(two_author_edges: DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage_motifs, "MAX_PARENTS", 1)
    assert {row.motif for row in lineage_motifs.transform(two_author_edges).collect()} == {"mutual_vendors", "self_quantized"}
