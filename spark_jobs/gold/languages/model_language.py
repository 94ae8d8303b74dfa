"""Which language is each model for, and do its card, its name and its datasets agree?"""

from functools import reduce
from itertools import combinations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import LANGUAGE_KINDS
from hublake.lake.schema.gold.languages import MODEL_LANGUAGE
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.languages.declared_languages import NOT_A_CODE
from hublake.rules.languages.macro_languages import macro_languages
from hublake.spark_jobs.dataframes.array_columns import no_text
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.job import CarryOver, Job


def transform(models: DataFrame, model_languages: DataFrame) -> DataFrame:
    """One row per listed model. Neither code nor multilingual is a language; a pair in the name of a translator is two."""
    macro = F.create_map(*(F.lit(text) for pair in macro_languages().items() for text in pair))
    is_language = ~F.col("language").isin(*NOT_A_CODE)
    language = F.when(is_language, F.coalesce(macro[F.col("language")], "language"))
    facts = model_languages.withColumn("collapsed", language)
    by_model = facts.groupBy(name_hash()).agg(
        *[F.sort_array(F.collect_set(F.when(F.col("kind") == kind, F.col("collapsed")))).alias(kind) for kind in LANGUAGE_KINDS],
        F.max((F.col("kind") == "declared") & (F.col("language") == "multilingual")).alias("says_multilingual"),
    )
    declares = (F.size("declared") > 0) | F.col("says_multilingual")
    is_multilingual = (F.size("declared") > 1) | F.col("says_multilingual")
    is_english_only = (F.array_join("declared", ",") == "en") & ~F.col("says_multilingual")
    described = by_model.select(
        HASH,
        _primary().alias("primary_language"),
        "declared",
        F.when(declares, is_multilingual).alias("is_multilingual"),
        F.when(declares, is_english_only).alias("is_english_only"),
        _agreement().alias("agreement"),
    )
    filled = {"declared": F.coalesce("declared", no_text()), "agreement": F.coalesce("agreement", F.lit("none"))}
    return join_by_hash(models.select("model_id"), described).withColumns(filled)


def _primary() -> Column:
    both = F.array_intersect("declared", "in_name")
    return F.when(F.size("declared") == 1, F.get("declared", 0)).when(F.size(both) == 1, F.get(both, 0))


def _agreement() -> Column:
    """Of the kinds that name a language: all_agree if their sets are equal, conflict if two have none in common."""
    sources = reduce(Column.__add__, [(F.size(kind) > 0).cast("int") for kind in LANGUAGE_KINDS])
    pairs = [(F.col(one), F.col(other), (F.size(one) > 0) & (F.size(other) > 0)) for one, other in combinations(LANGUAGE_KINDS, 2)]
    has_conflict = reduce(Column.__or__, [known & ~F.arrays_overlap(one, other) for one, other, known in pairs])
    is_equal = reduce(Column.__and__, [~known | (one == other) for one, other, known in pairs])
    several = F.when(has_conflict, "conflict").when(is_equal, "all_agree").otherwise("partly")
    return F.when(sources == 0, "none").when(sources == 1, "single_source").otherwise(several)


JOB = Job(reads=(MODELS, MODEL_LANGUAGES), writes=MODEL_LANGUAGE, transform=transform, carries=CarryOver("model_id"))
