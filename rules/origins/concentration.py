"""How concentrated a total is in few units."""

from collections.abc import Iterable
from math import fsum
from typing import NamedTuple


class Concentration(NamedTuple):
    """Shares are null if nothing is divided."""

    units: int
    total: float
    hhi: float | None
    gini: float | None
    top_1_share: float | None
    top_10_share: float | None


def concentration(values: Iterable[float]) -> Concentration:
    """The Herfindahl-Hirschman index, the Gini coefficient and shares of the largest units; units without anything do not count.

    Gini: the mean difference of two units, divided by twice their mean (Gini 1912). Sums are exact (math.fsum), so the order of the
    values does not matter. Time: n log n.

    >>> found = concentration([6, 3, 1, 0])
    >>> found.units, round(found.hhi, 9), round(found.gini, 9), found.top_1_share
    (3, 0.46, 0.333333333, 0.6)
    """
    ordered = sorted(value for value in values if value > 0)
    total, units = fsum(ordered), len(ordered)
    if not ordered:
        return Concentration(0, 0.0, None, None, None, None)
    ranked = fsum((2 * rank - units - 1) * value for rank, value in enumerate(ordered, 1))
    hhi = fsum((value / total) ** 2 for value in ordered)
    return Concentration(
        units=units,
        total=total,
        hhi=min(hhi, 1.0),
        gini=max(ranked / (units * total), 0.0),
        top_1_share=ordered[-1] / total,
        top_10_share=min(fsum(ordered[-10:]) / total, 1.0),
    )
