"""Checks of gold.country_share."""

from hublake.expectations.builders import expect_no_rows

SHARES = ("models_share", "downloads_by_publisher_share", "downloads_by_origin_share")

CHECKS = [
    expect_no_rows(
        "the shares of a stratum sum to one with the unknown",
        "SELECT stratum FROM {batch} GROUP BY stratum HAVING "
        + " OR ".join(f"abs(coalesce(sum({name}), 1) - 1) > 1e-6" for name in SHARES),
        guards_against="unknown countries that are dropped from the denominator",
    ),
    expect_no_rows(
        "the stratum 'all' contains all models",
        "SELECT sum(models) FROM {batch} WHERE stratum = 'all' HAVING coalesce(sum(models), 0) <> (SELECT count(*) FROM {models})",
        guards_against="shares of the models of known publishers only",
    ),
    expect_no_rows(
        "downloads by origin are those by publisher, divided otherwise",
        "SELECT stratum FROM {batch} GROUP BY stratum"
        " HAVING abs(sum(downloads_by_origin) - sum(downloads_by_publisher)) > 1e-6 * sum(downloads_by_publisher)",
        guards_against="a model whose downloads count for several roots in full, or for none",
    ),
    expect_no_rows(
        "a country is a code with a region, or the reason why there is none",
        "SELECT country FROM {batch} WHERE NOT (country RLIKE '^[A-Z][A-Z]$' AND region IS NOT NULL"
        " OR country IN ('international', 'person', 'unknown') AND region IS NULL)",
        guards_against="names of countries beside their codes",
    ),
]
