"""Checks of silver.model_parameters."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "a product of experts and size is not published",
        "SELECT model_id, evidence, parameters FROM {batch} WHERE is_upper_bound AND (parameters IS NOT NULL OR confidence > 0)",
        guards_against="8x7B multiplied to 56 billion",
    ),
    expect_no_rows(
        "a count without a number, or of a part, has no confidence",
        "SELECT model_id, source, confidence FROM {batch} WHERE (parameters IS NULL OR is_partial) AND confidence > 0",
        guards_against="adapters and packed numbers that are published as models",
    ),
    expect_no_rows(
        "a token passes no more weights than there are",
        "SELECT model_id, source, parameters, active_parameters FROM {batch} WHERE active_parameters > parameters",
        guards_against="active and total weights that are exchanged",
    ),
    expect_no_rows(
        "only packed numbers are unpacked",
        "SELECT model_id, source, unpacked_by FROM {batch} WHERE unpacked_by IS NOT NULL AND NOT is_packed",
        guards_against="counts that are multiplied twice",
    ),
]
