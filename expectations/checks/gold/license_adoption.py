"""Checks of gold.license_adoption."""

from hublake.expectations.builders import expect_countries_with_coverage, expect_no_rows

CHECKS = [
    expect_no_rows(
        "models are at most known, and a share is inside its interval",
        "SELECT license, stratum FROM {batch} WHERE models > known OR model_share NOT BETWEEN share_low - 1e-9 AND share_high + 1e-9",
        guards_against="a share with another denominator",
    ),
    expect_no_rows(
        "a ratio is inside its interval",
        "SELECT license, stratum FROM {batch} WHERE adjusted_ratio NOT BETWEEN adjusted_low AND adjusted_high"
        " OR adjusted_ratio_without_top NOT BETWEEN adjusted_low_without_top AND adjusted_high_without_top",
        guards_against="the interval of another licence",
    ),
    expect_countries_with_coverage(),
    expect_no_rows(
        "every model is in one stratum of countries",
        "SELECT license FROM {batch} WHERE stratum = 'all' OR stratum LIKE 'country:%' GROUP BY license"
        " HAVING sum(IF(stratum = 'all', models, -models)) <> 0 AND count_if(stratum <> 'all') > 0",
        guards_against="a publisher that is joined twice, or dropped because nothing is known of it",
    ),
]
