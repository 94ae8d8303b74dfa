"""What are the properties of the derivation graph as a whole?"""

from functools import reduce

from graphframes import GraphFrame
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import EVIDENCE, PARENT_STATUS, RELATIONS
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE, NETWORK_METRICS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivation_edges

TOP_MODELS = 100


def transform(models: DataFrame, lineage_edges: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per metric.

    `nodes` counts listed models, `edges` distinct pairs of two listed models. All other metrics named edges_ or _edges count rows of
    lineage_edges, whose parents may be missing.
    """
    row = (
        _edge_counts(lineage_edges)
        .crossJoin(_degree_metrics(models, derivation_edges(lineage_edges).distinct()))
        .crossJoin(_component_metrics(model_lineage, lineage_edges))
    )
    return _unpivot(_with_ratios(row))


def _edge_counts(edges: DataFrame) -> DataFrame:
    values_by_column = {"relation": RELATIONS, "evidence": EVIDENCE, "parent_status": PARENT_STATUS}
    return edges.agg(
        F.count("*").alias("declared_edges"),
        F.count_if("is_relation_declared").alias("edges_relation_declared"),
        F.count_if("is_self_loop").alias("self_loops"),
        F.count_if("is_cycle").alias("cycle_edges"),
        F.count_if("is_child_older").alias("edges_child_older"),
        *[
            F.count_if(F.col(column) == value).alias(f"edges_{column}_{value}")
            for column, values in values_by_column.items()
            for value in values
        ],
    )


def _degree_metrics(models: DataFrame, pairs: DataFrame) -> DataFrame:
    pairs = pairs.localCheckpoint()
    graph = GraphFrame(models.select(F.col("model_id").alias("id")), pairs.withColumnsRenamed({"child": "src", "parent": "dst"}))

    def degree_summary(degrees: DataFrame, column: str, name: str) -> DataFrame:
        return degrees.agg(F.coalesce(F.max(column), F.lit(0)).alias(f"max_{name}"), F.count("*").alias(f"models_with_{name}"))

    reversed_pairs = pairs.select(F.col("child").alias("parent"), F.col("parent").alias("child"))
    top = graph.inDegrees.orderBy(F.desc("inDegree")).limit(TOP_MODELS)
    parts = (
        pairs.agg(F.count("*").alias("edges")),
        pairs.join(reversed_pairs, ["child", "parent"], how="left_semi").agg(F.count("*").alias("mutual_edges")),
        top.agg(F.coalesce(F.sum("inDegree"), F.lit(0)).alias("edges_to_top_100")),
        graph.outDegrees.agg(F.count_if(F.col("outDegree") > 1).alias("models_with_several_parents")),
        models.agg(F.count("*").alias("nodes")),
        degree_summary(graph.inDegrees, "inDegree", "dependants"),
        degree_summary(graph.outDegrees, "outDegree", "parents"),
    )
    one_row: DataFrame = reduce(DataFrame.crossJoin, parts)
    return one_row


def _component_metrics(model_lineage: DataFrame, edges: DataFrame) -> DataFrame:
    sizes = model_lineage.groupBy("component_id").agg(F.count("*").alias("size"))
    components = sizes.agg(
        F.count("*").alias("components"), F.max("size").alias("largest_component"), F.count_if(F.col("size") == 1).alias("isolates")
    )
    quantized = edges.where("relation = 'quantized' and not is_self_loop").select(F.col("child_id").alias("model_id")).distinct()
    flagged = model_lineage.join(quantized.withColumn("is_quantized", F.lit(True)), "model_id", how="left").fillna(False, ["is_quantized"])
    positions = flagged.agg(
        F.count_if("is_root").alias("roots"),
        F.count_if("is_leaf").alias("leaves"),
        F.count_if("has_unknown_parent").alias("models_with_unknown_parent"),
        F.max("generation").alias("max_generation"),
        F.count_if("is_quantized").alias("quantized_models"),
        F.count_if(F.col("is_quantized") & F.col("is_leaf")).alias("quantized_leaves"),
    )
    return components.crossJoin(positions)


def _with_ratios(row: DataFrame) -> DataFrame:
    """Density is that of a directed graph. mean_dependants is over models with dependants, mean_parents over models with parents.

    Ratios with denominator 0 are dropped.
    """
    nodes, edges = F.col("nodes"), F.col("edges")
    ratios = {
        "density": F.try_divide(edges, nodes * (nodes - 1)),
        "mean_dependants": F.try_divide(edges, "models_with_dependants"),
        "mean_parents": F.try_divide(edges, "models_with_parents"),
        "reciprocity": F.try_divide("mutual_edges", edges),
        "edges_to_top_100_share": F.try_divide("edges_to_top_100", edges),
        # Freeman 1979: concentration of the dependants on one model; 1 for a star.
        "dependants_centralization": F.try_divide(nodes * F.col("max_dependants") - edges, (nodes - 1) * (nodes - 1)),
        "isolates_share": F.try_divide("isolates", nodes),
        "largest_component_share_of_connected": F.try_divide("largest_component", nodes - F.col("isolates")),
        "quantized_leaf_share": F.try_divide("quantized_leaves", "quantized_models"),
    }
    return row.select("*", *[ratio.alias(name) for name, ratio in ratios.items()])


def _unpivot(row: DataFrame) -> DataFrame:
    pairs: list[Column] = [F.struct(F.lit(name).alias("metric"), F.col(name).cast("double").alias("value")) for name in row.columns]
    return row.select(F.inline(F.array(*pairs))).where("value is not null")


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_LINEAGE), writes=NETWORK_METRICS, transform=transform)
