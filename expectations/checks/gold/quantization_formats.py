"""Checks of gold.quantization_formats."""

from hublake.expectations.builders import expect_no_rows
from hublake.rules.techniques.vocabulary import QUANTISATION, technique_groups

FORMATS = ", ".join(f"'{technique}'" for technique, group in sorted(technique_groups().items()) if group == QUANTISATION)

CHECKS = [
    expect_no_rows(
        "a format is a quantisation of the vocabulary",
        f"SELECT format FROM {{batch}} WHERE format NOT IN ({FORMATS})",
        guards_against="other techniques that count as formats",
    ),
    expect_no_rows(
        "a format has no more authors than repositories",
        "SELECT format, bits, month FROM {batch} WHERE quantisers > repos OR quantisers < 1",
        guards_against="authors that count once for each file",
    ),
    expect_no_rows(
        "the top author has at least the mean share",
        "SELECT format, bits, month FROM {batch} WHERE top_author_share * quantisers < 1 - 1e-6",
        guards_against="shares with another denominator",
    ),
]
