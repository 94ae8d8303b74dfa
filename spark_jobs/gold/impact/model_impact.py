"""How much do others build on each model?"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, LongType, StructType

from hublake.lake.enums import IMPACT_PARTS
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.settings import ImpactSettings
from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.graph.bearing import DAMPING, bearing
from hublake.spark_jobs.graph.folding import Ids, distinct, distinct_pairs, fold
from hublake.spark_jobs.graph.standing import standing
from hublake.spark_jobs.graph.strong import strong_components
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import is_derivation

_DEFAULT = ImpactSettings()
MEASURES = ("pagerank", "pagerank_by_downloads", "dependants", "descendants", "downloads_attributed")
MEASURED = StructType().add("number", LongType()).add("own_downloads", LongType())
for _name in MEASURES:
    MEASURED.add(_name, LongType() if _name in ("dependants", "descendants") else DoubleType())


@dataclass(frozen=True)
class Params:
    """`damping` as in Brin and Page 1998; the rest are the weights of impact_score."""

    damping: float = DAMPING
    pagerank: float = _DEFAULT.pagerank
    dependants: float = _DEFAULT.dependants
    descendants: float = _DEFAULT.descendants
    downloads: float = _DEFAULT.downloads


def transform(models: DataFrame, lineage_edges: DataFrame, *, params: Params) -> DataFrame:
    """One row per model; a model that nothing derives from has what it brings itself.

    Cost: numbers of all models and edges go through one task (`map_whole`); models meet what it found in one join.
    """
    downloads = F.coalesce("downloads_30d", F.lit(0)).alias("downloads")
    numbered = models.select("model_id", F.xxhash64("model_id").alias("number"), downloads)
    pairs = lineage_edges.where(is_derivation()).select(F.xxhash64("child_id").alias("number"), F.xxhash64("parent_id").alias("parent"))
    graph = numbered.select("number", "downloads").unionByName(pairs, allowMissingColumns=True)
    measured = map_table(graph, partial(_measured, damping=params.damping), MEASURED).localCheckpoint()
    return _scored(_with_lone(numbered, measured), _bounds(numbered, measured), params)


def _measured(graph: pa.Table, damping: float) -> pa.Table:
    """(number, downloads) of models and (number, parent) of pairs -> MEASURED of the models in a pair."""
    is_pair = graph["parent"].is_valid()
    models, pairs = graph.filter(pc.invert(is_pair)), graph.filter(is_pair)
    numbers = _distinct_numbers(models["number"].to_numpy())
    codes, known = pd.factorize(np.concatenate([pairs["number"].to_numpy(), pairs["parent"].to_numpy()]))
    folding = fold(distinct_pairs(known.size, *np.split(codes, 2)))
    strong = strong_components(folding)
    places = pd.Index(known).get_indexer(pd.Index(numbers))
    downloads = np.zeros(known.size, dtype=np.int64)
    downloads[places[places >= 0]] = models["downloads"].to_numpy()[places >= 0]
    found = bearing(folding, strong, standing(folding, strong).root_counts, downloads, damping)
    is_built_on = found.dependants > 0
    return pa.table({name: of_all[is_built_on] for name, of_all in {"number": known, "own_downloads": downloads, **vars(found)}.items()})


def _distinct_numbers(numbers: Ids) -> Ids:
    """The same. Two names with one 64-bit number are to be expected once in four million builds of the Hub's size; then it must be told."""
    if distinct(numbers).size < numbers.size:
        raise ValueError("silver.models: a model_id stands twice, or two have the same xxhash64. Rebuild silver.models.")
    return numbers


def _with_lone(numbered: DataFrame, measured: DataFrame) -> DataFrame:
    """(model_id, *MEASURED) of every model; one without a pair has what it brings itself."""
    own = F.col("downloads").cast("double")
    alone = {"pagerank": F.lit(1.0), "pagerank_by_downloads": own, "downloads_attributed": own}
    every = numbered.join(F.broadcast(measured), "number", how="left")
    return every.select("model_id", *[F.coalesce(name, alone.get(name, F.lit(0))).alias(name) for name in MEASURES])


def _bounds(numbered: DataFrame, measured: DataFrame) -> DataFrame:
    """One row: sums and extremes over all models, from those in a pair and what is known of the others."""
    whole = numbered.agg(F.count("*").alias("models"), F.sum("downloads").alias("downloads"), F.max("downloads").alias("most_downloads"))
    found = measured.agg(
        *[F.coalesce(F.sum(name), F.lit(0)).alias(f"sum_{name}") for name in ("pagerank", "pagerank_by_downloads", "own_downloads")],
        *[F.coalesce(F.max(name), F.lit(0)).alias(f"max_{name}") for name in MEASURES],
        F.count("*").alias("connected"),
    )
    lone = F.col("models") - F.col("connected")
    return whole.crossJoin(found).select(
        (F.col("sum_pagerank") + lone).alias("sum_pagerank"),
        (F.col("sum_pagerank_by_downloads") + F.col("downloads") - F.col("sum_own_downloads")).alias("sum_by_downloads"),
        F.greatest("max_pagerank", F.lit(1.0)).alias("high"),
        "max_dependants",
        "max_descendants",
        F.greatest("max_downloads_attributed", "most_downloads").alias("max_downloads"),
    )


def _scored(measured: DataFrame, bounds: DataFrame, params: Params) -> DataFrame:
    """Ranks scaled to the sum 1, the parts from 0 to 1, and their weighted sum."""
    counts = {"dependants": "dependants", "descendants": "descendants", "downloads": "downloads_attributed"}
    found = measured.crossJoin(F.broadcast(bounds))
    # No rank is below the teleport of 1 that every model has.
    parts = {"pagerank": _share(F.log("pagerank"), F.log("high"))} | {
        part: _share(F.log1p(column), F.log1p(f"max_{part}")) for part, column in counts.items()
    }
    scored = found.select(
        "model_id",
        (F.col("pagerank") / F.col("sum_pagerank")).alias("pagerank"),
        # On a hub without downloads the second teleport is even, like the first.
        F.when(F.col("sum_by_downloads") > 0, F.col("pagerank_by_downloads") / F.col("sum_by_downloads"))
        .otherwise(F.col("pagerank") / F.col("sum_pagerank"))
        .alias("pagerank_by_downloads"),
        "dependants",
        "descendants",
        "downloads_attributed",
        *[part.alias(f"{name}_part") for name, part in parts.items()],
    )
    weighted = sum((getattr(params, name) * F.col(f"{name}_part") for name in IMPACT_PARTS), F.lit(0.0))
    return scored.withColumn("impact_score", 100 * F.least(F.lit(1.0), weighted))


def _share(part: Column, whole: Column) -> Column:
    """part / whole, kept within 0 and 1 against rounding; 0 where the whole is 0, that is, all models are alike."""
    return F.when(whole > 0, F.greatest(F.lit(0.0), F.least(F.lit(1.0), part / whole))).otherwise(0.0)


JOB = Job(reads=(MODELS, LINEAGE_EDGES), writes=MODEL_IMPACT, transform=transform, params=Params())
