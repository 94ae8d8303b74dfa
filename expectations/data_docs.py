"""Data Docs: the outcomes of a run as Great Expectations' own pages."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuite
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.resource_identifiers import ExpectationSuiteIdentifier, ValidationResultIdentifier
from great_expectations.expectations.expectation import Expectation

from hublake.expectations.aggregates import Measured, type_of

# One page a table: a second one with the suite alone would say the same again.
SITE = {
    "class_name": "SiteBuilder",
    "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    "site_section_builders": {"expectations": "None"},
}


def write_pages(context: Any, folder: Path, run_id: str, tables: Sequence[tuple[str, int, Sequence[Measured]]]) -> None:
    """Write the pages of one run in place of those of the last; `tables`: name, rows, and what was measured of each."""
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)}
    context.update_data_docs_site(site_name="local_site", site_config={**SITE, "store_backend": store})
    now = datetime.now(UTC)
    run = RunIdentifier(run_name=run_id, run_time=now)
    for name, rows, measured in tables:
        known = [m for m in measured if m.is_met is not None]
        suite = context.suites.add_or_update(ExpectationSuite(name=name, expectations=[_copied(m.expectation) for m in known]))
        results = [_result(m, e, rows) for m, e in zip(known, suite.expectations, strict=True)]
        met = sum(bool(m.is_met) for m in known)
        result = ExpectationSuiteValidationResult(
            success=met == len(known),
            results=results,
            suite_name=name,
            statistics={
                "evaluated_expectations": len(known),
                "successful_expectations": met,
                "unsuccessful_expectations": len(known) - met,
                "success_percent": 100 * met / len(known) if known else None,
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


def _copied(expectation: Expectation) -> Expectation:
    """Great Expectations marks an expectation as the property of the suite it joins."""
    return expectation.copy(update={"id": None})


def _result(measured: Measured, expectation: Expectation, rows: int) -> ExpectationValidationResult:
    value: Any = measured.observed
    if measured.is_figure and "quantile" in type_of(expectation):
        value = {"quantiles": expectation.configuration.kwargs["quantile_ranges"]["quantiles"], "values": [value]}
    told: dict[str, Any] = {"observed_value": value}
    if not measured.is_figure:
        count = int(measured.observed or 0)
        share = 100 * count / rows if rows else 0
        told = {
            "element_count": rows,
            "unexpected_count": count,
            "unexpected_percent": share,
            "unexpected_percent_total": share,
            "unexpected_percent_nonmissing": share,
            "missing_count": 0,
            "missing_percent": 0,
            "partial_unexpected_list": list(measured.examples),
            "observed_value": count,
        }
    quiet = {"raised_exception": False, "exception_message": None, "exception_traceback": None}
    return ExpectationValidationResult(
        success=bool(measured.is_met), expectation_config=expectation.configuration, result=told, exception_info=quiet, meta={}
    )
