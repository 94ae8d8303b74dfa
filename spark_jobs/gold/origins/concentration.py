"""How concentrated are models and downloads in few countries, institutions, kinds of publishers and publishers?"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema

from hublake.lake.enums import CONCENTRATION_MEASURES, CONCENTRATION_UNITS
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.origins import CONCENTRATION
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.rules.origins.concentration import concentration
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_tables
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.graph.digraph import Ids, sorted_unique
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.publishers import UNKNOWN, origins_of_derived, with_publisher

SCHEMA = spark_schema(CONCENTRATION, without=("snapshot_date",))
NAMESPACE = "namespace"
FLOOR, UNKNOWN_YEAR = 0, -1
FLOOR_NAME = "before-2022-03"

Values = dict[str, NDArray[np.float64]]  # measure -> one value for each unit


class _Downloads(NamedTuple):
    """What counts for a publisher: row of a model, number of the publisher, downloads."""

    model: Ids
    publisher: Ids
    downloads: Ids

    def of(self, is_chosen: NDArray[np.bool_]) -> "_Downloads":
        """The parts of the chosen models."""
        chosen = np.flatnonzero(is_chosen[self.model])
        return _Downloads(*(values[chosen] for values in self))


ByRoots = dict[int, _Downloads]  # among how many roots the downloads of a model are divided -> these models


def transform(models: DataFrame, organisations: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per unit, measure and stratum with a model. Unknown units are left out and lower coverage_share.

    Cost: four numbers of each model, the roots of those that derive from another, and the publishers pass through one task, with
    hashes in place of names. Only the most downloaded models of each year keep their names, to break ties.
    """
    year = F.when(F.col("is_created_at_floor"), FLOOR).otherwise(F.coalesce(F.year("created_at"), F.lit(UNKNOWN_YEAR))).alias("year")
    downloads = F.coalesce("downloads_30d", F.lit(0)).alias("downloads")
    kind = F.nullif("kind", F.lit(UNKNOWN)).alias("kind")
    counted = with_publisher(models).select("model_id", "publisher", year, downloads)
    highest = counted.groupBy("year").agg(F.max("downloads").alias("highest"))
    name = F.when(F.col("downloads") == F.col("highest"), F.col("model_id")).alias("name")
    frames = {
        "models": counted.join(F.broadcast(highest), "year").select(*_hashes("model_id", "publisher"), "year", "downloads", name),
        "origins": origins_of_derived(model_lineage).select(*_hashes("model_id", "publisher"), "roots"),
        "organisations": organisations.select(*_hashes(NAMESPACE), "country", "institution", kind),
    }
    return map_tables(frames, _concentrations, SCHEMA)


def _hashes(*names: str) -> list[Column]:
    return [F.when(F.col(name).isNotNull(), F.xxhash64(name)).alias(name) for name in names]


def _concentrations(models: pa.Table, origins: pa.Table, organisations: pa.Table) -> pa.Table:
    owned, descended, publishers = _parts(models, origins)
    units = _units(publishers, organisations)
    rows: list[Record] = []
    for stratum, is_member in _strata(models["year"].to_numpy()):
        parts, of_top = (_chosen(owned, descended, is_chosen) for is_chosen in (is_member, _top_model(models, is_member)))
        whole = _sums(np.zeros(len(publishers) + 1, dtype=np.int64), 1, *parts)
        for unit, (codes, size) in units.items():
            values, taken = (_sums(codes, size, *of) for of in (parts, of_top))
            rows += [_row(unit, measure, stratum, values[measure], taken[measure], whole[measure][0]) for measure in CONCENTRATION_MEASURES]
    return pa.Table.from_pylist(rows, to_arrow_schema(SCHEMA))


