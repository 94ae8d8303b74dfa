"""Publish staged tables: short commits, recorded in the build log so that a later build can complete them after a crash."""

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from delta.tables import DeltaTable as SparkDelta
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError
from deltalake.fs import DeltaStorageHandler
from deltalake.schema import Field, Schema
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions
from pyarrow import fs
from pyspark.sql import Column
from pyspark.sql import functions as F

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.delta.builds import BuildHistory, PublishPlan
from hublake.lake.delta.damage import report_damage
from hublake.lake.delta.tables import STEP, find_commit, open_table, our_commit
from hublake.lake.errors import HublakeError
from hublake.lake.schema import Table, find_table
from hublake.spark_jobs.engine.warehouse import Warehouse, partition_values
from hublake.spark_jobs.job import IS_DELETED

MERGE_METADATA = "spark.databricks.delta.commitInfo.userMetadata"


def publish(warehouse: Warehouse, run_id: str, plans: Sequence[PublishPlan], seen: BuildHistory) -> None:
    """Make all plans visible to readers at once. `seen` is the build log at the start of the build.

    Raises HublakeError, and publishes nothing, if another build has published since.
    """
    log = warehouse.build_log
    recorded = log.record(run_id, "staged", [(plan, None) for plan in plans])
    before = log.history_at(recorded - 1)
    if before.versions != seen.versions or before.unfinished:
        log.record(run_id, "withdrawn", [(plan, None) for plan in plans])
        raise HublakeError(
            f"another build of {warehouse.address} published while this one ran, so this one published nothing. Run it again: hublake build"
        )
    _complete(warehouse, run_id, plans)


def roll_forward(warehouse: Warehouse) -> list[str]:
    """Complete the publishing of interrupted builds; returns their run ids."""
    unfinished = warehouse.build_history().unfinished
    for run_id, plans in unfinished.items():
        _complete(warehouse, run_id, plans)
    return list(unfinished)


def _complete(warehouse: Warehouse, run_id: str, plans: Sequence[PublishPlan]) -> None:
    # Merges first: they take seconds, the other commits milliseconds.
    ordered = sorted(plans, key=lambda plan: (not plan.is_merge, not plan.folders))
    versions = [(plan, commit(warehouse, run_id, plan)) for plan in ordered]
    warehouse.build_log.record(run_id, "published", versions)


def commit(warehouse: Warehouse, run_id: str, plan: PublishPlan) -> int:
    """Commit one table, unless this run has committed it already; returns the version that contains its rows."""
    with report_damage(warehouse.address, find_table(plan.table)):
        return _commit(warehouse, run_id, plan, find_table(plan.table))


def _commit(warehouse: Warehouse, run_id: str, plan: PublishPlan, table: Table) -> int:
    token = commit_token(run_id, plan)
    done = find_commit(warehouse.location, table, token)
    if done is not None:
        return done
    found = open_table(warehouse.location, table)
    if found is not None and not plan.folders and not plan.where:  # no row changes, but comments may
        return _declare_columns(found, table).version()
    if plan.is_merge:
        _merge(warehouse, table, plan, token)
    else:
        _replace(warehouse, table, plan, token, found)
    version = find_commit(warehouse.location, table, token)
    assert version is not None  # the commit that was made just now
    return version


def commit_token(run_id: str, plan: PublishPlan) -> str:
    """A text that identifies the commit of a plan in the Delta log."""
    return f"{run_id} {plan.snapshot_date}"


def _user_metadata(plan: PublishPlan, token: str) -> str:
    return json.dumps({**plan.commit, STEP: token}, sort_keys=True, default=str)


