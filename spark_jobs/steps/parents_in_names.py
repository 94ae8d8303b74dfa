"""Parents of models that declare none, told by their names."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from hublake.rules.lineage.names import Child, NamedParent, Namesake, Namesakes, key_of, parent_in_words, words

CONFIDENCE = 0.8  # a guess: 93 % of 106 labelled ones were right (benchmarks/lineage_truth.py), but of models that others had noticed


class Told(NamedTuple):
    """A listed parent that the child's name tells of."""

    child_id: str
    parent: str
    relation: str


def parents_in_names(models: pa.Table, declaring: pa.Array) -> list[Told]:
    """What the names of models that are not in `declaring` tell; at most one parent each.

    `models`: model_id, author, created_at (microseconds), downloads_30d. Of several listed models of the name the most downloaded is
    meant, and none that was made after the child by another author. Cost: one look at each name, three microseconds.
    """
    told, keys = _read(pa.table({"name": models["model_id"], "declares": pc.is_in(models["model_id"], value_set=declaring)}))
    known = _namesakes(models, keys, pa.array({parent.key for parent in told.values()}, pa.string()))
    children = _rows(models.take(pa.array(told, pa.int64())), "model_id", "author", "created_at")
    found = []
    for (child_id, author, created_at), parent in zip(children, told.values(), strict=True):
        child = Child(child_id, author, created_at, parent.is_own)
        meant = known[parent.key].meant_by(child) if parent.key in known else None
        if meant is not None:
            found.append(Told(child_id, meant, parent.relation))
    return found


def _read(models: pa.Table) -> tuple[dict[int, NamedParent], pa.ChunkedArray]:
    """(name, declares) -> the place of each model that declares nothing and whose name tells, with what it tells; the keys of all names."""
    told: dict[int, NamedParent] = {}
    keys: list[pa.Array] = []
    start = 0
    for batch in models.to_batches():
        in_words = [words(name) for name in batch["name"].to_pylist()]
        keys.append(pa.array(map(key_of, in_words), pa.string()))
        silent = (place for place, declares in enumerate(batch["declares"].to_pylist()) if not declares)
        told |= {start + place: parent for place in silent if (parent := parent_in_words(in_words[place]))}
        start += len(batch)
    return told, pa.chunked_array(keys, pa.string())


def _namesakes(models: pa.Table, keys: pa.ChunkedArray, wanted: pa.Array) -> dict[str, Namesakes]:
    """The models of each wanted key that has any."""
    is_wanted = pc.is_in(keys, value_set=wanted)
    found = defaultdict(list)
    rows = _rows(models.filter(is_wanted), "model_id", "author", "created_at", "downloads_30d")
    for key, (model_id, author, created_at, downloads) in zip(keys.filter(is_wanted).to_pylist(), rows, strict=True):
        found[key].append(Namesake(model_id, author, created_at, downloads or 0))
    return {key: Namesakes(found.pop(key)) for key in list(found)}


def _rows(table: pa.Table, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in columns), strict=True)
