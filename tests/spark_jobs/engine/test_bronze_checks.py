"""Which rows of bronze a build checks, by the files of a table and the last check that passed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import great_expectations.expectations as gxe

from hublake.expectations.aggregates import Measurement
from hublake.expectations.gate import CheckResult, Verdict, check_result, configurations_of
from hublake.lake.delta.tables import append, open_table, rows_identity
from hublake.lake.paths import Location
from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.operations import QUALITY_RESULTS
from hublake.spark_jobs.engine.bronze_checks import BronzeFile, PassedCheck, bronze_files, crawls_to_check, files_of
from hublake.spark_jobs.engine.quality_results import QualityResults

OLD, NEW = date(2026, 3, 1), date(2026, 3, 5)
CHECKED = datetime(2026, 3, 3, tzinfo=UTC)
LAST = PassedCheck(OLD, "some-id 3", frozenset({"a rule"}))
FIRST = BronzeFile("1.parquet", OLD, "first", "first")
SECOND = BronzeFile("2.parquet", NEW, "second", "second")


def to_check(
    *files: BronzeFile, last: PassedCheck | None = LAST, checked: tuple[BronzeFile, ...] | None = (FIRST,), rule: str = "a rule"
) -> list[str] | None:
    return crawls_to_check(files, last, None if checked is None else {file.path for file in checked}, {rule})


def test_crawls_that_have_added_files_are_checked_again_as_a_whole() -> None:
    assert to_check(FIRST, SECOND) == ["second"]
    assert to_check(FIRST, FIRST._replace(path="3.parquet"), SECOND) == ["first", "second"], "a crawl that was resumed later"
    assert to_check(FIRST, SECOND, checked=(FIRST, SECOND)) == ["second"], "the last check was of an earlier snapshot"


def test_nothing_is_checked_if_no_file_is_new_and_there_is_no_warning_to_repeat() -> None:
    assert to_check(FIRST) == []
    warned = LAST._replace(has_warnings=True)
    assert to_check(FIRST, last=warned) is None
    assert to_check(FIRST, SECOND, last=warned) == ["second"]


def test_all_rows_are_checked_if_it_is_unknown_which_are_new() -> None:
    assert to_check(FIRST, SECOND, last=None) is None
    assert to_check(FIRST, SECOND, rule="another rule") is None
    assert to_check(FIRST, SECOND, checked=None) is None
    assert to_check(SECOND, checked=(FIRST, SECOND)) is None, "a file that was checked is gone"
    assert to_check(checked=()) is None, "no file"
    assert to_check(FIRST, SECOND._replace(last_crawl_id="third")) is None, "compacted files"
    assert to_check(FIRST, SECOND._replace(first_crawl_id=None, last_crawl_id=None)) is None


def test_the_files_of_a_table_and_its_last_check_are_read_without_spark(tmp_path: Path) -> None:
    location = Location(str(tmp_path))
    row = {"snapshot_date": OLD, "repo_type": "model", "page": 0, "position": 0, "fetched_at": CHECKED, "body": "{}"}
    for crawl in ("c1", "c2"):
        append(location, LISTINGS, [row | {"crawl_id": crawl}], {})
    stored = open_table(location, LISTINGS)
    assert stored
    assert {(found.snapshot_date, found.first_crawl_id, found.last_crawl_id) for found in bronze_files(stored)} == {
        (OLD, "c1", "c1"),
        (OLD, "c2", "c2"),
    }

    assert QualityResults(location, "any").last_passed(LISTINGS) is None
    digests = configurations_of(LISTINGS)
    results = tuple(CheckResult(f"rule {digest}", "", "critical", "met", "", "", configuration=digest) for digest in sorted(digests))
    broken = (replace(results[0], outcome="broken"), *results[1:])
    for run, found in (("passed", results), ("closed", broken)):
        of_run = QualityResults(location, run)
        of_run.add(Verdict(LISTINGS, 1, found, tmp_path), OLD if run == "passed" else NEW, rows_identity=rows_identity(stored))
        of_run.write()
    last = QualityResults(location, "now").last_passed(LISTINGS)
    assert last and last.snapshot_date == OLD
    assert last.configurations == digests

    paths = frozenset(found.path for found in bronze_files(stored))
    append(location, LISTINGS, [row | {"crawl_id": "c3"}], {})
    assert files_of(location, LISTINGS, last.rows_identity) == paths, "those of the version that was checked"
    unknown = ("another-id 1", f"{stored.metadata().id} 9", "unknown", None)
    assert [files_of(location, LISTINGS, identity) for identity in unknown] == [None] * 4


def test_results_of_an_earlier_release_lack_the_digests(tmp_path: Path) -> None:
    location = Location(str(tmp_path))
    known = tuple(column for column in QUALITY_RESULTS.columns if column.name not in ("scope", "configuration", "rows_identity"))
    earlier = replace(QUALITY_RESULTS, columns=known)
    texts = {column.name: "met" if column.name == "outcome" else "critical" for column in earlier if column.type == "string"}
    row = texts | {"snapshot_date": OLD, "table_name": LISTINGS.full_name, "examples": [], "checked_at": CHECKED}
    append(location, earlier, [row], {})
    assert QualityResults(location, "now").last_passed(LISTINGS) == PassedCheck(OLD, None, frozenset({""}))


def test_a_bound_or_a_query_that_changes_checks_all_rows_again() -> None:
    def digest(**arguments: Any) -> str:
        return check_result(
            Measurement(gxe.ExpectColumnValuesToBeBetween(**{"column": "page", "min_value": 0} | arguments), None), 0
        ).configuration

    assert digest() == digest(notes="other words")
    assert len({digest(), digest(min_value=1), digest(column="position"), digest(severity="warning")}) == 4
