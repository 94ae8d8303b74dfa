"""Where the facts on each model are, so that one model among millions is read without a scan.

`places/<table>.<column>.npy` has a 64-bit number per row of a table: the hash of the column's value in the upper half, the place of the row
in the lower one, sorted. `parents.parquet` and `components.parquet` contain the counts over many rows that a page shows, sorted by name.

The models are numbered by downloads, the most downloaded first: `names.txt` has their names in this order, `ranks.npy` hash and number of
each, sorted, `children.npy` the numbers of the direct derivatives of each, from `child_starts.npy` on. An edge is found by 64 bits of the
hash of each end. `scores.npy` has the impact of all models, sorted.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hublake.explorer.data.files import write_bytes, write_json
from hublake.explorer.data.map_files import one_line
from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.schema import Table
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.serving.layouts.forest import ranges
from hublake.serving.model_facts import SHOWN_CHILDREN
from hublake.serving.reader import PublishedTables
from hublake.serving.scan import Arm, quote

INDEX = "index"  # the folder
PLACES, NAMES, PARENTS, COMPONENTS = "places", "names.txt", "parents.parquet", "components.parquet"
ROWS = "rows.json"  # table -> rows of its files
GROUP_ROWS = 10_000  # of a row group: what is read for one name
RANKS, NAME_STARTS, DOWNLOADS = "ranks.npy", "name_starts.npy", "downloads.npy"
CHILDREN, CHILD_STARTS, SCORES = "children.npy", "child_starts.npy", "scores.npy"
HALF, LOWER = np.uint64(32), np.uint64(2**32 - 1)

Places = NDArray[np.uint64]


def write_index(published: PublishedTables, day: date, folder: Path) -> None:
    """Write the index of the newest snapshot. Cost: a scan of each indexed column, a sort of its hashes, and a join of the edges."""
    (folder / PLACES).mkdir(parents=True)
    rows: dict[str, list[int]] = {}
    for table, column in _indexed(published):
        if table.full_name not in published.arms:
            continue
        hashes = [_hashes(published, table, file, column) for _, file in files_of(published, table, day)]
        rows[table.full_name] = [len(part) for part in hashes]
        if hashes:
            np.save(folder / PLACES / f"{table.full_name}.{column}.npy", packed(np.concatenate(hashes)))
    write_json(folder / ROWS, rows)
    _write_ranks(published, day, folder)
    _copy(published, _parents(day), folder / PARENTS)
    if MODEL_LINEAGE.full_name in published.tables:
        _copy(published, _components(day), folder / COMPONENTS)
    if MODEL_IMPACT.full_name in published.tables:
        query = "SELECT impact_score FROM gold.model_impact WHERE snapshot_date = $day ORDER BY impact_score"
        np.save(folder / SCORES, published.arrow(query, day=day)["impact_score"].to_numpy())


def _write_ranks(published: PublishedTables, day: date, folder: Path) -> None:
    """Number the models by downloads, and write for each of them its name, downloads and direct derivatives."""
    models = published.arrow(
        "SELECT model_id, coalesce(downloads_30d, -1)::BIGINT AS downloads, hash(model_id) AS hash FROM silver.models"
        " WHERE snapshot_date = $day ORDER BY downloads_30d DESC NULLS LAST, model_id",
        day=day,
    )
    lines = [f"{one_line(name)}\n".encode("utf-8", "backslashreplace") for name in models["model_id"].to_pylist()]
    write_bytes(folder / NAMES, b"".join(lines))
    np.save(folder / NAME_STARTS, np.concatenate([[0], np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)))]))
    np.save(folder / DOWNLOADS, models["downloads"].to_numpy())
    hashes = models["hash"].to_numpy()
    np.save(folder / RANKS, packed((hashes >> HALF).astype(np.uint32)))
    edges = published.arrow(
        "SELECT DISTINCT hash(child_id) AS child, hash(parent_id) AS parent FROM silver.lineage_edges"
        " WHERE snapshot_date = $day AND NOT is_self_loop AND parent_status <> 'missing'",
        day=day,
    )
    if not len(hashes):
        edges = edges.slice(0, 0)
    by_hash = np.argsort(hashes)
    ends = {}
    for name in ("child", "parent"):
        wanted = edges[name].to_numpy()
        rank = by_hash[np.minimum(np.searchsorted(hashes, wanted, sorter=by_hash), len(hashes) - 1)]
        ends[name] = np.where(hashes[rank] == wanted, rank, -1)
    is_listed = (ends["child"] >= 0) & (ends["parent"] >= 0)
    child, parent = ends["child"][is_listed], ends["parent"][is_listed]
    np.save(folder / CHILDREN, child[np.lexsort((child, parent))].astype(np.uint32))
    np.save(folder / CHILD_STARTS, np.concatenate([[0], np.cumsum(np.bincount(parent, minlength=len(hashes)))]).astype(np.int64))


def files_of(published: PublishedTables, table: Table, day: date) -> list[tuple[Arm, str]]:
    """The files with a table's rows of a day, in the order of their places; for a history, all files."""
    arms = published.arms.get(table.full_name, ())
    chosen = [arm for arm in arms if str(arm.partition.get("snapshot_date", day)) == str(day)]
    return sorted(((arm, file) for arm in chosen for file in arm.files), key=lambda one: one[1])


