"""Which pairs lie on a cycle."""

from hublake.spark_jobs.graph.folding import Pairs, fold
from hublake.spark_jobs.graph.strong import on_cycles, strong_components


def pairs_on_cycles(pairs: Pairs) -> Pairs:
    """The pairs whose ends are in one strongly connected component."""
    folding = fold(pairs)
    return folding.core.where(on_cycles(folding.core, strong_components(folding)))
