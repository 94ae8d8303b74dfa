"""Checks of silver.model_domains."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows
from hublake.rules.tasks.domains import domain_words

DOMAINS = ", ".join(f"'{name}'" for name in sorted(set(domain_words().values())))

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "no domain is outside the list",
        f"SELECT model_id, domain FROM {{batch}} WHERE domain NOT IN ({DOMAINS})",
        guards_against="words that count as domains of their own",
    ),
]
