"""Facts on one model, and models by parts of their names, by the index that was written with the explorer's data."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hublake.explorer.data.model_index import (
    CHILD_STARTS,
    CHILDREN,
    COMPONENTS,
    DOWNLOADS,
    NAME_STARTS,
    NAMES,
    PARENTS,
    PLACES,
    RANKS,
    SCORES,
    Places,
    files_of,
    hash_of,
    places_of,
    stored_rows,
)
from hublake.lake.schema import Table
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.suggestions import SHOWN
from hublake.serving.bom.documents import bom_documents
from hublake.serving.kin import compared_name, most_similar
from hublake.serving.layouts.forest import ranges
from hublake.serving.model_facts import ModelFacts, Row
from hublake.serving.reader import PublishedTables
from hublake.serving.scan import quote

MOST_PLACES = 2_000  # rows: more than these are spread over most pages of a file, so that a scan is as fast
MOST_CANDIDATES = 10_000  # names with a part of the wrong name, for each part
NEWLINE = b"\n"


class ModelIndex:
    """The index in a folder, of the newest snapshot of these tables."""

    def __init__(self, published: PublishedTables, folder: Path) -> None:
        self.published, self.folder = published, folder
        self.day: date = published.value("SELECT max(snapshot_date) FROM silver.models")
        self._rows = stored_rows(folder)
        self._names = (folder / NAMES).read_bytes()
        self._lowered = NEWLINE + self._names.lower()  # of ASCII letters alone; a name begins one byte later than in _names
        self._places = lru_cache(None)(self._open)
        self._hashes = lru_cache(64)(self._hash)
        self._array = lru_cache(None)(self._load)

    def facts(self, model_id: str) -> Row:
        """All facts on one model. Raises UnknownModel."""
        return _IndexedFacts(self, model_id).read()

    def bom(self, model_id: str, bom_format: str, version: str) -> str:
        """The bill of materials of a model. Raises UnknownModel."""
        facts = _IndexedFacts(self, model_id)
        facts.require()
        edges = self.relation(LINEAGE_EDGES, "child_id", [model_id])
        query = f"SELECT DISTINCT parent_id FROM {edges} WHERE snapshot_date = $day AND child_id = $id"
        parents = [name for (name,) in self.published.rows(query, day=self.day, id=model_id)] if edges else []

        def relation(table: Table, column: str) -> str:
            return self.relation(table, column, [model_id, *parents]) or f"(FROM {table.full_name} LIMIT 0)"

        self.published.execute("CREATE OR REPLACE TEMP TABLE selected AS SELECT $id AS model_id", {"id": model_id})
        (document,) = bom_documents(self.published, self.day, bom_format, version, relation)
        return document

    def relation(self, table: Table, column: str, values: Sequence[str]) -> str | None:
        """An SQL relation with at least the rows whose column has one of the values; None where there is no such row."""
        rows = self._rows.get(table.full_name)
        if rows is None:  # DuckDB does not read its files itself
            return table.full_name
        if not sum(rows):
            return None
        numbers = self._places(table.full_name, column)
        if numbers is None:
            return table.full_name
        places = places_of(numbers, self._hashes(tuple(values)))
        if len(places) > MOST_PLACES:
            return table.full_name
        ends = np.cumsum(rows)
        file_of = np.searchsorted(ends, places, side="right")
        files = files_of(self.published, table, self.day)
        first = np.concatenate([[0], ends])
        parts = [
            files[number][0].rows(files[number][1], (places[file_of == number] - first[number]).tolist())
            for number in np.unique(file_of).tolist()
        ]
        # The name of the table stays in the query, from which the reader finds a damaged one.
        return f"({' UNION ALL '.join(parts)}) /* {table.full_name} */" if parts else None

    def derivatives(self, model_id: str) -> Row:
        """As `ModelFacts.children`."""
        found = self._records(PARENTS, "parent_id", "models, by_relation, most_downloaded", model_id)
        return found[0] if found else {"models": 0, "by_relation": [], "most_downloaded": []}

    def component_models(self, component_id: str) -> int:
        """How many models are connected to each other; groups of one are not stored."""
        found = self._records(COMPONENTS, "component_id", "models", component_id)
        return int(found[0]["models"]) if found else 1

    def rank(self, score: float) -> Row:
        """As `ModelFacts.rank`."""
        scores = self._array(SCORES)
        return {"rank": len(scores) - int(np.searchsorted(scores, score, side="right")) + 1, "ranked_models": len(scores)}

    def find(self, text: str, most: int) -> list[str]:
        """The most downloaded models whose name contains every word, in any case of ASCII letters."""
        lowered = self._lowered
        words = [word.encode("utf-8", "backslashreplace").lower() for word in text.split()]
        found: list[str] = []
        begin = 1
        while words and len(found) < most:
            furthest = begin  # the start of a line; each word occurs in it or later
            for word in words:
                at = lowered.find(word, furthest)
                if at < 0:
                    return found
                furthest = lowered.rfind(NEWLINE, 0, at) + 1
            if furthest == begin or len(words) == 1:
                found.append(self._name_at(furthest))
                furthest = lowered.find(NEWLINE, furthest) + 1
            begin = furthest
        return found

    def similar(self, name: str, most: int) -> list[str]:
        """Names of models that are similar to one, most similar first, as `similar_names` rates them.

        They begin or end with two thirds of it; where none does, they have its owner or a half of the rest. Of each such part the
        MOST_CANDIDATES most downloaded names are rated.
        """
        whole = compared_name(name).encode("utf-8", "backslashreplace")
        third, (owner, slash, rest) = (len(whole) + 2) // 3, whole.rpartition(b"/")
        half = (len(rest) + 1) // 2
        begin = NEWLINE if owner else b""
        for parts in ((begin + whole[:-third], whole[third:] + NEWLINE), (begin + owner + slash, rest[:half], rest[half:])):
            starts = {start for part in parts if len(part) > 1 for start in self._lines_with(part)}
            if found := most_similar(self.published, name, [self._name_at(start) for start in sorted(starts)], most):
                return found
        return []

    def _lines_with(self, part: bytes) -> Iterator[int]:
        """The places in _lowered of the first MOST_CANDIDATES names with a part; a newline in it is the end of the name before."""
        at = -1
        for _ in range(MOST_CANDIDATES):
            at = self._lowered.find(part, at + 1)
            if at < 0:
                return
            start = self._lowered.rfind(NEWLINE, 0, at + 1) + 1
            yield start
            at = max(at, self._lowered.find(NEWLINE, start) - 1)

    def _name_at(self, start: int) -> str:
        """The name that begins at a place in _lowered."""
        return self._names[start - 1 : self._names.find(NEWLINE, start - 1)].decode("utf-8")

    def ranks(self, names: Sequence[str]) -> NDArray[np.int64]:
        """The numbers of the models with these names, in ascending order; names of others are left out."""
        if not names:
            return np.zeros(0, np.int64)
        wanted = set(names)
        found = places_of(self._array(RANKS), self._hash(tuple(names)))
        return np.array([rank for rank in found.tolist() if self.name(rank) in wanted], np.int64)

    def descendants(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of these models and of all that derive from them, in ascending order: the most downloaded first."""
        starts, children = self._array(CHILD_STARTS), self._array(CHILDREN)
        reached = np.zeros(len(starts) - 1, dtype=bool)
        level = ranks
        while level.size:
            reached[level] = True
            level = np.unique(children[ranges(starts[level], starts[level + 1])])
            level = level[~reached[level]]
        return np.flatnonzero(reached)

    def name(self, rank: int) -> str:
        """The name of a model by its number."""
        starts = self._array(NAME_STARTS)
        return self._names[starts[rank] : starts[rank + 1] - 1].decode("utf-8")

    def downloads(self, rank: int) -> int | None:
        """The downloads in 30 days of a model by its number."""
        found = int(self._array(DOWNLOADS)[rank])
        return None if found < 0 else found

    def _records(self, file: str, key: str, columns: str, value: str) -> list[Row]:
        path = quote(str(self.folder / file))
        return self.published.records(f"SELECT {columns} FROM read_parquet({path}) WHERE {key} = $value", value=value)

    def _load(self, file: str) -> NDArray[Any]:
        array: NDArray[Any] = np.load(self.folder / file, mmap_mode="r")
        return array

    def _open(self, table: str, column: str) -> Places | None:
        path = self.folder / PLACES / f"{table}.{column}.npy"
        numbers: Places | None = np.load(path, mmap_mode="r") if path.is_file() else None
        return numbers

    def _hash(self, values: tuple[str, ...]) -> list[int]:
        found: list[int] = self.published.value(f"SELECT [{hash_of('one')} FOR one IN $given]", given=list(values))
        return found


class _IndexedFacts(ModelFacts):
    """The facts, with each table read at the places of the model's rows."""

    def __init__(self, index: ModelIndex, model_id: str) -> None:
        super().__init__(index.published, model_id)
        self._index = index

    def relation(self, table: Table, key: str, values: Sequence[str]) -> str | None:
        """Of the index."""
        return self._index.relation(table, key, values)

    def similar_names(self) -> list[str]:
        """Of the index."""
        return self._index.similar(self.model_id, SHOWN)

    def children(self) -> dict[str, Any]:
        """Of the index."""
        return self._index.derivatives(self.model_id)

    def rank(self, score: float) -> Row:
        """Of the index."""
        return self._index.rank(score)

    def component_models(self, component_id: str) -> int:
        """Of the index."""
        return self._index.component_models(component_id)
