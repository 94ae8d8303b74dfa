"""Checks of gold.bom_completeness."""

from hublake.expectations.builders import expect_no_rows
from hublake.lake.enums import GUESSED_EVIDENCE

GUESSED = ", ".join(f"'{evidence}'" for evidence in GUESSED_EVIDENCE)

CHECKS = [
    expect_no_rows(
        "what applies is present or missing",
        "SELECT model_id FROM {batch} WHERE fields_present + size(missing_fields) <> fields_applicable",
        guards_against="fields that count twice, or not at all",
    ),
    expect_no_rows(
        "the share is that of the counts",
        "SELECT model_id FROM {batch} WHERE abs(completeness_share * fields_applicable - fields_present) > 1e-6",
        guards_against="a share with another denominator",
    ),
    expect_no_rows(
        "ancestors are missing only where a parent is known",
        "SELECT model_id FROM {batch} JOIN"
        f" (SELECT child_id AS model_id, min(evidence IN ({GUESSED})) AS is_guessed FROM {{lineage_edges}}"
        " WHERE NOT is_self_loop GROUP BY child_id) USING (model_id)"
        " WHERE array_contains(missing_fields, 'ancestors') <> is_guessed",
        guards_against="base models that seem to hide their ancestors",
    ),
]
