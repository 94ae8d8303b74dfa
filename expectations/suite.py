"""Expectations that follow from a table's declaration."""

from collections.abc import Iterator
from copy import copy
from importlib import import_module
from importlib.util import find_spec

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from hublake.expectations.builders import like_models, of_every_model
from hublake.lake.schema import Table


def declared(table: Table) -> Iterator[Expectation]:
    """One expectation per rule of the declaration, all critical: required, bounds, closed sets, key, least rows."""
    for column in table:
        if column.required:
            yield gxe.ExpectColumnValuesToNotBeNull(column=column.name, severity="critical", notes="declared as required")
        if column.at_least is not None or column.at_most is not None:
            yield gxe.ExpectColumnValuesToBeBetween(
                column=column.name, min_value=column.at_least, max_value=column.at_most, severity="critical", notes="declared bounds"
            )
        if column.values:
            yield gxe.ExpectColumnValuesToBeInSet(
                column=column.name, value_set=list(column.values), severity="critical", notes="closed list of lake/enums.py"
            )
    yield _key(table)
    if table.at_least_rows:
        yield gxe.ExpectTableRowCountToBeBetween(
            min_value=table.at_least_rows, severity="critical", notes="declared least rows of a snapshot"
        )
    if table.has_every_model:
        yield from of_every_model(table.key[-1])


def _key(table: Table) -> Expectation:
    notes = f"the grain: {table.grain}"
    meta = {"screened_by": like_models(table.key[-1])} if table.has_every_model else None
    # Within one snapshot the date is constant: it is part of the key, but tells no rows apart.
    columns = [name for name in table.key if name != "snapshot_date" or table.layer == "bronze"]
    if len(columns) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=columns[0], severity="critical", notes=notes, meta=meta)
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=columns, severity="critical", notes=notes)


def handwritten(table: Table) -> list[Expectation]:
    """CHECKS of expectations/checks/<layer>/<table>.py; empty where there is no such module."""
    name = f"hublake.expectations.checks.{table.layer}.{table.name}"
    if find_spec(name) is None:
        return []
    # Great Expectations marks an expectation as the property of the suite it joins: each suite gets copies.
    return [copy(expectation) for expectation in import_module(name).CHECKS]


def suite_of(table: Table) -> list[Expectation]:
    """Every expectation of a table, drift aside."""
    return [*declared(table), *handwritten(table)]
