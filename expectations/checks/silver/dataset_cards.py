"""Checks of silver.dataset_cards."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "every card belongs to a listed dataset",
        "SELECT hub_id FROM {batch} LEFT ANTI JOIN {datasets} USING (hub_id)",
        guards_against="cards of datasets that were removed since",
    ),
    expect_no_rows(
        "text is present only where the content of the card is text",
        "SELECT dataset_id, content FROM {batch} WHERE (content = 'text') <> (text IS NOT NULL) AND content <> 'empty'",
        guards_against="pointers to large files that are read as cards",
    ),
]
