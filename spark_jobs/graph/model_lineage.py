"""Where does each model stand in its family?"""

from functools import reduce

from graphframes import GraphFrame
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from lake.tables.gold import MODEL_LINEAGE
from lake.tables.silver import LINEAGE_EDGES, MODELS
from spark_jobs.graph.derivation import derivations
from spark_jobs.job import Job


def transform(models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """One row per model. Components join across all edges between listed models; roots and generations leave cycles out."""
    edges = derivations(lineage_edges)
    placed = _placed(models, edges, lineage_edges).localCheckpoint()
    first_root = F.get("root_ids", F.lit(0))
    labels = _labels(_links(placed, edges)).withColumnRenamed("model_id", "first_root")
    in_component = placed.withColumn("first_root", first_root).join(labels, "first_root", how="left")
    component = Window.partitionBy(F.coalesce("label", "first_root"))
    return in_component.select(
        "model_id",
        F.min("model_id").over(component).alias("component_id"),
        "root_ids",
        "generation",
        (F.col("has_children") & ~F.col("has_parent")).alias("is_root"),
        (~F.col("has_children")).alias("is_leaf"),
        "has_unknown_parent",
    )


def _placed(models: DataFrame, edges: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(model_id, root_ids, generation, has_children, has_parent, has_unknown_parent) of every model.

    Each part tells other columns of some models: one grouping in place of a join for each.
    """
    itself = models.select("model_id", F.lit(True).alias("is_listed"))
    parents = edges.select(F.col("parent").alias("model_id"), F.lit(True).alias("has_children"))
    told = reduce(
        lambda left, right: left.unionByName(right, allowMissingColumns=True), (tops(edges), _declares(lineage_edges), parents), itself
    )
    by_model = told.groupBy("model_id").agg(
        F.max("is_listed").alias("is_listed"),
        F.sort_array(F.collect_set("root_id")).alias("found_roots"),
        F.coalesce(F.max("generation"), F.lit(0)).cast("long").alias("generation"),
        *[F.coalesce(F.max(flag), F.lit(False)).alias(flag) for flag in ("has_children", "has_parent", "has_unknown_parent")],
    )
    root_ids = F.when(F.size("found_roots") > 0, F.col("found_roots")).otherwise(F.array("model_id"))
    return by_model.where("is_listed").withColumn("root_ids", root_ids).drop("is_listed", "found_roots")


def _declares(lineage_edges: DataFrame) -> DataFrame:
    """(model_id, has_parent, has_unknown_parent) for each parent declared, but for the model itself."""
    others = lineage_edges.where(~F.col("is_self_loop"))
    is_missing = F.col("parent_status") == "missing"
    return others.select(F.col("child_id").alias("model_id"), F.lit(True).alias("has_parent"), is_missing.alias("has_unknown_parent"))


def _links(placed: DataFrame, edges: DataFrame) -> DataFrame:
    """(src, dst): what joins families into one component: models of several roots, and pairs on cycles, which roots leave out.

    Every model is in the component of its first root, so components of all models are those of these few links.
    """
    first = F.get("root_ids", F.lit(0))
    shared = placed.where(F.size("root_ids") > 1).select(
        first.alias("src"), F.explode(F.slice("root_ids", 2, F.size("root_ids"))).alias("dst")
    )
    cycles = edges.where("is_cycle").select(F.col("child").alias("src"), F.col("parent").alias("dst"))
    on_cycles = placed.join(cycles.select(F.col("src").alias("model_id")), "model_id", how="left_semi")
    to_root = on_cycles.select(F.col("model_id").alias("src"), first.alias("dst")).where("src <> dst")
    return shared.union(cycles).union(to_root).distinct().localCheckpoint()


def _labels(links: DataFrame) -> DataFrame:
    """(model_id, label): one label for each weak component of the links; no name of a model is a label."""
    names = links.select(F.col("src").alias("id")).union(links.select("dst")).distinct()
    if links.isEmpty():
        return names.select(F.col("id").alias("model_id"), F.col("id").alias("label"))
    # graphx: the default, made for billions of edges, takes six times as long on graphs of this size.
    found: DataFrame = GraphFrame(names, links).connectedComponents(algorithm="graphx")
    return found.select(F.col("id").alias("model_id"), F.concat(F.lit("#"), "component").alias("label"))


def tops(edges: DataFrame) -> DataFrame:
    """(model_id, root_id, generation): for models with a parent each top above and the longest way to it; cycles left out.

    Each round joins the climbs made so far to each other, so that they double in length, and rest where they reach a
    top: log2 of the longest path in rounds. Only inner models climb; leaves take one step onto what their parents found.
    """
    up = edges.where("not is_cycle")
    climbs = _climbed(up.where("is_inner"))
    steps = up.where("not is_inner").select(F.col("child").alias("model_id"), F.col("parent").alias("below"))
    # A parent that never climbed is itself a top.
    from_leaves = steps.join(climbs, "below", how="left").select(
        "model_id", F.coalesce("above", "below").alias("root_id"), (F.coalesce("steps", F.lit(0)) + 1).alias("generation")
    )
    return from_leaves.union(
        climbs.select(F.col("below").alias("model_id"), F.col("above").alias("root_id"), F.col("steps").alias("generation"))
    )


def _climbed(inner: DataFrame) -> DataFrame:
    """(below, above, steps): for inner models with a parent, each top above and the longest way to it."""
    climbs = inner.select(
        F.col("child").alias("below"), F.col("parent").alias("above"), F.lit(1).alias("steps"), F.lit(False).alias("is_top")
    )
    climbs = climbs.localCheckpoint()
    pairs = climbs.count()
    while longest := _longest(climbs):
        if longest > pairs:
            raise ValueError("silver.lineage_edges: edges form a cycle that is_cycle does not mark. Rebuild the table.")
        upper = climbs.select(
            F.col("below").alias("above"), F.col("above").alias("next"), F.col("steps").alias("more"), F.col("is_top").alias("next_is_top")
        )
        longer = (
            climbs.where("not is_top")
            .join(upper, "above", how="left")
            .select(
                "below",
                F.coalesce("next", "above").alias("above"),
                (F.col("steps") + F.coalesce("more", F.lit(0))).alias("steps"),
                F.coalesce("next_is_top", F.lit(True)).alias("is_top"),
            )
        )
        doubled = climbs.where("is_top").union(longer)
        climbs = (
            doubled.groupBy("below", "above", "is_top")
            .agg(F.max("steps").alias("steps"))
            .select("below", "above", "steps", "is_top")
            .localCheckpoint()
        )
    return climbs.select("below", "above", "steps")


def _longest(climbs: DataFrame) -> int | None:
    """Length of the climbs that go on; None where all have reached a top."""
    found = climbs.where("not is_top").agg(F.max("steps")).first()
    return found[0] if found else None


JOB = Job(reads=(MODELS, LINEAGE_EDGES), writes=MODEL_LINEAGE, transform=transform)
