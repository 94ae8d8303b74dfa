"""Checks of bronze.crawl_runs."""

from hublake.expectations.builders import never

CHECKS = [
    never("a run ends after it began", "SELECT crawl_id FROM {batch} WHERE finished_at < started_at", guards="clocks that disagree"),
    never(
        "a crawl has the date on which it began",
        "SELECT crawl_id FROM {batch} WHERE abs(datediff(started_at, snapshot_date)) > 1 AND shard = '0/1'",
        guards="a crawl that goes into the snapshot of another day",
        severity="warning",
    ),
]
