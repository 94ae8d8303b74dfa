"""The gate in front of every table: its expectations over a candidate in as few passes as can be, and what follows for publishing."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuite, ValidationDefinition
from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame

from hublake.expectations.aggregates import Measured, bounds_of, columns_of, probe, severity_of, type_of
from hublake.expectations.data_docs import write_pages
from hublake.expectations.drift import Past, drift
from hublake.expectations.query_plan import Question, asked, question, rows_of, sample_of
from hublake.expectations.suite import suite_of
from hublake.lake.errors import GateClosed
from hublake.lake.paths import data_docs
from hublake.lake.schema import Table

SHOWN = 8  # findings of a closed gate that fit a screen with their examples


@dataclass(frozen=True)
class Finding:
    """One expectation and what was seen of it; `outcome` of hublake.lake.enums.OUTCOMES, `observed` rows that break it or the figure."""

    expectation: str
    column: str
    severity: str
    outcome: str
    seen: str
    notes: str
    observed: float | None = None
    lowest: float | None = None
    highest: float | None = None
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.expectation}({self.column}): {self.seen}. It guards: {self.notes}"

    @property
    def name(self) -> str:
        """What tells it from every other expectation of its table."""
        return f"{self.expectation}({self.column})" if self.expectation.startswith("expect_") else self.expectation


@dataclass(frozen=True)
class Verdict:
    """What the gate found in one table: how many rows, and every expectation with its outcome."""

    table: Table
    rows: int
    outcomes: tuple[Finding, ...]
    docs: Path

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Expectations that are broken."""
        return tuple(f for f in self.outcomes if f.outcome == "broken")

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


def _nothing(_: str) -> None:
    return None


@dataclass
class Gate:
    """Judges the tables of a warehouse; `write_docs` turns what it found since it was made into pages beside the warehouse."""

    warehouse: str
    judged: list[tuple[str, int, list[Measured]]] = field(default_factory=list)

    @cached_property
    def context(self) -> Any:
        logging.getLogger("great_expectations").setLevel(logging.ERROR)
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        return context

    def judge(
        self,
        frame: DataFrame,
        table: Table,
        look: Callable[[str], DataFrame | None] = _nothing,
        past: Past | None = None,
        about: int | None = None,
    ) -> Verdict:
        """All expectations of the table over the frame.

        `look` finds the rows of another table of the snapshot by its name (None where it has none); `past` holds the figures
        of earlier snapshots, from which bounds of drift are drawn; `about` so many rows the frame has, and is 0 only if none. Cost:
        one query, if `about` is known, over one pass, the key, quantiles of a sample and all expectations on groups or other tables;
        one more for what a screen leaves in doubt, and for the examples of each that is broken.
        """
        suite = [*suite_of(table), *([] if past is None else drift(table, past))]
        rows, measured = _measured(suite, frame, table, look, frame.count() if about is None else about)
        left = [e for e in suite if id(e) not in measured]
        measured |= self._by_great_expectations(left, frame, table)
        found = [measured[id(e)] for e in suite]
        is_told = [m for m in found if not _is_drift(m) or m.is_met is False]
        self.judged.append((table.full_name, rows, is_told))
        return Verdict(table, rows, tuple(_finding(m, rows) for m in found), data_docs(self.warehouse))

    def _by_great_expectations(self, suite: Sequence[Expectation], frame: DataFrame, table: Table) -> dict[int, Measured]:
        """Expectations of kinds that measure.py does not know: some queries for each."""
        if not suite:
            return {}
        source = self.context.data_sources.add_or_update_spark("spark", persist=False)
        batch = source.add_dataframe_asset(table.full_name).add_batch_definition_whole_dataframe("whole")
        own = self.context.suites.add_or_update(ExpectationSuite(name=f"{table.full_name}.left", expectations=list(suite)))
        definition = self.context.validation_definitions.add_or_update(ValidationDefinition(name="left", data=batch, suite=own))
        result = definition.run(batch_parameters={"dataframe": frame}, result_format={"result_format": "BASIC"})
        found = {}
        for expectation, outcome in zip(suite, result.results, strict=True):
            told = outcome.result or {}
            count = told.get("unexpected_count", told.get("observed_value"))
            examples = tuple(str(value) for value in told.get("partial_unexpected_list", ())[:3])
            observed = float(count) if isinstance(count, int | float) else None
            found[id(expectation)] = Measured(expectation, bool(outcome.success), observed, examples, "unexpected_count" not in told)
        return found

    def write_docs(self) -> Path:
        """Data Docs of everything judged so far; answers the page to open."""
        page = data_docs(self.warehouse)
        write_pages(self.context, page.parent, "hublake", self.judged)
        return page


def _measured(
    suite: Sequence[Expectation], frame: DataFrame, table: Table, look: Callable[[str], DataFrame | None], about: int
) -> tuple[int, dict[int, Measured]]:
    """Rows of the frame, of which there are `about` so many, and by id what the queries say."""
    probes = [found for e in suite if (found := probe(e, table)) is not None]
    is_probed = {id(p.expectation) for p in probes}
    ask = cache(partial(rows_of, frame=frame, look=look))
    told = [question(e, frame, about, ask) for e in suite if id(e) not in is_probed]
    rows, answers = asked(frame, probes, [q for q in told if isinstance(q, Question)], sample_of(frame, about, table))
    answers += [answer for answer in told if isinstance(answer, Measured)]
    return rows, {id(answer.expectation): answer for answer in answers}


def _is_drift(measured: Measured) -> bool:
    return str(measured.expectation.configuration.description or "").startswith("drift of ")


def _finding(measured: Measured, rows: int) -> Finding:
    config = measured.expectation.configuration
    low, high = bounds_of(config.kwargs) if measured.is_figure else (None, None)
    return Finding(
        config.description or type_of(measured.expectation),
        "rows" if "unexpected_rows_query" in config.kwargs else ", ".join(columns_of(measured.expectation)) or "table",
        severity_of(measured.expectation),
        {True: "met", False: "broken", None: "not_checked"}[measured.is_met],
        _seen(measured, rows, config.kwargs),
        config.notes if isinstance(config.notes, str) else " ".join(config.notes or ()),
        measured.observed,
        low,
        high,
        measured.examples,
    )


def _seen(measured: Measured, rows: int, kwargs: Mapping[str, Any]) -> str:
    if measured.is_figure:
        low, high = bounds_of(dict(kwargs))
        bounds = f", not within {'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"
        value = "nothing" if measured.observed is None else f"{measured.observed:g}"
        return f"seen {value}" + (bounds if measured.is_met is False else "")
    first = ", ".join(example if example.startswith("{") else repr(example) for example in (e[:160] for e in measured.examples))
    return f"{measured.observed or 0:,.0f} of {rows:,} rows" + (f", first {first}" if first else "")
