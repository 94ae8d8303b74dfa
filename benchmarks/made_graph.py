"""Silver tables of a made hub of any size, whose graph has the real Hub's shape; NumPy and delta-rs, no JVM."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import igraph
import numpy as np
import pyarrow as pa
from deltalake import WriterProperties, write_deltalake

from benchmarks.lineage_truth import items, resolutions
from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.schema import Table
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS

DAY = date(2026, 1, 2)
SUFFIXES = ("", "-GGUF", "-lora", "-AWQ", "-instruct", "-4bit", "-dpo", "-merged")
# Spark cuts groups of 128 MB, which is what so many models of the real Hub take; delta-rs would make them of a million rows, by which
# 3.1 million cannot be shared out evenly.
ROWS_OF_A_GROUP = 1 << 18
Numbers = np.ndarray[Any, np.dtype[np.int64]]


def made_pairs(models: int, edges: int, seed: int = 7) -> tuple[Numbers, Numbers]:
    """(child, parent) of about `edges` distinct pairs. As on the Hub of 2024 and 2026 (docs/method.md): one child in sixteen has
    children itself, few bases hold most children, four children in a hundred are merges of 2 to 8; a chain of 40, self loops
    (one in 160), cycles (one in 10,000) and pairs given twice (one in 50) on top."""
    chance = np.random.default_rng(seed)
    children = min(int(edges / 1.14), models * 4 // 5)
    order = chance.permutation(models)
    bases = max(models // 100, 10)
    inner = max(children // 16, 41)
    # Parents are bases, then inner children in order of age: a parent stands before its child, so only the pairs added below close cycles.
    of_inner = bases + np.arange(inner)
    first_choice = (chance.random(children) ** 6 * bases).astype(np.int64)
    among_inner = (chance.random(children) ** 3 * inner).astype(np.int64)
    child = bases + np.arange(children)
    is_below_inner = (chance.random(children) < 0.35) & (bases + among_inner < child)
    parent = np.where(is_below_inner, bases + among_inner, first_choice)
    middle = inner // 2
    parent[middle + 1 : middle + 40] = of_inner[middle : middle + 39]
    merges = chance.choice(children, children // 25, replace=False)
    more = np.repeat(merges, chance.integers(1, 8, merges.size))
    second = np.minimum((chance.random(more.size) ** 4 * (bases + inner)).astype(np.int64), child[more] - 1)
    back = chance.choice(inner, max(edges // 10_000, 2), replace=False)
    loops = chance.choice(children, max(edges // 160, 1), replace=False)
    twice = chance.choice(children, edges // 50, replace=False)
    low = np.concatenate([child, child[more], parent[back], child[loops], child[twice]])
    high = np.concatenate([parent, second, child[back], child[loops], parent[twice]])
    return order[low], order[high]


def recorded_pairs(listing: Path, models: int) -> tuple[Numbers, Numbers]:
    """(child, parent) of a recorded listing, its parents resolved, side by side with copies of itself until there are so many models."""
    hub = {item["id"]: item for item in items(listing)}
    number = {name: place for place, name in enumerate(hub)}
    pairs = np.array([(number[child], number[told.model_id]) for child, _, told in resolutions(hub) if told], dtype=np.int64)
    copies = np.arange(0, models, len(hub)).repeat(len(pairs))
    child, parent = (np.tile(side, -(-models // len(hub))) + copies for side in pairs.T)
    is_whole = (child < models) & (parent < models)
    return child[is_whole], parent[is_whole]


def write_silver(folder: Path, models: int, child: Numbers, parent: Numbers, seed: int = 7) -> None:
    """silver.models and silver.lineage_edges of these pairs with all their columns, wide ones too; the folder is emptied before.

    One edge in ten more has a parent that is not listed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    chance = np.random.default_rng(seed)
    edges = child.size
    owners = (chance.pareto(1.1, models) * 10).astype(np.int64) % max(models // 6, 1)
    names = np.array([f"owner{owner}/Some-Model-{n}{SUFFIXES[n % 8]}" for n, owner in enumerate(owners.tolist())], dtype=object)
    downloads = np.where(chance.random(models) < 0.5, 0, (chance.pareto(0.6, models) * 10).clip(0, 1e9)).astype(np.int64)
    tags = pa.array([["transformers", "safetensors", "text-generation", f"arxiv:{n}", "license:mit", "region:us"] for n in range(1000)])
    of_tags = pa.array(np.arange(models) % 1000)
    _write(
        folder,
        MODELS,
        models,
        hub_id=[f"{n:024x}" for n in range(models)],
        model_id=names,
        downloads_30d=downloads,
        tags=tags.take(of_tags),
        file_names=tags.take(of_tags),
        card_data=np.array(['{"license": "mit", "language": "en"}'] * models, dtype=object),
        has_card=np.ones(models, dtype=np.bool_),
    )
    strong = np.array(igraph.Graph(n=models, edges=np.column_stack([child, parent]), directed=True).connected_components().membership)
    missing = child[: edges // 10]
    declared = np.concatenate([names[parent], [f"gone/model-{n}" for n in range(missing.size)]])
    is_listed = np.arange(declared.size) < parent.size
    is_loop = np.concatenate([child == parent, np.zeros(missing.size, dtype=np.bool_)])
    is_cycle = np.concatenate([strong[child] == strong[parent], np.zeros(missing.size, dtype=np.bool_)]) & ~is_loop
    seen = np.concatenate([child, missing]) * np.int64(models) + np.concatenate([parent, missing])
    is_second = np.ones(seen.size, dtype=np.bool_)
    is_second[np.unique(seen, return_index=True)[1]] = False
    _write(
        folder,
        LINEAGE_EDGES,
        declared.size,
        child_id=names[np.concatenate([child, missing])],
        parent_id=declared,
        declared_parent=declared,
        relation=np.where(is_second, "merge", "finetune").astype(object),
        evidence=np.full(declared.size, "typed_tag", dtype=object),
        confidence=np.ones(declared.size),
        parent_status=np.where(is_listed, "present", "missing").astype(object),
        is_self_loop=is_loop,
        is_cycle=is_cycle,
        is_relation_declared=np.ones(declared.size, dtype=np.bool_),
    )


def _write(folder: Path, table: Table, rows: int, **values: Any) -> None:
    """Columns not given are null, flags false and required lists empty."""
    schema = arrow_schema(table)
    plain: dict[str, Any] = {"bool": False, "list<item: string>": []}
    columns = []
    for field in schema:
        if field.name == "snapshot_date":
            columns.append(pa.repeat(pa.scalar(DAY), rows))
        elif field.name in values:
            columns.append(pa.array(values[field.name], field.type))
        else:
            columns.append(pa.repeat(pa.scalar(plain.get(str(field.type)), field.type), rows))
    write_deltalake(
        table.path(str(folder)),
        pa.table(columns, schema=schema),
        partition_by=list(table.partitioned_by),
        mode="overwrite",
        writer_properties=WriterProperties(max_row_group_size=ROWS_OF_A_GROUP),
    )
