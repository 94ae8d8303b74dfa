"""Checks of bronze.crawl_runs."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a run finishes after it starts",
        "SELECT crawl_id FROM {batch} WHERE finished_at < started_at",
        guards_against="clocks that disagree",
    ),
    expect_no_rows(
        "the snapshot date of a crawl is the date of its start",
        "SELECT crawl_id FROM {batch} WHERE abs(datediff(started_at, snapshot_date)) > 1 AND shard = '0/1'",
        guards_against="a crawl that is added to the snapshot of another day",
        severity="warning",
    ),
]