def _parts(models: pa.Table, origins: pa.Table) -> tuple[_Downloads, ByRoots, pa.Array]:
    """What models count for their publishers, and for the publishers of their roots, and all publishers. Number -1 is an unknown one."""
    columns = [*models["publisher"].chunks, *origins["publisher"].chunks]
    encoded = pa.chunked_array(columns, pa.int64()).combine_chunks().dictionary_encode()
    numbers = encoded.indices.fill_null(-1).to_numpy().astype(np.int64)
    owner, origin = np.split(numbers, [len(models)])
    downloads = models["downloads"].to_numpy()
    owned = _Downloads(np.arange(len(models)), owner, downloads)
    row = pc.index_in(origins["model_id"], value_set=models["model_id"].combine_chunks()).to_numpy().astype(np.int64)
    is_alone = np.ones(len(models), dtype=np.bool_)
    is_alone[row] = False
    alone = owned.of(is_alone)
    both = _Downloads(*map(np.concatenate, zip(alone, (row, origin, downloads[row]), strict=True)))
    roots = np.concatenate([np.ones(len(alone.model), dtype=np.int64), origins["roots"].to_numpy()])
    descended = {number: _Downloads(*(values[roots == number] for values in both)) for number in sorted_unique(roots).tolist()}
    return owned, descended, encoded.dictionary


def _chosen(owned: _Downloads, descended: ByRoots, is_chosen: NDArray[np.bool_]) -> tuple[_Downloads, ByRoots]:
    """The parts of the chosen models."""
    return owned.of(is_chosen), {roots: part.of(is_chosen) for roots, part in descended.items()}


def _units(publishers: pa.Array, organisations: pa.Table) -> dict[str, tuple[Ids, int]]:
    """Unit -> (the number of the unit of each publisher and, in the last place, of the unknown one; the number of units).

    An unknown unit has the number after the last.
    """
    place = pc.index_in(publishers, value_set=organisations[NAMESPACE].combine_chunks())
    found = {NAMESPACE: (np.arange(len(publishers) + 1), len(publishers))}
    for unit in CONCENTRATION_UNITS:
        if unit != NAMESPACE:
            named = organisations[unit].combine_chunks().take(place).dictionary_encode()
            size = len(named.dictionary)
            found[unit] = np.append(named.indices.fill_null(size).to_numpy().astype(np.int64), size), size
    return {unit: found[unit] for unit in CONCENTRATION_UNITS}


def _strata(year: Ids) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """(name, whether each model is in it). The models of an unknown year are in no year."""
    yield "all", np.ones(year.size, dtype=np.bool_)
    for number in sorted_unique(year).tolist():
        if number != UNKNOWN_YEAR:
            yield f"year:{FLOOR_NAME if number == FLOOR else number}", year == number


def _top_model(models: pa.Table, is_member: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a model is the most downloaded one of the members; of equal ones the last in the alphabet."""
    downloads = models["downloads"].to_numpy()
    highest = np.flatnonzero(is_member & (downloads == downloads[is_member].max()))
    names = models["name"].take(pa.array(highest))
    is_top = np.zeros(len(models), dtype=np.bool_)
    is_top[highest[pc.index(names, pc.max(names)).as_py()]] = True
    return is_top


def _sums(unit: Ids, units: int, owned: _Downloads, descended: ByRoots) -> Values:
    """Sums are of whole numbers until the last step, so they do not depend on the order of the models."""

    def total(publisher: Ids, weights: Ids | None = None) -> NDArray[np.float64]:
        return np.bincount(unit[publisher], weights, minlength=units + 1)[:units].astype(np.float64)

    by_origin = np.zeros(units)
    for roots, part in descended.items():
        by_origin += total(part.publisher, part.downloads) / roots
    return {
        "models": total(owned.publisher),
        "downloads_by_publisher": total(owned.publisher, owned.downloads),
        "downloads_by_origin": by_origin,
    }


def _row(unit: str, measure: str, stratum: str, values: NDArray[np.float64], taken: NDArray[np.float64], whole: float) -> Record:
    """`taken` is what the most downloaded model adds to the values."""
    found = concentration(values)
    without_top = concentration(values - taken) if taken.any() else found
    return {
        **{"unit": unit, "measure": measure, "stratum": stratum},
        **found._asdict(),
        "coverage_share": min(found.total / whole, 1.0) if whole else 0.0,
        "hhi_without_top_model": without_top.hhi,
        "top_1_without_top_model_share": without_top.top_1_share,
    }


JOB = Job(reads=(MODELS, ORGANISATIONS, MODEL_LINEAGE), writes=CONCENTRATION, transform=transform)
