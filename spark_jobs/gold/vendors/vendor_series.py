"""Which series has each vendor released, and what have others made of them?"""

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StructType

from hublake.lake.repo_ids import CREATED_AT_FLOOR
from hublake.lake.schema.gold.vendors import MODEL_SERIES, VENDOR_SERIES
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.vendors import MODEL_NAMES
from hublake.rules.vendors.model_names import line_names
from hublake.spark_jobs.dataframes.array_columns import no_text
from hublake.spark_jobs.dataframes.arrow_functions import map_tables
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash
from hublake.spark_jobs.graph.digraph import Ids, simple_digraph
from hublake.spark_jobs.graph.reach import reach
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation
from hublake.spark_jobs.steps.licenses_by_model import licenses_by_hash
from hublake.spark_jobs.steps.vendors import other_derivatives, own_models

KEY = ("vendor", "series")
DESCENDANTS = StructType().add("label", LongType()).add("descendants", LongType()).add("descendants_by_others", LongType())


def transform(
    model_series: DataFrame, model_names: DataFrame, models: DataFrame, model_licenses: DataFrame, lineage_edges: DataFrame
) -> DataFrame:
    """One row per series of a known line, or with two models, or on which other vendors build.

    Left out are the single models whose names merely look like a series. Cost: the edges and the models of all series pass through one
    task as hashes, which needs 50 bytes for each pair of a series and a model that descends from it.
    """
    by_others = other_derivatives(model_series, lineage_edges)
    others = by_others.groupBy(*KEY).agg(
        F.min(F.when(F.col("child_created_at") >= F.col("parent_created_at"), F.col("child_created_at"))).alias("first_other_at"),
        F.count_distinct(F.when(F.col("relation") == "quantized", F.col("parent_id"))).alias("quantised"),
    )
    others = lazy_checkpoint(others)
    summed = _own_sums(_possible(own_models(model_series), others), model_names, models, model_licenses)
    joined = summed.join(others, [*KEY], how="left").withColumn("label", F.xxhash64(*KEY))
    kept = joined.where("method = 'curated' OR models > 1 OR quantised IS NOT NULL")
    counted = kept.join(_descendants(model_series, lineage_edges), "label", how="left")
    dated = Window.partitionBy("vendor", "brand", F.col("first_at").isNull()).orderBy("first_at", "series")
    successor = F.when(F.col("first_at").isNotNull(), F.lead("series").over(dated))
    waited = F.timestamp_diff("DAY", F.col("first_at"), F.col("first_other_at"))
    originals = F.col("models") - F.col("copies")
    columns = {
        "successor_series": successor,
        "descendants": F.coalesce("descendants", F.lit(0)),
        "descendants_by_others": F.coalesce("descendants_by_others", F.lit(0)),
        "first_other_derivative_days": F.when(waited < 0, 0).otherwise(waited),
        "quantised_by_others_share": F.try_divide(F.least(F.coalesce("quantised", F.lit(0)), originals), originals),
    }
    return counted.withColumns(columns).select(*[name for name in VENDOR_SERIES.column_names if name != "snapshot_date"])


def _possible(own: DataFrame, others: DataFrame) -> DataFrame:
    """The models of series that may be kept: those of a brand of a known line, with two models, or in `others`.

    Of a recorded hub of 570,000 models, one in six series is. The others need no joins.
    """
    labelled = own.withColumn("label", F.xxhash64(*KEY))
    is_known = F.col("brand").isin(*sorted(line_names()))
    counted = labelled.groupBy("label").agg(F.count("*").alias("models"), F.max(is_known).alias("is_known"))
    labels = counted.where("models > 1 OR is_known").select("label").unionByName(others.select(F.xxhash64(*KEY).alias("label")))
    possible = labelled.join(F.broadcast(labels), "label", how="left_semi")
    return lazy_checkpoint(possible.select("model_id", *KEY, "brand", "released_at", "is_copy"))


