"""Truths of gold.documentation_rates beside its declaration."""

import great_expectations.expectations as gxe

SUITE = [
    gxe.UnexpectedRowsExpectation(
        description="filled cards are cards, and cards belong to models",
        unexpected_rows_query="SELECT section_class, stratum FROM {batch} WHERE filled > cards OR cards > models",
        severity="critical",
        notes="a share above one",
    ),
    gxe.UnexpectedRowsExpectation(
        description="a share lies in its interval",
        unexpected_rows_query="SELECT section_class, stratum FROM {batch}"
        " WHERE filled_share NOT BETWEEN filled_share_low - 1e-9 AND filled_share_high + 1e-9",
        severity="critical",
        notes="an interval of another stratum",
    ),
]
