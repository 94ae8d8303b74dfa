"""Checks of silver.model_datasets."""

from hublake.expectations.builders import never, of_listed_models

# Names of loaders and gaps that the Trainer and authors write where a data set should stand (docs of the datasets library).
PLACEHOLDERS = "'imagefolder', 'audiofolder', 'generator', 'none', 'null', 'n/a', 'undefined', 'your_dataset'"

CHECKS = [
    of_listed_models("model_id"),
    never(
        "a placeholder is marked as one",
        f"SELECT model_id, dataset_id FROM {{batch}} WHERE NOT is_placeholder AND lower(dataset_id) IN ({PLACEHOLDERS})",
        guards="the most used data set of the Hub being the name of a loader: 5,143 models name imagefolder",
    ),
]
