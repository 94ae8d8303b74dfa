"""The text of a section, and an identifier that equal texts on documented classes share."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from hublake.lake.enums import DOCUMENTED_SECTIONS

# Shorter texts ("See the paper of the base model.") are equal by chance.
MIN_WORDS = 8


def cuttable_text(text: str) -> tuple[Column, Column]:
    """The text of a card as the columns that `section_text` cuts: as bytes if it is ASCII, else as text; the other one is null.

    To find a position in a text, Spark counts characters from its start, once for each section. In bytes it need not.
    """
    written = F.col(text)
    unix_line_ends = F.replace(F.replace(written, F.lit("\r\n"), F.lit("\n")), F.lit("\r"), F.lit("\n"))
    on_lines = F.when(written.contains("\r"), unix_line_ends).otherwise(written)
    is_ascii = F.octet_length(text) == F.length(text)
    return F.when(is_ascii, on_lines.cast("binary")).alias("card_bytes"), F.when(~is_ascii, on_lines).alias("card_text")


def section_text() -> Column:
    """Cut the text of a section out of the text of its card, by text_start and text_end."""
    start, length = F.col("text_start") + 1, F.col("text_end") - F.col("text_start")
    return F.coalesce(F.substring("card_bytes", start, length).cast("string"), F.substring("card_text", start, length))


def normalized_words() -> Column:
    """The words of a section's text in lower case. Figures are made equal, because they differ between copies."""
    normal = F.regexp_replace(F.regexp_replace(F.lower("text"), r"\d+", "0"), r"[^\p{L}\p{N}]+", " ")
    return F.split(F.trim(normal), " ")


def text_id() -> Column:
    """Identify the text; null for a placeholder, a short text, or one on no documented class."""
    names = F.array(*map(F.lit, DOCUMENTED_SECTIONS))
    is_identified = F.arrays_overlap("section_classes", names) & ~F.col("is_placeholder") & (F.size(normalized_words()) >= MIN_WORDS)
    return F.when(is_identified, F.substring(F.sha2(F.concat_ws(" ", normalized_words()), 256), 1, 16))
