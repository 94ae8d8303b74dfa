"""Which sections does each card have, what are they about, and how much of them also occurs in a parent's card?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.silver.cards import CARD_SECTIONS, MODEL_CARDS, PARSED_SECTIONS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.section_texts import cuttable_text, section_text, text_id

FROM_PARSE = tuple(name for name in PARSED_SECTIONS.column_names if name in CARD_SECTIONS.column_names and name != "snapshot_date")


def transform(parsed_sections: DataFrame, model_cards: DataFrame, lineage_edges: DataFrame, *, only: DataFrame | None = None) -> DataFrame:
    """Sections with their text; parent_overlap_share is the largest over the listed parents that have a card.

    Cost: one shuffle of the texts; sentences are compared by their 64-bit digests.
    """
    texts = model_cards.where("text is not null").select("model_id", *cuttable_text("text"))
    edges, own = _edges_to_listed(lineage_edges), parsed_sections
    if only is not None:
        edges, own = (frame.join(F.broadcast(only), "model_id", how="left_semi") for frame in (edges, own))
        texts_of_own = texts.join(F.broadcast(only), "model_id", how="left_semi")
    else:
        texts_of_own = texts
    of_parents = _digests_of_parents(parsed_sections, texts, edges)
    sections = own.join(texts_of_own, "model_id", how="inner").join(of_parents, "model_id", how="left")
    with_text = sections.withColumns({"text": section_text(), "digests": _own_digests()})
    shares = F.transform("digests_of_parents", lambda of_parent: F.size(F.array_intersect("digests", of_parent)) / F.size("digests"))
    return with_text.select(
        *FROM_PARSE,
        F.get("section_classes", F.lit(0)).alias("section_class"),
        F.when(F.size("digests") > 0, F.array_max(shares)).alias("parent_overlap_share"),
        text_id().alias("text_id"),
        "text",
    )


def _own_digests() -> Column:
    """Distinct digests of the own sentences; only needed for cards whose parents have cards."""
    sentences = F.arrays_zip("sentence_kinds", "sentence_digests")
    own = F.filter(sentences, lambda sentence: (sentence["sentence_kinds"] == "own") & sentence["sentence_digests"].isNotNull())
    digests = F.array_distinct(F.transform(own, lambda sentence: sentence["sentence_digests"]))
    return F.when(F.col("digests_of_parents").isNotNull(), digests)


def _cards_of_parents(parsed_sections: DataFrame, model_cards: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(model_id, parent_id, digest of the sentences of the parent's card): what other cards contribute to the rows of a model."""
    sections = parsed_sections.groupBy(F.col("model_id").alias("parent_id"))
    digests = sections.agg(F.bit_xor(F.xxhash64("ordinal", "sentence_digests")).alias("digest"))
    parents = model_cards.where("text is not null").select(F.col("model_id").alias("parent_id"))
    return _edges_to_listed(lineage_edges).join(parents.join(digests, "parent_id", how="left"), "parent_id", how="inner")


def _edges_to_listed(lineage_edges: DataFrame) -> DataFrame:
    """(model_id, parent_id) of each listed parent, once."""
    is_listed = F.col("parent_status").isin("present", "renamed") & (F.col("child_id") != F.col("parent_id"))
    return lineage_edges.where(is_listed).select(F.col("child_id").alias("model_id"), "parent_id").distinct()


def _digests_of_parents(parsed_sections: DataFrame, texts: DataFrame, edges: DataFrame) -> DataFrame:
    """(model_id, digests_of_parents: one array for each listed parent that has a card with text, also one without a sentence)."""
    parents = texts.select(F.col("model_id").alias("parent_id")).join(edges.select("parent_id").distinct(), "parent_id", how="left_semi")
    sections = parsed_sections.select(F.col("model_id").alias("parent_id"), F.array_compact("sentence_digests").alias("digests"))
    digests = parents.join(sections, "parent_id", how="left").groupBy("parent_id").agg(F.collect_list("digests").alias("digests"))
    distinct = digests.select("parent_id", F.array_distinct(F.flatten("digests")).alias("digests"))
    return edges.join(distinct, "parent_id", how="inner").groupBy("model_id").agg(F.collect_list("digests").alias("digests_of_parents"))


JOB = Job(
    reads=(PARSED_SECTIONS, MODEL_CARDS, LINEAGE_EDGES),
    writes=CARD_SECTIONS,
    transform=transform,
    requires_rows_of=(PARSED_SECTIONS,),
    carries=CarryOver("model_id", compares=_cards_of_parents, selects=True),
)
