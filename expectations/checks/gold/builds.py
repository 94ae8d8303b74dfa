"""Checks of gold.builds."""

from hublake.expectations.builders import never

CHECKS = [
    never(
        "what is published has a version",
        "SELECT run_id FROM {batch} WHERE (state = 'published') <> (version IS NOT NULL)",
        guards="readers who find no version to open",
    ),
    never(
        "what is staged says what is left to do",
        "SELECT run_id FROM {batch} WHERE (state = 'staged') <> (plan IS NOT NULL)",
        guards="an interrupted build that cannot be finished",
    ),
]
