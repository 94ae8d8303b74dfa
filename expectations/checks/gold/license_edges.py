"""Checks of gold.license_edges."""

from hublake.expectations.builders import IS_DERIVATION, expect_no_rows

CHECKS = [
    expect_no_rows(
        "there is a row for each edge between two listed models",
        "SELECT rows, derivations FROM (SELECT count(*) AS rows FROM {batch})"
        f" CROSS JOIN (SELECT count(*) AS derivations FROM {{lineage_edges}} WHERE {IS_DERIVATION}) WHERE rows <> derivations",
        guards_against="transitions over a part of the edges",
    ),
    expect_no_rows(
        "a licence that is not declared is never in conflict",
        "SELECT child_id, parent_id FROM {batch} WHERE verdict <> 'unknown'"
        " AND (clause IN ('undeclared', 'unread') OR size(parent_licenses) = 0 OR size(child_licenses) = 0)",
        guards_against="accusations for what nobody declared or read",
    ),
    expect_no_rows(
        "the transition agrees with what is declared",
        "SELECT child_id, parent_id FROM {batch} WHERE (transition = 'same')"
        " <> (array_remove(parent_licenses, 'unknown') = array_remove(child_licenses, 'unknown')"
        " AND size(array_remove(parent_licenses, 'unknown')) > 0)",
        guards_against="transitions of other models",
    ),
    expect_no_rows(
        "MIT and Apache-2.0 are never in conflict",
        "SELECT child_id, parent_id FROM {batch} WHERE verdict <> 'ok' AND parent_licenses IN (array('mit'), array('apache-2.0'))"
        " AND child_licenses IN (array('mit'), array('apache-2.0'))",
        guards_against="every change of a licence counted as a violation",
    ),
]
