"""Which licences do models have, and do others build more on models under one of them when like is compared with like?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.licenses import LICENSE_ADOPTION
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.intervals import Z, wilson
from hublake.spark_jobs.steps.licenses_by_model import is_declared, licenses_by_model
from hublake.spark_jobs.steps.strata import size_class, with_strata

MAX_LICENSES = 50  # the commonest ones
TOP_AUTHORS = 10
CELL = ("quarter", "size", "pipeline_tag", "kind", "popularity")
RATIO = ("adjusted_ratio", "adjusted_low", "adjusted_high")


def transform(
    models: DataFrame, model_licenses: DataFrame, license_catalogue: DataFrame, model_impact: DataFrame, accounts: DataFrame
) -> DataFrame:
    """One row per licence and stratum, for the commonest licences and all families of the catalogue; a model may have several.

    The adjusted ratio is computed for the stratum all: models are compared within cells of equal creation quarter, size, task, kind of
    author and third of the downloads of the author's other models. Cost: one row per declared licence and stratum, three aggregations.
    """
    declared = _declaring_models(models, model_licenses, model_impact, accounts)
    names = _license_names(declared, license_catalogue)
    by_member = declared.withColumn("member", F.explode("licenses")).join(F.broadcast(names), "member", how="inner")
    licensed = lazy_checkpoint(by_member.drop("member").dropDuplicates(["model_id", "license"]))
    by_author = declared.where("author IS NOT NULL").groupBy("author").count()
    top = F.broadcast(by_author.orderBy(F.desc("count"), "author").limit(TOP_AUTHORS))
    adjusted = _mantel_haenszel(declared, licensed)
    without_top = _mantel_haenszel(*(frame.join(top, "author", how="left_anti") for frame in (declared, licensed))).drop("compared_share")
    renamed = without_top.withColumnsRenamed({name: f"{name}_without_top" for name in RATIO})
    both = adjusted.join(renamed, "license", how="left").withColumn("stratum", F.lit("all"))
    return _counts(declared, licensed).join(both, ["license", "stratum"], how="left")


def _declaring_models(models: DataFrame, model_licenses: DataFrame, model_impact: DataFrame, accounts: DataFrame) -> DataFrame:
    """The models that declare a licence, with the columns of their cell; authors of canonical models are their own."""
    sets = licenses_by_model(model_licenses).where(is_declared("licenses"))
    own = F.coalesce("downloads_30d", F.lit(0))
    totals = models.where("author IS NOT NULL").groupBy("author").agg(F.sum(own).alias("downloads_of_author"))
    described = (
        with_strata(models, accounts)
        .join(sets, "model_id", how="inner")
        .join(model_impact.select("model_id", "dependants"), "model_id", how="inner")
        .join(totals, "author", how="left")
        .select(
            "model_id",
            "author",
            "licenses",
            "dependants",
            "downloads_30d",
            "strata",
            "kind",
            F.coalesce(F.date_trunc("quarter", "created_at").cast("string"), F.lit("unknown")).alias("quarter"),
            size_class().alias("size"),
            F.coalesce("pipeline_tag", F.lit("unknown")).alias("pipeline_tag"),
            (F.coalesce("downloads_of_author", own) - own).alias("others"),
        )
    )
    described = lazy_checkpoint(described)
    thirds = F.broadcast(described.agg(F.percentile("others", [1 / 3, 2 / 3]).alias("thirds")))
    third = sum((F.when(F.col("others") > F.col("thirds")[index], 1).otherwise(0) for index in range(2)), F.lit(0))
    return described.crossJoin(thirds).withColumn("popularity", third).drop("thirds", "others")


def _license_names(declared: DataFrame, license_catalogue: DataFrame) -> DataFrame:
    """(license, member): the commonest licences, each its own member, and the families with their members."""
    counted = declared.select(F.explode("licenses").alias("license")).where("license <> 'unknown'").groupBy("license").count()
    common = counted.orderBy(F.desc("count"), "license").limit(MAX_LICENSES).select("license", F.col("license").alias("member"))
    is_family = "family <> 'none'"
    families = license_catalogue.where(is_family).select(
        F.concat(F.lit("family:"), "family").alias("license"), F.col("license").alias("member")
    )
    return common.unionByName(families)


def _counts(declared: DataFrame, licensed: DataFrame) -> DataFrame:
    stratum = F.explode("strata").alias("stratum")
    known = declared.select(stratum, "downloads_30d").groupBy("stratum")
    totals = known.agg(F.count("*").alias("known"), F.sum("downloads_30d").alias("known_downloads"))
    grouped = licensed.select("license", stratum, "downloads_30d", "dependants").groupBy("license", "stratum")
    counted = grouped.agg(
        F.count("*").alias("models"),
        F.sum("dependants").alias("dependants"),
        F.sum("downloads_30d").alias("downloads"),
        F.median("downloads_30d").alias("median_downloads_30d"),
    )
    low, high = wilson(F.col("models"), F.col("known"))
    share = F.when(F.col("known_downloads") > 0, F.coalesce("downloads", F.lit(0)) / F.col("known_downloads"))
    columns = {"model_share": F.col("models") / F.col("known"), "share_low": low, "share_high": high, "downloads_share": share}
    return counted.join(F.broadcast(totals), "stratum", how="inner").withColumns(columns).drop("downloads", "known_downloads")


def _mantel_haenszel(declared: DataFrame, licensed: DataFrame) -> DataFrame:
    """(license, *RATIO, compared_share): the odds ratio over all cells (Mantel, Haenszel 1959; interval: Robins, Breslow, Greenland 1986).

    In each cell: a and b are models of the licence with and without a dependant, c and d the others. A cell with one group only says
    nothing and drops out.
    """
    has_dependant = F.count_if(F.col("dependants") > 0)
    cells = declared.groupBy(*CELL).agg(F.count("*").alias("all_models"), has_dependant.alias("all_events"))
    own = licensed.groupBy("license", *CELL).agg(F.count("*").alias("models"), has_dependant.alias("a"))
    table = own.join(cells, list(CELL), how="inner").withColumns({"b": F.col("models") - F.col("a"), "c": F.col("all_events") - F.col("a")})
    table = table.withColumn("d", F.col("all_models") - F.col("models") - F.col("c"))
    n = F.col("all_models")
    r, s = F.col("a") * F.col("d") / n, F.col("b") * F.col("c") / n
    p, q = (F.col("a") + F.col("d")) / n, (F.col("b") + F.col("c")) / n
    sums = {"r": r, "s": s, "pr": p * r, "ps_qr": p * s + q * r, "qs": q * s}
    summed = table.groupBy("license").agg(
        *[F.sum(column).alias(name) for name, column in sums.items()],
        (F.sum(F.when(n > F.col("models"), F.col("models")).otherwise(0)) / F.sum("models")).alias("compared_share"),
    )
    return summed.select("license", *_ratio_with_interval(), "compared_share")


def _ratio_with_interval() -> list[Column]:
    r, s = F.col("r"), F.col("s")
    is_defined = (r > 0) & (s > 0)
    variance = F.col("pr") / (2 * r * r) + F.col("ps_qr") / (2 * r * s) + F.col("qs") / (2 * s * s)
    factor = F.exp(Z * F.sqrt(variance))
    values = (r / s, r / s / factor, r / s * factor)
    return [F.when(is_defined, value).alias(name) for name, value in zip(RATIO, values, strict=True)]


JOB = Job(reads=(MODELS, MODEL_LICENSES, LICENSE_CATALOGUE, MODEL_IMPACT, ACCOUNTS), writes=LICENSE_ADOPTION, transform=transform)
