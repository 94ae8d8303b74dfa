"""Checks of silver.organisations."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "no person has an institution or a country",
        "SELECT namespace FROM {batch}"
        " WHERE kind = 'person' AND (coalesce(institution, parent_institution, country, region) IS NOT NULL OR country_reason <> 'person')",
        guards_against="personal data: a country inferred from the name or the language of a person",
    ),
    expect_no_rows(
        "whom the Hub calls a user is a person",
        "SELECT namespace FROM (SELECT namespace FROM {batch} WHERE kind <> 'person')"
        " JOIN (SELECT account AS namespace FROM {accounts} WHERE kind = 'user') USING (namespace)",
        guards_against="the curated row of an organisation for a person who has its name",
    ),
    expect_no_rows(
        "a country or the reason for its absence is stated, never both",
        "SELECT namespace FROM {batch} WHERE (country IS NULL) = (country_reason IS NULL) OR (country IS NULL) <> (region IS NULL)",
        guards_against="unknown countries that nobody counts",
    ),
    expect_no_rows(
        "what is stated has a method and a source",
        "SELECT namespace FROM {batch} WHERE country IS NOT NULL AND (method IN ('none', 'account') OR source IS NULL OR confidence = 0)",
        guards_against="countries without evidence",
    ),
    expect_no_rows(
        "every author of a listed model has a row",
        "SELECT namespace FROM (SELECT DISTINCT author AS namespace FROM {models} WHERE author IS NOT NULL)"
        " LEFT ANTI JOIN {batch} USING (namespace)",
        guards_against="shares of some publishers only",
    ),
]
