"""Checks of gold.language_adaptation."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "parts are no larger than the whole",
        "SELECT language FROM {batch} WHERE monolingual_models > models OR monolingual_from_multilingual > monolingual_models"
        " OR new_12m > models",
        guards_against="counts over different models",
    ),
    expect_no_rows(
        "every declared language has its models",
        "SELECT language FROM {batch} FULL JOIN (SELECT language, count(*) AS declaring FROM {model_language}"
        " LATERAL VIEW explode(declared) AS language GROUP BY language) AS counted USING (language)"
        " WHERE coalesce(models, 0) <> coalesce(declaring, 0)",
        guards_against="models that a join lost or counted twice",
    ),
]
