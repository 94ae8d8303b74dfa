"""Truths of silver.card_sections beside its declaration."""

import great_expectations.expectations as gxe

SUITE = [
    gxe.UnexpectedRowsExpectation(
        description="only text before the first heading has no heading",
        unexpected_rows_query="SELECT model_id, ordinal FROM {batch} WHERE (level = 0) <> (heading IS NULL)",
        severity="critical",
        notes="level 0 is the text before the first heading",
    ),
]
