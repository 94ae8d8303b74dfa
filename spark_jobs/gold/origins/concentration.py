"""How concentrated are models and downloads in few countries, institutions, kinds of publishers and publishers?"""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import CONCENTRATION_MEASURES, CONCENTRATION_UNITS
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.origins import CONCENTRATION
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.rules.origins.concentration import concentration
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.publishers import UNKNOWN, with_origins, with_publisher

ALL, NAMESPACE = "all", "namespace"
UNKNOWN_YEAR = "year:"


def transform(models: DataFrame, organisations: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per unit, measure and stratum with a model. Unknown units are left out and lower coverage_share.

    Cost: models are grouped by publisher and year; what is left of a stratum, at most one number per publisher, is one row of Python.
    """
    of_year = F.concat(F.lit("year:"), F.coalesce(F.year("created_at").cast("string"), F.lit("")))
    year = F.when(F.col("is_created_at_floor"), "year:before-2022-03").otherwise(of_year)
    downloads = F.coalesce("downloads_30d", F.lit(0)).alias("downloads")
    owned = with_publisher(models).select("model_id", F.col("publisher").alias("owner"), year.alias("year"), downloads)
    rows = with_origins(owned, model_lineage)
    kind = F.nullif("kind", F.lit(UNKNOWN)).alias("kind")
    known = organisations.select(F.col("namespace").alias("publisher"), "country", "institution", kind)
    by_year = _by_year(rows)
    sums = lazy_checkpoint(_sums(by_year))
    grouped = sums.join(known, "publisher", how="left").groupBy("country", "institution", "kind", "stratum").agg(*_totals())
    units = _by_unit(grouped, ("country", "institution", "kind")).unionByName(_by_unit(sums, (NAMESPACE,)))
    top = _by_unit(_of_top_models(rows, by_year).join(known, "publisher", how="left"), CONCENTRATION_UNITS)
    taken = F.broadcast(top.withColumnsRenamed({name: f"{name}_taken" for name in CONCENTRATION_MEASURES}))
    values = _stacked(units.join(taken, ["unit", "name", "stratum"], how="left"))
    listed = values.groupBy("unit", "measure", "stratum").agg(
        F.collect_list(F.when(F.col("value") > 0, F.col("value"))).alias("values"),
        F.collect_list(F.when(F.col("taken") > 0, F.struct("value", "taken"))).alias("changed"),
    )
    all_units = F.explode(F.array(*map(F.lit, CONCENTRATION_UNITS))).alias("unit")
    wholes = _stacked(grouped.groupBy("stratum").agg(*_totals())).select(all_units, "measure", "stratum", F.col("value").alias("whole"))
    joined = wholes.join(listed, ["unit", "measure", "stratum"], how="left")
    return map_records(joined, _rows, spark_schema(CONCENTRATION, without=("snapshot_date",)))


def _totals() -> list[Column]:
    return [F.sum(name).alias(name) for name in CONCENTRATION_MEASURES]


def _by_year(rows: DataFrame) -> DataFrame:
    """(publisher, year, roots, models, downloads of them, downloads of what derives from them, highest) of publishers and origins."""
    downloads, is_alone = F.col("downloads"), F.col("is_first") & (F.col("roots") == 1) & F.col("owner").eqNullSafe(F.col("origin"))

    def part(publisher: str, roots: Column, models: Column, own: Column, descended: Column) -> Column:
        values = {"models": models, "own": own, "descended": descended, "highest": own}
        return F.struct(F.col(publisher).alias("publisher"), roots.alias("roots"), *[value.alias(name) for name, value in values.items()])

    zero, first = F.lit(0).cast("long"), F.when(F.col("is_first"), F.lit(1)).otherwise(0)
    both = part("owner", F.lit(1), first, downloads, downloads)
    own = part("owner", F.lit(1), first, F.when(F.col("is_first"), downloads).otherwise(0), zero)
    descended = part("origin", F.col("roots"), F.lit(0), zero, downloads)
    parts = rows.select("year", F.inline(F.when(is_alone, F.array(both)).otherwise(F.array(own, descended))))
    sums = [F.sum(name).alias(name) for name in ("models", "own", "descended")]
    return lazy_checkpoint(parts.groupBy("publisher", "year", "roots").agg(*sums, F.max("highest").alias("highest")))


def _sums(by_year: DataFrame) -> DataFrame:
    """(publisher, stratum, the measures) for all models and for each year."""
    is_known = F.col("year") != UNKNOWN_YEAR
    strata = F.explode(F.array_compact(F.array(F.lit(ALL), F.when(is_known, F.col("year"))))).alias("stratum")
    counted = (F.col("models"), F.col("own"), F.col("descended") / F.col("roots"))
    measures = [value.cast("double").alias(name) for name, value in zip(CONCENTRATION_MEASURES, counted, strict=True)]
    return by_year.select("publisher", strata, *measures).groupBy("publisher", "stratum").agg(*_totals())


def _of_top_models(rows: DataFrame, by_year: DataFrame) -> DataFrame:
    """(publisher, stratum, the measures) of the most downloaded model of each stratum."""
    highest = by_year.groupBy("year").agg(F.max("highest").alias("downloads"))
    candidates = lazy_checkpoint(rows.join(F.broadcast(highest), ["year", "downloads"], how="left_semi"))
    tops_of_years = candidates.groupBy("year").agg(F.max(F.struct("downloads", "model_id")).alias("top"))
    tops = tops_of_years.where(F.col("year") != UNKNOWN_YEAR).select(F.col("year").alias("stratum"), "top")
    tops = tops.unionByName(tops_of_years.agg(F.max("top").alias("top")).withColumn("stratum", F.lit(ALL)))
    found = candidates.join(F.broadcast(tops.select("stratum", F.col("top.model_id").alias("model_id"))), "model_id", how="inner")
    first = F.when(F.col("is_first"), 1.0).otherwise(0.0)
    parts = (
        ("owner", (first, first * F.col("downloads"), F.lit(0.0))),
        ("origin", (F.lit(0.0), F.lit(0.0), F.col("downloads") / F.col("roots"))),
    )
    structs = [
        F.struct(F.col(owner).alias("publisher"), *[value.alias(name) for name, value in zip(CONCENTRATION_MEASURES, values, strict=True)])
        for owner, values in parts
    ]
    return found.select("stratum", F.inline(F.array(*structs)))


def _by_unit(sums: DataFrame, units: tuple[str, ...]) -> DataFrame:
    """(unit, name, stratum, the measures) of the known units."""
    names = [F.struct(F.lit(unit).alias("unit"), F.col("publisher" if unit == NAMESPACE else unit).alias("name")) for unit in units]
    rows = sums.select("stratum", *CONCENTRATION_MEASURES, F.inline(F.array(*names))).where("name IS NOT NULL")
    return rows.groupBy("unit", "name", "stratum").agg(*_totals())


def _stacked(wide: DataFrame) -> DataFrame:
    """One row per measure: the columns besides the measures, `measure`, `value` and, if `wide` has it, what the top model takes away."""
    has_taken = f"{CONCENTRATION_MEASURES[0]}_taken" in wide.columns
    parts = []
    for name in CONCENTRATION_MEASURES:
        taken = [F.coalesce(f"{name}_taken", F.lit(0.0)).alias("taken")] if has_taken else []
        parts.append(F.struct(F.lit(name).alias("measure"), F.col(name).alias("value"), *taken))
    kept = [name for name in ("unit", "stratum") if name in wide.columns]
    return wide.select(*kept, F.inline(F.array(*parts)))


def _rows(record: Record) -> Iterator[Record]:
    values = record["values"] or []
    found = concentration(values)
    rest = list(values)
    for changed in record["changed"] or []:
        rest.remove(changed["value"])
        rest.append(changed["value"] - changed["taken"])
    without_top = concentration(rest)
    key = {name: record[name] for name in ("unit", "measure", "stratum")}
    yield (
        key
        | found._asdict()
        | {
            "coverage_share": min(found.total / record["whole"], 1.0) if record["whole"] else 0.0,
            "hhi_without_top_model": without_top.hhi,
            "top_1_without_top_model_share": without_top.top_1_share,
        }
    )


JOB = Job(reads=(MODELS, ORGANISATIONS, MODEL_LINEAGE), writes=CONCENTRATION, transform=transform)
