"""Checks of silver.datasets."""

import great_expectations.expectations as gxe

CHECKS = [
    gxe.ExpectColumnValuesToBeUnique(column="dataset_id", severity="critical", notes="a name belongs to one repository at a time"),
    gxe.UnexpectedRowsExpectation(
        description="every key of a listed item is known, and every value of its type",
        unexpected_rows_query="SELECT dataset_id, oddities FROM {batch} WHERE size(oddities) > 0",
        severity="warning",
        notes="the Hub has begun to say something that rules/listings/datasets.py does not read",
    ),
]
