"""How concentrated are models and downloads in few countries, institutions, kinds of publishers and publishers?"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyspark.sql import DataFrame
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
    """What counts for a publisher: row of a model, number of the publisher, downloads, and among how many roots they are divided."""

    model: Ids
    publisher: Ids
    downloads: Ids
    roots: Ids

    def of(self, is_chosen: NDArray[np.bool_]) -> "_Downloads":
        """The parts of the chosen models."""
        return _Downloads(*(values[is_chosen[self.model]] for values in self))


def transform(models: DataFrame, organisations: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per unit, measure and stratum with a model. Unknown units are left out and lower coverage_share.

    Cost: four columns of the models, the roots of those that derive from another, and the publishers pass through one task.
    """
    year = F.when(F.col("is_created_at_floor"), FLOOR).otherwise(F.coalesce(F.year("created_at"), F.lit(UNKNOWN_YEAR))).alias("year")
    downloads = F.coalesce("downloads_30d", F.lit(0)).alias("downloads")
    kind = F.nullif("kind", F.lit(UNKNOWN)).alias("kind")
    frames = {
        "models": with_publisher(models).select("model_id", "publisher", year, downloads),
        "origins": origins_of_derived(model_lineage).select("model_id", "publisher", "roots"),
        "organisations": organisations.select(NAMESPACE, "country", "institution", kind),
    }
    return map_tables(frames, _concentrations, SCHEMA)


def _concentrations(models: pa.Table, origins: pa.Table, organisations: pa.Table) -> pa.Table:
    owned, descended, publishers = _parts(models, origins)
    units = _units(publishers, organisations)
    rows: list[Record] = []
    for stratum, is_member in _strata(models["year"].to_numpy()):
        top = _top_model(models, is_member)
        parts = owned.of(is_member), descended.of(is_member)
        of_top = owned.of(top), descended.of(top)
        whole = _sums(np.zeros(len(publishers) + 1, dtype=np.int64), 1, *parts)
        for unit, (codes, size) in units.items():
            values, taken = (_sums(codes, size, *of) for of in (parts, of_top))
            rows += [_row(unit, measure, stratum, values[measure], taken[measure], whole[measure][0]) for measure in CONCENTRATION_MEASURES]
    return pa.Table.from_pylist(rows, to_arrow_schema(SCHEMA))


def _parts(models: pa.Table, origins: pa.Table) -> tuple[_Downloads, _Downloads, pa.Array]:
    """What models count for their publishers, and for the publishers of their roots, and all publishers. Number -1 is an unknown one."""
    columns = [*models["publisher"].chunks, *origins["publisher"].chunks]
    encoded = pa.chunked_array(columns, pa.string()).combine_chunks().dictionary_encode()
    numbers = encoded.indices.fill_null(-1).to_numpy().astype(np.int64)
    owner, origin = np.split(numbers, [len(models)])
    downloads = models["downloads"].to_numpy()
    owned = _Downloads(np.arange(len(models)), owner, downloads, np.ones(len(models), dtype=np.int64))
    row = pc.index_in(origins["model_id"], value_set=models["model_id"].combine_chunks()).to_numpy().astype(np.int64)
    is_alone = np.ones(len(models), dtype=np.bool_)
    is_alone[row] = False
    derived = _Downloads(row, origin, downloads[row], origins["roots"].to_numpy().astype(np.int64))
    both = zip(owned.of(is_alone), derived, strict=True)
    return owned, _Downloads(*(np.concatenate(values) for values in both)), encoded.dictionary


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
    names = models["model_id"].take(pa.array(highest))
    is_top = np.zeros(len(models), dtype=np.bool_)
    is_top[highest[pc.index(names, pc.max(names)).as_py()]] = True
    return is_top


def _sums(unit: Ids, units: int, owned: _Downloads, descended: _Downloads) -> Values:
    """Sums are of whole numbers until the last step, so they do not depend on the order of the models."""

    def total(publisher: Ids, weights: Ids | None = None) -> NDArray[np.float64]:
        return np.bincount(unit[publisher], weights, minlength=units + 1)[:units].astype(np.float64)

    by_origin = np.zeros(units)
    for roots in sorted_unique(descended.roots).tolist():
        is_chosen = descended.roots == roots
        by_origin += total(descended.publisher[is_chosen], descended.downloads[is_chosen]) / roots
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
