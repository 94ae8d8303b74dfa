"""Checks of silver.models."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import never, rarely
from hublake.lake.repo_ids import CREATED_AT_FLOOR

FLOOR = f"TIMESTAMP '{CREATED_AT_FLOOR:%Y-%m-%d %H:%M:%S}'"

CHECKS = [
    gxe.ExpectColumnValuesToBeUnique(column="model_id", severity="critical", notes="a name belongs to one repository at a time"),
    gxe.UnexpectedRowsExpectation(
        description="every key of a listed item is known, and every value of its type",
        unexpected_rows_query="SELECT model_id, oddities FROM {batch} WHERE size(oddities) > 0",
        severity="warning",
        notes="the Hub has begun to say something that rules/listings/models.py does not read",
    ),
    gxe.ExpectColumnValuesToNotBeNull(
        column="created_at", mostly=0.99, severity="warning", notes="without dates there is no time to derivative; answers of 2022 had none"
    ),
    rarely(
        "the arXiv id of the card template is rare",
        "tags",
        "array_contains(tags, 'arxiv:1910.09700')",
        at_most=0.15,
        guards="arXiv 1910.09700 stands in the Hub's card template and says nothing of a model: 7 % of models in 2024",
    ),
    never(
        "nothing was created before the floor",
        f"SELECT model_id, created_at FROM {{batch}} WHERE created_at < {FLOOR}",
        guards="the Hub gave everything older this second; an earlier date is misread",
    ),
    never(
        "the floor is marked",
        f"SELECT model_id, created_at FROM {{batch}} WHERE is_created_at_floor <> coalesce(created_at >= {FLOOR}"
        f" AND created_at < {FLOOR} + INTERVAL 2 SECONDS, FALSE)",
        guards="2022-03-02 taken for the day on which thousands of models were made",
    ),
    rarely(
        "few models stand at the floor",
        "is_created_at_floor",
        "is_created_at_floor",
        at_most=0.2,
        guards="a parser that falls back to the floor: 3.9 % of models in 2024, fewer each year",
    ),
    never(
        "nothing was created after its snapshot",
        "SELECT model_id, created_at FROM {batch} WHERE created_at > snapshot_date + INTERVAL 2 DAYS",
        guards="clocks, or a row of another snapshot",
        severity="warning",
    ),
    never(
        "the author is the part of the name before the slash",
        "SELECT model_id, author FROM {batch} WHERE author IS DISTINCT FROM"
        " CASE WHEN contains(model_id, '/') THEN substring_index(model_id, '/', 1) END",
        guards="contributors credited with the models of others",
    ),
    rarely(
        "not every model is without downloads",
        "downloads_30d",
        "coalesce(downloads_30d, 0) = 0",
        at_most=0.97,
        guards="a counter that stood still; half to three quarters of the Hub have none",
    ),
    never(
        "a size has a source",
        "SELECT model_id FROM {batch} WHERE (parameters IS NULL) <> (parameters_source IS NULL)",
        guards="packed counts of quantised weights cannot be told from real ones without it",
    ),
]
