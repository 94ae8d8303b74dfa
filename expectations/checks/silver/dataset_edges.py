"""Checks of silver.dataset_edges."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "no dataset derives from itself",
        "SELECT child_dataset FROM {batch} WHERE child_dataset = parent_dataset",
        guards_against="a traversal that counts a dataset as its own source",
    ),
    expect_no_rows(
        "the derived dataset is listed, and a missing source is not",
        "SELECT child_dataset, parent_dataset FROM {batch} LEFT JOIN {datasets} AS child ON child.dataset_id = child_dataset"
        " LEFT JOIN {datasets} AS parent ON parent.dataset_id = parent_dataset"
        " WHERE child.dataset_id IS NULL OR (parent.dataset_id IS NULL) <> (parent_status = 'missing')",
        guards_against="edges of another snapshot, and datasets that nobody lists",
    ),
]
