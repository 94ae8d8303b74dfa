"""Details of models for a static folder: a file per group of names, in the form of the facts that `hublake model --format json` prints.

A static folder has no server to query the tables, so it has a part of the facts: of each connected model and of the most downloaded
others. The models with most impact have more of them.
"""

import gzip
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hublake.explorer.data.files import write_bytes, write_json
from hublake.explorer.data.shard_queries import detail_query, rank_models
from hublake.explorer.data.store import MANIFEST
from hublake.serving.reader import PublishedTables

MOST_SHARDS = 2_048
MODELS_PER_SHARD = 700
OTHERS = 100_000  # models without a known edge, those with most downloads
BATCH = 200_000  # models whose facts are joined at once
FULL = 100_000  # models with most impact
OFFSET, PRIME = np.uint32(0x811C9DC5), np.uint32(0x01000193)  # of FNV-1a


def write_details(published: PublishedTables, folder: Path, others: int = OTHERS) -> None:
    """Add the details of models to a data folder, `others` of unconnected ones, and their number of files to its manifest."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    names = gzip.decompress((folder / "map" / "names.txt.gz").read_bytes()).decode("utf-8").split("\n")[:-1]
    day = date.fromisoformat(manifest["snapshot_date"])
    names += _others(published, names, day, others) if others else []
    shards = write_shards(published, names, day, folder / "models")
    models = sum(path.stat().st_size for path in (folder / "models").iterdir())
    write_json(folder / MANIFEST, manifest | {"shards": shards, "details": len(names), "parts": manifest["parts"] | {"models": models}})


def write_shards(published: PublishedTables, names: Sequence[str], day: date, folder: Path) -> int:
    """Write the files and return their number. `names` are models, those with most impact first.

    Cost: a scan of each table with rows on models for every BATCH of models, so that what is joined fits the memory of a query.
    """
    shards = shard_count(len(names))
    numbers = (fnv1a(names) % np.uint32(shards)).astype(np.int32)
    by_shard = np.argsort(numbers, kind="stable")
    models = pa.table({"model_id": pa.array(names, pa.string()), "shard": numbers, "is_full": np.arange(len(names)) < FULL}).take(by_shard)
    per_batch = max(1, shards * BATCH // max(len(names), 1))
    rank_models(published, day)
    for first in range(0, shards, per_batch):
        begin, end = np.searchsorted(numbers[by_shard], (first, first + per_batch)).tolist()
        _write_batch(published, models.slice(begin, end - begin), day, folder, range(first, min(first + per_batch, shards)))
    return shards


def _write_batch(published: PublishedTables, models: pa.Table, day: date, folder: Path, shards: range) -> None:
    """Write the files of consecutive shards, whose models are given."""
    published.connection.register("detailed", models)
    entries: dict[int, list[str]] = {shard: [] for shard in shards}
    query = f"SELECT shard, to_json(model_id)::VARCHAR, facts FROM ({detail_query(published)}) ORDER BY model_id"
    published.execute(query, {"day": day})
    for shard, name, facts in published.fetched():
        entries[shard].append(f"{name}:{facts}")
    for shard, lines in entries.items():
        content = "{" + ",".join(lines) + "}"
        write_bytes(folder / f"{shard:03d}.json.gz", content.encode("utf-8", "backslashreplace"))
    published.connection.unregister("detailed")


def shard_count(models: int) -> int:
    """A power of two, so that a shard has about MODELS_PER_SHARD models, and at most MOST_SHARDS.

    >>> shard_count(0), shard_count(700), shard_count(1500), shard_count(10**7)
    (1, 1, 4, 2048)
    """
    return min(MOST_SHARDS, 1 << max(0, -(-models // MODELS_PER_SHARD) - 1).bit_length())


def fnv1a(names: Sequence[str]) -> NDArray[np.uint32]:
    """The 32-bit FNV-1a hash of each name in UTF-8.

    >>> [hex(value) for value in fnv1a(["", "a", "foobar"]).tolist()]
    ['0x811c9dc5', '0xe40c292c', '0xbf9cf968']
    """
    encoded = [name.encode("utf-8", "backslashreplace") for name in names]
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    text = np.frombuffer(b"".join(encoded), np.uint8)
    starts = np.cumsum(lengths) - lengths
    hashes = np.full(len(encoded), OFFSET, np.uint32)
    left = np.flatnonzero(lengths)
    position = 0
    while left.size:
        hashes[left] = (hashes[left] ^ text[starts[left] + position]) * PRIME
        position += 1
        left = left[lengths[left] > position]
    return hashes


def _others(published: PublishedTables, connected: Sequence[str], day: date, most: int) -> list[str]:
    """The names of the most downloaded models that are not connected."""
    published.connection.register("connected", pa.table({"model_id": pa.array(connected, pa.string())}))
    found = published.arrow(
        "SELECT model_id FROM silver.models WHERE snapshot_date = $day AND model_id NOT IN (SELECT model_id FROM connected)"
        f" ORDER BY downloads_30d DESC NULLS LAST, model_id LIMIT {most}",
        day=day,
    )
    published.connection.unregister("connected")
    names: list[str] = found["model_id"].to_pylist()
    return names
