"""The gate in front of every table: one Great Expectations run over a candidate, and what it means for publishing."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuite, ValidationDefinition
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
from pyspark.sql import DataFrame

from expectations.declared import suite_of
from lake.errors import GateClosed
from lake.places import data_docs, quality_folder
from lake.tables import Table

EXPLAINED = {"result_format": "BASIC", "partial_unexpected_count": 3}
SHOWN = 8  # findings of a closed gate that fit a screen with their examples


@dataclass(frozen=True)
class Finding:
    """One expectation that a table breaks."""

    expectation: str
    column: str
    severity: str
    seen: str
    notes: str

    def __str__(self) -> str:
        return f"{self.expectation}({self.column}): {self.seen}. It guards: {self.notes}"


@dataclass(frozen=True)
class Verdict:
    """What the gate found in one table: how many rows, and every expectation that they break."""

    table: Table
    rows: int
    findings: tuple[Finding, ...]
    docs: Path

    @property
    def critical(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == "critical")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity != "critical")

    def raise_if_closed(self) -> None:
        """GateClosed, with the reason on one screen, where a critical expectation is broken."""
        if not self.critical:
            return
        shown = "".join(f"\n  - {finding}" for finding in self.critical[:SHOWN])
        more = f"\n  ... and {len(self.critical) - SHOWN} more" if len(self.critical) > SHOWN else ""
        raise GateClosed(
            f"the gate of {self.table.full_name} is closed: {len(self.critical)} critical expectation(s) broken in {self.rows:,} rows."
            f"{shown}{more}\n"
            f"Nothing was published; readers stay on the last good version. Details: {self.docs}"
        )


class Gate:
    """Judges the tables of a warehouse and keeps the results beside it; `write_docs` turns them into pages."""

    def __init__(self, warehouse: str) -> None:
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        folder = quality_folder(warehouse)
        folder.mkdir(parents=True, exist_ok=True)
        self.context = gx.get_context(mode="file", project_root_dir=str(folder))
        self.context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        self.docs = data_docs(warehouse)
        self.source = self.context.data_sources.add_or_update_spark("spark", persist=False)

    def judge(self, frame: DataFrame, table: Table) -> Verdict:
        """Run all expectations of the table over the frame, in one batch. Cost: some passes over a frame that should be cached."""
        suite = self.context.suites.add_or_update(ExpectationSuite(name=table.full_name, expectations=suite_of(table)))
        needed = {name for e in suite.expectations for name in _columns(e.configuration.kwargs)}
        batch = self._batch_definition(table)
        definition = self.context.validation_definitions.add_or_update(ValidationDefinition(name=table.full_name, data=batch, suite=suite))
        narrow = frame.select(*[name for name in frame.columns if name in needed])
        # Counts and examples cost a query for each expectation: they are asked for only where something is broken.
        result = definition.run(batch_parameters={"dataframe": narrow}, result_format="BOOLEAN_ONLY")
        if not result.success:
            result = definition.run(batch_parameters={"dataframe": narrow}, result_format=EXPLAINED)
        return Verdict(table, narrow.count(), tuple(_findings(result)), self.docs)

    def write_docs(self) -> Path:
        """Data Docs of every suite and of every result since the beginning; answers the page to open."""
        self.context.build_data_docs()
        return self.docs

    def _batch_definition(self, table: Table) -> Any:
        try:
            return self.source.get_asset(table.full_name).get_batch_definition("whole")
        except (LookupError, KeyError):
            return self.source.add_dataframe_asset(table.full_name).add_batch_definition_whole_dataframe("whole")


def _columns(kwargs: dict[str, Any]) -> list[str]:
    """Columns that an expectation looks at; of a query all its words, among which the columns are."""
    named = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    return [*named, *kwargs.get("column_list", ()), *re.findall(r"\w+", kwargs.get("unexpected_rows_query", ""))]


def _findings(result: ExpectationSuiteValidationResult) -> list[Finding]:
    found = []
    for outcome in result.results:
        if outcome.success:
            continue
        config = outcome.expectation_config
        found.append(
            Finding(
                config.description or config.type,
                "rows" if "unexpected_rows_query" in config.kwargs else ", ".join(_columns(config.kwargs)) or "table",
                str(getattr(config.severity, "value", config.severity)),
                _seen(outcome.result, outcome.exception_info),
                config.notes if isinstance(config.notes, str) else " ".join(config.notes or ()),
            )
        )
    return found


def _seen(result: dict[str, Any], problem: dict[str, Any]) -> str:
    if not result:
        return f"could not be checked: {problem}"[:300]
    if "unexpected_rows" in (result.get("details") or {}):
        return f"{result['observed_value']:,} rows, first {str(result['details']['unexpected_rows'][:1])[:160]}"
    if "unexpected_count" in result:
        examples = ", ".join(repr(value)[:60] for value in result.get("partial_unexpected_list", ())[:3])
        return f"{result['unexpected_count']:,} of {result['element_count']:,} rows" + (f", first {examples}" if examples else "")
    return f"seen {result.get('observed_value')}"
