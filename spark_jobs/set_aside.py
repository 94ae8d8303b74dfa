"""Rows that break a rule: counted, taken out of the candidate, kept with their reason, or too many to go on."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lake.errors import GateClosed
from lake.settings import BuildSettings
from lake.tables import Table
from spark_jobs.job import SET_ASIDE_BODY, SET_ASIDE_REASON
from spark_jobs.row_rules import quarantined


@dataclass(frozen=True)
class Sorted:
    """A candidate in two parts: rows that may stay, and records for silver.quarantine (None where there are none)."""

    kept: DataFrame
    records: DataFrame | None
    set_aside: int = 0


def sorted_out(candidate: DataFrame, table: Table, limits: BuildSettings) -> Sorted:
    """Part the rows with a reason from the others.

    Raises GateClosed where their share is above build.max_quarantine_share: then a rule is wrong, or the crawl.
    """
    if SET_ASIDE_REASON not in candidate.columns:
        return Sorted(candidate, None)
    rule = F.substring_index(SET_ASIDE_REASON, ":", 1).alias("rule")
    counted = candidate.groupBy(rule).agg(F.count("*"), F.min(SET_ASIDE_REASON)).collect()
    total = sum(int(row[1]) for row in counted)
    rules = {row[0]: (int(row[1]), row[2]) for row in counted if row[0] is not None}
    bad = sum(count for count, _ in rules.values())
    if bad > max(limits.max_quarantine_share * total, limits.few_quarantined):
        examples = "".join(f"\n  {count:>9,}  {example}" for count, example in rules.values())
        raise GateClosed(
            f"{table.full_name}: {bad:,} of {total:,} rows break a rule, more than build.max_quarantine_share ="
            f" {limits.max_quarantine_share}. Nothing was published.{examples}"
        )
    kept = candidate.where(F.col(SET_ASIDE_REASON).isNull()).drop(SET_ASIDE_REASON, SET_ASIDE_BODY)
    return Sorted(kept, quarantined(candidate, table) if bad else None, bad)
