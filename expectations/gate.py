"""The gate in front of every table: evaluates its expectations with as few queries as possible and decides on publication."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuite, ValidationDefinition
from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame

from hublake.expectations.aggregates import Measurement, aggregate_for, bounds_of
from hublake.expectations.data_docs import write_data_docs
from hublake.expectations.drift import PastFigures, drift_expectations, is_drift
from hublake.expectations.query_plan import (
    FindTable,
    UnexpectedRows,
    is_small,
    measure,
    run_query,
    sample_of,
    unexpected_rows_for,
    with_hashes,
)
from hublake.expectations.sampled_figures import ReadColumns, is_sampled, measure_sample, read_with_spark
from hublake.expectations.suite import checked_columns, severity_of, suite_of, type_of
from hublake.lake.errors import GateClosed
from hublake.lake.paths import writable_data_docs
from hublake.lake.schema import Table

SHOWN_FAILURES = 8  # failures that a closed gate prints: with their examples they fit a terminal


@dataclass(frozen=True)
class CheckResult:
    """The result of one expectation.

    `outcome` is one of hublake.lake.enums.OUTCOMES. `observed` is the number of unexpected rows or the bounded figure.
    """

    expectation: str
    column: str
    severity: str
    outcome: str
    summary: str
    notes: str
    observed: float | None = None
    lowest: float | None = None
    highest: float | None = None
    examples: tuple[str, ...] = ()
    configuration: str = ""  # digest of its type and arguments

    def __str__(self) -> str:
        return f"{self.expectation}({self.column}): {self.summary}; {self.notes}"

    @property
    def name(self) -> str:
        """The name of the expectation, unique in its table."""
        return f"{self.expectation}({self.column})" if self.expectation.startswith("expect_") else self.expectation


@dataclass(frozen=True)
class Verdict:
    """The decision of the gate on one table: its number of rows and the result of every expectation."""

    table: Table
    rows: int
    results: tuple[CheckResult, ...]
    docs: Path

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """Expectations that are not met."""
        return tuple(result for result in self.results if result.outcome == "broken")

    @property
    def critical(self) -> tuple[CheckResult, ...]:
        return tuple(failure for failure in self.failures if failure.severity == "critical")

    @property
    def warnings(self) -> tuple[CheckResult, ...]:
        return tuple(failure for failure in self.failures if failure.severity != "critical")

    def raise_if_closed(self) -> None:
        """Raises GateClosed, with the reasons, if a critical expectation failed."""
        if not self.critical:
            return
        shown = "".join(f"\n  - {failure}" for failure in self.critical[:SHOWN_FAILURES])
        more = f"\n  ... and {len(self.critical) - SHOWN_FAILURES} more" if len(self.critical) > SHOWN_FAILURES else ""
        raise GateClosed(
            f"the gate of {self.table.full_name} is closed: {len(self.critical)} critical expectation(s) failed on {self.rows:,} rows."
            f"{shown}{more}\n"
            f"Nothing was published; readers stay on the last good version. Details: {self.docs}"
        )


def _no_other_tables(_: str) -> None:
    return None


@dataclass
class Gate:
    """Validates the tables of a warehouse. `write_docs` writes the results of all validations so far as HTML pages."""

    warehouse: str
    validated: list[tuple[str, int, list[Measurement]]] = field(default_factory=list)

    @cached_property
    def docs(self) -> Path:
        """The first page of Data Docs."""
        return writable_data_docs(self.warehouse)

    @cached_property
    def context(self) -> Any:
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        return context

    def validate(
        self,
        frame: DataFrame,
        table: Table,
        find_table: FindTable = _no_other_tables,
        past: PastFigures | None = None,
        estimated_rows: int | None = None,
        read_columns: ReadColumns | None = None,
    ) -> Verdict:
        """Evaluate all expectations of a table on a frame.

        `find_table` returns another table of the snapshot by name, or None where it does not exist. `past` are the figures of earlier
        snapshots from which drift bounds are computed. `estimated_rows` is an estimate; pass 0 only if the frame is empty. `read_columns`
        reads columns of the same rows without Spark; it is used for small tables.

        Cost: one query reads the rows, the key and all comparisons with other tables, one collects a sample of the columns that drift is
        judged by unless `read_columns` does; a third runs if a prefilter is undecided, and one per failure for its examples. Without
        `estimated_rows`, one more counts the rows.
        """
        suite = [*suite_of(table), *([] if past is None else drift_expectations(table, past))]
        rows_about = frame.count() if estimated_rows is None else estimated_rows
        rows, measured = _measure_suite(suite, frame, table, find_table, rows_about, read_columns)
        unsupported = [e for e in suite if id(e) not in measured]
        measured |= self._run_great_expectations(unsupported, frame, table)
        measurements = [measured[id(e)] for e in suite]
        self.validated.append((table.full_name, rows, [m for m in measurements if not is_drift(m.expectation) or m.is_met is False]))
        return Verdict(table, rows, tuple(check_result(m, rows) for m in measurements), self.docs)

    def _run_great_expectations(self, suite: Sequence[Expectation], frame: DataFrame, table: Table) -> dict[int, Measurement]:
        """Expectations of kinds that this package cannot evaluate; several queries for each."""
        if not suite:
            return {}
        source = self.context.data_sources.add_or_update_spark("spark", persist=False)
        batch = source.add_dataframe_asset(table.full_name).add_batch_definition_whole_dataframe("whole")
        gx_suite = self.context.suites.add_or_update(ExpectationSuite(name=f"{table.full_name}.left", expectations=list(suite)))
        definition = self.context.validation_definitions.add_or_update(ValidationDefinition(name="left", data=batch, suite=gx_suite))
        validation = definition.run(batch_parameters={"dataframe": frame}, result_format={"result_format": "BASIC"})
        measured = {}
        for expectation, outcome in zip(suite, validation.results, strict=True):
            result = outcome.result or {}
            count = result.get("unexpected_count", result.get("observed_value"))
            examples = tuple(str(value) for value in result.get("partial_unexpected_list", ())[:3])
            observed = float(count) if isinstance(count, int | float) else None
            is_figure = "unexpected_count" not in result
            measured[id(expectation)] = Measurement(expectation, bool(outcome.success), observed, examples, is_figure)
        return measured

    def write_docs(self) -> Path:
        """Write the Data Docs of all validations so far; returns the index page."""
        write_data_docs(self.context, self.docs.parent, "hublake", self.validated)
        return self.docs


def _measure_suite(
    suite: Sequence[Expectation],
    frame: DataFrame,
    table: Table,
    find_table: FindTable,
    estimated_rows: int,
    read_columns: ReadColumns | None,
) -> tuple[int, dict[int, Measurement]]:
    """The number of rows, and the measurements by id of their expectation."""
    sampled = [e for e in suite if is_sampled(e)]
    aggregates = [found for e in suite if not is_sampled(e) and (found := aggregate_for(e, table)) is not None]
    planned = {id(e) for e in (*sampled, *(a.expectation for a in aggregates))}
    run = cache(partial(run_query, frame=frame, find_table=find_table))
    plans = [unexpected_rows_for(e, frame, estimated_rows, run) for e in suite if id(e) not in planned]
    plans = with_hashes(plans, frame, table, estimated_rows, run)
    unexpected = [plan for plan in plans if isinstance(plan, UnexpectedRows)]
    rows, measurements = measure(frame, aggregates, unexpected)
    if read_columns is None or not is_small(estimated_rows):
        read_columns = partial(read_with_spark, sample_of(frame, estimated_rows, table))
    measurements += measure_sample(read_columns, sampled)
    measurements += [plan for plan in plans if isinstance(plan, Measurement)]
    return rows, {id(m.expectation): m for m in measurements}


def configurations_of(table: Table) -> frozenset[str]:
    """The digests of the expectations of a table, except for drift."""
    return frozenset(_digest(expectation) for expectation in suite_of(table))


def _digest(expectation: Expectation) -> str:
    """A digest of what decides the outcome: the type, the arguments and the meta data, but not the description and the notes."""
    config = expectation.configuration
    arguments = {name: value for name, value in config.kwargs.items() if value is not None and name != "batch_id"}
    content = [config.type, arguments, config.meta, severity_of(expectation)]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:16]


def check_result(measurement: Measurement, rows: int) -> CheckResult:
    """The result of one measurement on that many rows."""
    config = measurement.expectation.configuration
    low, high = bounds_of(config.kwargs) if measurement.is_figure else (None, None)
    return CheckResult(
        config.description or type_of(measurement.expectation),
        "rows" if "unexpected_rows_query" in config.kwargs else ", ".join(checked_columns(measurement.expectation)) or "table",
        severity_of(measurement.expectation),
        {True: "met", False: "broken", None: "not_checked"}[measurement.is_met],
        _summary(measurement, rows, config.kwargs),
        config.notes if isinstance(config.notes, str) else " ".join(config.notes or ()),
        measurement.observed,
        low,
        high,
        measurement.examples,
        _digest(measurement.expectation),
    )


def _summary(measurement: Measurement, rows: int, kwargs: Mapping[str, Any]) -> str:
    if measurement.is_figure:
        low, high = bounds_of(dict(kwargs))
        bounds = f", not within {'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"
        value = "nothing" if measurement.observed is None else f"{measurement.observed:g}"
        return f"observed {value}" + (bounds if measurement.is_met is False else "")
    first = ", ".join(example if example.startswith("{") else repr(example) for example in (e[:160] for e in measurement.examples))
    return f"{measurement.observed or 0:,.0f} of {rows:,} rows" + (f", first {first}" if first else "")
