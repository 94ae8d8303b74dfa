"""Checks of gold.card_documentation."""

from hublake.expectations.builders import never

CHECKS = [
    never(
        "a section that is filled has own words",
        "SELECT model_id FROM {batch} WHERE has_bias AND bias_own_words = 0 OR has_limitations AND limitations_own_words = 0",
        guards="templates that count as documentation",
    ),
    never(
        "a model without a card documents nothing",
        "SELECT model_id FROM {batch} WHERE NOT has_card AND (depth > 0 OR has_bias OR has_limitations OR has_risks)",
        guards="text of another model's card",
    ),
]
