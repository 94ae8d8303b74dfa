"""Checks of silver.model_datasets."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows

# Loader names and placeholders that the Trainer and authors write in place of a data set (documentation of the datasets library).
PLACEHOLDER_DATASETS = "'imagefolder', 'audiofolder', 'generator', 'none', 'null', 'n/a', 'undefined', 'your_dataset'"

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "placeholders are flagged",
        f"SELECT model_id, dataset_id FROM {{batch}} WHERE NOT is_placeholder AND lower(dataset_id) IN ({PLACEHOLDER_DATASETS})",
        guards_against="a loader as the most used data set of the Hub: 5,143 models name imagefolder",
    ),
    expect_no_rows(
        "a dataset that is meant is known exactly if it is present or renamed",
        "SELECT model_id, dataset_id FROM {batch} WHERE (resolved_id IS NOT NULL) <> (dataset_status IN ('present', 'renamed'))"
        " OR (resolved_by IS NOT NULL) <> (dataset_status = 'renamed') OR is_placeholder <> (dataset_status = 'placeholder')",
        guards_against="a loader counted as a dataset, and datasets that nobody lists",
    ),
    expect_no_rows(
        "a role other than unknown has evidence, and a dataset of the card is not only evaluated",
        "SELECT model_id, dataset_id FROM {batch} WHERE (role = 'unknown') <> (role_evidence IS NULL)"
        " OR (role = 'eval' AND source NOT IN ('tag', 'eval_results')) OR (role <> 'eval' AND source = 'eval_results')",
        guards_against="benchmarks counted as training data, and training data counted as benchmarks",
    ),
    expect_no_rows(
        "a resolved dataset is listed",
        "SELECT DISTINCT resolved_id FROM {batch} LEFT ANTI JOIN (SELECT dataset_id AS resolved_id FROM {datasets}) USING (resolved_id)"
        " WHERE resolved_id IS NOT NULL",
        guards_against="names resolved against another snapshot",
    ),
]
