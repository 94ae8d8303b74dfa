"""gold.lineage_motifs: occurrences of small patterns."""

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
