"""Checks of silver.card_sections."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import never, unknown_names

CHECKS = [
    gxe.UnexpectedRowsExpectation(
        description="only text before the first heading has no heading",
        unexpected_rows_query="SELECT model_id, ordinal FROM {batch} WHERE (level = 0) <> (heading IS NULL)",
        severity="critical",
        notes="level 0 is the text before the first heading",
    ),
    never(
        "a section belongs to a card",
        "SELECT model_id FROM {batch} LEFT ANTI JOIN {model_cards} USING (model_id)",
        guards="sections of a card that is not in the snapshot",
        screened_by=unknown_names("model_id", "model_cards"),
    ),
    never(
        "sections of a card are counted without a gap",
        "SELECT model_id FROM {batch} GROUP BY model_id HAVING max(ordinal) + 1 <> count(*)",
        guards="a section lost on the way",
        screened_by="SELECT count(*) FROM {batch} GROUP BY xxhash64(model_id) HAVING max(ordinal) + 1 <> count(*)",
    ),
    never(
        "the gap of the template is a placeholder",
        "SELECT model_id, heading FROM {batch} WHERE NOT is_placeholder AND lower(trim(text)) = '[more information needed]'",
        guards="an untouched template that counts as documented",
    ),
    never(
        "the sentence of the template is boilerplate",
        "SELECT model_id, heading FROM {batch} WHERE NOT is_boilerplate AND trim(text) ="
        " 'Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model."
        " More information needed for further recommendations.'",
        guards="the template's Recommendations alone make every untouched template look filled",
    ),
]
