"""Checks of silver.model_cards."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows, expect_share_at_most

CHECKS = [
    expect_listed_models("hub_id"),
    # Some authors did upload such a card. One in a hundred would be an error of ours.
    expect_share_at_most(
        "few cards consist of a missing value written as text",
        "text",
        "coalesce(lower(trim(text)) IN ('nan', 'none', 'null'), FALSE)",
        limit=0.01,
        guards_against="a missing card that became three letters in some table",
    ),
    expect_share_at_most(
        "few cards are error pages",
        "text",
        "coalesce(trim(text) IN ('Entry not found', 'Not Found', 'Invalid username or password.'), FALSE)",
        limit=0.01,
        guards_against="bodies of error responses stored as cards: 12,842 of 29,432 in a public data set of 2022",
    ),
    expect_no_rows(
        "each stated parent has a relation or null",
        "SELECT model_id FROM {batch} WHERE size(stated_parents) <> size(stated_relations)",
        guards_against="relations of other parents",
    ),
    expect_no_rows(
        "text is present only where the content of the card is text",
        "SELECT model_id, content FROM {batch} WHERE (content = 'text') <> (text IS NOT NULL) AND content <> 'empty'",
        guards_against="pointers to large files that are read as cards",
    ),
]
