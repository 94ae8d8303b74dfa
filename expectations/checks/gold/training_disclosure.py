"""Checks of gold.training_disclosure."""

from hublake.expectations.builders import expect_countries_with_coverage, expect_no_rows, expect_one_country_for_each_model

CHECKS = [
    expect_no_rows(
        "the groups of a stratum are disjoint, and resolved is part of with_dataset",
        "SELECT stratum FROM {batch} WHERE with_dataset + inherited_only > models"
        " OR with_dataset + placeholder_only + evaluated_only > models"
        " OR resolved > with_dataset OR downloads_disclosed > downloads_30d",
        guards_against="models counted in two groups",
    ),
    expect_no_rows(
        "the stratum 'all' contains all models",
        "SELECT models FROM {batch} CROSS JOIN (SELECT count(*) AS listed FROM {models}) WHERE stratum = 'all' AND models <> listed",
        guards_against="shares over a number of models that differs from the snapshot",
    ),
    expect_countries_with_coverage(),
    expect_one_country_for_each_model(),
]
