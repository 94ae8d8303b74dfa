"""What happens to the licence from each model to its derivatives, and may they have it? No legal advice."""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, StringType, StructType

from hublake.lake.schema.gold.licenses import LICENSE_EDGES
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.rules.licenses.catalogue import license_catalogue
from hublake.rules.licenses.compatibility import verdict_on_sets
from hublake.rules.licenses.resolved_licenses import licenses_of_tags
from hublake.rules.licenses.transitions import license_transition, name_clause
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation, is_guess
from hublake.spark_jobs.steps.licenses_by_model import licenses_by_hash

SECONDS_PER_DAY = 86_400
COMBINATION = ("parent_licenses", "child_licenses", "relation")
JUDGED = StructType()
for _name in ("parent_licenses", "child_licenses", "name_prefixes", "licensors", "citations"):
    JUDGED.add(_name, ArrayType(StringType()))
for _name in ("relation", "transition", "verdict", "clause", "clause_source", "verdict_if_cited"):
    JUDGED.add(_name, StringType())
AT_CREATION = StructType()
for _name in ("past_tags", "past_licenses"):
    AT_CREATION.add(_name, ArrayType(StringType()))


def transform(
    lineage_edges: DataFrame, model_licenses: DataFrame, models: DataFrame, model_cards: DataFrame, model_history: DataFrame
) -> DataFrame:
    """One row per edge between two listed models; the parent's licences are those at the child's creation where the history shows others.

    Cost: two joins of the edges with the models at their ends. Only the distinct combinations of licences and relation, some thousands,
    pass through Python. Texts of cards are read for the children whose verdict depends on them, and the history of the parents of
    children that were created after the first crawl.
    """
    edges = lineage_edges.where(is_derivation()).select("child_id", "parent_id", "relation", "evidence")
    described = _described_models(at_ends(models, edges), at_ends(model_licenses, edges))
    # Both ends have the same columns, so that Spark shuffles their models once.
    of_children = join_by_hash(edges, described.select(HASH, *_renamed("child")), how="inner", name="child_id")
    joined = lazy_checkpoint(join_by_hash(of_children, described.select(HASH, *_renamed("parent")), how="inner", name="parent_id"))
    licensed = _with_licenses_at_creation(joined, model_history)
    judged = lazy_checkpoint(map_records(licensed.select(*COMBINATION).distinct(), _judge, JUDGED))
    rows = licensed.join(F.broadcast(judged), list(COMBINATION), how="inner")
    cited = _citations(rows, model_cards)
    keys = ["child_id", "parent_id", "relation"]
    is_cited = F.when(F.size("citations") > 0, F.coalesce("is_cited", F.lit(False)))
    return rows.join(F.broadcast(cited), keys, how="left").select(
        *keys,
        "evidence",
        is_guess().alias("is_guessed"),
        "parent_licenses",
        "child_licenses",
        "transition",
        F.when(is_cited, F.col("verdict_if_cited")).otherwise(F.col("verdict")).alias("verdict"),
        "clause",
        "clause_source",
        _is_name_clause_met().alias("is_name_clause_met"),
        is_cited.alias("is_notice_mentioned"),
        "is_parent_license_current",
        _days_between().alias("days_between"),
        F.col("child_downloads").alias("child_downloads_30d"),
    )


def _described_models(models: DataFrame, model_licenses: DataFrame) -> DataFrame:
    """(HASH, hub_id, licenses, created: seconds, null if unknown or the floor, downloads) of every model."""
    created = F.when(~F.col("is_created_at_floor"), F.unix_micros("created_at") / 1e6).alias("created")
    known = models.select(name_hash(), "hub_id", created, F.col("downloads_30d").alias("downloads"))
    licenses = F.coalesce("licenses", F.array().cast("array<string>")).alias("licenses")
    joined = known.join(licenses_by_hash(model_licenses), HASH, how="left")
    return joined.select(HASH, "hub_id", licenses, "created", "downloads")


def _renamed(end: str) -> list[Column]:
    return [F.col(name).alias(f"{end}_{name}") for name in ("hub_id", "licenses", "created", "downloads")]


