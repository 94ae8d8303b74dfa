"""Which dataset derives from which?"""

from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructType

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.datasets import DATASET_EDGES, DATASETS
from hublake.rules.datasets.dataset_origins import source_dataset
from hublake.rules.datasets.declared_datasets import dataset_id
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records, map_tables
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.dataset_names import former_dataset_names, listed_datasets, resolve_dataset_names

SOURCES = StructType().add("written", StringType()).add("name", StringType())


def transform(datasets: DataFrame, listings: DataFrame) -> DataFrame:
    """One row per dataset and source; entries that name no dataset (`original`) and a dataset itself are left out.

    Cost: the distinct declared sources pass through Python. All of them and the names of all datasets pass through one task, which needs
    some 200 bytes for each of them.
    """
    declared = datasets.select(F.col("dataset_id").alias("child_dataset"), F.explode("source_dataset_ids").alias("written"))
    declared = lazy_checkpoint(declared.where("written NOT IN ('original', 'extended')"))
    sources = lazy_checkpoint(map_records(declared.select("written").distinct(), _source, SOURCES))
    named = declared.join(sources, "written", how="inner")
    former_names = former_dataset_names(sources.select("name"), listings)
    frames = {"declared": named, "datasets": listed_datasets(datasets), "former_names": former_names}
    return map_tables(frames, _edges, spark_schema(DATASET_EDGES, without=("snapshot_date",)))


def _source(row: Record) -> Iterator[Record]:
    """The written text with the name that it means: that of a URL on the Hub is the dataset's."""
    name = dataset_id(source_dataset(row["written"]) or "")
    if name:
        yield {"written": row["written"], "name": name}


def _edges(declared: pa.Table, datasets: pa.Table, former_names: pa.Table) -> pa.Table:
    resolved = {row["name"]: row for row in resolve_dataset_names(declared.select(["name"]), datasets, former_names).to_pylist()}
    edges: dict[tuple[str, str], dict[str, str]] = {}
    for row in declared.sort_by([("child_dataset", "ascending"), ("written", "ascending")]).to_pylist():
        found = resolved[row["name"]]
        parent = found["resolved_id"] or row["name"]
        if parent != row["child_dataset"]:
            edge = {"evidence": row["written"], "parent_status": found["dataset_status"], "resolved_by": found["resolved_by"]}
            edges.setdefault((row["child_dataset"], parent), edge)
    schema = pa.schema([(column.name, pa.string()) for column in DATASET_EDGES if column.name != "snapshot_date"])
    return pa.Table.from_pylist(
        [{"child_dataset": child, "parent_dataset": parent, **edge} for (child, parent), edge in edges.items()], schema
    )


JOB = Job(reads=(DATASETS, LISTINGS), writes=DATASET_EDGES, transform=transform)
