"""How many models disclose training data, themselves or through a parent?"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StructType

from hublake.lake.curated import curated
from hublake.lake.schema.gold.datasets import TRAINING_DISCLOSURE
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.spark_jobs.dataframes.arrow_functions import map_tables
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.graph.digraph import simple_digraph
from hublake.spark_jobs.graph.reach import reach
from hublake.spark_jobs.job import DEFAULT_EXECUTION, Execution, Job
from hublake.spark_jobs.steps.dataset_uses import IS_USE, inheritance_edges
from hublake.spark_jobs.steps.derivation_edges import fits_one_task
from hublake.spark_jobs.steps.graph_rounds.descendants import descendants
from hublake.spark_jobs.steps.intervals import wilson
from hublake.spark_jobs.steps.published_figures import published_columns
from hublake.spark_jobs.steps.publishers import countries_of_publishers, country_coverage, country_stratum, with_country
from hublake.spark_jobs.steps.strata import (
    FACETS,
    relations_of_children,
    strata_of_facets,
    strata_of_relations,
    with_facets,
)

HASHES = StructType().add(HASH, LongType())
GROUP = (*FACETS, "country")
FLAGS = ("with_dataset", "resolved", "placeholder_only", "evaluated_only", "inherited_only")


def transform(
    model_datasets: DataFrame,
    lineage_edges: DataFrame,
    models: DataFrame,
    accounts: DataFrame,
    organisations: DataFrame,
    *,
    execution: Execution = DEFAULT_EXECUTION,
) -> DataFrame:
    """One row per stratum: those of `strata_of_facets`, the relations of a model to its parents, and the country of its publisher.

    Cost: hashes of the names of models that declare a dataset, and at the ends of all edges, pass through one task, which needs some 100
    bytes for each of them, or the names through rounds of Spark. All models are joined with facts on those that have a parent or a
    dataset, by such hashes. Models of the same facets are counted together before they are counted in each stratum.
    """
    using, edges = model_datasets.where(IS_USE).select("model_id"), inheritance_edges(lineage_edges)
    if fits_one_task(lineage_edges, execution):
        hashed_edges = edges.select(name_hash("child_id").alias("child"), name_hash("parent_id").alias("parent"))
        inheriting = map_tables({"uses": using.select(name_hash()).distinct(), "edges": hashed_edges}, _inheriting_models, HASHES)
    else:
        execution.note("descendants by rounds of Spark")
        pairs = edges.select(F.col("child_id").alias("child"), F.col("parent_id").alias("parent")).distinct().localCheckpoint()
        inheriting = descendants(using.distinct().withColumnRenamed("model_id", "node"), pairs).select(name_hash("node"))
    inherited = inheriting.withColumn("inherited_only", F.lit(True))
    facts = _facts(relations_of_children(lineage_edges), _declaring_models(model_datasets), inherited)
    downloads = F.coalesce("downloads_30d", F.lit(0)).alias("downloads_30d")
    placed = with_country(with_facets(models, accounts), countries_of_publishers(organisations))
    listed = placed.select("model_id", *GROUP, downloads)
    described = join_by_hash(listed, facts).select(*GROUP, "relations", "downloads_30d", *[_flag(name) for name in FLAGS])
    sums = (F.count("*").alias("models"), F.sum("downloads_30d").alias("downloads_30d"))
    alike = described.groupBy(*GROUP, "relations", *FLAGS).agg(*sums)
    strata = F.concat(strata_of_facets(), strata_of_relations(), F.array(country_stratum()))
    in_stratum = alike.withColumn("stratum", F.explode(strata)).groupBy("stratum")
    counted = in_stratum.agg(
        F.sum("models").alias("models"),
        *[F.sum(F.when(F.col(name), F.col("models")).otherwise(0)).alias(name) for name in FLAGS],
        F.sum("downloads_30d").alias("downloads_30d"),
        F.sum(F.when(F.col("with_dataset"), F.col("downloads_30d")).otherwise(0)).alias("downloads_disclosed"),
    )
    low, high = wilson(F.col("with_dataset"), F.col("models"))
    share = F.when(F.col("downloads_30d") > 0, F.col("downloads_disclosed") / F.col("downloads_30d"))
    columns = {"disclosed_share": F.col("with_dataset") / F.col("models"), "disclosed_share_low": low, "disclosed_share_high": high}
    columns |= {"country_coverage_share": country_coverage("models"), "country_downloads_coverage_share": country_coverage("downloads_30d")}
    published = published_columns(curated("published_disclosure"), ["stratum"], ("share", "double"))
    return counted.withColumns(columns | {"downloads_disclosed_share": share} | published)


def _facts(*frames: DataFrame) -> DataFrame:
    """(HASH, relations, *FLAGS) of the models in any of the frames, which have one row per model: one join instead of several."""
    rows = union_by_name(frames, may_lack_columns=True)
    return rows.groupBy(HASH).agg(*[F.max(name).alias(name) for name in ("relations", *FLAGS)])


def _flag(name: str) -> Column:
    return F.coalesce(name, F.lit(False)).alias(name)


def _declaring_models(model_datasets: DataFrame) -> DataFrame:
    """(HASH, with_dataset, resolved, placeholder_only, evaluated_only) of the models that declare anything."""
    is_use = F.expr(IS_USE)
    grouped = model_datasets.groupBy(name_hash()).agg(
        F.max(is_use).alias("with_dataset"),
        F.max(is_use & F.col("resolved_id").isNotNull()).alias("resolved"),
        F.min("is_placeholder").alias("placeholder_only"),
    )
    return grouped.withColumn("evaluated_only", ~F.col("with_dataset") & ~F.col("placeholder_only"))


def _inheriting_models(uses: pa.Table, edges: pa.Table) -> pa.Table:
    """The hashes of the models that declare no dataset but descend from one that does."""
    columns = (uses[HASH], edges["child"], edges["parent"])
    encoded = pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.int64()).combine_chunks().dictionary_encode()
    start, child, parent = np.split(encoded.indices.to_numpy().astype(np.int64), np.cumsum([len(uses), len(edges)]))
    found = reach(simple_digraph(len(encoded.dictionary), child, parent), 1, np.zeros(start.size, dtype=np.int64), start)
    return pa.table({HASH: pc.take(encoded.dictionary, pa.array(found.node[found.via >= 0]))})


JOB = Job(
    reads=(MODEL_DATASETS, LINEAGE_EDGES, MODELS, ACCOUNTS, ORGANISATIONS),
    writes=TRAINING_DISCLOSURE,
    transform=transform,
    takes_execution=True,
)
