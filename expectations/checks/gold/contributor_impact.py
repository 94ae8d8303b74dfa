"""Checks of gold.contributor_impact."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "an author has dependants exactly if some of its models are built on",
        "SELECT author FROM {batch} WHERE (built_on_share > 0) <> (dependants > 0) OR dependants_guessed > dependants",
        guards_against="reputation by models of others",
    ),
    expect_no_rows(
        "releases and the lineage h-index are at most the models",
        "SELECT author FROM {batch} WHERE releases > models OR lineage_h_index > models"
        " OR (releases = 0) <> (downloads_per_release IS NULL)",
        guards_against="counts with different denominators",
    ),
    expect_no_rows(
        "the lower end of the interval is below the share",
        "SELECT author FROM {batch} WHERE built_on_part > built_on_share + 1e-9",
        guards_against="authors of one model that rank above authors of many",
    ),
]
