"""Checks of gold.institution_impact."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "every namespace is one that the institution controls",
        "SELECT institution, namespace FROM (SELECT institution, explode(namespaces) AS namespace FROM {batch})"
        " LEFT ANTI JOIN (SELECT institution, namespace FROM {organisations} WHERE kind <> 'person') USING (institution, namespace)",
        guards_against="persons as institutions, and namespaces of others",
    ),
    expect_no_rows(
        "the h-index is at most the number of models and of dependants",
        "SELECT institution FROM {batch} WHERE lineage_h_index > least(models, dependants) OR dependants_guessed > dependants",
        guards_against="derivatives of the institution itself",
    ),
]
