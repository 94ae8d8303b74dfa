"""Checks of bronze.listings."""

import great_expectations.expectations as gxe

CHECKS = [
    gxe.UnexpectedRowsExpectation(
        description="an item is a JSON object",
        unexpected_rows_query="SELECT page, position FROM {batch} WHERE NOT startswith(body, '{{')",
        severity="critical",
        notes="an error page or a cut answer taken for a page of the listing",
    ),
    gxe.ExpectColumnValuesToNotBeNull(
        column="hub_id", severity="warning", notes="an item without _id cannot be followed through renames; silver sets it aside"
    ),
]
