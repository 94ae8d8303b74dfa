"""How often do cards fill each section class, overall and by popularity, age, task, library, licence, relation and kind of author?"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.curated import curated
from hublake.lake.enums import SECTION_CLASSES
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, DOCUMENTATION_RATES
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.intervals import wilson

# Strata are the most frequent values of a facet; those of rarer values are too small to be meaningful.
MAX_VALUES = 20
TOP_SHARE = 0.01
TOPS = (100, 1_000)


def transform(
    card_documentation: DataFrame, models: DataFrame, model_licenses: DataFrame, lineage_edges: DataFrame, accounts: DataFrame
) -> DataFrame:
    """Count filled sections, as in card_documentation; a model belongs to several strata.

    Published shares are shown with their date and denominator: they counted headings and included templates.
    Cost: one row for each model and stratum, one aggregation.
    """
    filled = [_is_filled(name).cast("long").alias(name) for name in SECTION_CLASSES]
    counted = card_documentation.select("model_id", F.col("has_card").cast("long").alias("cards"), *filled)
    sums = [F.sum(name).alias(name) for name in ("cards", *SECTION_CLASSES)]
    strata = _strata(models, model_licenses, lineage_edges, accounts)
    wide = strata.join(counted, "model_id", how="inner").groupBy("stratum").agg(F.count("*").alias("models"), *sums)
    rates = wide.unpivot(["stratum", "models", "cards"], list(SECTION_CLASSES), "section_class", "filled")
    share = F.when(F.col("cards") > 0, F.col("filled") / F.col("cards"))
    low, high = wilson(F.col("filled"), F.col("cards"))
    ours = rates.withColumns({"filled_share": share, "filled_share_low": low, "filled_share_high": high})
    return ours.withColumns(_published())


def _published() -> dict[str, Column]:
    """Columns with the figures that others have published for a class and stratum; null for most."""
    rows = curated("published_documentation")
    names = {"published_share": "double", "published_date": "date", "published_denominator": "string", "published_source": "string"}
    columns = {name: F.lit(None).cast(kind) for name, kind in names.items()}
    for row in rows:
        values = (float(row["filled_share"]), date.fromisoformat(row["measured_on"]), row["denominator"], row["source"])
        is_row = (F.col("section_class") == row["section_class"]) & (F.col("stratum") == row["stratum"])
        columns = {name: F.when(is_row, F.lit(value)).otherwise(columns[name]) for name, value in zip(names, values, strict=True)}
    return columns


def _is_filled(name: str) -> Column:
    return F.col("has_card") & F.array_contains("sections_filled", name)


def _strata(models: DataFrame, model_licenses: DataFrame, lineage_edges: DataFrame, accounts: DataFrame) -> DataFrame:
    """(model_id, stratum), several rows for a model.

    The kind of an author whose account was not crawled is `unknown`, which does not tell whether it is a person.
    Ranks and quartiles are by downloads_30d: equal downloads are ranked by name, and quartiles are computed over models that have
    downloads. A model without this number is in no stratum of popularity.
    """
    downloads = F.col("downloads_30d")
    thresholds = models.agg(F.percentile("downloads_30d", F.lit(1 - TOP_SHARE)).alias("threshold")).crossJoin(
        models.where("downloads_30d > 0").agg(F.percentile("downloads_30d", F.array(*map(F.lit, (0.25, 0.5, 0.75)))).alias("quartiles"))
    )
    known = (
        models.select("model_id", "author", "downloads_30d", "pipeline_tag", "library_name", "created_at", "is_created_at_floor")
        .crossJoin(F.broadcast(thresholds))
        .join(_values(lineage_edges.where(~F.col("is_self_loop")), "child_id", "relation"), "model_id", how="left")
        .join(_values(model_licenses, "model_id", "license"), "model_id", how="left")
        .join(F.broadcast(accounts.select(F.col("account").alias("author"), "kind")), "author", how="left")
        .join(F.broadcast(_tops(models)), "model_id", how="left")
        .join(F.broadcast(_frequent(models, "pipeline_tag", "task")), "pipeline_tag", how="left")
        .join(F.broadcast(_frequent(models, "library_name", "library")), "library_name", how="left")
    )
    quartile = 1 + sum((F.when(downloads > F.col("quartiles")[index], 1).otherwise(0) for index in range(3)), F.lit(0))
    single = F.array(
        F.lit("all"),
        F.when((downloads > 0) & (downloads >= F.col("threshold")), "popularity:top-1%"),
        F.when(downloads > 0, "popularity:with-downloads").when(downloads == 0, "popularity:no-downloads"),
        F.when(downloads > 0, F.concat(F.lit("popularity:quartile-"), quartile)),
        "task",
        "library",
        F.concat(F.lit("author_kind:"), F.coalesce("kind", F.lit("unknown"))),
        F.when(F.col("is_created_at_floor"), "year:before-2022-03").otherwise(F.concat(F.lit("year:"), F.year("created_at"))),
    )
    several = [
        F.transform(F.coalesce("relation", F.array(F.lit("none"))), lambda value: F.concat(F.lit("relation:"), value)),
        F.transform(F.coalesce("license", F.array(F.lit("none"))), lambda value: F.concat(F.lit("license:"), value)),
        F.coalesce("tops", F.array().cast("array<string>")),
    ]
    strata = known.select("model_id", F.explode(F.array_distinct(F.array_compact(F.concat(single, *several)))).alias("stratum"))
    return strata.join(F.broadcast(_rare_licenses(model_licenses)), "stratum", how="left_anti")


def _values(frame: DataFrame, model: str, value: str) -> DataFrame:
    """(model_id, the set of its values in the column `value`)."""
    return frame.groupBy(F.col(model).alias("model_id")).agg(F.collect_set(value).alias(value))


def _tops(models: DataFrame) -> DataFrame:
    """(model_id, tops: the top strata that it belongs to) of the most downloaded models."""
    first = models.where("downloads_30d > 0").orderBy(F.desc("downloads_30d"), "model_id").limit(max(TOPS))
    ranked = first.agg(F.array_sort(F.collect_list(F.struct((-F.col("downloads_30d")).alias("key"), "model_id"))).alias("ranked"))
    numbered = ranked.select(F.posexplode("ranked").alias("rank", "row"))
    tops = F.array_compact(F.array(*[F.when(F.col("rank") < top, F.lit(f"popularity:top-{top}")) for top in TOPS]))
    return numbered.select("row.model_id", tops.alias("tops"))


def _frequent(models: DataFrame, column: str, stratum: str) -> DataFrame:
    """(column, stratum) for its MAX_VALUES most frequent values."""
    counted = models.where(F.col(column).isNotNull()).groupBy(column).count()
    common = counted.orderBy(F.desc("count"), column).limit(MAX_VALUES)
    return common.select(column, F.concat(F.lit(f"{stratum}:"), column).alias(stratum))


def _rare_licenses(model_licenses: DataFrame) -> DataFrame:
    counted = model_licenses.groupBy("license").count().orderBy(F.desc("count"), "license")
    return counted.offset(MAX_VALUES).select(F.concat(F.lit("license:"), "license").alias("stratum"))


JOB = Job(reads=(CARD_DOCUMENTATION, MODELS, MODEL_LICENSES, LINEAGE_EDGES, ACCOUNTS), writes=DOCUMENTATION_RATES, transform=transform)
