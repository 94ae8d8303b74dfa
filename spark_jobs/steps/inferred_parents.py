"""Find the parents of models that declare none, by their names."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from hublake.rules.lineage.parent_inference import ChildModel, ImpliedParent, Namesake, NamesakeIndex, implied_parent, name_key, name_words

# An estimate: 93 % of 72 inferred parents were right (benchmarks/lineage_truth.py), but the labels are of models that others had noticed.
INFERENCE_CONFIDENCE = 0.8


class InferredParent(NamedTuple):
    """A listed parent that the child's name implies."""

    child_id: str
    parent: str
    relation: str


def inferred_parents(models: pa.Table, declaring: pa.Array) -> list[InferredParent]:
    """At most one parent for each model that is not in `declaring`.

    `models`: model_id, author, created_at (microseconds), downloads_30d. If several listed models have the implied name, the most
    downloaded one is chosen; a model of another author that was created after the child is never chosen. Cost: one pass over all names,
    three microseconds each.
    """
    implied, keys = _implied_parents(pa.table({"name": models["model_id"], "declares": pc.is_in(models["model_id"], value_set=declaring)}))
    indexes = _namesake_indexes(models, keys, pa.array({parent.key for parent in implied.values()}, pa.string()))
    children = _rows(models.take(pa.array(implied, pa.int64())), "model_id", "author", "created_at")
    found = []
    for (child_id, author, created_at), parent in zip(children, implied.values(), strict=True):
        child = ChildModel(child_id, author, created_at, parent.same_author_only)
        parent_id = indexes[parent.key].best_parent(child) if parent.key in indexes else None
        if parent_id is not None:
            found.append(InferredParent(child_id, parent_id, parent.relation))
    return found


def _implied_parents(models: pa.Table) -> tuple[dict[int, ImpliedParent], pa.ChunkedArray]:
    """(name, declares) -> (row number -> implied parent, for models that declare no parent; the name keys of all models)."""
    implied: dict[int, ImpliedParent] = {}
    keys: list[pa.Array] = []
    start = 0
    for batch in models.to_batches():
        words = [name_words(name) for name in batch["name"].to_pylist()]
        keys.append(pa.array(map(name_key, words), pa.string()))
        undeclared = (row for row, declares in enumerate(batch["declares"].to_pylist()) if not declares)
        implied |= {start + row: parent for row in undeclared if (parent := implied_parent(words[row]))}
        start += len(batch)
    return implied, pa.chunked_array(keys, pa.string())


def _namesake_indexes(models: pa.Table, keys: pa.ChunkedArray, wanted: pa.Array) -> dict[str, NamesakeIndex]:
    """An index for each wanted key that any model has; `keys` are the name keys of the models."""
    is_wanted = pc.is_in(keys, value_set=wanted)
    found = defaultdict(list)
    rows = _rows(models.filter(is_wanted), "model_id", "author", "created_at", "downloads_30d")
    for key, (model_id, author, created_at, downloads) in zip(keys.filter(is_wanted).to_pylist(), rows, strict=True):
        found[key].append(Namesake(model_id, author, created_at, downloads or 0))
    return {key: NamesakeIndex(found.pop(key)) for key in list(found)}


def _rows(table: pa.Table, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in columns), strict=True)
