"""Resolve declared names of datasets to listed datasets, across moves, renames and variants of spelling."""

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.rules.datasets.dataset_renames import DatasetResolver, ListedDataset, own_name


def listed_datasets(datasets: DataFrame) -> DataFrame:
    """The columns of silver.datasets that `resolve_dataset_names` needs."""
    return datasets.select("dataset_id", "hub_id", "author", "downloads_30d", "is_created_at_floor")


def former_dataset_names(names: DataFrame, listings: DataFrame) -> DataFrame:
    """(hub_id, name) of every dataset that was ever listed under one of the names (one column, `name`)."""
    listed = listings.where("repo_type = 'dataset'").select("hub_id", F.col("repo_id").alias("name"))
    return listed.join(F.broadcast(names.distinct()), "name", how="left_semi").distinct()


def resolve_dataset_names(names: pa.Table, datasets: pa.Table, former_names: pa.Table) -> pa.Table:
    """(name, resolved_id, dataset_status, resolved_by) for distinct names; the status is unknown if no dataset is listed at all.

    `names`: name. `datasets` as `listed_datasets`, `former_names` as `former_dataset_names`. A dataset that is not found is missing, and
    none is invented. Cost: a few passes over the names of all datasets; only those that some name may mean become Python objects.
    """
    wanted = names["name"].combine_chunks().unique()
    if not len(datasets):
        return _table(wanted, {}, "unknown")
    is_listed = pc.is_in(wanted, value_set=datasets["dataset_id"].combine_chunks())
    unlisted = wanted.filter(pc.invert(is_listed)).to_pylist()
    own_names = pa.array(sorted({own_name(name) for name in unlisted}), pa.string())
    candidates = datasets.filter(pc.is_in(_own_names(datasets["dataset_id"]), value_set=own_names))
    rows = zip(
        candidates["dataset_id"].to_pylist(),
        pc.coalesce(candidates["downloads_30d"], 0).to_pylist(),
        candidates["is_created_at_floor"].to_pylist(),
        strict=True,
    )
    accounts = pc.drop_null(pc.unique(pc.utf8_lower(datasets["author"]))).to_pylist()
    resolver = DatasetResolver(unlisted, (ListedDataset(*row) for row in rows), accounts, _current_names(former_names, datasets))
    found: dict[str, tuple[str, str | None]] = {name: (name, None) for name in wanted.filter(is_listed).to_pylist()}
    found |= {name: resolved for name in unlisted if (resolved := resolver.resolve(name))}
    return _table(wanted, found, "missing")


def _own_names(names: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(pc.utf8_lower(names), r"(?s)^.*/", "")


def _current_names(former_names: pa.Table, datasets: pa.Table) -> dict[str, str]:
    """Former name -> the listed dataset that had it, if only one had."""
    current = dict(
        zip(
            *(
                datasets.filter(pc.is_in(datasets["hub_id"], value_set=former_names["hub_id"].combine_chunks()))[name].to_pylist()
                for name in ("hub_id", "dataset_id")
            ),
            strict=True,
        )
    )
    found: dict[str, set[str]] = {}
    for hub_id, name in zip(former_names["hub_id"].to_pylist(), former_names["name"].to_pylist(), strict=True):
        if hub_id in current:
            found.setdefault(name, set()).add(current[hub_id])
    return {name: datasets.pop() for name, datasets in found.items() if len(datasets) == 1}


def _table(names: pa.Array, found: dict[str, tuple[str, str | None]], otherwise: str) -> pa.Table:
    resolved = [found.get(name) for name in names.to_pylist()]
    status = [otherwise if one is None else "renamed" if one[1] else "present" for one in resolved]
    return pa.table(
        {
            "name": names,
            "resolved_id": pa.array([one and one[0] for one in resolved], pa.string()),
            "dataset_status": pa.array(status, pa.string()),
            "resolved_by": pa.array([one and one[1] for one in resolved], pa.string()),
        }
    )


def dataset_identity() -> Column:
    """What a row of silver.model_datasets names: the listed dataset, else the name as declared."""
    return F.coalesce("resolved_id", "dataset_id")
