"""Checks of gold.dataset_licenses."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "there is no verdict on the licence of a dataset",
        "SELECT dataset_license, model_license FROM {batch} WHERE verdict <> 'unknown' OR distinct_datasets > uses",
        guards_against="accusations where the law is unsettled",
    ),
]
