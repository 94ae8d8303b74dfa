"""Life tables of models in groups: one for each event, relation, derived_by and stratum."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from hublake.lake.enums import AUTHOR_KINDS, DERIVED_BY, LICENSE_CLASSES, POPULARITY, RELATIONS
from hublake.rules.timeline.grouped_tables import SECONDS_PER_DAY, distinct_seconds, events_at, first_places, observed_for, table_of_group
from hublake.rules.timeline.life_table import Counts, LifeTable
from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.steps.strata import SIZES

Flags = npt.NDArray[np.bool_]

# Kinds of strata that divide all models, and the columns of gold.time_to_derivative whose values are the strata.
KINDS = {
    "year": "created_year",
    "size": "size_class",
    "license_class": "license_class",
    "author_kind": "author_kind",
    "popularity": "popularity",
}
FLAGS = {"roots": "is_root", "notable": "is_notable"}  # strata that are a part of all models
NAMES = ("relation", "derived_by")
# Column of gold.time_to_derivative, or year of its created_month -> its values.
VALUES: dict[str, Sequence[str] | Sequence[bool]] = {
    "relation": ("any", *RELATIONS),
    "derived_by": DERIVED_BY,
    "created_year": [f"{year:04d}" for year in range(1, 10_000)],
    "size_class": SIZES,
    "license_class": LICENSE_CLASSES,
    "author_kind": AUTHOR_KINDS,
    "popularity": POPULARITY,
    **dict.fromkeys(FLAGS.values(), (False, True)),
}
WHOLE = "relation = 'any' AND derived_by = 'any'"
ALL = "all"
DERIVATIVE = "derivative"


class Group(NamedTuple):
    """The life table of a stratum; `kind` is empty for strata that do not divide all models."""

    event: str
    relation: str
    derived_by: str
    kind: str
    stratum: str
    table: LifeTable


def map_derivatives(time_to_derivative: DataFrame, rule: Callable[..., pa.Table], schema: StructType) -> DataFrame:
    """The table that `rule` returns for what `observed_and_happened` returns of all models.

    Cost: four numbers of each model pass through one task; the values of all groups are one of them.
    """
    models = time_to_derivative.where(f"exclusion IS NULL AND ({WHOLE} OR days IS NOT NULL)")
    seconds = {"observed": "observed_days", "seconds": "days", "seconds_with_guesses": "days_with_guesses"}
    rows = models.select(_group().alias("group"), *[_seconds(days).alias(name) for name, days in seconds.items()])
    return map_table(rows, lambda table: rule(**observed_and_happened(table)), schema)


def _group() -> Column:
    """One number for a value of each of VALUES: its places in them are the digits, counted from 1; 0 for null."""
    number = F.lit(0).cast("long")
    for name, values in VALUES.items():
        number = number * (len(values) + 1) + F.coalesce(_place(name, values), F.lit(0))
    return number


def _place(name: str, values: Sequence[str] | Sequence[bool]) -> Column:
    if name == "created_year":
        return F.substring("created_month", 1, 4).cast("int")
    return F.array_position(F.array(*map(F.lit, values)), F.col(name))


def _seconds(days: str) -> Column:
    return F.round(F.col(days) * SECONDS_PER_DAY).cast("long")


def observed_and_happened(rows: pa.Table) -> dict[str, pa.Table]:
    """All models that were observed, and the derivatives that came, with and without guessed ones, each with its groups."""
    columns = {name: pa.chunked_array([column]) for name, column in _values_of(rows["group"].to_numpy()).items()}
    is_whole = pc.and_(*(pc.equal(columns[name].combine_chunks().indices, 0) for name in NAMES))
    described = pa.table({name: columns[name] for name in (*KINDS.values(), *FLAGS.values())} | {"observed": rows["observed"]})

    def of_event(event: str, seconds: str, chosen: pa.Array) -> pa.Table:
        found = described.filter(chosen)
        names = {"event": pa.repeat(event, len(found)).dictionary_encode()} | {name: columns[name].filter(chosen) for name in NAMES}
        return pa.table({**names, "seconds": rows[seconds].filter(chosen)} | {name: found[name] for name in found.column_names})

    came, came_with_guesses = (rows[name].is_valid().combine_chunks() for name in ("seconds", "seconds_with_guesses"))
    declared = of_event(DERIVATIVE, "seconds", came)
    guessed = of_event("derivative_with_guesses", "seconds_with_guesses", pc.and_(is_whole, came_with_guesses))
    return {"observed": described.filter(is_whole), "happened": pa.concat_tables([declared, guessed])}


def _values_of(groups: Counts) -> dict[str, pa.Array]:
    """The columns of VALUES, from the numbers of `_group`: flags, and dictionaries of texts."""
    found: dict[str, pa.Array] = {}
    for name, values in reversed(VALUES.items()):
        size = len(values) + 1
        rest = groups // size
        place = groups - rest * size - 1
        if name in FLAGS.values():
            found[name] = pa.array(place == 1)
        else:
            indices = pa.array(place.astype(np.int16), mask=place < 0)
            found[name] = pa.DictionaryArray.from_arrays(indices, pa.array(values, pa.string()))
        groups = rest
    return found


def derivative_groups(
    observed: pa.Table, happened: pa.Table, days: tuple[float, ...], *, is_comparable: bool = False
) -> Iterator[list[Group]]:
    """The life tables of the strata of each kind, for each event, relation and derived_by that happened to any model, with rows for `days`.

    If `is_comparable`, the tables of a kind have rows for the events of all its strata. Cost: linear in the models for each kind, and in
    those with an event for each of its strata.
    """
    always = np.array([0, *(round(day * SECONDS_PER_DAY) for day in days)], dtype=np.int64)
    came, came_observed, seconds = (column.to_numpy() for column in (happened["seconds"], happened["observed"], observed["observed"]))
    grid = distinct_seconds(always, came)
    places = first_places(seconds, grid)
    events = {names: (rows, events_at(grid, always, came[rows], came_observed[rows])) for names, rows in _events(happened).items()}
    for kind, strata in _strata(observed, happened):
        members = [(name, observed_for(seconds[is_member], places[is_member], grid), has_event) for name, is_member, has_event in strata]
        for names, (rows, event) in events.items():
            groups = []
            for name, group, has_event in members:
                table = table_of_group(grid, group, event, np.flatnonzero(has_event[rows]), has_all_rows=is_comparable)
                groups.append(Group(*names, kind, name, table))
            yield groups


def _events(happened: pa.Table) -> dict[tuple[str, str, str], Counts]:
    """(event, relation, derived_by) -> its rows."""
    names = [_encoded(happened[name]) for name in ("event", *NAMES)]
    codes = np.zeros(len(happened), dtype=np.int64)
    for column in names:
        codes = codes * len(column.dictionary) + column.indices.to_numpy()
    found = {}
    for code in np.flatnonzero(np.bincount(codes)).tolist():
        rows = np.flatnonzero(codes == code)
        event, relation, derived_by = (column[int(rows[0])].as_py() for column in names)
        found[event, relation, derived_by] = rows
    return dict(sorted(found.items()))


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return encoded.unify_dictionaries().combine_chunks()


def _strata(observed: pa.Table, happened: pa.Table) -> Iterator[tuple[str, list[tuple[str, Flags, Flags]]]]:
    """(kind, its strata: their names, and whether the rows of both tables are members)."""
    parts = [(stratum, *(table[column].to_numpy() for table in (observed, happened))) for stratum, column in FLAGS.items()]
    yield "", [(ALL, np.ones(len(observed), np.bool_), np.ones(len(happened), np.bool_)), *parts]
    for kind, column in KINDS.items():
        names = sorted(set(pc.unique(observed[column]).to_pylist()) - {None})
        codes, of_events = (_codes(table[column], names) for table in (observed, happened))
        yield kind, [(f"{kind}:{name}", codes == code, of_events == code) for code, name in enumerate(names)]


def _codes(column: pa.ChunkedArray, names: list[str]) -> npt.NDArray[np.int8]:
    """The position of each value in `names`, -1 for others."""
    found = []
    for chunk in column.chunks:
        encoded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        code = pc.index_in(encoded.dictionary, value_set=pa.array(names, pa.string())).fill_null(-1).to_numpy().astype(np.int8)
        found.append(np.append(code, np.int8(-1))[encoded.indices.fill_null(-1).to_numpy()])
    return np.concatenate(found) if found else np.empty(0, np.int8)
