"""Which dataset derives from which?"""

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.datasets import DATASET_EDGES, DATASETS
from hublake.rules.datasets.dataset_origins import source_dataset
from hublake.rules.datasets.declared_datasets import dataset_id
from hublake.spark_jobs.dataframes.arrow_functions import map_tables
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.dataset_names import former_dataset_names, listed_datasets, resolve_dataset_names


def transform(datasets: DataFrame, listings: DataFrame) -> DataFrame:
    """One row per dataset and source; entries that name no dataset (`original`) and a dataset itself are left out.

    Cost: the declared sources and the names of all datasets pass through one task.
    """
    declared = datasets.select(F.col("dataset_id").alias("child_dataset"), F.explode("source_dataset_ids").alias("written"))
    declared = declared.where("written NOT IN ('original', 'extended')")
    without_prefix = F.regexp_replace("written", r"^extended\|", "").alias("name")
    former_names = former_dataset_names(declared.select(without_prefix), listings)
    frames = {"declared": declared, "datasets": listed_datasets(datasets), "former_names": former_names}
    return map_tables(frames, _edges, spark_schema(DATASET_EDGES, without=("snapshot_date",)))


def _edges(declared: pa.Table, datasets: pa.Table, former_names: pa.Table) -> pa.Table:
    names = {written: source_dataset(written) for written in declared["written"].unique().to_pylist()}
    sources = {written: source for written, name in names.items() if name and (source := dataset_id(name))}
    wanted = pa.table({"name": pa.array(sources.values(), pa.string())})
    resolved = {row["name"]: row for row in resolve_dataset_names(wanted, datasets, former_names).to_pylist()}
    edges: dict[tuple[str, str], dict[str, str]] = {}
    named = declared.filter(pc.is_in(declared["written"], value_set=pa.array(sources, pa.string())))
    for row in sorted(named.to_pylist(), key=lambda row: (row["child_dataset"], row["written"])):
        name = sources[row["written"]]
        found = resolved[name]
        parent = found["resolved_id"] or name
        if parent != row["child_dataset"]:
            edge = {"evidence": row["written"], "parent_status": found["dataset_status"], "resolved_by": found["resolved_by"]}
            edges.setdefault((row["child_dataset"], parent), edge)
    schema = pa.schema([(column.name, pa.string()) for column in DATASET_EDGES if column.name != "snapshot_date"])
    return pa.Table.from_pylist(
        [{"child_dataset": child, "parent_dataset": parent, **edge} for (child, parent), edge in edges.items()], schema
    )


JOB = Job(reads=(DATASETS, LISTINGS), writes=DATASET_EDGES, transform=transform)
