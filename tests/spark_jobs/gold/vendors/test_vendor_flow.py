"""gold.vendor_flow: models that pass from one author to another."""

from pyspark.sql import DataFrame

from hublake.lake.schema.gold.vendors import VENDOR_FLOW
from hublake.spark_jobs.gold.vendors import vendor_flow


def test_vendor_flow_counts_models_between_authors(two_author_models: DataFrame, two_author_edges: DataFrame) -> None:
    found = vendor_flow.transform(two_author_models, two_author_edges)
    assert {*found.columns, "snapshot_date"} == set(VENDOR_FLOW.column_names)
    flows = {(row.child_author, row.parent_author, row.relation): (row.models, row.parents, row.downloads_30d) for row in found.collect()}
    assert flows["one", "one", "finetune"] == (1, 1, 10)
    assert flows["two", "one", "merge"] == (1, 1, 1)
    assert flows["one", "two", "finetune"] == (1, 1, 0)
    assert len(flows) == 7
