"""How often do cards fill each section, over all and by popularity, task and relation?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lake.tables.gold import CARD_DOCUMENTATION, DOCUMENTATION_RATES
from lake.tables.silver import CARD_SECTIONS, LINEAGE_EDGES, MODELS
from lake.vocabulary import DOCUMENTED_SECTIONS, SECTION_CLASSES
from spark_jobs.job import Job

TASKS = 20
TOP_SHARE = 0.01
Z = 1.959964  # the normal distribution's 97.5 % point


def transform(card_documentation: DataFrame, card_sections: DataFrame, models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """A documented class is filled as card_documentation says; any other where a section of it has content of its own.

    A model stands in several strata. Cost: one row for each model and stratum, one aggregation.
    """
    cards = card_documentation.join(_filled_elsewhere(card_sections), "model_id", how="left")
    filled = [_is_filled(name).cast("long").alias(name) for name in SECTION_CLASSES]
    counted = cards.select("model_id", F.col("has_card").cast("long").alias("cards"), *filled)
    sums = [F.sum(name).alias(name) for name in ("cards", *SECTION_CLASSES)]
    wide = _strata(models, lineage_edges).join(counted, "model_id", how="inner").groupBy("stratum").agg(F.count("*").alias("models"), *sums)
    rates = wide.unpivot(["stratum", "models", "cards"], list(SECTION_CLASSES), "section_class", "filled")
    share = F.when(F.col("cards") > 0, F.col("filled") / F.col("cards"))
    low, high = wilson(F.col("filled"), F.col("cards"))
    return rates.withColumns({"filled_share": share, "filled_share_low": low, "filled_share_high": high})


def wilson(hits: Column, trials: Column) -> tuple[Column, Column]:
    """The 95 % score interval of a share (Wilson 1927), within 0 and 1; null without trials."""
    share = hits / trials
    middle = share + Z * Z / (2 * trials)
    width = Z * F.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    scale = 1 + Z * Z / trials
    low, high = F.greatest((middle - width) / scale, F.lit(0.0)), F.least((middle + width) / scale, F.lit(1.0))
    return F.when(trials > 0, low), F.when(trials > 0, high)


def _is_filled(name: str) -> Column:
    if name in DOCUMENTED_SECTIONS:
        return F.col("has_card") & F.col(f"has_{name}")
    return F.col("has_card") & F.coalesce(F.array_contains("filled_classes", name), F.lit(False))


def _filled_elsewhere(card_sections: DataFrame) -> DataFrame:
    own = card_sections.where(~F.col("is_placeholder") & ~F.col("is_boilerplate"))
    return own.groupBy("model_id").agg(F.array_distinct(F.flatten(F.collect_set("section_classes"))).alias("filled_classes"))


def _strata(models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(model_id, stratum), several rows for a model.

    top-1%: downloads_30d at or above the 99th percentile of all models that have the number, and not zero; ties make it
    larger. A model without the number is in no stratum of popularity.
    """
    downloads = F.col("downloads_30d")
    threshold = models.agg(F.percentile("downloads_30d", F.lit(1 - TOP_SHARE)).alias("threshold"))
    tasks = models.where("pipeline_tag is not null").groupBy("pipeline_tag").count()
    common = tasks.orderBy(F.desc("count"), "pipeline_tag").limit(TASKS).select("pipeline_tag", F.lit(True).alias("is_common"))
    relations = (
        lineage_edges.where(~F.col("is_self_loop"))
        .groupBy(F.col("child_id").alias("model_id"))
        .agg(F.collect_set("relation").alias("relations"))
    )
    known = (
        models.select("model_id", "downloads_30d", "pipeline_tag")
        .crossJoin(F.broadcast(threshold))
        .join(F.broadcast(common), "pipeline_tag", how="left")
        .join(relations, "model_id", how="left")
    )
    single = F.array(
        F.lit("all"),
        F.when((downloads > 0) & (downloads >= F.col("threshold")), "popularity:top-1%"),
        F.when(downloads > 0, "popularity:with-downloads").when(downloads == 0, "popularity:no-downloads"),
        F.when(F.col("is_common"), F.concat(F.lit("task:"), "pipeline_tag")),
    )
    related = F.transform(F.coalesce("relations", F.array(F.lit("none"))), lambda relation: F.concat(F.lit("relation:"), relation))
    return known.select("model_id", F.explode(F.array_compact(F.concat(single, related))).alias("stratum"))


JOB = Job(reads=(CARD_DOCUMENTATION, CARD_SECTIONS, MODELS, LINEAGE_EDGES), writes=DOCUMENTATION_RATES, transform=transform)
