"""In which formats and widths are models quantised, by month, and by how many authors?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.techniques import QUANTIZATION_FORMATS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.rules.techniques.vocabulary import QUANTISATION
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.tasks_by_model import created_month

GROUP = ("format", "bits", "month")


def transform(models: DataFrame, model_techniques: DataFrame) -> DataFrame:
    """A repository counts once for each format and width; its unknown width counts only where no source states one of the format.

    A model whose name has no owner counts as its own author. Cost: one shuffle of the facts by model serves all steps.
    """
    facts = model_techniques.where(F.col("technique_group") == QUANTISATION).select(
        name_hash(),
        F.col("technique").alias("format"),
        F.coalesce("bits", F.lit(0.0)).alias("bits"),
        (F.col("source") == "file").alias("is_file"),
    )
    widths = facts.repartition(HASH).groupBy(HASH, "format", "bits").agg(F.count_if("is_file").alias("files"))
    is_known = F.max("bits").over(Window.partitionBy(HASH, "format")) > 0
    known = widths.withColumn("is_known", is_known).where("bits > 0 OR NOT is_known")
    author = F.coalesce("author", "model_id").alias("author")
    listed = join_by_hash(models.select("model_id", author, created_month().alias("month")), known, how="inner")
    by_author = listed.groupBy(*GROUP, "author").agg(F.count("*").alias("repos"), F.sum("files").alias("files"))
    return by_author.groupBy(*GROUP).agg(
        F.sum("repos").alias("repos"),
        F.sum("files").alias("files"),
        F.count("*").alias("quantisers"),
        (F.max("repos") / F.sum("repos")).alias("top_author_share"),
    )


JOB = Job(reads=(MODELS, MODEL_TECHNIQUES), writes=QUANTIZATION_FORMATS, transform=transform)
