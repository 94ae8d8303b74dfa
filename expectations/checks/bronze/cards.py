"""Checks of bronze.cards."""

import great_expectations.expectations as gxe

CHECKS = [
    gxe.UnexpectedRowsExpectation(
        description="a card has status 200, and only then a body",
        unexpected_rows_query="SELECT hub_id, status FROM {batch} WHERE (status = 200) <> (body IS NOT NULL)",
        severity="critical",
        notes="crawlers that ignore the status store error pages as cards: 12,842 of 29,432 in a public data set of 2022",
    ),
    gxe.UnexpectedRowsExpectation(
        description="a card that is whole has as many bytes as it says",
        unexpected_rows_query="SELECT hub_id, card_bytes FROM {batch} WHERE NOT is_truncated AND length(body) <> card_bytes",
        severity="critical",
        notes="a connection cut in the middle of a card",
    ),
]
