"""Which warnings do many cards share, word for word or nearly so?"""

from pyspark.ml.feature import HashingTF, MinHashLSH
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lake.tables.gold import SHARED_TEXTS
from lake.tables.silver import CARD_SECTIONS, MODELS
from lake.vocabulary import DOCUMENTED_SECTIONS
from spark_jobs.job import Job

MIN_WORDS = 8
MIN_CARDS = 20
# Words of a shingle, and how far apart (1 - Jaccard) two sets of shingles may be: a name or a figure exchanged in two sentences.
SHINGLE = 3
FAR = 0.4
FEATURES = 2**18
HASH_TABLES = 4
SEED = 1


def transform(card_sections: DataFrame, models: DataFrame, min_cards: int = MIN_CARDS) -> DataFrame:
    """Texts of sections on documented classes, in groups of near-copies that `min_cards` cards share or more.

    Equal texts are one before near ones are looked for (Broder 1997, by Spark's MinHashLSH), so the cost follows distinct texts;
    a near text goes to the smallest neighbour in one step, which keeps chains of small changes from growing into one group.
    """
    texts = _texts(card_sections).join(models.select("model_id", "author"), "model_id", how="left")
    distinct = texts.groupBy("text_id").agg(F.first("words").alias("words"))
    leaders = _leaders(distinct)
    grouped = texts.join(leaders, "text_id", how="left").withColumn("leader_id", F.coalesce("leader_id", "text_id"))
    groups = grouped.groupBy(F.col("leader_id").alias("text_id")).agg(
        F.min("section_class").alias("section_class"),
        F.countDistinct("model_id").alias("cards"),
        F.countDistinct("author").alias("authors"),
        F.countDistinct("text_id").alias("variants"),
        F.max(F.size("words")).cast("long").alias("word_count"),
        F.min("model_id").alias("example_id"),
        F.max("boilerplate_source").alias("boilerplate_source"),
    )
    return groups.where(F.col("cards") >= min_cards)


def _texts(card_sections: DataFrame) -> DataFrame:
    """(model_id, section_class, boilerplate_source, words, text_id): figures are all alike, as they differ in copies."""
    names = F.array(*map(F.lit, DOCUMENTED_SECTIONS))
    is_documented = F.arrays_overlap("section_classes", names) & ~F.col("is_placeholder")
    normal = F.regexp_replace(F.regexp_replace(F.lower("text"), r"\d+", "0"), r"[^\p{L}\p{N}]+", " ")
    words = F.split(F.trim(normal), " ")
    found = card_sections.where(is_documented).select("model_id", "section_class", "boilerplate_source", words.alias("words"))
    return found.where(F.size("words") >= MIN_WORDS).withColumn("text_id", F.substring(F.sha2(F.concat_ws(" ", "words"), 256), 1, 16))


def _leaders(distinct: DataFrame) -> DataFrame:
    """(text_id, leader_id) of texts that are near another with a smaller id."""
    shingled = distinct.select("text_id", _shingles().alias("shingles"))
    hashed = HashingTF(inputCol="shingles", outputCol="features", numFeatures=FEATURES, binary=True).transform(shingled)
    model = MinHashLSH(inputCol="features", outputCol="hashes", numHashTables=HASH_TABLES, seed=SEED).fit(hashed)
    pairs = model.approxSimilarityJoin(hashed, hashed, FAR).select(
        F.col("datasetA.text_id").alias("leader_id"), F.col("datasetB.text_id").alias("text_id")
    )
    return pairs.where("leader_id < text_id").groupBy("text_id").agg(F.min("leader_id").alias("leader_id"))


def _shingles() -> Column:
    starts = F.sequence(F.lit(1), F.size("words") - F.lit(SHINGLE - 1))
    return F.transform(starts, lambda start: F.concat_ws(" ", F.slice("words", start, SHINGLE)))


JOB = Job(reads=(CARD_SECTIONS, MODELS), writes=SHARED_TEXTS, transform=transform)
