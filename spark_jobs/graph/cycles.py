"""Which pairs lie on a cycle."""

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StringType, StructType

from spark_jobs.boundary import map_whole
from spark_jobs.graph.folding import distinct_pairs, fold
from spark_jobs.graph.strong import on_cycles, strong_components

PAIRS = StructType().add("child", StringType()).add("parent", StringType())


def pairs_on_cycles(derivations: DataFrame) -> DataFrame:
    """(child, parent) -> the same of the pairs whose ends are in one strongly connected component, each once."""
    return map_whole(derivations, _on_cycles, PAIRS)


def _on_cycles(derivations: pa.Table) -> pa.Table:
    codes, names = pd.factorize(np.concatenate([derivations["child"].to_numpy(), derivations["parent"].to_numpy()]))
    folding = fold(distinct_pairs(len(names), *np.split(codes, 2)))
    found = folding.core.where(on_cycles(folding.core, strong_components(folding)))
    return pa.table({"child": pa.array(names[found.child], pa.string()), "parent": pa.array(names[found.parent], pa.string())})
