"""The texts of sections on documented classes, so that equal ones have one id."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lake.vocabulary import DOCUMENTED_SECTIONS

# Shorter texts ("See the paper of the base model.") are alike by chance.
MIN_WORDS = 8


def with_text_id(card_sections: DataFrame) -> DataFrame:
    """Sections of documented classes that hold MIN_WORDS, with `words` and `text_id`: figures are all alike, as they differ in copies."""
    names = F.array(*map(F.lit, DOCUMENTED_SECTIONS))
    is_documented = F.arrays_overlap("section_classes", names) & ~F.col("is_placeholder")
    normal = F.regexp_replace(F.regexp_replace(F.lower("text"), r"\d+", "0"), r"[^\p{L}\p{N}]+", " ")
    found = card_sections.where(is_documented).withColumn("words", F.split(F.trim(normal), " ")).where(F.size("words") >= MIN_WORDS)
    return found.withColumn("text_id", F.substring(F.sha2(F.concat_ws(" ", "words"), 256), 1, 16))
