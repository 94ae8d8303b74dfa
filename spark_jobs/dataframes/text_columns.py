"""Fast operations on columns of long texts."""

from pyspark.sql import Column
from pyspark.sql import functions as F


def beginning(text: str, characters: int) -> Column:
    """The first characters of a column, under its name. `substring` alone counts the characters of every text, also of short ones."""
    return F.when(F.octet_length(text) <= characters, F.col(text)).otherwise(F.substring(text, 1, characters)).alias(text)
