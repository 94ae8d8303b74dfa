"""silver.quarantine: rows that break a rule are stored there with the reason, and not in their table.

A rule is a constraint of the declaration on single rows, or one of the transform, which then sets QUARANTINE_REASON itself. The build
fails if too large a part of a table breaks a rule. Records are replaced with the snapshot of their table: once a rule is corrected, the
next build takes the rows into the table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from hublake.expectations.aggregates import sql_literal
from hublake.lake.delta.builds import PublishPlan
from hublake.lake.errors import GateClosed
from hublake.lake.schema import Table
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.settings import BuildSettings
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON


def with_quarantine_reason(frame: DataFrame, table: Table) -> DataFrame:
    """The frame with QUARANTINE_REASON (null for a valid row) and QUARANTINE_BODY; those of the transform take precedence."""
    # As SQL, since each call of a column function is a round trip to the JVM.
    own = [QUARANTINE_REASON] if QUARANTINE_REASON in frame.columns else []
    reason = f"coalesce({', '.join([*own, *_violations(table), 'CAST(NULL AS STRING)'])})"
    row = f"to_json(struct({', '.join(f'`{name}`' for name in frame.columns if name in table.by_name)}))"
    body = f"coalesce({QUARANTINE_BODY}, {row})" if QUARANTINE_BODY in frame.columns else row
    kept = [f"`{name}`" for name in frame.columns if name not in (QUARANTINE_REASON, QUARANTINE_BODY)]
    return frame.selectExpr(*kept, f"{reason} AS {QUARANTINE_REASON}", f"IF({reason} IS NOT NULL, {body}, NULL) AS {QUARANTINE_BODY}")


def _violations(table: Table) -> Iterator[str]:
    """SQL for each constraint of the declaration: the reason "rule: what was found", or null for a row that meets it."""
    for column in table:
        name = column.name
        if name in ("snapshot_date", "table_name"):
            continue
        found = f"concat('{name} is ', CAST(`{name}` AS STRING))"
        if column.required:
            yield f"IF(`{name}` IS NULL, '{name}_missing: {name} is null', NULL)"
        if column.at_least is not None:
            yield f"IF(`{name}` < {sql_literal(column.at_least)}, concat('{name}_too_low: ', {found}), NULL)"
        if column.at_most is not None:
            yield f"IF(`{name}` > {sql_literal(column.at_most)}, concat('{name}_too_high: ', {found}), NULL)"
        if column.values:
            values = ", ".join(map(sql_literal, column.values))
            yield f"IF(`{name}` NOT IN ({values}), concat('{name}_unknown: ', {found}), NULL)"


@dataclass(frozen=True)
class SplitRows:
    """Rows of a transform, of which `valid` may stay in the table. Writing `valid` also counts the others."""

    table: Table
    rows: DataFrame
    valid: DataFrame
    counts: Observation

    def quarantined(self, limits: BuildSettings, carried: int = 0) -> int:
        """The number of rows that break a rule. `carried` more rows are in the table. Waits until `valid` has been written.

        Raises GateClosed if their share is above build.max_quarantine_share: then a rule is wrong, or the crawl.
        """
        computed, invalid = (self.counts.get[name] for name in ("total", "invalid"))
        total = computed + carried
        if invalid > max(limits.max_quarantine_share * total, limits.few_quarantined):
            raise GateClosed(
                f"{self.table.full_name}: {invalid:,} of {total:,} rows break a rule, more than build.max_quarantine_share ="
                f" {limits.max_quarantine_share}. Nothing was published.{self._examples()}"
            )
        return int(invalid)

    def records(self) -> DataFrame:
        """The rows that break a rule as rows of silver.quarantine, without its partition columns; equal records are stored once."""
        key = F.to_json(F.struct(*[name for name in self.table.key if name in self.rows.columns]))
        digest = F.substring(F.sha2(F.concat_ws("\n", QUARANTINE_REASON, QUARANTINE_BODY), 256), 1, 12)
        return (
            self.rows.where(F.col(QUARANTINE_REASON).isNotNull())
            .select(
                F.concat_ws(" ", key, digest).alias("record_id"),
                F.substring_index(QUARANTINE_REASON, ":", 1).alias("rule"),
                F.col(QUARANTINE_REASON).alias("reason"),
                F.col(QUARANTINE_BODY).alias("body"),
            )
            .distinct()
        )

    def _examples(self) -> str:
        rule = F.substring_index(QUARANTINE_REASON, ":", 1)
        counted = self.rows.where(F.col(QUARANTINE_REASON).isNotNull()).groupBy(rule).agg(F.count("*"), F.min(QUARANTINE_REASON))
        return "".join(f"\n  {count:>9,}  {example}" for _, count, example in counted.collect())


def split_quarantined(rows: DataFrame, table: Table, *, is_stored: bool = False) -> SplitRows:
    """Separate the rows that meet the rules of their table from those that break one.

    Cost: the rows of a transform that sets QUARANTINE_REASON are checkpointed, since they are written in two parts, unless they come from
    a checkpoint (`is_stored`). Rows of other transforms are expected to break no rule; if some do, the transform runs a second time for
    them.
    """
    marked = with_quarantine_reason(rows, table)
    if QUARANTINE_REASON in rows.columns and not is_stored:
        marked = lazy_checkpoint(marked)
    counts = Observation()
    figures = (F.count(F.lit(1)).alias("total"), F.count(QUARANTINE_REASON).alias("invalid"))
    valid = marked.observe(counts, *figures).where(F.col(QUARANTINE_REASON).isNull()).drop(QUARANTINE_REASON, QUARANTINE_BODY)
    return SplitRows(table, marked, valid, counts)


@dataclass
class StagedQuarantine:
    """The records of one build, staged below silver.quarantine until they are published with their tables."""

    warehouse: Warehouse
    run_id: str
    tables: dict[date, list[str]] = field(default_factory=dict)  # whose records of the snapshot are replaced
    folders: dict[date, list[str]] = field(default_factory=dict)
    counts: dict[tuple[date, str], int] = field(default_factory=dict)

    def replace(self, table: Table, day: date, split: SplitRows | None, quarantined: int) -> DataFrame | None:
        """Replace the records of a table's snapshot. Returns the new records, or None if there are none; then old ones are removed."""
        if table.full_name not in self.tables.setdefault(day, []):  # it is there already if the job is retried
            self.tables[day].append(table.full_name)
        self.counts[day, table.full_name] = quarantined
        if split is None or not quarantined:
            return None
        folder = f"staged/{self.run_id}/snapshot_date={day}/table_name={table.full_name}"
        records = self.warehouse.write_staged(split.records(), QUARANTINE, folder)
        if folder not in self.folders.setdefault(day, []):
            self.folders[day].append(folder)
        return records

    def publish_plans(self, commit_metadata: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[PublishPlan]:
        """One plan for each snapshot of which records are replaced."""
        for day, tables in self.tables.items():
            folders = tuple(self.folders.get(day, ()))
            if folders or self.warehouse.has_table(QUARANTINE):
                rows = sum(self.counts[day, name] for name in tables)
                where = (("snapshot_date", "=", str(day)), ("table_name", "in", tables))
                metadata = commit_metadata({"snapshot_date": str(day), "rows": rows, "fingerprint": ""})
                yield PublishPlan(QUARANTINE.full_name, str(day), folders, where, metadata)


def summarize_quarantine(warehouse: Warehouse, day: date | None) -> list[tuple[str, str, int, str]]:
    """(table, rule, records, an example's reason) for the newest snapshot or that of `day`."""
    if not warehouse.has_table(QUARANTINE):
        return []
    by_rule = warehouse.read_as_of(QUARANTINE, day).groupBy("table_name", "rule")
    found = by_rule.agg(F.count("*"), F.min("reason")).orderBy("table_name", "rule").collect()
    return [(row[0], row[1], row[2], row[3]) for row in found]
