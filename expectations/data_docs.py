"""Data Docs: the HTML pages of Great Expectations for the results of a run."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuite
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.store import ValidationResultsStore
from great_expectations.data_context.types.resource_identifiers import ExpectationSuiteIdentifier, ValidationResultIdentifier
from great_expectations.expectations.expectation import Expectation

from hublake.expectations.aggregates import Measurement
from hublake.expectations.suite import type_of
from hublake.lake.terminal import printable

# One page per table. A second page with only the suite would repeat it.
SITE = {
    "class_name": "SiteBuilder",
    "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    "site_section_builders": {"expectations": "None"},
}


class ResultsInMemory(ValidationResultsStore):  # type: ignore[misc]  # Great Expectations has no types for it
    """Keeps results as they are. A context in memory writes each as JSON text and parses it, which takes as long as its page."""

    def serialize(self, value: Any) -> Any:
        return value

    def deserialize(self, value: Any) -> Any:
        return value


def write_data_docs(context: Any, folder: Path, run_id: str, tables: Sequence[tuple[str, int, Sequence[Measurement]]]) -> None:
    """Write the pages of one run over those of the last run. `tables`: name, number of rows and measurements of each table."""
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)}
    context.update_data_docs_site(site_name="local_site", site_config={**SITE, "store_backend": store})
    context.stores[context.validation_results_store_name] = ResultsInMemory()
    now = datetime.now(UTC)
    run = RunIdentifier(run_name=run_id, run_time=now)
    for name, rows, measured in tables:
        checked = [m for m in measured if m.is_met is not None]
        suite = ExpectationSuite(name=name, expectations=[_copy(m.expectation) for m in checked])
        results = [_result(m, e, rows) for m, e in zip(checked, suite.expectations, strict=True)]
        met = sum(bool(m.is_met) for m in checked)
        result = ExpectationSuiteValidationResult(
            success=met == len(checked),
            results=results,
            suite_name=name,
            statistics={
                "evaluated_expectations": len(checked),
                "successful_expectations": met,
                "unsuccessful_expectations": len(checked) - met,
                "success_percent": 100 * met / len(checked) if checked else None,
            },
            meta={"run_id": run, "validation_time": now, "batch_spec": {}, "great_expectations_version": gx.__version__},
        )
        suite_id = ExpectationSuiteIdentifier(name)
        context.validation_results_store.store_validation_results(
            suite_validation_result=result,
            suite_validation_result_identifier=ValidationResultIdentifier(suite_id, run, name),
            expectation_suite_identifier=suite_id,
        )
    context.build_data_docs(site_names=["local_site"])


def as_html(text: str) -> str:
    """A value of the Hub as text of a page. Great Expectations inserts values into its pages unchanged."""
    return escape(printable(text))


def _copy(expectation: Expectation) -> Expectation:
    """A copy for another suite: Great Expectations binds an expectation to the suite that it is added to."""
    return expectation.copy(update={"id": None})


def _result(measurement: Measurement, expectation: Expectation, rows: int) -> ExpectationValidationResult:
    value: Any = measurement.observed
    if measurement.is_figure and "quantile" in type_of(expectation):
        value = {"quantiles": expectation.configuration.kwargs["quantile_ranges"]["quantiles"], "values": [value]}
    result: dict[str, Any] = {"observed_value": value}
    if not measurement.is_figure:
        count = int(measurement.observed or 0)
        share = 100 * count / rows if rows else 0
        result = {
            "element_count": rows,
            "unexpected_count": count,
            "unexpected_percent": share,
            "unexpected_percent_total": share,
            "unexpected_percent_nonmissing": share,
            "missing_count": 0,
            "missing_percent": 0,
            "partial_unexpected_list": [as_html(example) for example in measurement.examples],
            "observed_value": count,
        }
    no_exception = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
    return ExpectationValidationResult(
        success=bool(measurement.is_met), expectation_config=expectation.configuration, result=result, exception_info=no_exception, meta={}
    )
