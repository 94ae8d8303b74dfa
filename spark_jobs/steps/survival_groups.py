"""Life tables of models in groups: one for each event, relation, derived_by and stratum."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.rules.timeline.grouped_tables import SECONDS_PER_DAY, Happened, table_of_group
from hublake.rules.timeline.life_table import Counts, LifeTable

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


def derivative_frames(time_to_derivative: DataFrame) -> dict[str, DataFrame]:
    """What `derivative_groups` needs: all models that were observed, and the derivatives that came, with and without guessed ones."""
    models = time_to_derivative.where("exclusion IS NULL").withColumn("created_year", F.substring("created_month", 1, 4))
    groups: list[Column | str] = [_seconds("observed_days").alias("observed"), *KINDS.values(), *FLAGS.values()]
    everybody = models.where("relation = 'any' AND derived_by = 'any'")
    came = {DERIVATIVE: (models, "days"), "derivative_with_guesses": (everybody, "days_with_guesses")}
    declared, guessed = (
        frame.where(F.col(days).isNotNull()).select(
            F.lit(event).alias("event"), "relation", "derived_by", _seconds(days).alias("seconds"), *groups
        )
        for event, (frame, days) in came.items()
    )
    return {"observed": everybody.select(*groups), "happened": declared.unionByName(guessed)}


def _seconds(days: str) -> Column:
    return F.round(F.col(days) * SECONDS_PER_DAY).cast("long")


def derivative_groups(
    observed: pa.Table, happened: pa.Table, days: tuple[float, ...], *, is_comparable: bool = False
) -> Iterator[list[Group]]:
    """The life tables of the strata of each kind, for each event, relation and derived_by that happened to any model, with rows for `days`.

    If `is_comparable`, the tables of a kind have rows for the events of all its strata. Cost: one sort of all models for each kind, then
    linear in the models with an event.
    """
    always = np.array([0, *(round(day * SECONDS_PER_DAY) for day in days)], dtype=np.int64)
    kinds = _strata(observed, happened)
    came, came_observed = (happened[name].to_numpy() for name in ("seconds", "observed"))
    for (event, relation, derived_by), chosen in _events(happened).items():
        of_all = np.unique(np.concatenate([always, came[chosen]]))
        for kind, strata in kinds.items():
            groups = []
            for name, members, has_event in strata:
                own = chosen[has_event[chosen]]
                durations = of_all if is_comparable else np.unique(np.concatenate([always, came[own]]))
                table = table_of_group(members, Happened(came[own], came_observed[own]), durations)
                groups.append(Group(event, relation, derived_by, kind, name, table))
            yield groups


def _events(happened: pa.Table) -> dict[tuple[str, str, str], Counts]:
    """(event, relation, derived_by) -> its rows."""
    names = (
        pc.binary_join_element_wise(*(happened[name] for name in ("event", "relation", "derived_by")), " ")
        .combine_chunks()
        .dictionary_encode()
    )
    codes = names.indices.to_numpy()
    found = {}
    for text, code in sorted((text, code) for code, text in enumerate(names.dictionary.to_pylist())):
        event, relation, derived_by = text.split(" ")
        found[event, relation, derived_by] = np.flatnonzero(codes == code)
    return found


def _strata(observed: pa.Table, happened: pa.Table) -> dict[str, list[tuple[str, Counts, Flags]]]:
    """Kind -> (stratum, sorted seconds for which its members were observed, whether the rows of `happened` are members)."""
    seconds = observed["observed"].to_numpy()
    others = [(stratum, *(table[column].to_numpy() for table in (observed, happened))) for stratum, column in FLAGS.items()]
    parts = [(ALL, np.ones(len(observed), np.bool_), np.ones(len(happened), np.bool_)), *others]
    kinds = {"": [(stratum, np.sort(seconds[is_member]), has_event) for stratum, is_member, has_event in parts]}
    for kind, column in KINDS.items():
        names = sorted(set(pc.unique(observed[column]).to_pylist()) - {None})
        codes, of_events = (
            pc.index_in(table[column], pa.array(names, pa.string())).fill_null(-1).to_numpy() for table in (observed, happened)
        )
        kinds[kind] = [(f"{kind}:{name}", np.sort(seconds[codes == code]), of_events == code) for code, name in enumerate(names)]
    return kinds
