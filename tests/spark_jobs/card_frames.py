"""Frames of silver.model_cards and silver.parsed_sections for cards given as text."""

from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.silver.cards import MODEL_CARDS, PARSED_SECTIONS
from hublake.spark_jobs.silver import parsed_sections
from tests.drawn import drawn


def model_cards(spark: SparkSession, texts: dict[str, str]) -> DataFrame:
    """One card in English for each model_id."""
    rows = "\n".join(f"{name} | {name} | en" for name in texts)
    frame = drawn(spark, MODEL_CARDS, f"hub_id | model_id | language_of_text\n{rows}").drop("text")
    return frame.join(spark.createDataFrame(list(texts.items()), ["model_id", "text"]), "model_id", how="left")


def sections_of(cards: DataFrame) -> DataFrame:
    """Their parsed sections, as other jobs read them."""
    return parsed_sections.transform(cards).select(*[name for name in PARSED_SECTIONS.column_names if name != "snapshot_date"])
