"""Checks of silver.datasets."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    gxe.ExpectColumnValuesToBeUnique(
        column="dataset_id", severity="critical", notes="a name belongs to one repository at any point in time"
    ),
    expect_no_rows(
        "every key of a listed item is known and every value has its type",
        "SELECT dataset_id, oddities FROM {batch} WHERE size(oddities) > 0",
        severity="warning",
        guards_against="new fields of the Hub that rules/listings/datasets.py does not read",
    ),
]
