"""Which architecture and how many parameters does each model have?"""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import add

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, LongType, StringType, StructType

from hublake.lake.enums import COUNT_SOURCES, SIZE_BOUNDS
from hublake.lake.schema.gold.architectures import MODEL_ARCHITECTURE
from hublake.lake.schema.silver.architectures import MODEL_CONFIGS, MODEL_PARAMETERS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.architectures.architecture_families import UNKNOWN, family_in_name, family_in_tags, family_of
from hublake.rules.architectures.parameters_in_name import name_part
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation, is_guess

# Share of families that are right, by where they were found (docs/method/architectures.md); what a model states counts as right.
CONFIDENCE = {"config": 1.0, "model_type": 1.0, "diffusers": 1.0, "gguf": 1.0, "tag": 0.99, "parent": 0.98, "name": 0.96}
AGREES, CONFIRMS = 0.25, 0.05  # of the larger count
EFFECTIVE = r"(^|[^a-z0-9])e\d"  # E4B counts the weights that a device has to load, of no mixture of experts

FAMILY_OF_KEY = StructType().add("architecture", StringType()).add("family", StringType()).add("is_mixture", BooleanType())
INFERRED = StructType().add("model_id", StringType()).add("experts", LongType())
for _source in ("tag", "name"):
    INFERRED.add(f"{_source}_architecture", StringType()).add(f"{_source}_family", StringType()).add(f"{_source}_mixture", BooleanType())
FOUND_TYPES = {"architecture": "string", "family": "string", "is_mixture": "boolean", "found_in": "string", "evidence": "string"}
FOUND = tuple(FOUND_TYPES)


