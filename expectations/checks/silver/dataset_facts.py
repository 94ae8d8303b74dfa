"""Checks of silver.dataset_facts."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a dataset is synthetic exactly if a statement says so",
        "SELECT dataset_id FROM {batch} WHERE (is_synthetic IS NULL) <> (evidence IS NULL)"
        " OR (is_synthetic IS NULL AND size(generated_by) > 0)",
        guards_against="guesses without evidence",
    ),
]
