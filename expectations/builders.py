"""Builders for the expectations that most checks need.

A query reads the table under validation as `{batch}` and other tables of the snapshot by name, for example `{models}`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

IS_DERIVATION = "parent_status <> 'missing' AND NOT is_self_loop"
DERIVATIONS = f"SELECT DISTINCT child_id, parent_id FROM {{lineage_edges}} WHERE {IS_DERIVATION}"


class AggregateMatch(NamedTuple):
    """A cheap prefilter: an SQL aggregate, computed in the query that reads the whole table anyway.

    The expectation holds if the aggregate equals the single value (text) that `expected` returns, a query on other tables.
    """

    aggregate: str
    expected: str


class MissingFrom(NamedTuple):
    """A prefilter: names of the column are missing from the column of the same name in another table."""

    table: str
    column: str

    @property
    def query(self) -> str:
        return f"SELECT name FROM (SELECT xxhash64({self.column}) AS name FROM {{batch}}) LEFT ANTI JOIN ({self.listed}) USING (name)"

    @property
    def listed(self) -> str:
        """The hashes of the names in the other table."""
        return f"SELECT xxhash64({self.column}) AS name FROM {{{self.table}}}"


class NotOneInEach(NamedTuple):
    """A prefilter: of the rows with one name in the column, not exactly one meets the condition."""

    column: str
    condition: str

    @property
    def query(self) -> str:
        return f"SELECT count(*) FROM {{batch}} GROUP BY xxhash64({self.column}) HAVING count_if({self.condition}) <> 1"


Prefilter = str | AggregateMatch | MissingFrom | NotOneInEach


def expect_no_rows(
    description: str, query: str, *, guards_against: str, severity: str = "critical", prefilter: Prefilter | None = None
) -> Expectation:
    """No row is returned by the query: `SELECT columns FROM {batch} WHERE condition`, or a query on groups or other tables.

    `prefilter` is a cheaper query that returns a row whenever `query` does, and possibly in other cases. `query` runs only if the
    prefilter returns a row. Most prefilters compare 64-bit hashes of names: a quarter of their bytes, and sorted as numbers.
    """
    return gxe.UnexpectedRowsExpectation(
        description=description,
        unexpected_rows_query=query,
        severity=severity,
        notes=f"guards against {guards_against}",
        meta={"prefilter": prefilter},
    )


def expect_countries_with_coverage() -> Expectation:
    """The strata of countries are codes, or the reasons why there is none, and they alone have country_coverage_share beside them."""
    return expect_no_rows(
        "a stratum of countries is a code or the reason why there is none, with its coverage",
        "SELECT stratum FROM {batch} WHERE (stratum LIKE 'country:%') <> (country_coverage_share IS NOT NULL)"
        " OR (stratum LIKE 'country:%' AND NOT stratum RLIKE '^country:([A-Z][A-Z]|international|person|unknown)$')",
        guards_against="shares of countries that hide how many publishers are unknown",
    )


def expect_one_country_for_each_model(*, per: str | None = None) -> Expectation:
    """The strata of countries together have the models of the stratum 'all', for each value of the column `per`.

    Snapshots of an earlier release, which have no such strata, pass.
    """
    return expect_no_rows(
        "every model is in one stratum of countries",
        f"SELECT {per or 'sum(models)'} FROM {{batch}} WHERE stratum = 'all' OR stratum LIKE 'country:%'"
        f"{f' GROUP BY {per}' if per else ''}"
        " HAVING sum(IF(stratum = 'all', models, -models)) <> 0 AND count_if(stratum <> 'all') > 0",
        guards_against="a publisher that is joined twice, or dropped because nothing is known of it",
    )


def expect_share_at_most(description: str, column: str, condition: str, *, limit: float, guards_against: str) -> Expectation:
    """The share of rows that meet the condition is at most `limit`; a warning. `column` is the column that the report names."""
    return gxe.ExpectColumnMeanToBeBetween(
        column=column,
        max_value=limit,
        description=description,
        severity="warning",
        notes=f"guards against {guards_against}",
        meta={"condition": condition},
    )


def prefilter_same_as_models(column: str) -> AggregateMatch:
    """A prefilter for a table with one row per model: compares count, xor and sum of name hashes with those of `silver.models`.

    It needs one pass over both tables and no join. Equal values mean that no name is missing or unknown, and that none is
    duplicated, as the names in `silver.models` are unique.
    """
    aggregate = f"concat_ws(' ', count(*), bit_xor(xxhash64({column})), sum(shiftright(xxhash64({column}), 24)))"
    return AggregateMatch(aggregate, f"SELECT {aggregate} FROM {{models}}")


def expect_listed_models(column: str, prefilter: AggregateMatch | None = None) -> Expectation:
    """Every value of the column is a model of the snapshot."""
    return expect_no_rows(
        f"every {column} is a listed model",
        f"SELECT {column} FROM {{batch}} LEFT ANTI JOIN {{models}} USING ({column})",
        guards_against="rows of models that are not in the snapshot: computed from another snapshot, or under an old name",
        prefilter=prefilter or MissingFrom("models", column),
    )


def expect_every_model(column: str) -> Sequence[Expectation]:
    """The table has one row per model of the snapshot, identified by the column."""
    every = expect_no_rows(
        "every listed model has a row",
        f"SELECT {column} FROM {{models}} LEFT ANTI JOIN {{batch}} USING ({column})",
        guards_against="figures for a part of the Hub only, and gaps in a history that is recorded nowhere else",
        prefilter=prefilter_same_as_models(column),
    )
    return expect_listed_models(column, prefilter_same_as_models(column)), every
