"""Do derivatives keep the warnings of their parents' cards?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, WARNING_INHERITANCE
from hublake.lake.schema.silver.cards import CARD_SECTIONS, MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import is_guess


def transform(lineage_edges: DataFrame, card_documentation: DataFrame, card_sections: DataFrame, model_cards: DataFrame) -> DataFrame:
    """Compare all pairs of two listed models, of any relation. A derivative without a card has lost every warning.

    Cost: two joins of the pairs with the documentation, one with the sections of documented classes.
    """
    is_listed = F.col("parent_status").isin("present", "renamed") & (F.col("child_id") != F.col("parent_id"))
    pairs = lineage_edges.where(is_listed).groupBy("child_id", "parent_id").agg(F.min(is_guess()).alias("is_guessed"))
    warnings = _own_words(card_documentation).where("own_words > 0")
    parents = warnings.select(F.col("model_id").alias("parent_id"), "section_class", F.col("own_words").alias("parent_own_words"))
    children = _own_words(card_documentation).select(
        F.col("model_id").alias("child_id"), "section_class", "has_card", F.col("own_words").alias("child_own_words")
    )
    texts = model_cards.select(F.col("model_id").alias("child_id"), "text", "base_models")
    with_warnings = pairs.join(parents, "parent_id", how="inner").join(children, ["child_id", "section_class"], how="left")
    rows = with_warnings.join(_overlaps(card_sections), ["child_id", "section_class"], how="left").join(texts, "child_id", how="left")
    own = F.coalesce("child_own_words", F.lit(0))
    return rows.select(
        "child_id",
        "parent_id",
        "section_class",
        "is_guessed",
        "parent_own_words",
        F.coalesce("has_card", F.lit(False)).alias("has_child_card"),
        own.alias("child_own_words"),
        (own == 0).alias("is_lost"),
        F.coalesce(_names_parent(), F.lit(False)).alias("is_linked"),
        F.when(own > 0, F.col("overlap_share")).alias("overlap_share"),
    )


def _names_parent() -> Column:
    return F.contains(F.col("text"), F.col("parent_id")) | F.array_contains("base_models", F.col("parent_id"))


def _own_words(card_documentation: DataFrame) -> DataFrame:
    """(model_id, has_card, section_class, own_words)."""
    columns = {name: F.col(f"{name}_own_words").alias(name) for name in DOCUMENTED_SECTIONS}
    wide = card_documentation.select("model_id", "has_card", *columns.values())
    return wide.unpivot(["model_id", "has_card"], list(DOCUMENTED_SECTIONS), "section_class", "own_words")


def _overlaps(card_sections: DataFrame) -> DataFrame:
    """(child_id, section_class, overlap_share): the mean over the sections of the class, weighted by their words."""
    sections = card_sections.where("parent_overlap_share is not null").select(
        F.col("model_id").alias("child_id"), F.explode("section_classes").alias("section_class"), "word_count", "parent_overlap_share"
    )
    weighted = F.sum(F.col("parent_overlap_share") * F.col("word_count")) / F.sum("word_count")
    return sections.where("word_count > 0").groupBy("child_id", "section_class").agg(weighted.alias("overlap_share"))


JOB = Job(reads=(LINEAGE_EDGES, CARD_DOCUMENTATION, CARD_SECTIONS, MODEL_CARDS), writes=WARNING_INHERITANCE, transform=transform)
