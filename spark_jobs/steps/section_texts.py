"""The text of a section, and an identifier that equal texts on documented classes share."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from hublake.lake.enums import DOCUMENTED_SECTIONS

# Shorter texts ("See the paper of the base model.") are equal by chance.
MIN_WORDS = 8


def section_text(card_text: str) -> Column:
    """Cut the text of a section out of the text of its card, by text_start and text_end."""
    text = F.col(card_text)
    unix_line_ends = F.replace(F.replace(text, F.lit("\r\n"), F.lit("\n")), F.lit("\r"), F.lit("\n"))
    on_lines = F.when(text.contains("\r"), unix_line_ends).otherwise(text)
    return F.substring(on_lines, F.col("text_start") + 1, F.col("text_end") - F.col("text_start"))


def normalized_words() -> Column:
    """The words of a section's text in lower case. Figures are made equal, because they differ between copies."""
    normal = F.regexp_replace(F.regexp_replace(F.lower("text"), r"\d+", "0"), r"[^\p{L}\p{N}]+", " ")
    return F.split(F.trim(normal), " ")


def text_id() -> Column:
    """Identify the text; null for a placeholder, a short text, or one on no documented class."""
    names = F.array(*map(F.lit, DOCUMENTED_SECTIONS))
    is_identified = F.arrays_overlap("section_classes", names) & ~F.col("is_placeholder") & (F.size(normalized_words()) >= MIN_WORDS)
    return F.when(is_identified, F.substring(F.sha2(F.concat_ws(" ", normalized_words()), 256), 1, 16))
