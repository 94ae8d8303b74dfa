"""Checks of silver.model_configs."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "each type of numbers has a positive count",
        "SELECT model_id, dtypes, dtype_counts FROM {batch} "
        "WHERE size(dtypes) <> size(dtype_counts) OR exists(dtype_counts, counted -> counted <= 0)",
        guards_against="types and counts that are no longer parallel",
    ),
    expect_no_rows(
        "every value has its type",
        "SELECT model_id, oddities FROM {batch} WHERE size(oddities) > 0",
        severity="warning",
        guards_against="new forms of configurations that rules/listings/model_configs.py does not read",
    ),
]
