"""Checks of silver.model_metrics."""

from hublake.expectations.builders import rarely

CHECKS = [
    rarely(
        "counts of downloads do not fall",
        "has_fallen",
        "has_fallen",
        at_most=0.02,
        guards="downloads of all time were corrected downwards on the Hub's side before (huggingface_hub, issue 4365)",
    ),
    rarely(
        "counts of downloads do not stand still",
        "glitches",
        "array_contains(glitches, 'fell_to_zero')",
        at_most=0.02,
        guards="the 30-day counter has stood at zero for many models at once before (hub-docs, issue 154)",
    ),
]
