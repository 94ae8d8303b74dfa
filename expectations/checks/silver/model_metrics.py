"""Checks of silver.model_metrics."""

from hublake.expectations.builders import expect_share_at_most

CHECKS = [
    expect_share_at_most(
        "few download counts fall",
        "has_fallen",
        "has_fallen",
        limit=0.02,
        guards_against="downward corrections of all-time downloads by the Hub, seen before (huggingface_hub, issue 4365)",
    ),
    expect_share_at_most(
        "few 30-day download counts fall to zero",
        "glitches",
        "array_contains(glitches, 'fell_to_zero')",
        limit=0.02,
        guards_against="a stopped 30-day counter: it has been zero for many models at once before (hub-docs, issue 154)",
    ),
]
