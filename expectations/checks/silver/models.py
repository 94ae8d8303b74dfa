"""Checks of silver.models."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import expect_no_rows, expect_share_at_most
from hublake.lake.repo_ids import CREATED_AT_FLOOR

FLOOR = f"TIMESTAMP '{CREATED_AT_FLOOR:%Y-%m-%d %H:%M:%S}'"

CHECKS = [
    gxe.ExpectColumnValuesToBeUnique(column="model_id", severity="critical", notes="a name belongs to one repository at any point in time"),
    expect_no_rows(
        "every key of a listed item is known and every value has its type",
        "SELECT model_id, oddities FROM {batch} WHERE size(oddities) > 0",
        severity="warning",
        guards_against="new fields of the Hub that rules/listings/models.py does not read",
    ),
    gxe.ExpectColumnValuesToNotBeNull(
        column="created_at",
        mostly=0.99,
        severity="warning",
        notes="without dates there is no time to derivative; responses of 2022 had none",
    ),
    expect_share_at_most(
        "the arXiv id of the card template is rare",
        "tags",
        "array_contains(tags, 'arxiv:1910.09700')",
        limit=0.15,
        guards_against="a meaningless tag: the Hub's card template contains arXiv 1910.09700; 7 % of models in 2024 have it",
    ),
    expect_no_rows(
        "no model was created before the floor date",
        f"SELECT model_id, created_at FROM {{batch}} WHERE created_at < {FLOOR}",
        guards_against="misread dates: the Hub gave this date to all older repositories",
    ),
    expect_no_rows(
        "is_created_at_floor is true exactly at the floor date",
        f"SELECT model_id, created_at FROM {{batch}} WHERE is_created_at_floor <> coalesce(created_at >= {FLOOR}"
        f" AND created_at < {FLOOR} + INTERVAL 2 SECONDS, FALSE)",
        guards_against="2022-03-02 as the day on which thousands of models were created",
    ),
    expect_share_at_most(
        "few models have the floor date",
        "is_created_at_floor",
        "is_created_at_floor",
        limit=0.2,
        guards_against="a parser that falls back to the floor date: 3.9 % of models in 2024, fewer each year",
    ),
    expect_no_rows(
        "no model was created after its snapshot",
        "SELECT model_id, created_at FROM {batch} WHERE created_at > snapshot_date + INTERVAL 2 DAYS",
        guards_against="wrong clocks, or a row of another snapshot",
        severity="warning",
    ),
    expect_no_rows(
        "the author is the part of the name before the slash",
        "SELECT model_id, author FROM {batch} WHERE author IS DISTINCT FROM"
        " CASE WHEN contains(model_id, '/') THEN substring_index(model_id, '/', 1) END",
        guards_against="contributors that get credit for models of others",
    ),
    expect_share_at_most(
        "some models have downloads",
        "downloads_30d",
        "coalesce(downloads_30d, 0) = 0",
        limit=0.97,
        guards_against="a stopped counter; half to three quarters of the models on the Hub have no downloads",
    ),
    expect_no_rows(
        "a parameter count has a source",
        "SELECT model_id FROM {batch} WHERE (parameters IS NULL) <> (parameters_source IS NULL)",
        guards_against="counts of unknown origin: without a source, packed counts of quantised weights look like real ones",
    ),
]
