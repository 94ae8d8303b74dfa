"""Silver tables of a synthetic hub of any size, whose derivation graph has the shape of the real Hub's; NumPy and delta-rs, no JVM."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any, Literal

import igraph
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import WriterProperties, write_deltalake

from benchmarks.lineage_truth import items, resolved_parents
from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.schema import Table
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS

DAY = date(2026, 1, 2)
SUFFIXES = ("", "-GGUF", "-lora", "-AWQ", "-instruct", "-4bit", "-dpo", "-merged")
# Spark writes row groups of 128 MB, which hold this many models of the real Hub. The row groups of delta-rs have a million rows by
# default, too few groups to distribute 3.1 million models evenly.
ROW_GROUP_ROWS = 1 << 18
PART_ROWS = 1 << 21  # of a table that is written in parts
Numbers = np.ndarray[Any, np.dtype[np.int64]]


def synthetic_edges(models: int, edges: int, seed: int = 7) -> tuple[Numbers, Numbers]:
    """(child, parent) of about `edges` distinct edges, distributed as on the Hub of 2024 and 2026 (docs/method/lineage.md).

    One child in sixteen has children itself, a few bases have most of the children, and four children in a hundred are merges of 2 to 8
    parents. In addition: a chain of 40, self-loops (one edge in 160), cycles (one in 10,000) and duplicates (one in 50).
    """
    rng = np.random.default_rng(seed)
    children = min(int(edges / 1.14), models * 4 // 5)
    order = rng.permutation(models)
    bases = max(models // 100, 10)
    inner = max(children // 16, 41)
    # Parents are bases, or inner children by age: every parent precedes its child, so only the edges added below close cycles.
    inner_children = bases + np.arange(inner)
    base_parent = (rng.random(children) ** 6 * bases).astype(np.int64)
    inner_parent = (rng.random(children) ** 3 * inner).astype(np.int64)
    child = bases + np.arange(children)
    has_inner_parent = (rng.random(children) < 0.35) & (bases + inner_parent < child)
    parent = np.where(has_inner_parent, bases + inner_parent, base_parent)
    middle = inner // 2
    parent[middle + 1 : middle + 40] = inner_children[middle : middle + 39]
    merges = rng.choice(children, children // 25, replace=False)
    merged = np.repeat(merges, rng.integers(1, 8, merges.size))
    merge_parent = np.minimum((rng.random(merged.size) ** 4 * (bases + inner)).astype(np.int64), child[merged] - 1)
    reversed_edges = rng.choice(inner, max(edges // 10_000, 2), replace=False)
    loops = rng.choice(children, max(edges // 160, 1), replace=False)
    duplicates = rng.choice(children, edges // 50, replace=False)
    all_children = np.concatenate([child, child[merged], parent[reversed_edges], child[loops], child[duplicates]])
    all_parents = np.concatenate([parent, merge_parent, child[reversed_edges], child[loops], parent[duplicates]])
    return order[all_children], order[all_parents]


def recorded_edges(listing: Path, models: int) -> tuple[Numbers, Numbers]:
    """(child, parent) of a recorded listing with resolved parents, repeated in disjoint copies up to that number of models."""
    hub = {item["id"]: item for item in items(listing)}
    number = {name: index for index, name in enumerate(hub)}
    edges = np.array([(number[child], number[found.model_id]) for child, _, found in resolved_parents(hub) if found], dtype=np.int64)
    offsets = np.arange(0, models, len(hub)).repeat(len(edges))
    child, parent = (np.tile(ends, -(-models // len(hub))) + offsets for ends in edges.T)
    is_complete = (child < models) & (parent < models)
    return child[is_complete], parent[is_complete]


def write_silver(folder: Path, models: int, child: Numbers, parent: Numbers, seed: int = 7) -> None:
    """Write silver.models and silver.lineage_edges of these edges with all their columns, including wide ones; the folder is emptied first.

    One tenth more edges have a parent that is not listed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    rng = np.random.default_rng(seed)
    owners = (rng.pareto(1.1, models) * 10).astype(np.int64) % max(models // 6, 1)
    names = np.array([f"owner{owner}/Some-Model-{n}{SUFFIXES[n % 8]}" for n, owner in enumerate(owners.tolist())], dtype=object)
    downloads = np.where(rng.random(models) < 0.5, 0, (rng.pareto(0.6, models) * 10).clip(0, 1e9)).astype(np.int64)
    tags = pa.array([["transformers", "safetensors", "text-generation", f"arxiv:{n}", "license:mit", "region:us"] for n in range(1000)])
    tag_lists = tags.take(pa.array(np.arange(models) % 1000))
    write_rows(
        folder,
        MODELS,
        models,
        hub_id=[f"{n:024x}" for n in range(models)],
        model_id=names,
        downloads_30d=downloads,
        tags=tag_lists,
        file_names=tag_lists,
        card_data=np.array(['{"license": "mit", "language": "en"}'] * models, dtype=object),
        has_card=np.ones(models, dtype=np.bool_),
    )
    strong = np.array(igraph.Graph(n=models, edges=np.column_stack([child, parent]), directed=True).connected_components().membership)
    missing = child[: child.size // 10]
    declared = np.concatenate([names[parent], [f"gone/model-{n}" for n in range(missing.size)]])
    is_listed = np.arange(declared.size) < parent.size
    is_loop = np.concatenate([child == parent, np.zeros(missing.size, dtype=np.bool_)])
    is_cycle = np.concatenate([strong[child] == strong[parent], np.zeros(missing.size, dtype=np.bool_)]) & ~is_loop
    edge_keys = np.concatenate([child, missing]) * np.int64(models) + np.concatenate([parent, missing])
    is_duplicate = np.ones(edge_keys.size, dtype=np.bool_)
    is_duplicate[np.unique(edge_keys, return_index=True)[1]] = False
    write_rows(
        folder,
        LINEAGE_EDGES,
        declared.size,
        child_id=names[np.concatenate([child, missing])],
        parent_id=declared,
        declared_parent=declared,
        relation=np.where(is_duplicate, "merge", "finetune").astype(object),
        evidence=np.full(declared.size, "typed_tag", dtype=object),
        confidence=np.ones(declared.size),
        parent_status=np.where(is_listed, "present", "missing").astype(object),
        is_self_loop=is_loop,
        is_cycle=is_cycle,
        is_relation_declared=np.ones(declared.size, dtype=np.bool_),
    )


def write_narrow_silver(folder: Path, models: int, child: Numbers, parent: Numbers, seed: int = 7) -> None:
    """Write both tables in parts, with the columns that the graph tables read and no others: ten Hubs fit a few gigabytes."""
    shutil.rmtree(folder, ignore_errors=True)
    rng = np.random.default_rng(seed)
    parts = [names_between(start, min(start + PART_ROWS, models)) for start in range(0, models, PART_ROWS)]
    for number, names in enumerate(parts):
        downloads = np.where(rng.random(len(names)) < 0.5, 0, (rng.pareto(0.6, len(names)) * 10).clip(0, 1e9)).astype(np.int64)
        ids = pc.binary_join_element_wise("id", pc.cast(pa.array(np.arange(len(names)) + number * PART_ROWS), pa.string()), "-")
        write_rows(folder, MODELS, len(names), mode="append", hub_id=ids, model_id=names, downloads_30d=downloads)
    every = pa.chunked_array(parts)
    for start in range(0, child.size, PART_ROWS):
        ends = {
            name: every.take(pa.array(nodes[start : start + PART_ROWS])) for name, nodes in (("child_id", child), ("parent_id", parent))
        }
        is_loop = child[start : start + PART_ROWS] == parent[start : start + PART_ROWS]
        facts = {"relation": "finetune", "evidence": "typed_tag", "parent_status": "present"}
        same = {name: pa.repeat(value, is_loop.size) for name, value in facts.items()}
        write_rows(folder, LINEAGE_EDGES, is_loop.size, mode="append", **ends, **same, is_self_loop=is_loop)


def names_between(start: int, end: int) -> pa.Array:
    """Names as long as the Hub's, by number."""
    number = pa.array(np.arange(start, end, dtype=np.int64))
    owner = pa.array(np.arange(start, end, dtype=np.int64) * 7919 % 100_003)
    texts = [pc.cast(column, pa.string()) for column in (owner, number)]
    return pc.binary_join_element_wise(pc.binary_join_element_wise("owner", texts[0], ""), texts[1], "/Some-Model-")


def write_rows(folder: Path, table: Table, rows: int, mode: Literal["append", "overwrite"] = "overwrite", **values: Any) -> None:
    """Write a table; columns without values are null, flags false and required lists empty."""
    schema = arrow_schema(table)
    defaults: dict[str, Any] = {"bool": False, "list<item: string>": []}
    columns = []
    for field in schema:
        if field.name == "snapshot_date":
            columns.append(pa.repeat(pa.scalar(DAY), rows))
        elif field.name in values:
            value = values[field.name]
            is_arrow = isinstance(value, pa.Array | pa.ChunkedArray)
            columns.append(value.cast(field.type) if is_arrow else pa.array(value, field.type))
        else:
            columns.append(pa.repeat(pa.scalar(defaults.get(str(field.type)), field.type), rows))
    write_deltalake(
        table.path(str(folder)),
        pa.table(columns, schema=schema),
        partition_by=list(table.partitioned_by),
        mode=mode,
        writer_properties=WriterProperties(max_row_group_size=ROW_GROUP_ROWS),
    )
