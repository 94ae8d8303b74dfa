"""Do derivatives come sooner in some groups of models than in others, and by how many days?"""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema

from hublake.lake.schema.gold.timeline import SURVIVAL_TESTS, TIME_TO_DERIVATIVE
from hublake.rules.timeline.comparison import LogRank, hochberg, log_rank, mean_difference, pairwise_log_rank
from hublake.rules.timeline.life_table import LifeTable
from hublake.rules.timeline.survival import RestrictedMean, kaplan_meier, quantile, restricted_mean
from hublake.spark_jobs.dataframes.arrow_functions import Record
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.survival_groups import ALL, DERIVATIVE, Group, derivative_groups, map_derivatives

SCHEMA = spark_schema(SURVIVAL_TESTS, without=("snapshot_date",))
ARROW_SCHEMA = to_arrow_schema(SCHEMA)
HORIZON = 365.0


def transform(time_to_derivative: DataFrame) -> DataFrame:
    """Only declared derivatives, and kinds of strata that divide all models. Groups that cannot differ have no row.

    Cost: one task with a few numbers per model, then one test for each kind and for each pair of its strata.
    """
    return map_derivatives(time_to_derivative, _test_rows, SCHEMA)


def _test_rows(observed: pa.Table, happened: pa.Table) -> pa.Table:
    return test_rows(observed, happened.filter(pc.field("event") == DERIVATIVE))


def test_rows(observed: pa.Table, happened: pa.Table) -> pa.Table:
    """The tests of all kinds. Public for the benchmark that measures it without Spark."""
    compared = derivative_groups(observed, happened, (HORIZON,), is_comparable=True)
    return pa.Table.from_pylist([row for groups in compared if groups[0].kind for row in stratum_tests(groups)], schema=ARROW_SCHEMA)


def stratum_tests(groups: Sequence[Group]) -> Iterator[Record]:
    """The rows of the strata of one kind: all in one test, then each pair."""
    tables = [group.table for group in groups]
    together = log_rank(tables)
    if together is None:
        return
    steps = [table.with_events_only() for table in tables]
    means = [restricted_mean(table, HORIZON) for table in steps]
    described = [_described(table, mean) for table, mean in zip(steps, means, strict=True)]
    for place, group in enumerate(groups):
        yield described[place] | _named(group, ALL, len(groups)) | _tested(together, place)
    pairs = pairwise_log_rank(tables)
    corrected = hochberg([found.p_value for found in pairs.values()])
    for (pair, found), p_value in zip(pairs.items(), corrected, strict=True):
        for place, (number, against) in enumerate((pair, pair[::-1])):
            difference = mean_difference(means[number], means[against])
            compared = _named(groups[number], groups[against].stratum, 2) | _tested(found, place) | {"p_value_adjusted": p_value}
            yield (
                described[number]
                | compared
                | {
                    "restricted_mean_difference": difference and difference.value,
                    "restricted_mean_difference_low": difference and difference.low,
                    "restricted_mean_difference_high": difference and difference.high,
                }
            )


def _named(group: Group, against: str, groups: int) -> Record:
    names: dict[str, Any] = {"event": group.event, "relation": group.relation, "derived_by": group.derived_by, "stratum_kind": group.kind}
    return names | {"stratum": group.stratum, "against": against, "models": group.table.size, "groups": groups}


def _tested(found: LogRank, place: int) -> Record:
    test = {"chi_squared": found.chi_squared, "degrees": found.degrees, "p_value": found.p_value}
    return test | {"events": int(found.observed[place]), "expected_events": float(found.expected[place])}


def _described(table: LifeTable, mean: RestrictedMean | None) -> Record:
    """Median and restricted mean of a stratum."""
    median = quantile(kaplan_meier(table), 0.5)
    medians = {"median_days": median.duration, "median_days_low": median.low, "median_days_high": median.high}
    return medians | {"restricted_mean_365": mean and mean.mean}


JOB = Job(reads=(TIME_TO_DERIVATIVE,), writes=SURVIVAL_TESTS, transform=transform)
