"""Checks of bronze.listings."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "an item is a JSON object",
        "SELECT page, position FROM {batch} WHERE NOT startswith(body, '{{')",
        severity="warning",  # one odd record does not keep the others from readers: silver quarantines it
        guards_against="an error page or a truncated response stored as a page of the listing",
    ),
    gxe.ExpectColumnValuesToNotBeNull(
        column="hub_id",
        severity="warning",
        notes="an item without _id cannot be followed through renames; the silver jobs move it to the quarantine",
    ),
]
