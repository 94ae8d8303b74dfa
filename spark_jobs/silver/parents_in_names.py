"""Parents of models that declare none, told by their names."""

from collections import defaultdict
from collections.abc import Iterator
from functools import reduce

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, LongType, StringType, StructType

from spark_jobs.boundary import Record, map_records, map_whole, table_of
from spark_jobs.rules.name_lineage import BREAKS, TELLS, Child, Namesake, Namesakes, parent_in_name
from spark_jobs.storage import held

CONFIDENCE = 0.8  # a guess: 93 % of 106 labelled ones were right (benchmarks/lineage_truth.py), but of models that others had noticed
# One row for each model that a name tells of (without a relation), and for each whose name tells.
NAMED = StructType()
for _name in ("key", "model_id", "author"):
    NAMED.add(_name, StringType())
NAMED.add("created_at", LongType()).add("downloads", LongType()).add("relation", StringType()).add("is_own", BooleanType())
MEANT = StructType()
for _name in ("child_id", "parent_id", "relation"):
    MEANT.add(_name, StringType())


def parents_in_names(models: DataFrame, edges: DataFrame) -> DataFrame:
    """(child_id, parent_id, relation) of models that no row of `edges` has as a child; at most one each.

    Of several listed models of the name the most downloaded is meant, and none that was made after the child by another author.
    Cost: of the names of models that declare nothing, a fifth goes through Python; what they tell goes to every executor, and with the
    models of these names, a sixth of all, through one task.
    """
    declaring = edges.select(F.col("child_id").alias("model_id")).distinct()
    known = models.select("model_id", "author", F.unix_micros("created_at").alias("created_at"), F.col("downloads_30d").alias("downloads"))
    silent = known.join(F.broadcast(declaring), "model_id", how="left_anti")
    children = held(map_records(silent.where(F.lower("model_id").rlike(TELLS)), _told, NAMED))
    keys = F.broadcast(children.select("key").distinct())
    parents = known.withColumn("key", name_key("model_id")).join(keys, "key", how="left_semi").repartition(1)
    return map_whole(children.unionByName(parents, allowMissingColumns=True), _meant, MEANT)


def name_key(model_id: str) -> Column:
    """rules.name_lineage.name_key of a column, without Python."""
    spelt = reduce(
        lambda text, mark: F.replace(text, F.lit(mark), F.lit("-")), BREAKS.replace("-", ""), F.lower(F.substring_index(model_id, "/", -1))
    )
    words = F.split(spelt, "-")
    return F.array_join(F.sort_array(F.array_remove(words, "")), "-")


def _told(row: Record) -> Iterator[Record]:
    told = parent_in_name(row["model_id"])
    if told is not None:
        yield row | told._asdict()


def _meant(named: pa.Table) -> pa.Table:
    """Rows of NAMED -> rows of MEANT."""
    namesakes, children = defaultdict(list), []
    for key, model_id, author, created_at, downloads, relation, is_own in zip(
        *(named[name].to_pylist() for name in NAMED.names), strict=True
    ):
        if relation is None:
            namesakes[key].append(Namesake(model_id, author, created_at, downloads or 0))
        else:
            children.append((key, relation, Child(model_id, author, created_at, is_own)))
    known = {key: Namesakes(models) for key, models in namesakes.items()}
    meant = [(child.model_id, known[key].meant_by(child), relation) for key, relation, child in children if key in known]
    return table_of((row for row in meant if row[1] is not None), MEANT)
