"""In which fields is each model used, by the words of its tags and its name?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_DOMAINS
from hublake.rules.tasks.domains import domain_words, name_words
from hublake.spark_jobs.dataframes.array_columns import listed_elements
from hublake.spark_jobs.job import CarryOver, Job

# Ours, as no labels exist: a tag is meant for readers who search, a name may have the word by chance.
CONFIDENCE = {"tag": 0.9, "name": 0.8}


def transform(models: DataFrame) -> DataFrame:
    """One row per domain and source; most models have none. Tags count as they are, names by their parts after the slash."""
    words = models.sparkSession.createDataFrame(sorted(domain_words().items()), "word string, domain string")
    in_name = F.split(F.lower(F.substring_index("model_id", "/", -1)), "[^a-z0-9]+")
    of_tags = models.select("model_id", F.lit("tag").alias("source"), F.explode(listed_elements("tags", domain_words())).alias("word"))
    of_names = models.select("model_id", F.lit("name").alias("source"), F.explode(listed_elements(in_name, name_words())).alias("word"))
    pairs = of_tags.unionByName(of_names)
    named = pairs.join(F.broadcast(words), "word", how="inner").groupBy("model_id", "domain", "source").agg(F.min("word").alias("evidence"))
    return named.withColumn("confidence", F.when(F.col("source") == "tag", CONFIDENCE["tag"]).otherwise(CONFIDENCE["name"]))


JOB = Job(reads=(MODELS,), writes=MODEL_DOMAINS, transform=transform, carries=CarryOver("model_id"))
