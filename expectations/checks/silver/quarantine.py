"""Checks of silver.quarantine."""

from hublake.expectations.builders import never

CHECKS = [
    never(
        "a reason begins with its rule",
        "SELECT record_id, rule FROM {batch} WHERE NOT startswith(reason, rule)",
        guards="records counted under the wrong rule",
    ),
]
