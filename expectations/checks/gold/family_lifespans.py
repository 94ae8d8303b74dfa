"""Checks of gold.family_lifespans."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "every root is a listed model",
        "SELECT root_id FROM {batch} LEFT ANTI JOIN (SELECT model_id AS root_id FROM {models}) USING (root_id)",
        guards_against="families of another snapshot",
    ),
    expect_no_rows(
        "a family lives within its observation, and longer silences come later",
        "SELECT root_id FROM {batch} WHERE lifespan_days > observed_days OR silent_365_days > observed_days"
        " OR coalesce(silent_90_days, observed_days) > silent_180_days OR coalesce(silent_180_days, observed_days) > silent_365_days"
        " OR (members_by_others = 0) <> (last_member_at IS NULL) OR active_months > members_by_others",
        guards_against="silences that nobody could have seen",
    ),
    expect_no_rows(
        "a family that is not censored has been silent for 180 days",
        "SELECT root_id FROM {batch} WHERE NOT is_censored AND silent_180_days IS NULL",
        guards_against="families called dead that are alive",
    ),
]
