"""Checks of silver.model_names."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a series has a brand and a method, and they have a series",
        "SELECT model_id FROM {batch} WHERE (series IS NULL) <> (brand IS NULL) OR (series IS NULL) <> (method = 'none')",
        guards_against="series that nothing supports",
    ),
    expect_no_rows(
        "a series contains the brand",
        "SELECT model_id, brand, series FROM {batch} WHERE NOT contains(series, brand)",
        guards_against="a series of another line than the brand",
    ),
    expect_no_rows(
        "an own series is known, and is not the series of another vendor",
        "SELECT model_id, series FROM {batch} WHERE (is_vendor_own AND series IS NULL) OR (is_vendor_own AND series = origin_in_name)",
        guards_against="copies of other vendors' models that count as their releases",
    ),
    expect_no_rows(
        "what is quantised has a format",
        "SELECT model_id FROM {batch} WHERE is_quantised AND size(formats) = 0",
        guards_against="quantised copies that count as releases",
    ),
]
