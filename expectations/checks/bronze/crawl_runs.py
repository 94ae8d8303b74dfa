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
    expect_no_rows(
        "a run does not start in the future",
        "SELECT crawl_id FROM {batch} WHERE started_at > current_timestamp() + INTERVAL 1 DAY",
        guards_against="a clock that is ahead: its crawl would be the newest listing until that day",
        severity="warning",
    ),
]
