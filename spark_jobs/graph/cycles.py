"""Which pairs lie on a cycle."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from spark_jobs.graph.walks import walks_upwards


def pairs_on_cycles(derivations: DataFrame) -> DataFrame:
    """(child, parent, ...) -> (child, parent) of the pairs whose ends are in one strongly connected component.

    A pair is one where the parent is in turn below its child; a leaf is never on a cycle. GraphFrames' search for strong
    components is no way to it: where chains of fifty join two cycles, its plan outgrows the JVM's stack.
    """
    back = walks_upwards(derivations).select(F.col("below").alias("parent"), F.col("above").alias("child"))
    return derivations.where("is_inner").select("child", "parent").join(back, ["child", "parent"], how="left_semi")
