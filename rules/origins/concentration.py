"""How concentrated a total is in few units."""

from math import fsum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Concentration(NamedTuple):
    """Shares are null if nothing is divided."""

    units: int
    total: float
    hhi: float | None
    gini: float | None
    top_1_share: float | None
    top_10_share: float | None


def concentration(values: ArrayLike) -> Concentration:
    """The Herfindahl-Hirschman index, the Gini coefficient and shares of the largest units; units without anything do not count.

    Gini: the mean difference of two units, divided by twice their mean (Gini 1912). Sums are exact (math.fsum), so the order of the
    values does not matter. Time: n log n.

    >>> found = concentration([6, 3, 1, 0])
    >>> found.units, round(found.hhi, 9), round(found.gini, 9), found.top_1_share
    (3, 0.46, 0.333333333, 0.6)
    """
    all_values = np.asarray(values, dtype=np.float64)
    ordered = np.sort(all_values[all_values > 0])
    units = ordered.size
    if not units:
        return Concentration(0, 0.0, None, None, None, None)
    total = fsum(ordered.tolist())
    ranked = fsum(((2 * np.arange(1, units + 1) - units - 1) * ordered).tolist())
    hhi = fsum(((ordered / total) ** 2).tolist())
    return Concentration(
        units=units,
        total=total,
        hhi=min(hhi, 1.0),
        gini=max(ranked / (units * total), 0.0),
        top_1_share=float(ordered[-1]) / total,
        top_10_share=min(fsum(ordered[-10:].tolist()) / total, 1.0),
    )
