"""All walks upwards through the derivation graph at once: what PageRank, reach and cycles are read from.

PageRank r solves r = t + M r, then scaled to the sum 1: t is the teleport, and M hands damping / (number of its parents)
of a child's rank to each parent. Models without parents give their rank back as the teleport falls, which scales all of r
alike, so they need no term of their own. Hence r = (1 + M + M^2 + ...) t for every teleport t, and the sum in brackets has
an entry exactly where one model is above another, so it also tells who descends from whom.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

DAMPING = 0.85
# No walk weighs more: as a tolerance it asks for the pairs alone, whatever their weights.
ANY_WEIGHT = 1.0


def walks_upwards(derivations: DataFrame, damping: float = DAMPING, tolerance: float = ANY_WEIGHT) -> DataFrame:
    """(below, above, weight) of inner models: the sum M + M^2 + ... of the module's text; kept in memory.

    On a cycle a model is above itself. Walks that weigh `tolerance` or less may be left out, pairs never are.
    The sum of the first 2n powers is that of the first n, plus that times M^n: walks double in length each round. Without
    cycles it ends when they are longer than the longest path; on cycles weights shrink by the damping in each step.
    Cost: log2 of the longest path in rounds, each a join of the pairs found with the walks of just that length.
    """
    step = F.lit(damping) / F.col("parents")
    # `longest` is the part of the weight that comes from walks of exactly the length reached.
    walks = derivations.where("is_inner").select(
        F.col("child").alias("below"), F.col("parent").alias("above"), step.alias("weight"), step.alias("longest")
    )
    seen, heaviest = _weighed(walks := walks.localCheckpoint())
    before = -1
    while heaviest > tolerance or (heaviest > 0 and seen > before):
        before = seen
        walks = _doubled(walks).localCheckpoint()
        seen, heaviest = _weighed(walks)
    return walks.select("below", "above", "weight")


def _doubled(walks: DataFrame) -> DataFrame:
    lower = walks.where("longest > 0").select("below", F.col("above").alias("middle"), F.col("longest").alias("first_part"))
    upper = walks.withColumnRenamed("below", "middle")
    longer = lower.join(upper, "middle", how="inner").select(
        "below",
        "above",
        (F.col("first_part") * F.col("weight")).alias("weight"),
        (F.col("first_part") * F.col("longest")).alias("longest"),
    )
    known = walks.withColumn("longest", F.lit(0.0))
    return known.union(longer).groupBy("below", "above").agg(F.sum("weight").alias("weight"), F.sum("longest").alias("longest"))


def _weighed(walks: DataFrame) -> tuple[int, float]:
    """How many pairs there are, and the weight of the heaviest of the longest walks; 0 where none is that long."""
    row = walks.agg(F.count("*"), F.max("longest")).first()
    return (row[0], row[1] or 0.0) if row else (0, 0.0)
