"""Checks of gold.dataset_documentation."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a documented section has words of its own",
        "SELECT dataset_id FROM {batch} WHERE has_bias <> (bias_own_words > 0) OR has_sensitive_data <> (sensitive_data_own_words > 0)",
        guards_against="templates that count as documentation",
    ),
    expect_no_rows(
        "a dataset without a card documents nothing",
        "SELECT dataset_id FROM {batch} WHERE NOT has_card AND (depth > 0 OR has_bias OR has_limitations OR has_sensitive_data)",
        guards_against="text of another dataset's card",
    ),
]
