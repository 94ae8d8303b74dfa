"""Checks of silver.card_sections."""

from hublake.expectations.builders import MissingFrom, expect_no_rows

CHECKS = [
    expect_no_rows(
        "a heading is missing exactly at level 0",
        "SELECT model_id, ordinal FROM {batch} WHERE (level = 0) <> (heading IS NULL)",
        guards_against="sections without a heading: only the text before the first heading (level 0) has none",
    ),
    expect_no_rows(
        "every section belongs to a card",
        "SELECT model_id FROM {batch} LEFT ANTI JOIN {model_cards} USING (model_id)",
        guards_against="sections of a card that is not in the snapshot",
        prefilter=MissingFrom("model_cards", "model_id"),
    ),
    expect_no_rows(
        "the ordinals of a card have no gap",
        "SELECT model_id FROM {batch} GROUP BY model_id HAVING max(ordinal) + 1 <> count(*)",
        guards_against="a lost section",
        prefilter="SELECT count(*) FROM {batch} GROUP BY xxhash64(model_id) HAVING max(ordinal) + 1 <> count(*)",
    ),
    expect_no_rows(
        "the placeholder of the template is flagged",
        "SELECT model_id, heading FROM {batch} WHERE NOT is_placeholder AND lower(trim(text)) = '[more information needed]'",
        guards_against="an untouched template that counts as documentation",
    ),
    expect_no_rows(
        "the standard sentence of the template is flagged as boilerplate",
        "SELECT model_id, heading FROM {batch} WHERE NOT is_boilerplate AND trim(text) ="
        " 'Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model."
        " More information needed for further recommendations.'",
        guards_against="untouched templates that look filled because of their section Recommendations",
    ),
]