def packed(hashes: NDArray[np.uint32]) -> Places:
    """Hash and place of each row in one number, sorted.

    >>> [divmod(int(number), 2**32) for number in packed(np.array([7, 1, 7], np.uint32))]
    [(1, 1), (7, 0), (7, 2)]
    """
    numbers: Places = (hashes.astype(np.uint64) << HALF) | np.arange(len(hashes), dtype=np.uint64)
    numbers.sort()
    return numbers


def places_of(numbers: Places, hashes: Sequence[int]) -> NDArray[np.int64]:
    """The places of the rows with one of the hashes, in ascending order.

    >>> places_of(packed(np.array([7, 1, 7, 9], np.uint32)), [7, 9, 5]).tolist()
    [0, 2, 3]
    """
    low = np.unique(np.array(hashes, np.uint64)) << HALF
    begin, end = np.searchsorted(numbers, low), np.searchsorted(numbers, low | LOWER, side="right")
    found: NDArray[np.int64] = np.sort((numbers[ranges(begin, end)] & LOWER).astype(np.int64))
    return found


def hash_of(name: str) -> str:
    """The SQL expression of the hash of a value. It is the same for equal versions of DuckDB, which the folder's name depends on."""
    return f"(hash({name}) >> 32)::UINTEGER"


def stored_rows(folder: Path) -> dict[str, list[int]]:
    """Table -> rows of each of its files, in the order of `files_of`."""
    found: dict[str, list[int]] = json.loads((folder / ROWS).read_text("utf-8"))
    return found


def _indexed(published: PublishedTables) -> Iterator[tuple[Table, str]]:
    """The tables with rows on single models, and the columns by which they are searched."""
    for table in published.tables.values():
        key = next((name for name in ("model_id", "child_id") if name in table.key), None)
        if key is not None and table.layer != "bronze" and not table.is_history and table.partitioned_by[:1] == ("snapshot_date",):
            yield table, key
    if MODELS.full_name in published.tables:
        yield from ((MODELS, column) for column in ("model_id", "author"))
    if MODEL_HISTORY.full_name in published.tables and published.day is None:  # its view of a day has other rows than its files
        yield from ((MODEL_HISTORY, column) for column in ("hub_id", "model_id"))


def _hashes(published: PublishedTables, table: Table, file: str, column: str) -> NDArray[np.uint32]:
    source = f"read_parquet({quote(file)}, hive_partitioning = false) /* {table.full_name} */"  # so that a damaged table is named
    found = published.arrow(f"SELECT {hash_of(column)} AS hash FROM {source}")
    hashes: NDArray[np.uint32] = found["hash"].to_numpy()
    return hashes


