"""Checks of gold.license_adoption."""

from hublake.expectations.builders import expect_countries_with_coverage, expect_no_rows, expect_one_country_for_each_model

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
    expect_one_country_for_each_model(per="license"),
]
