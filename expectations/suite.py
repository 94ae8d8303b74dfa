"""The expectations of a table: those that follow from its declaration, and those in its check module.

Needs no Spark.
"""

from collections.abc import Iterator
from copy import copy
from importlib import import_module
from importlib.util import find_spec

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from hublake.expectations.builders import expect_every_model, prefilter_same_as_models
from hublake.lake.schema import Table


def suite_of(table: Table) -> list[Expectation]:
    """All expectations of a table except for drift, which depends on past snapshots."""
    return [*declared_expectations(table), *handwritten_expectations(table)]


def declared_expectations(table: Table) -> Iterator[Expectation]:
    """One critical expectation per rule of the declaration: required values, bounds, closed sets, key, minimum number of rows."""
    for column in table:
        if column.required:
            yield gxe.ExpectColumnValuesToNotBeNull(column=column.name, severity="critical", notes="declared as required")
        if column.at_least is not None or column.at_most is not None:
            yield gxe.ExpectColumnValuesToBeBetween(
                column=column.name, min_value=column.at_least, max_value=column.at_most, severity="critical", notes="declared bounds"
            )
        if column.values:
            yield gxe.ExpectColumnValuesToBeInSet(
                column=column.name, value_set=list(column.values), severity="critical", notes="declared set of values (lake/enums.py)"
            )
    yield _unique_key(table)
    if table.at_least_rows:
        yield gxe.ExpectTableRowCountToBeBetween(
            min_value=table.at_least_rows, severity="critical", notes="declared minimum number of rows of a snapshot"
        )
    if table.has_every_model:
        yield from expect_every_model(table.key[-1])


def handwritten_expectations(table: Table) -> list[Expectation]:
    """CHECKS of expectations/checks/<layer>/<table>.py; empty where there is no such module."""
    name = f"hublake.expectations.checks.{table.layer}.{table.name}"
    if find_spec(name) is None:
        return []
    # Great Expectations binds an expectation to the suite that it is added to, so each suite gets copies.
    return [copy(expectation) for expectation in import_module(name).CHECKS]


def _unique_key(table: Table) -> Expectation:
    notes = f"the grain: {table.grain}"
    meta = {"prefilter": prefilter_same_as_models(table.key[-1])} if table.has_every_model else None
    # Within a snapshot the date is constant: it is part of the key but does not distinguish rows.
    columns = [name for name in table.key if name != "snapshot_date" or table.layer == "bronze"]
    if len(columns) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=columns[0], severity="critical", notes=notes, meta=meta)
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=columns, severity="critical", notes=notes)


def type_of(expectation: Expectation) -> str:
    """The type in snake case, such as `expect_column_values_to_not_be_null`."""
    return str(expectation.expectation_type)


def severity_of(expectation: Expectation) -> str:
    """`critical`, `warning` or `info`."""
    severity = expectation.severity
    return str(getattr(severity, "value", severity))


def checked_columns(expectation: Expectation) -> Iterator[str]:
    """The columns that the arguments of an expectation name."""
    kwargs = expectation.configuration.kwargs
    yield from (kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs)
    yield from kwargs.get("column_list") or ()
