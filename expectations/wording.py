"""Two forms in which most truths are said."""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation


def never(description: str, found_by: str, *, guards: str, severity: str = "critical") -> Expectation:
    """No row answers the query: `SELECT columns FROM {batch} WHERE condition`, or one over groups and other tables ({models})."""
    return gxe.UnexpectedRowsExpectation(description=description, unexpected_rows_query=found_by, severity=severity, notes=guards)


def rarely(description: str, column: str, condition: str, *, at_most: float, guards: str) -> Expectation:
    """A warning where the share of rows that meet the condition is above `at_most`; `column` is the one it is about."""
    return gxe.ExpectColumnMeanToBeBetween(
        column=column, max_value=at_most, description=description, meta={"share_where": condition}, severity="warning", notes=guards
    )
