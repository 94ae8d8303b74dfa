"""How a damage to a table is drawn, and the names of expectations that follow from its declaration."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """A changed cell in a row (from 0) of a table, or a duplicated row (`column` is empty), and the expectation that must fail."""

    table: str
    row: int
    column: str
    value: str
    expectation: str
    severity: str = "critical"


NULL = "expect_column_values_to_not_be_null({})"
BETWEEN = "expect_column_values_to_be_between({})"
IN_SET = "expect_column_values_to_be_in_set({})"