def _with_licenses_at_creation(edges: DataFrame, model_history: DataFrame) -> DataFrame:
    """The edges with `is_parent_license_current`, and the parent's licences at the child's creation where they were others.

    The licence at that time is that of the last crawl up to that day; without one it is unknown and the flag is null. The history has
    licences of tags, so tags of then are compared with tags of now.
    """
    day = F.to_date(F.timestamp_seconds("child_created"))
    (first,) = model_history.agg(F.min("valid_from").alias("day")).collect()
    later = edges.where(day >= F.lit(first["day"]).cast("date"))
    if later.isEmpty():  # as after a first crawl
        return edges.withColumn("is_parent_license_current", F.lit(None).cast("boolean"))
    hashes = F.broadcast(later.select(name_hash("parent_hub_id")).distinct())
    listed = model_history.where("NOT is_removed").withColumn(HASH, name_hash("hub_id")).join(hashes, HASH, how="left_semi")
    state = F.struct("valid_from", F.col("licenses").alias("tags"))
    states = listed.groupBy(F.col("hub_id").alias("parent_hub_id")).agg(F.array_sort(F.collect_list(state)).alias("states"))
    known = edges.join(states, "parent_hub_id", how="left")
    past, now = F.filter("states", lambda state: state["valid_from"] <= day), F.col("states")
    dated = known.withColumns({"past_tags": F.try_element_at(past, F.lit(-1))["tags"], "tags": F.try_element_at(now, F.lit(-1))["tags"]})
    flagged = dated.withColumn("is_parent_license_current", F.col("past_tags") == F.col("tags"))
    changed = flagged.where("NOT is_parent_license_current").select("past_tags").distinct()
    read = F.broadcast(map_records(changed, _read_tags, AT_CREATION))
    licenses = F.when(F.col("is_parent_license_current"), F.col("parent_licenses")).otherwise(
        F.coalesce("past_licenses", "parent_licenses")
    )
    licensed = flagged.join(read, "past_tags", how="left").withColumn("parent_licenses", licenses)
    return lazy_checkpoint(licensed.drop("states", "past_tags", "past_licenses", "tags"))


def _read_tags(row: Record) -> Iterator[Record]:
    yield {**row, "past_licenses": licenses_of_tags(row["past_tags"])}


def _judge(row: Record) -> Iterator[Record]:
    parents, children, relation = (row[name] for name in COMBINATION)
    found = verdict_on_sets(parents, children, relation)
    if_cited = verdict_on_sets(parents, children, relation, is_parent_named=True)
    clause = name_clause(parents)
    named = [license_catalogue()[name].short_name for name in parents if name in license_catalogue()]
    yield {
        **{name: row[name] for name in COMBINATION},
        "transition": license_transition(parents, children),
        "verdict": found.verdict,
        "clause": found.clause,
        "clause_source": found.reading,
        "verdict_if_cited": if_cited.verdict,
        "citations": named if if_cited.verdict != found.verdict else [],
        "name_prefixes": clause and clause.prefixes,
        "licensors": clause and clause.licensors,
    }


def _citations(rows: DataFrame, model_cards: DataFrame) -> DataFrame:
    """(child_id, parent_id, relation, is_cited) of the edges whose verdict depends on whether the child's card names the licence."""
    asked = rows.where(F.size("citations") > 0).select("child_id", "parent_id", "relation", "citations")
    texts = model_cards.where("text IS NOT NULL").select(F.col("model_id").alias("child_id"), "text")
    read = texts.join(F.broadcast(asked), "child_id", how="inner")
    text = F.lower("text")
    return read.select("child_id", "parent_id", "relation", F.exists("citations", lambda name: F.contains(text, name)).alias("is_cited"))


def _is_name_clause_met() -> Column:
    """Null without a clause. Case and separators do not count; a licensor names its own models as it likes."""
    name = F.regexp_replace(F.lower(F.substring_index("child_id", "/", -1)), "[^a-z0-9]+", "")
    begins = F.forall("name_prefixes", name.startswith)
    is_licensor = F.array_contains("licensors", F.substring_index("child_id", "/", 1)) & F.col("child_id").contains("/")
    return F.when(F.col("name_prefixes").isNotNull(), begins | is_licensor)


def _days_between() -> Column:
    return (F.col("child_created") - F.col("parent_created")) / SECONDS_PER_DAY


JOB = Job(reads=(LINEAGE_EDGES, MODEL_LICENSES, MODELS, MODEL_CARDS, MODEL_HISTORY), writes=LICENSE_EDGES, transform=transform)
