"""Every table of silver and gold has exactly one job, in a file named after the table."""

from collections.abc import Iterator

import pytest

from hublake.expectations.aggregates import other_tables
from hublake.expectations.builders import AggregateMatch, MissingFrom, NotOneInEach
from hublake.expectations.gate import configurations_of
from hublake.expectations.suite import suite_of
from hublake.lake.schema import TABLES, Table, find_table
from hublake.spark_jobs.engine.discovery import all_jobs
from tests.conventions.sources import ROOT

WRITTEN_BY_THE_ENGINE = {"silver.quarantine", "gold.builds", "gold.quality_results"}


def test_every_table_of_silver_and_gold_has_a_job_and_every_job_a_table() -> None:
    declared = {name for name, table in TABLES.items() if table.layer != "bronze"}
    assert set(all_jobs()) == declared - WRITTEN_BY_THE_ENGINE


def test_no_two_files_write_the_same_table() -> None:
    """Discovery keys jobs by table, so a second file of the same name would silently replace the first."""
    files = [path.stem for path in ROOT.glob("spark_jobs/**/*.py") if "\nJOB = " in path.read_text("utf-8")]
    assert sorted(files) == sorted(job.writes.name for job in all_jobs().values())


def test_a_job_is_in_the_folder_of_its_layer() -> None:
    folders = {name: job.module.split(".")[2] for name, job in all_jobs().items()}
    assert {name: folder for name, folder in folders.items() if folder != name.split(".")[0]} == {}


def test_every_job_states_the_question_that_it_answers() -> None:
    assert not [name for name, job in all_jobs().items() if len(job.question.split()) < 3]


def test_tables_whose_figures_count_guessed_edges_are_marked() -> None:
    """`hublake export --without-guesses` leaves them out."""
    counts = {"silver.lineage_edges"} | {name for name, table in TABLES.items() if table.counts_guesses}
    readers = {name for name, job in all_jobs().items() if name.startswith("gold.") and counts & {table.full_name for table in job.reads}}
    leaving_out = {"gold.model_impact_without_guesses", "gold.license_chains", "gold.license_propagation", "gold.model_architecture"}
    leaving_out |= {"gold.monthly_growth", "gold.time_to_derivative"}  # the latter counts them in a column of its own
    assert readers - counts == {*leaving_out, "gold.documentation_rates"}  # which has strata by relation alone
    assert counts - readers == {"silver.lineage_edges"}


def test_gold_reads_no_bronze() -> None:
    """Only silver jobs interpret the Hub's answers."""
    readers = {name: [table.full_name for table in job.reads if table.layer == "bronze"] for name, job in all_jobs().items()}
    assert {name: read for name, read in readers.items() if read and name.startswith("gold.")} == {}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_gate_reads_only_tables_that_its_job_depends_on(table: Table) -> None:
    """Other tables may be built concurrently."""
    read = {find_table(name).full_name for text in _queries(table) for name in other_tables(text)}
    assert read <= _dependencies(table.full_name)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_no_expectation_is_evaluated_twice(table: Table) -> None:
    assert len(configurations_of(table)) == len(suite_of(table))


def _queries(table: Table) -> Iterator[str]:
    for expectation in suite_of(table):
        yield str(expectation.configuration.kwargs.get("unexpected_rows_query", ""))
        match (expectation.meta or {}).get("prefilter"):
            case AggregateMatch(_, answered_by):
                yield answered_by
            case MissingFrom() | NotOneInEach() as prefilter:
                yield prefilter.query
            case str(text):
                yield text


def _dependencies(name: str) -> set[str]:
    job = all_jobs().get(name)
    reads = {table.full_name for table in job.reads} if job else set()
    return reads.union(*map(_dependencies, reads))
