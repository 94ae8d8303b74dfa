"""Which warnings do many cards share, word for word or nearly so?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.cards import SHARED_TEXTS
from hublake.lake.schema.silver.cards import CARD_SECTIONS
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.near_copies import find_leaders
from hublake.spark_jobs.steps.section_texts import normalized_words

MIN_CARDS = 20
# If this many cards contain a text without having copied it from a parent, it is a template, regardless of its author.
MIN_CARDS_OF_BOILERPLATE = 100
# From this share on, a section is the parent's.
MOSTLY_INHERITED = 0.5


def transform(
    card_sections: DataFrame, models: DataFrame, min_cards: int = MIN_CARDS, min_cards_of_boilerplate: int = MIN_CARDS_OF_BOILERPLATE
) -> DataFrame:
    """Group near-copies among the texts of sections on documented classes; return the groups that at least `min_cards` cards share.

    A text that spread from a parent's card to its derivatives is inherited, not boilerplate: these derivatives are not in free_cards.

    Equal texts are merged before near-copies are searched, so the cost depends on distinct texts.
    """
    identified = card_sections.where("text_id is not null").withColumn("words", normalized_words())
    texts = identified.join(models.select("model_id", "author"), "model_id", how="left")
    distinct = texts.groupBy("text_id").agg(F.first("words").alias("words"))
    leaders = find_leaders(distinct)
    grouped = texts.join(leaders, "text_id", how="left").withColumn("leader_id", F.coalesce("leader_id", "text_id"))
    groups = grouped.groupBy(F.col("leader_id").alias("text_id")).agg(
        F.min("section_class").alias("section_class"),
        F.countDistinct("model_id").alias("cards"),
        F.countDistinct("author").alias("authors"),
        F.countDistinct(F.when(F.coalesce("parent_overlap_share", F.lit(0.0)) < MOSTLY_INHERITED, F.col("model_id"))).alias("free_cards"),
        F.sort_array(F.collect_set("text_id")).alias("text_ids"),
        F.countDistinct("text_id").alias("variants"),
        F.max(F.size("words")).cast("long").alias("word_count"),
        F.min("model_id").alias("example_id"),
        F.max("boilerplate_source").alias("boilerplate_source"),
    )
    is_boilerplate = F.col("free_cards") >= min_cards_of_boilerplate
    return groups.where(F.col("cards") >= min_cards).withColumn("is_boilerplate", is_boilerplate)


JOB = Job(reads=(CARD_SECTIONS, MODELS), writes=SHARED_TEXTS, transform=transform)