def _replace(warehouse: Warehouse, table: Table, plan: PublishPlan, token: str, found: DeltaTable | None) -> None:
    path, partitions = table.path(warehouse.address), list(table.partitioned_by)
    actions = [action for folder in plan.folders for action in _add_actions(warehouse, path, folder)]
    # If two processes complete the same run, the same transaction is a conflict and not a second commit.
    properties = CommitProperties(
        custom_metadata={"userMetadata": _user_metadata(plan, token)},
        app_transactions=[Transaction(f"hublake {token}", 1)],
    )
    schema = Schema.from_arrow(arrow_schema(table))
    try:
        if found is None:
            create_table_with_add_actions(
                path,
                schema,
                [action for action in actions if isinstance(action, AddAction)],
                partition_by=partitions,
                name=table.name,
                description=table.comment,
                storage_options=dict(warehouse.storage),
                commit_properties=properties,
            )
            return
        found = _declare_columns(found, table)
        where: Any = list(plan.where) or None
        found.create_write_transaction(
            actions, "overwrite", found.schema(), partition_by=partitions, partition_filters=where, commit_properties=properties
        )
    except CommitFailedError as error:
        if find_commit(warehouse.location, table, token) is None:
            raise HublakeError(
                f"{table.full_name}: another writer changed it at the same time: {error}. Run hublake build: it first completes this build"
            ) from error


def _declare_columns(found: DeltaTable, table: Table) -> DeltaTable:
    """Add columns that the table lacks, and update its comments to those of the declaration. Idempotent."""
    present = {field.name: field for field in found.schema().fields}
    declared = {field.name: field for field in Schema.from_arrow(arrow_schema(table)).fields}
    new = [field for name, field in declared.items() if name not in present]
    ours = our_commit("declare")
    if new:
        fields = [Field(field.name, field.type, nullable=True, metadata=field.metadata) for field in new]
        found.alter.add_columns(fields, commit_properties=ours)
    for name, field in declared.items():
        if name in present and present[name].metadata != field.metadata:
            metadata = {key: str(value) for key, value in field.metadata.items()}
            found.alter.set_column_metadata(name, metadata, commit_properties=ours)
    if found.metadata().description != table.comment:
        found.alter.set_table_description(table.comment, commit_properties=ours)
    found.update_incremental()
    return found


def _add_actions(warehouse: Warehouse, path: str, folder: str) -> Iterator[AddAction | RemoveAction]:
    """The files of a staged folder, from its own Delta log, with their paths relative to the table."""
    staged = DeltaTable(f"{path}/{folder}", storage_options=dict(warehouse.storage))
    files = fs.PyFileSystem(DeltaStorageHandler.from_table(staged._table))
    with files.open_input_stream("_delta_log/00000000000000000000.json") as log:
        entries = [json.loads(line) for line in log.read().decode().splitlines() if line.strip()]
    for added in (entry["add"] for entry in entries if "add" in entry):
        file = str(PurePosixPath(folder) / added["path"])
        stats = added.get("stats") or "{}"
        yield AddAction(file, added["size"], partition_values(folder), added["modificationTime"], True, stats)


def _merge(warehouse: Warehouse, table: Table, plan: PublishPlan, token: str) -> None:
    """Merge staged changes into a history. Idempotent."""
    path, spark = table.path(warehouse.address), warehouse.spark
    _declare_columns(DeltaTable(path, storage_options=dict(warehouse.storage)), table)
    changes = spark.read.format("delta").load(f"{path}/{plan.folders[0]}").alias("changes")
    same_key = " AND ".join(f"kept.{name} = changes.{name}" for name in table.key)
    values: dict[str, str | Column] = {name: F.col(f"changes.{name}") for name in table.column_names}
    spark.conf.set(MERGE_METADATA, _user_metadata(plan, token))
    try:
        (
            SparkDelta.forPath(spark, path)
            .alias("kept")
            .merge(changes, same_key)
            .whenMatchedDelete(f"changes.{IS_DELETED}")
            .whenMatchedUpdate(set=values)
            .whenNotMatchedInsert(f"NOT changes.{IS_DELETED}", values=values)
            .execute()
        )
    finally:
        spark.conf.unset(MERGE_METADATA)
