"""Checks of gold.license_propagation."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "counts are nested",
        "SELECT relation, generation FROM {batch} WHERE same > both_declare OR both_declare > parent_declares OR parent_declares > edges",
        guards_against="a share above one",
    ),
    expect_no_rows(
        "the relations add up to any",
        "SELECT generation FROM {batch} GROUP BY generation"
        " HAVING sum(CASE WHEN relation = 'any' THEN edges ELSE 0 END) <> sum(CASE WHEN relation <> 'any' THEN edges ELSE 0 END)",
        guards_against="edges counted twice or lost",
    ),
]