def _own_sums(own: DataFrame, model_names: DataFrame, models: DataFrame, model_licenses: DataFrame) -> DataFrame:
    names, listed, licenses = (at_ends(frame, own, ["model_id"]) for frame in (model_names, models, model_licenses))
    downloads = listed.select("model_id", F.coalesce("downloads_30d", F.lit(0)).alias("downloads_30d"))
    named = join_by_hash(own, names.select("model_id", "variant", "size_text", "method"), downloads, how="inner")
    described = join_by_hash(named, licenses_by_hash(licenses))

    def distinct(arrays: str) -> Column:
        return F.array_sort(F.array_distinct(F.flatten(F.collect_set(F.coalesce(arrays, no_text())))))

    return described.groupBy(*KEY).agg(
        F.min("brand").alias("brand"),
        F.min("method").alias("method"),
        _first_release().alias("first_at"),
        F.max("released_at").alias("last_at"),
        F.count("*").alias("models"),
        F.count_if("is_copy").alias("copies"),
        distinct("variant").alias("variant"),
        F.array_sort(F.collect_set("size_text")).alias("sizes"),
        distinct("licenses").alias("licenses"),
        F.sum("downloads_30d").alias("downloads_30d"),
    )


def _first_release() -> Column:
    """When the first model was released. A model of the Hub's floor is older than any after it, by an unknown time."""
    first = F.min("released_at")
    return F.when((F.count_if(F.col("released_at").isNull()) == 0) | (first <= F.lit(CREATED_AT_FLOOR)), first)


def _descendants(model_series: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    starts = own_models(model_series).select(F.xxhash64("model_id").alias("node"), F.xxhash64(*KEY).alias("label"))
    edges = lineage_edges.where(is_derivation()).select(F.xxhash64("child_id").alias("child"), F.xxhash64("parent_id").alias("parent"))
    vendors = model_series.select(F.xxhash64("model_id").alias("node"), F.xxhash64("vendor").alias("vendor"))
    ends = edges.select(F.explode(F.array("child", "parent")).alias("node")).distinct()
    frames = {"starts": starts.join(F.broadcast(ends), "node", how="left_semi"), "edges": edges}
    frames["vendors"] = vendors.join(F.broadcast(ends), "node", how="left_semi")
    return map_tables(frames, _reached, DESCENDANTS)


def _reached(starts: pa.Table, edges: pa.Table, vendors: pa.Table) -> pa.Table:
    """DESCENDANTS of each label; all ids are hashes, and `vendors` has every node of the edges."""
    nodes, order = np.unique(vendors["node"].to_numpy(), return_index=True)
    vendor = vendors["vendor"].to_numpy()[order]
    labels, label = np.unique(starts["label"].to_numpy(), return_inverse=True)
    start = _positions(starts["node"], nodes)
    found = reach(
        simple_digraph(len(nodes), _positions(edges["child"], nodes), _positions(edges["parent"], nodes)), len(labels), label, start
    )
    is_descendant = found.via >= 0
    reached_label, node = found.label[is_descendant], found.node[is_descendant]
    own_vendor = np.zeros(len(labels), dtype=np.int64)
    own_vendor[label] = vendor[start]
    is_by_other = vendor[node] != own_vendor[reached_label]
    return pa.table(
        {
            "label": labels,
            "descendants": np.bincount(reached_label, minlength=len(labels)),
            "descendants_by_others": np.bincount(reached_label[is_by_other], minlength=len(labels)),
        }
    )


def _positions(hashes: pa.ChunkedArray, nodes: Ids) -> Ids:
    return np.asarray(np.searchsorted(nodes, hashes.to_numpy()), dtype=np.int64)


JOB = Job(reads=(MODEL_SERIES, MODEL_NAMES, MODELS, MODEL_LICENSES, LINEAGE_EDGES), writes=VENDOR_SERIES, transform=transform)
