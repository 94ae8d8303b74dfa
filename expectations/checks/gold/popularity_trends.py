"""Checks of gold.popularity_trends."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "downloads halve after their peak, or are censored",
        "SELECT hub_id FROM {batch} WHERE half_life_days > days_since_peak"
        " OR is_censored <> (coalesce(peak_downloads_30d, 0) > 0 AND half_life_days IS NULL)",
        guards_against="half-lives of other models",
    ),
    expect_no_rows(
        "a trend has two snapshots",
        "SELECT hub_id FROM {batch} WHERE snapshots + glitch_snapshots < 2",
        guards_against="trends of single counts",
    ),
]
