"""Confidence intervals as columns."""

from pyspark.sql import Column
from pyspark.sql import functions as F

Z = 1.959964  # the normal distribution's 97.5 % point


def wilson(hits: Column, trials: Column) -> tuple[Column, Column]:
    """The 95 % score interval of a share (Wilson 1927), between 0 and 1; null without trials."""
    share = hits / trials
    middle = share + Z * Z / (2 * trials)
    width = Z * F.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    scale = 1 + Z * Z / trials
    low, high = F.greatest((middle - width) / scale, F.lit(0.0)), F.least((middle + width) / scale, F.lit(1.0))
    return F.when(trials > 0, low), F.when(trials > 0, high)