def _copy(published: PublishedTables, query: str, file: Path) -> None:
    published.execute(f"COPY ({query}) TO {quote(str(file))} (FORMAT parquet, ROW_GROUP_SIZE {GROUP_ROWS})")


def _day(day: date) -> str:
    return f"DATE '{day}'"


def _components(day: date) -> str:
    """The sizes of groups of connected models."""
    return (
        f"SELECT component_id, count(*) AS models FROM gold.model_lineage WHERE snapshot_date = {_day(day)}"
        " GROUP BY component_id HAVING count(*) > 1 ORDER BY component_id"
    )


def _parents(day: date) -> str:
    """What `ModelFacts.children` counts, for each model with derivatives."""
    guessed = ", ".join(map(quote, GUESSED_EVIDENCE))
    return f"""
        WITH edges AS (
            SELECT parent_id, child_id, relation, evidence, confidence, evidence IN ({guessed}) AS is_guessed
            FROM silver.lineage_edges WHERE snapshot_date = {_day(day)} AND NOT is_self_loop
        ), pairs AS (
            SELECT parent_id, child_id, max(downloads_30d) AS downloads_30d FROM edges LEFT JOIN (
                SELECT model_id AS child_id, downloads_30d FROM silver.models WHERE snapshot_date = {_day(day)}
            ) USING (child_id) GROUP BY parent_id, child_id
        ), best AS (
            FROM pairs
            QUALIFY row_number() OVER (PARTITION BY parent_id ORDER BY downloads_30d DESC NULLS LAST, child_id) <= {SHOWN_CHILDREN}
        ), described AS (
            SELECT parent_id, child_id, string_agg(DISTINCT relation, ', ' ORDER BY relation) AS relation,
                   any_value(downloads_30d) AS downloads_30d, arg_max(evidence, (confidence, evidence)) AS evidence,
                   max(confidence) AS confidence
            FROM best JOIN edges USING (parent_id, child_id) GROUP BY parent_id, child_id
        ), shown AS (
            SELECT parent_id, list({{'model_id': child_id, 'relation': relation, 'downloads_30d': downloads_30d,
                                     'evidence': evidence, 'confidence': confidence}}
                                   ORDER BY downloads_30d DESC NULLS LAST, child_id) AS most_downloaded
            FROM described GROUP BY parent_id
        ), of_relation AS (
            SELECT parent_id, relation, child_id, max(downloads_30d) AS downloads_30d, bool_and(is_guessed) AS is_guessed,
                   bool_or(is_guessed) AS is_any_guessed
            FROM edges JOIN pairs USING (parent_id, child_id) GROUP BY parent_id, relation, child_id
        ), ranked AS (
            SELECT *, row_number() OVER (PARTITION BY parent_id, relation ORDER BY downloads_30d DESC NULLS LAST, child_id) AS place
            FROM of_relation
        ), counted AS (
            SELECT parent_id, relation, count(*) AS models, count(*) FILTER (is_any_guessed) AS guessed,
                   list({{'model_id': child_id, 'downloads_30d': downloads_30d, 'is_guessed': is_guessed}} ORDER BY place)
                   FILTER (place <= {SHOWN_CHILDREN}) AS most_downloaded
            FROM ranked GROUP BY parent_id, relation
        ), by_relation AS (
            SELECT parent_id, list({{'relation': relation, 'models': models, 'guessed': guessed, 'most_downloaded': most_downloaded}}
                                   ORDER BY models DESC, relation) AS by_relation
            FROM counted GROUP BY parent_id
        ), totals AS (SELECT parent_id, count(*) AS models FROM pairs GROUP BY parent_id)
        FROM totals JOIN by_relation USING (parent_id) JOIN shown USING (parent_id) ORDER BY parent_id
    """
