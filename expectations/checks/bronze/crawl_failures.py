"""Checks of bronze.crawl_failures."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "no URL contains a credential",
        "SELECT crawl_id FROM {batch} WHERE url RLIKE '(?i)([?&](token|key|secret)=|://[^/]*@)'",
        guards_against="a token stored in a table",
    ),
]
