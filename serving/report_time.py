"""The facts of the report on growth and on how soon others derive from a model."""

from datetime import date
from typing import Any

from hublake.lake.schema.gold.timeline import MONTHLY_GROWTH, SURVIVAL_CURVES
from hublake.serving.reader import PublishedTables

MONTHS = 24
DAYS = (7, 30, 90, 365)

GROWTH = """
    SELECT month, new_models, new_authors, removed, cumulative FROM gold.monthly_growth
    WHERE snapshot_date = $day AND stratum = 'all' ORDER BY month DESC LIMIT $months
"""
# For each day the row of exactly that day; a curve has none where no model was observed for so long.
TIME_TO_DERIVATIVE = """
    WITH curves AS (
        SELECT relation, stratum, day, at_risk, events, survival, survival_low, survival_high FROM gold.survival_curves
        WHERE snapshot_date = $day AND event = 'derivative' AND derived_by = 'others' AND stratum IN ('all', 'notable')
    ),
    sizes AS (SELECT relation, stratum, arg_min(at_risk, day) AS models, sum(events)::BIGINT AS derived_models FROM curves GROUP BY ALL),
    chosen AS (SELECT * FROM curves WHERE day IN (SELECT unnest($days)))
    SELECT relation, stratum, models, derived_models, day::BIGINT AS day, 1 - survival AS derived_share,
           1 - survival_high AS derived_share_low, 1 - survival_low AS derived_share_high
    FROM sizes LEFT JOIN chosen USING (relation, stratum) ORDER BY stratum, relation <> 'any', derived_models DESC, relation, day
"""

Row = dict[str, Any]


def read_time(published: PublishedTables, day: date) -> Row:
    """`growth`, oldest month first, and `time_to_derivative`: a row for each relation; None if a table is not published."""
    growth = times = None
    if MONTHLY_GROWTH.full_name in published.tables:
        growth = published.records(GROWTH, day=day, months=MONTHS)[::-1]
    if SURVIVAL_CURVES.full_name in published.tables:
        times = _by_relation(published.records(TIME_TO_DERIVATIVE, day=day, days=list(DAYS)))
    return {"growth": growth, "time_to_derivative": times}


def _by_relation(rows: list[Row]) -> list[Row]:
    """One row for each curve, with `after`: day -> the share that others have derived from by then, and its 95 % band."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = row["relation"], row["stratum"]
        curve = found.setdefault(key, {name: row[name] for name in ("relation", "stratum", "models", "derived_models")} | {"after": {}})
        if row["day"] is not None:
            shares = ("derived_share", "derived_share_low", "derived_share_high")
            curve["after"][str(row["day"])] = {name: row[name] for name in shares}
    return list(found.values())
