"""Truths of silver.models beside its declaration."""

import great_expectations.expectations as gxe

SUITE = [
    gxe.ExpectColumnValuesToBeUnique(column="model_id", severity="critical", notes="a name belongs to one repository at a time"),
    gxe.UnexpectedRowsExpectation(
        description="every key of a listed item is known, and every value of its type",
        unexpected_rows_query="SELECT model_id, oddities FROM {batch} WHERE size(oddities) > 0",
        severity="warning",
        notes="the Hub has begun to say something that spark_jobs/rules/listing.py does not read",
    ),
    gxe.ExpectColumnValuesToNotBeNull(
        column="created_at", mostly=0.99, severity="warning", notes="without dates there is no time to derivative; answers of 2022 had none"
    ),
]
