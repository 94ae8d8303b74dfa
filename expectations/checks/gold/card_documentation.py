"""Checks of gold.card_documentation."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a documented section has words of its own",
        "SELECT model_id FROM {batch} WHERE has_bias AND bias_own_words = 0 OR has_limitations AND limitations_own_words = 0",
        guards_against="templates that count as documentation",
    ),
    expect_no_rows(
        "a model without a card documents nothing",
        "SELECT model_id FROM {batch} WHERE NOT has_card AND (depth > 0 OR has_bias OR has_limitations OR has_risks)",
        guards_against="text of another model's card",
    ),
]
