"""Checks of silver.model_cards."""

from hublake.expectations.builders import never, of_listed_models, rarely

CHECKS = [
    of_listed_models("hub_id"),
    # Some authors did upload such a card: one in a hundred would be a fault of ours.
    rarely(
        "a card is not a missing value in letters",
        "text",
        "coalesce(lower(trim(text)) IN ('nan', 'none', 'null'), FALSE)",
        at_most=0.01,
        guards="a missing card that became three letters in somebody's table",
    ),
    rarely(
        "a card is not an error page",
        "text",
        "coalesce(trim(text) IN ('Entry not found', 'Not Found', 'Invalid username or password.'), FALSE)",
        at_most=0.01,
        guards="bodies of error answers stored as cards: 12,842 of 29,432 in a public data set of 2022",
    ),
    never(
        "text is there only where the card holds text",
        "SELECT model_id, content FROM {batch} WHERE (content = 'text') <> (text IS NOT NULL) AND content <> 'empty'",
        guards="pointers to large files read as cards",
    ),
]
