"""Expectations that follow from a table's declaration."""

from collections.abc import Iterator
from copy import copy
from importlib import import_module
from importlib.util import find_spec

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations.across import ACROSS, OF_EVERY_MODEL, like_models
from expectations.false_signals import FALSE_SIGNALS
from lake.tables import Table


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
                column=column.name, value_set=list(column.values), severity="critical", notes="closed list of lake/vocabulary.py"
            )
    yield _key(table)
    if table.at_least_rows:
        yield gxe.ExpectTableRowCountToBeBetween(
            min_value=table.at_least_rows, severity="critical", notes="declared least rows of a snapshot"
        )


def _key(table: Table) -> Expectation:
    notes = f"the grain: {table.grain}"
    every = OF_EVERY_MODEL.get(table.full_name)
    meta = {"screened_by": like_models(every)} if every else None
    # Within one snapshot the date is constant: it is part of the key, but tells no rows apart.
    columns = [name for name in table.key if name != "snapshot_date" or table.layer == "bronze"]
    if len(columns) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=columns[0], severity="critical", notes=notes, meta=meta)
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=columns, severity="critical", notes=notes)


def handwritten(table: Table) -> list[Expectation]:
    """SUITE of expectations/suites/<table>.py, or <layer>_<table>.py where two layers share the name; empty where there is neither."""
    names = (f"expectations.suites.{table.layer}_{table.name}", f"expectations.suites.{table.name}")
    name = next((name for name in names if find_spec(name)), None)
    if name is None:
        return []
    # Great Expectations marks an expectation as the property of the suite it joins: each suite gets copies.
    return [copy(expectation) for expectation in import_module(name).SUITE]


def suite_of(table: Table) -> list[Expectation]:
    """All that must be true of a table, drift aside."""
    shared = [copy(e) for catalogue in (ACROSS, FALSE_SIGNALS) for e in catalogue.get(table.full_name, ())]
    return [*declared(table), *handwritten(table), *shared]
