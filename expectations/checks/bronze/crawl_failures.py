"""Checks of bronze.crawl_failures."""

from hublake.expectations.builders import never

CHECKS = [
    never(
        "no address holds a credential",
        "SELECT crawl_id FROM {batch} WHERE url RLIKE '(?i)([?&](token|key|secret)=|://[^/]*@)'",
        guards="a token that lands in a table",
    ),
]
