"""Checks of gold.documentation_rates."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import never

CHECKS = [
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
    never(
        "the stratum all holds all models",
        "SELECT section_class, models FROM {batch} CROSS JOIN (SELECT count(*) AS listed FROM {models})"
        " WHERE stratum = 'all' AND models <> listed",
        guards="rates over another number of models than the snapshot has",
    ),
]
