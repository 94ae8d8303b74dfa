"""Checks of gold.quality_results."""

from hublake.expectations.builders import never

CHECKS = [
    never(
        "what is broken was seen",
        "SELECT expectation FROM {batch} WHERE outcome = 'broken' AND observed IS NULL",
        guards="a gate that closes without saying why",
        severity="warning",
    ),
]
