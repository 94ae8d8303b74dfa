"""Two forms in which most truths are said."""

from collections.abc import Sequence
from typing import NamedTuple

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

IS_DERIVATION = "parent_status <> 'missing' AND NOT is_self_loop"
PAIRS = f"SELECT DISTINCT child_id, parent_id FROM {{lineage_edges}} WHERE {IS_DERIVATION}"


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


def unknown_names(column: str, known: str) -> str:
    """A screen for names in a column that the table `known` does not have in its column of that name."""
    return (
        f"SELECT name FROM (SELECT xxhash64({column}) AS name FROM {{batch}})"
        f" LEFT ANTI JOIN (SELECT xxhash64({column}) AS name FROM {{{known}}}) USING (name)"
    )


def like_models(column: str) -> Alike:
    """A screen for a table that should hold the name of every model as `silver.models` does: one look at both, and no join.

    What passes it has none too many, none too few and, as those of `silver.models` are unique, none twice.
    """
    told = f"concat_ws(' ', count(*), bit_xor(xxhash64({column})), sum(shiftright(xxhash64({column}), 24)))"
    return Alike(told, f"SELECT {told} FROM {{models}}")


def of_listed_models(column: str, screen: Alike | None = None) -> Expectation:
    """Every value of the column names a listed model."""
    return never(
        "it is about a listed model",
        f"SELECT {column} FROM {{batch}} LEFT ANTI JOIN {{models}} USING ({column})",
        guards="rows of a model that the snapshot does not have: made from another snapshot, or of a name that was changed",
        screened_by=screen or unknown_names(column, "models"),
    )


def of_every_model(column: str) -> Sequence[Expectation]:
    """One row for each listed model, named by the column."""
    every = never(
        "every listed model has its row",
        f"SELECT {column} FROM {{models}} LEFT ANTI JOIN {{batch}} USING ({column})",
        guards="figures over a part of the Hub only, and gaps in a history that nobody else keeps",
        screened_by=like_models(column),
    )
    return of_listed_models(column, like_models(column)), every