def transform(models: DataFrame, model_configs: DataFrame, model_parameters: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """One row per model. The architecture is what the model states; else it is inferred from its tags, its parents or its name.

    Parents count on declared edges of quantised models, adapters and fine-tuned models, if they are of one family.

    Cost: two joins of all models, and one of those whose architecture neither they nor their tags state; these pass through Python.
    """
    tagged = _with_tags(_stated(models, model_configs))
    missing = tagged.where("architecture IS NULL")
    inferred = _filled(_with_parents(missing, tagged, lineage_edges), "name", F.concat(F.lit("name: "), "name_architecture"))
    found = [frame.select("model_id", "experts", *FOUND) for frame in (tagged.where("architecture IS NOT NULL"), inferred)]
    described = join_by_hash(found[0].unionByName(found[1]), _sizes(model_parameters))
    states_experts = F.when((F.col("experts") > 1) | F.col("names_experts"), F.lit(True))
    is_moe = F.coalesce(states_experts, F.col("is_mixture"), F.when(F.col("is_dense_series"), F.lit(False)))
    return described.select(
        "model_id",
        "architecture",
        F.coalesce("family", F.lit(UNKNOWN)).alias("architecture_family"),
        F.col("found_in").alias("architecture_source"),
        _literal_map(CONFIDENCE)[F.col("found_in")].alias("architecture_confidence"),
        F.col("evidence").alias("architecture_evidence"),
        "parameters",
        "active_parameters",
        is_moe.alias("is_moe"),
        size_class(F.col("parameters")).alias("size_class"),
        "parameters_from",
        "parameters_confidence",
        F.coalesce("parameter_sources", F.lit(0).cast("long")).alias("parameter_sources"),
        "agreement_share",
        F.coalesce("is_confirmed", F.lit(False)).alias("is_confirmed"),
    )


def size_class(parameters: Column) -> Column:
    """The class of a number of parameters; unknown without one."""
    classes = F.when(parameters.isNull(), "unknown")
    for name, millions in sorted(SIZE_BOUNDS.items(), key=lambda bound: -bound[1]):
        classes = classes.when(parameters >= millions * 1_000_000, name)
    return classes


def _stated(models: DataFrame, model_configs: DataFrame) -> DataFrame:
    """model_id, experts and FOUND of all models; FOUND is null for those that state no architecture, which have their tags."""
    sources = {
        "config": F.when(F.size("architectures") > 0, F.element_at("architectures", 1)),
        "model_type": F.col("model_type"),
        "diffusers": F.col("diffusers_class"),
        "gguf": F.col("gguf_architecture"),
    }
    configured = model_configs.select(
        "model_id",
        "experts",
        F.coalesce(*sources.values()).alias("architecture"),
        F.coalesce(*[F.when(column.isNotNull(), F.lit(name)) for name, column in sources.items()]).alias("found_in"),
    )
    families = map_records(configured.where("architecture IS NOT NULL").select("architecture").distinct(), _family_of_key, FAMILY_OF_KEY)
    classified = configured.join(F.broadcast(families), "architecture", how="left").withColumn("evidence", F.col("architecture"))
    tags = F.when(F.col("architecture").isNull(), F.col("tags")).alias("tags")
    return lazy_checkpoint(join_by_hash(models.select("model_id", "tags"), classified).select("model_id", "experts", *FOUND, tags))


def _with_tags(stated: DataFrame) -> DataFrame:
    """Fill in what tags state; the columns of INFERRED stay for what names state."""
    rest = stated.where("architecture IS NULL").select("model_id", "experts", "tags")
    inferred = map_records(rest, _inferred, INFERRED).withColumns({name: F.lit(None).cast(FOUND_TYPES[name]) for name in FOUND})
    filled = lazy_checkpoint(_filled(inferred, "tag", F.concat(F.lit("tag: "), "tag_architecture")))
    return stated.where("architecture IS NOT NULL").drop("tags").unionByName(filled, allowMissingColumns=True)


def _with_parents(missing: DataFrame, tagged: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    is_inherited = is_derivation() & ~is_guess() & F.col("relation").isin("quantized", "adapter", "finetune")
    children = F.broadcast(missing.select(name_hash()))
    edges = lineage_edges.where(is_inherited).select("parent_id", name_hash("child_id")).join(children, HASH, how="left_semi")
    edges = edges.withColumnRenamed(HASH, "child_hash")
    parents = at_ends(tagged.where("family IS NOT NULL"), edges, ["parent_id"]).select(
        F.col("model_id").alias("parent_id"), *[F.col(name).alias(f"parent_{name}") for name in ("architecture", "family", "is_mixture")]
    )
    inherited = (
        join_by_hash(edges, parents, how="inner", name="parent_id")
        .groupBy(F.col("child_hash").alias(HASH))
        .agg(
            F.min("parent_family").alias("parent_family"),
            F.max("parent_family").alias("last_family"),
            F.min_by("parent_architecture", "parent_id").alias("parent_architecture"),
            F.min_by("parent_is_mixture", "parent_id").alias("parent_mixture"),
            F.min("parent_id").alias("parent_id"),
        )
        .where("parent_family = last_family")
    )
    return _filled(join_by_hash(missing, inherited), "parent", F.concat(F.lit("parent: "), "parent_id"))


def _filled(frame: DataFrame, source: str, evidence: Column) -> DataFrame:
    """Set FOUND from the columns of the source where no architecture was found and the source has one."""
    values = {
        "architecture": F.col(f"{source}_architecture"),
        "family": F.col(f"{source}_family"),
        "is_mixture": F.col(f"{source}_mixture"),
        "found_in": F.lit(source),
        "evidence": evidence,
    }
    is_missing = F.col("architecture").isNull() & F.col(f"{source}_family").isNotNull()
    return frame.withColumns({name: F.when(is_missing, value).otherwise(F.col(name)) for name, value in values.items()})


def _sizes(model_parameters: DataFrame) -> DataFrame:
    """The strongest count of each model, whether a name or a series states experts, and how far the other sources agree.

    A model has at most one row per source: each becomes a column, which Spark aggregates by hash. Structs it would have to sort.
    """
    active = F.col("active_parameters")
    names_experts = F.col("is_upper_bound") | (active.isNotNull() & ~F.lower("evidence").rlike(EFFECTIVE))
    flags = {"names_experts": names_experts, "is_dense_series": (F.col("source") == "curated") & active.isNull()}
    grouped = model_parameters.groupBy(name_hash()).agg(
        *[column for source in COUNT_SOURCES for column in _of_source(source)], *[F.max(flag).alias(name) for name, flag in flags.items()]
    )
    strongest = grouped.withColumn("best", F.greatest(*map(_candidate, COUNT_SOURCES)))
    best = strongest.select(
        "*", *[F.col(f"best.{name}").alias(f"best_{name}") for name in ("parameters", "active", "source", "confidence")]
    )
    parameters, size = F.col("best_parameters"), _count(F.col(f"{source}_parameters").isNotNull() for source in COUNT_SOURCES)
    active_by_any = F.coalesce("best_active", *[f"{source}_active" for source in COUNT_SOURCES])

    def agreeing(tolerance: float) -> Column:
        return _count(_differs(F.col(f"{source}_parameters"), parameters) <= tolerance for source in COUNT_SOURCES)

    return best.select(
        HASH,
        parameters.alias("parameters"),
        F.when(active_by_any <= F.coalesce(parameters, active_by_any), active_by_any).alias("active_parameters"),
        F.col("best_source").alias("parameters_from"),
        F.col("best_confidence").alias("parameters_confidence"),
        size.cast("long").alias("parameter_sources"),
        F.when(size > 1, (agreeing(AGREES) - 1) / (size - 1)).alias("agreement_share"),
        (agreeing(CONFIRMS) > 1).alias("is_confirmed"),
        *flags,
    )


def _count(conditions: Iterable[Column]) -> Column:
    """How many of the conditions hold; null ones do not."""
    return reduce(add, [F.when(condition, 1).otherwise(0) for condition in conditions])


def _of_source(source: str) -> tuple[Column, ...]:
    """The count of a source with its confidence, if it is of a whole model, and its active weights in any case."""
    is_source = F.col("source") == source
    is_whole = is_source & F.col("parameters").isNotNull() & (F.col("confidence") > 0)
    whole = [F.max(F.when(is_whole, F.col(name))).alias(f"{source}_{name}") for name in ("parameters", "confidence")]
    return *whole, F.max(F.when(is_source, F.col("active_parameters"))).alias(f"{source}_active")


def _candidate(source: str) -> Column:
    """The count of a source as a struct that is larger if the source is stronger; null without a count."""
    rank = F.lit(-COUNT_SOURCES.index(source)).alias("rank")
    columns = [F.col(f"{source}_{name}").alias(name) for name in ("confidence", "parameters", "active")]
    count = F.struct(columns[0], rank, *columns[1:], F.lit(source).alias("source"))
    return F.when(F.col(f"{source}_parameters").isNotNull(), count)


def _differs(one: Column, other: Column) -> Column:
    return F.abs(one - other) / F.greatest(one, other)


def _literal_map(values: dict[str, float]) -> Column:
    return F.create_map(*[item for name, value in values.items() for item in (F.lit(name), F.lit(value))])


def _family_of_key(record: Record) -> Iterator[Record]:
    yield record | family_of(record["architecture"])._asdict()


def _inferred(record: Record) -> Iterator[Record]:
    """What the tags state, and the name of models whose tags state nothing."""
    row: Record = {"model_id": record["model_id"], "experts": record["experts"]}
    source, found = "tag", family_in_tags(record["tags"])
    if not found:
        source, found = "name", family_in_name(name_part(record["model_id"]))
    if found:
        word, family = found
        row |= {f"{source}_architecture": word, f"{source}_family": family.family, f"{source}_mixture": family.is_mixture}
    yield row


JOB = Job(reads=(MODELS, MODEL_CONFIGS, MODEL_PARAMETERS, LINEAGE_EDGES), writes=MODEL_ARCHITECTURE, transform=transform)
