"""Checks of bronze.accounts."""

import great_expectations.expectations as gxe

CHECKS = [
    gxe.UnexpectedRowsExpectation(
        description="an account that was found has a kind and an overview, and no other has",
        unexpected_rows_query="SELECT account, status FROM {batch}"
        " WHERE (status = 200) <> (body IS NOT NULL) OR (status = 200) <> (kind IS NOT NULL)",
        severity="critical",
        notes="an error page taken for an account",
    ),
]
