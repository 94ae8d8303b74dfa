"""Checks of gold.license_chains."""

from hublake.expectations.builders import expect_no_rows
from hublake.lake.enums import CHAIN_LABELS, STALNAKER_LABELS
from hublake.lake.schema.gold.licenses import MAX_PATH

CHECKS = [
    expect_no_rows(
        "a path ends at its model and has a licence for each model",
        "SELECT model_id FROM {batch} WHERE size(path) < 2 OR size(path) <> size(licenses) OR element_at(path, -1) <> model_id"
        f" OR size(path) <> least(generation + 1, {MAX_PATH})",
        guards_against="licences of another path",
    ),
    expect_no_rows(
        "labels are known, and a study's labels need three models",
        "SELECT model_id FROM {batch} WHERE size(array_except(labels, array"
        f"{CHAIN_LABELS})) > 0 OR size(array_except(stalnaker_labels, array{STALNAKER_LABELS})) > 0"
        " OR (size(path) < 3 AND size(stalnaker_labels) > 0)",
        guards_against="labels that no page explains",
    ),
    expect_no_rows(
        "the first conflict is on the path, and only there is the worst verdict a conflict",
        "SELECT model_id FROM {batch} WHERE first_conflict_generation > generation"
        " OR (first_conflict_generation IS NULL) = (worst_verdict = 'conflict')",
        guards_against="conflicts of another path",
    ),
]
