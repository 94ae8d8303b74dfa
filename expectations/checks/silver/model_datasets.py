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
]
