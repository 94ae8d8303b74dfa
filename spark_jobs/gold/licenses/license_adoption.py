"""Which licences do models have, and do others build more on models under one of them when like is compared with like?"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.licenses import LICENSE_ADOPTION
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.digests import row_digest
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.intervals import Z, wilson
from hublake.spark_jobs.steps.licenses_by_model import is_declared, licenses_by_hash
from hublake.spark_jobs.steps.publishers import countries_of_publishers, country_coverage, country_stratum, with_country
from hublake.spark_jobs.steps.strata import (
    FACETS,
    relations_of_children,
    strata_of_facets,
    strata_of_relations,
    task_stratum,
    with_facets,
)

MAX_LICENSES = 50  # the commonest ones
TOP_AUTHORS = 10
CELL = ("quarter", "size", "pipeline_tag", "kind", "popularity")
PROFILE = (*FACETS, "relations", "pipeline_tag", "country")  # what determines the strata of a model
NEEDED = ("author", "pipeline_tag", "created_at", "is_created_at_floor", "parameters", "downloads_30d")  # of silver.models
GROUP = ("license_key", "stratum_key")
RATIO = ("adjusted_ratio", "adjusted_low", "adjusted_high")
SUFFIXES = ("", "_without_top")
CELL_COUNTS = tuple(f"{name}{suffix}" for suffix in SUFFIXES for name in ("models", "events"))


def transform(
    models: DataFrame,
    model_licenses: DataFrame,
    license_catalogue: DataFrame,
    model_impact: DataFrame,
    accounts: DataFrame,
    lineage_edges: DataFrame,
    organisations: DataFrame,
) -> DataFrame:
    """One row per licence and stratum, for the commonest licences and all families of the catalogue; a model may have several.

    The adjusted ratio compares models within cells of equal creation quarter, size, task, kind of author and third of the downloads of
    the author's other models; in a stratum, within the parts of the cells that are in it. Cost: the models that declare a licence are
    joined with what is known of them and stored once. Equal models are counted together, by hashes, before they are
    split into licences and strata.
    """
    declared = _declaring_models(models, model_licenses, model_impact, accounts, lineage_edges, organisations)
    kinds = lazy_checkpoint(declared.groupBy("licenses", *PROFILE).agg(F.count("*").alias("models")))
    strata = F.concat(strata_of_facets(), strata_of_relations(), F.array(task_stratum(), country_stratum()))
    of_profiles = kinds.select(*PROFILE).distinct().select(row_digest(*PROFILE).alias("profile"), F.explode(strata).alias("stratum"))
    profiles, stratum_names = _keyed(of_profiles, "stratum")
    sets, license_names = _keyed(_names_of_sets(kinds, license_catalogue), "license")
    counted = _counted(declared)
    counts = _counts(counted, sets, profiles, stratum_names).join(license_names, "license_key", how="inner")
    return counts.join(_mantel_haenszel(counted, sets, profiles), list(GROUP), how="left").drop(*GROUP)


def _keyed(rows: DataFrame, name: str) -> tuple[DataFrame, DataFrame]:
    """The rows with a number in place of a text, and the text of each number: Spark groups and sorts numbers in a fraction of the time.

    Hashes would do for names that no two users can choose alike. A task and the name of a licence are free texts.
    """
    stored, key = lazy_checkpoint(rows), f"{name}_key"
    numbered = stored.select(name).distinct().withColumn(key, F.row_number().over(Window.orderBy(name)))
    names = F.broadcast(lazy_checkpoint(numbered))
    return F.broadcast(stored.join(names, name, how="inner").drop(name)), names


def _declaring_models(
    models: DataFrame,
    model_licenses: DataFrame,
    model_impact: DataFrame,
    accounts: DataFrame,
    lineage_edges: DataFrame,
    organisations: DataFrame,
) -> DataFrame:
    """The models that declare a licence, with the columns of CELL, but for its popularity, and of PROFILE.

    `others` are the downloads of the author's other models; authors of canonical models are their own.
    """
    sets = licenses_by_hash(model_licenses).where(is_declared("licenses"))
    own = F.coalesce("downloads_30d", F.lit(0))
    created = F.when(~F.col("is_created_at_floor"), F.col("created_at"))
    totals = models.where("author IS NOT NULL").groupBy("author").agg(F.sum(own).alias("downloads_of_author"))
    impact = model_impact.select(name_hash(), "dependants")
    known = sets.join(impact, HASH, how="inner").join(relations_of_children(lineage_edges), HASH, how="left")
    # Joined first: the facets are only computed of the models that declare a licence.
    declaring = join_by_hash(models.select("model_id", *NEEDED), known, how="inner")
    placed = with_country(with_facets(declaring, accounts, among=models), countries_of_publishers(organisations))
    listed = placed.select(
        *("author", "downloads_30d", *FACETS, "country", "licenses", "dependants", "relations"),
        F.date_trunc("quarter", created).alias("quarter"),  # a null is a quarter of its own
        F.coalesce("pipeline_tag", F.lit("unknown")).alias("pipeline_tag"),
    )
    described = listed.join(F.broadcast(totals), "author", how="left")
    others = F.coalesce("downloads_of_author", own) - own
    return lazy_checkpoint(described.withColumn("others", others).drop("downloads_of_author"))


def _counted(declared: DataFrame) -> DataFrame:
    """(set, profile, cell: hashes of licenses, PROFILE and CELL, is_top, downloads_30d, models, events, dependants).

    Events are models with a dependant.
    """
    thirds = F.broadcast(lazy_checkpoint(declared.agg(F.percentile("others", [1 / 3, 2 / 3]).alias("thirds"))))
    third = sum((F.when(F.col("others") > F.col("thirds")[index], 1).otherwise(0) for index in range(2)), F.lit(0))
    by_author = declared.where("author IS NOT NULL").groupBy("author").count()
    top = lazy_checkpoint(by_author.orderBy(F.desc("count"), "author").limit(TOP_AUTHORS).select("author", F.lit(True).alias("is_top")))
    placed = declared.crossJoin(thirds).withColumn("popularity", third).join(F.broadcast(top), "author", how="left")
    alike = placed.groupBy(
        F.xxhash64("licenses").alias("set"),
        row_digest(*PROFILE).alias("profile"),
        row_digest(*CELL).alias("cell"),
        F.coalesce("is_top", F.lit(False)).alias("is_top"),
        "downloads_30d",
    )
    has_dependant = F.col("dependants") > 0
    counts = (F.count("*").alias("models"), F.count_if(has_dependant).alias("events"), F.sum("dependants").alias("dependants"))
    return lazy_checkpoint(alike.agg(*counts))


def _names_of_sets(kinds: DataFrame, license_catalogue: DataFrame) -> DataFrame:
    """(set, license) of each distinct set: those of its licences that are among the commonest, and the families of all of them."""
    sets = kinds.groupBy("licenses").agg(F.sum("models").alias("models"))
    members = lazy_checkpoint(sets.withColumn("member", F.explode("licenses")))
    counted = members.where("member <> 'unknown'").groupBy("member").agg(F.sum("models").alias("models"))
    common = counted.orderBy(F.desc("models"), "member").limit(MAX_LICENSES).select("member", F.col("member").alias("license"))
    family = F.concat(F.lit("family:"), "family").alias("license")
    families = license_catalogue.where("family <> 'none'").select(F.col("license").alias("member"), family)
    named = members.join(F.broadcast(common.unionByName(families)), "member", how="inner")
    return named.select(F.xxhash64("licenses").alias("set"), "license").distinct()


def _counts(counted: DataFrame, sets: DataFrame, profiles: DataFrame, stratum_names: DataFrame) -> DataFrame:
    downloads = F.sum(F.col("downloads_30d") * F.col("models"))
    known = counted.groupBy("profile").agg(F.sum("models").alias("known"), downloads.alias("known_downloads"))
    totals = known.join(profiles, "profile").groupBy("stratum_key").agg(*[F.sum(name).alias(name) for name in ("known", "known_downloads")])
    named = totals.join(stratum_names, "stratum_key", how="inner")
    covered = {"country_coverage_share": country_coverage("known"), "country_downloads_coverage_share": country_coverage("known_downloads")}
    sums = [F.sum(name).alias(name) for name in ("models", "dependants")]
    alike = counted.groupBy("set", "profile", "downloads_30d").agg(*sums).join(sets, "set").join(profiles, "profile")
    # Numbers first: Spark sorts the rows of a percentile with many groups.
    by_downloads = alike.groupBy(*GROUP, "downloads_30d").agg(*sums)
    median = F.percentile("downloads_30d", 0.5, F.col("models")).alias("median_downloads_30d")
    of_license = by_downloads.groupBy(*GROUP).agg(*sums, downloads.alias("downloads"), median)
    low, high = wilson(F.col("models"), F.col("known"))
    share = F.when(F.col("known_downloads") > 0, F.coalesce("downloads", F.lit(0)) / F.col("known_downloads"))
    columns = {"model_share": F.col("models") / F.col("known"), "share_low": low, "share_high": high, "downloads_share": share}
    joined = of_license.join(F.broadcast(named.withColumns(covered)), "stratum_key", how="inner")
    return joined.withColumns(columns).drop("downloads", "known_downloads")


def _mantel_haenszel(counted: DataFrame, sets: DataFrame, profiles: DataFrame) -> DataFrame:
    """The odds ratio over all cells, by licence and stratum (Mantel, Haenszel 1959; interval: Robins, Breslow, Greenland 1986).

    In each cell: a and b are models of the licence with and without a dependant, c and d the others. A cell with one group only says
    nothing and drops out. The same without the models of the largest authors has the suffix _without_top.
    """
    others = {f"{name}_without_top": F.when(F.col("is_top"), 0).otherwise(F.col(name)) for name in ("models", "events")}
    sums_of_cell = [F.sum(name).alias(name) for name in CELL_COUNTS]
    alike = lazy_checkpoint(counted.withColumns(others).groupBy("set", "profile", "cell").agg(*sums_of_cell))

    def in_cells(rows: DataFrame, *keys: str) -> DataFrame:
        of_profiles = rows.groupBy(*keys, "profile", "cell").agg(*sums_of_cell)
        return of_profiles.join(profiles, "profile").groupBy(*keys, "stratum_key", "cell").agg(*sums_of_cell)

    of_all = in_cells(alike).withColumnsRenamed({name: f"all_{name}" for name in CELL_COUNTS})
    table = in_cells(alike.join(sets, "set"), "license_key").join(of_all, ["stratum_key", "cell"], how="inner")
    sums = [part for suffix in SUFFIXES for part in _sums_over_cells(suffix)]
    summed = table.groupBy(*GROUP).agg(*sums)
    ratios = [column for suffix in SUFFIXES for column in _ratio_with_interval(suffix)]
    return summed.select(*GROUP, *ratios, "compared_share")


def _sums_over_cells(suffix: str) -> list[Column]:
    models, events = F.col(f"models{suffix}"), F.col(f"events{suffix}")
    n, all_events = F.col(f"all_models{suffix}"), F.col(f"all_events{suffix}")
    a, b, c = events, models - events, all_events - events
    d = n - models - c
    r, s, p, q = a * d / n, b * c / n, (a + d) / n, (b + c) / n
    sums = {"r": r, "s": s, "pr": p * r, "ps_qr": p * s + q * r, "qs": q * s}
    found = [F.sum(F.when(n > 0, column)).alias(f"{name}{suffix}") for name, column in sums.items()]
    compared = F.sum(F.when(n > models, models).otherwise(0)) / F.sum(models)
    return found if suffix else [*found, compared.alias("compared_share")]


def _ratio_with_interval(suffix: str) -> list[Column]:
    r, s, pr, ps_qr, qs = (F.col(f"{name}{suffix}") for name in ("r", "s", "pr", "ps_qr", "qs"))
    is_defined = (r > 0) & (s > 0)
    factor = F.exp(Z * F.sqrt(pr / (2 * r * r) + ps_qr / (2 * r * s) + qs / (2 * s * s)))
    values = (r / s, r / s / factor, r / s * factor)
    return [F.when(is_defined, value).alias(f"{name}{suffix}") for name, value in zip(RATIO, values, strict=True)]


JOB = Job(
    reads=(MODELS, MODEL_LICENSES, LICENSE_CATALOGUE, MODEL_IMPACT, ACCOUNTS, LINEAGE_EDGES, ORGANISATIONS),
    writes=LICENSE_ADOPTION,
    transform=transform,
)
