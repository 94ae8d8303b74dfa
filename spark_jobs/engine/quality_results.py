"""gold.quality_results: the outcome of every expectation, and the figures of earlier snapshots from which drift bounds are derived."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from pyarrow import compute as pc

from hublake.expectations.gate import Verdict
from hublake.lake.delta.damage import reading
from hublake.lake.delta.tables import Row, append, open_table
from hublake.lake.paths import Location
from hublake.lake.schema import Table
from hublake.lake.schema.operations import QUALITY_RESULTS
from hublake.spark_jobs.engine.bronze_checks import PassedCheck


@dataclass
class QualityResults:
    """The results of one run. They are written at its end, even if it publishes nothing."""

    location: Location
    run_id: str
    rows: list[Row] = field(default_factory=list)

    def previous_figures(self, table: Table, day: date) -> Mapping[str, Sequence[float]]:
        """For each drift figure of a table the last observed value of every snapshot before `day`."""
        found: dict[str, list[float]] = {}
        for (name, expectation, of_day), observed in self._figures.items():
            if name == table.full_name and of_day < day:
                found.setdefault(expectation, []).append(observed)
        return found

    @cached_property
    def _figures(self) -> dict[tuple[str, str, date], float]:
        is_drift = pc.starts_with(pc.field("expectation"), "drift of ") & pc.is_valid(pc.field("observed"))
        rows = self._stored(["table_name", "expectation", "snapshot_date", "observed", "checked_at"], is_drift)
        return {(row["table_name"], row["expectation"], row["snapshot_date"]): row["observed"] for row in rows}

    def last_passed(self, table: Table) -> PassedCheck | None:
        """The last check of a bronze table in a build that broke no critical expectation."""
        rows = self._bronze_checks.get(table.full_name, [])
        closed = {row["run_id"] for row in rows if row["severity"] == "critical" and row["outcome"] == "broken"}
        passed = [row for row in rows if row["run_id"] not in closed]
        if not passed:
            return None
        last = [row for row in passed if row["run_id"] == passed[-1]["run_id"]]
        configurations = frozenset(row["configuration"] or "" for row in last)
        has_warnings = any(row["outcome"] == "broken" for row in last)
        return PassedCheck(last[0]["snapshot_date"], last[0]["rows_identity"], configurations, has_warnings)

    @cached_property
    def _bronze_checks(self) -> dict[str, list[Row]]:
        columns = ["table_name", "snapshot_date", "run_id", "severity", "outcome", "checked_at", "configuration", "rows_identity"]
        found: dict[str, list[Row]] = {}
        for row in self._stored(columns, pc.starts_with(pc.field("table_name"), "bronze.")):
            found.setdefault(row["table_name"], []).append(row)
        return found

    def _stored(self, columns: list[str], where: pc.Expression) -> list[Row]:
        """Rows of the table in the order in which they were checked; none if there is no table yet."""
        table = open_table(self.location, QUALITY_RESULTS)
        if table is None:
            return []
        with reading(table):
            dataset = table.to_pyarrow_dataset()
            known = [name for name in columns if name in dataset.schema.names]  # a table of an earlier release has fewer columns
            rows = dataset.to_table(columns=known, filter=where).sort_by("checked_at").to_pylist()
            return [dict.fromkeys(columns) | row for row in rows]

    def add(self, verdict: Verdict, day: date, scope: str = "all_rows", rows_identity: str | None = None) -> None:
        """Add every outcome of a table. Outcomes of the same name (quarantine records of several tables) get a number."""
        now = datetime.now(UTC)
        used = {(row["snapshot_date"], row["table_name"], row["expectation"]) for row in self.rows}
        for finding in verdict.results:
            name, number = finding.name, 2
            while (day, verdict.table.full_name, name) in used:
                name, number = f"{finding.name} #{number}", number + 1
            used.add((day, verdict.table.full_name, name))
            self.rows.append(
                {
                    "snapshot_date": day,
                    "run_id": self.run_id,
                    "table_name": verdict.table.full_name,
                    "expectation": name,
                    "severity": finding.severity,
                    "outcome": finding.outcome,
                    "observed": finding.observed,
                    "lowest": finding.lowest,
                    "highest": finding.highest,
                    "examples": list(finding.examples),
                    "guards": finding.notes,
                    "scope": scope,
                    "configuration": finding.configuration,
                    "rows_identity": rows_identity,
                    "checked_at": now,
                }
            )

    def write(self) -> None:
        """Append the results to the table in one commit."""
        if self.rows:
            append(self.location, QUALITY_RESULTS, self.rows, {"userMetadata": self.run_id})
        self.rows = []
