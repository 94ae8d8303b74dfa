"""Checks of gold.quality_results."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a failed expectation has an observed value",
        "SELECT expectation FROM {batch} WHERE outcome = 'broken' AND observed IS NULL",
        guards_against="a gate that closes without stating why",
        severity="warning",
    ),
]
