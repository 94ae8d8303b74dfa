"""Two forms in which most truths are said."""

from typing import NamedTuple

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation


class Alike(NamedTuple):
    """A screen that costs no look of its own at the table: one aggregate of it in SQL, and the query over other tables that answers the
    same value, as text, where all is well."""

    aggregate: str
    answered_by: str


def never(
    description: str, found_by: str, *, guards: str, severity: str = "critical", screened_by: str | Alike | None = None
) -> Expectation:
    """No row answers the query: `SELECT columns FROM {batch} WHERE condition`, or one over groups and other tables ({models}).

    `screened_by` is a cheaper query that answers a row wherever `found_by` does, and perhaps where it does not: only then is
    `found_by` asked. Most screens compare 64-bit hashes of names, a quarter of their bytes and sorted as numbers.
    """
    return gxe.UnexpectedRowsExpectation(
        description=description, unexpected_rows_query=found_by, severity=severity, notes=guards, meta={"screened_by": screened_by}
    )


def rarely(description: str, column: str, condition: str, *, at_most: float, guards: str) -> Expectation:
    """A warning where the share of rows that meet the condition is above `at_most`; `column` is the one it is about."""
    return gxe.ExpectColumnMeanToBeBetween(
        column=column, max_value=at_most, description=description, meta={"share_where": condition}, severity="warning", notes=guards
    )
