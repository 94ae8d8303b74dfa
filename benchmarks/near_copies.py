"""How does the time to find near-copies of texts grow with their number, and how does Spark's MinHashLSH compare?

Seven of ten texts are variants of a few templates, as on the Hub. The peer compares all pairs within a bucket, so it gets only the
smaller sizes.
    python -m benchmarks.near_copies [--texts 10000,100000,300000] [--peer-up-to 20000]
"""

import argparse
import math
import tempfile
from itertools import pairwise
from pathlib import Path

from pyspark.ml.feature import HashingTF, MinHashLSH
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from benchmarks.figure import lap, show
from hublake.lake.settings import load
from hublake.spark_jobs.engine.session import start_local_session
from hublake.spark_jobs.steps.near_copies import MIN_SIMILARITY, find_leaders

TEMPLATES = 50
WORDS = 60
VARIANTS = 0.7  # of the texts


def make_texts(spark: SparkSession, texts: int) -> DataFrame:
    """(text_id, words): variants replace two words of a template, other texts draw all words from a vocabulary of 20,000."""
    number = F.col("id")
    position = F.sequence(F.lit(1), F.lit(WORDS))
    template = F.xxhash64(number, F.lit("template")) % TEMPLATES
    of_template = F.transform(position, lambda p: F.concat(F.lit("t"), template.cast("string"), F.lit("w"), p.cast("string")))
    replaced = F.transform(
        of_template,
        lambda word, p: F.when(p.isin(10, 40), F.concat(F.lit("name"), number.cast("string"))).otherwise(word),
    )
    drawn = F.transform(position, lambda p: F.concat(F.lit("v"), F.pmod(F.xxhash64(number, p), F.lit(20_000)).cast("string")))
    words = F.when(F.pmod(F.xxhash64(number), F.lit(1000)) < VARIANTS * 1000, replaced).otherwise(drawn)
    return spark.range(texts).select(F.substring(F.sha2(number.cast("string"), 256), 1, 16).alias("text_id"), words.alias("words"))


def find_by_min_hash_lsh(texts: DataFrame) -> DataFrame:
    """The smallest near-copy of each text, by Spark's own join of all pairs that share a hash."""
    starts = F.sequence(F.lit(1), F.size("words") - F.lit(2))
    shingles = F.transform(starts, lambda start: F.concat_ws(" ", F.slice("words", start, 3)))
    hashing = HashingTF(inputCol="shingles", outputCol="features", numFeatures=2**18, binary=True)
    hashed = hashing.transform(texts.select("text_id", shingles.alias("shingles")))
    model = MinHashLSH(inputCol="features", outputCol="hashes", numHashTables=4, seed=1).fit(hashed)
    pairs = model.approxSimilarityJoin(hashed, hashed, 1 - MIN_SIMILARITY).where("datasetA.text_id < datasetB.text_id")
    return pairs.groupBy(F.col("datasetB.text_id").alias("text_id")).agg(F.min("datasetA.text_id").alias("leader_id"))


def main() -> None:
    """Print seconds and texts with a leader for each size, and the exponent from size to size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", default="10000,100000,300000", help="sizes, ascending")
    parser.add_argument("--peer-up-to", type=int, default=20_000, help="largest size for MinHashLSH, whose time is quadratic")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.texts.split(",")]
    with tempfile.TemporaryDirectory(prefix="hublake-") as folder, start_local_session(load(), Path(folder)) as spark:
        find_leaders(make_texts(spark, 1000)).count()  # warm up
        seconds = []
        for size in sizes:
            texts = make_texts(spark, size).cache()
            texts.count()
            with lap() as ours:
                followers = find_leaders(texts).count()
            seconds.append(ours.seconds)
            peer = None
            if size <= arguments.peer_up_to:
                with lap() as theirs:
                    find_by_min_hash_lsh(texts).count()
                peer = theirs.seconds
            show(f"near-copies of {size:,} texts ({followers:,} follow a leader)", ours.seconds, peer, unit="s", peer_name="MinHashLSH")
            texts.unpersist()
    for (smaller, before), (larger, after) in pairwise(zip(sizes, seconds, strict=True)):
        exponent = math.log(after / before) / math.log(larger / smaller)
        show(f"exponent from {smaller:,} to {larger:,} texts", exponent, unit="", bar="<= 1.1")


if __name__ == "__main__":
    main()
