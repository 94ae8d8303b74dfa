"""What names the text of a section on a documented class, so that equal ones have one name."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from hublake.lake.enums import DOCUMENTED_SECTIONS

# Shorter texts ("See the paper of the base model.") are alike by chance.
MIN_WORDS = 8


def words() -> Column:
    """The words of a section's text in lower case; figures are all alike, as they differ in copies."""
    normal = F.regexp_replace(F.regexp_replace(F.lower("text"), r"\d+", "0"), r"[^\p{L}\p{N}]+", " ")
    return F.split(F.trim(normal), " ")


def text_id() -> Column:
    """The text's name; null where it is a gap, short, or on nothing documented."""
    names = F.array(*map(F.lit, DOCUMENTED_SECTIONS))
    is_named = F.arrays_overlap("section_classes", names) & ~F.col("is_placeholder") & (F.size(words()) >= MIN_WORDS)
    return F.when(is_named, F.substring(F.sha2(F.concat_ws(" ", words()), 256), 1, 16))
