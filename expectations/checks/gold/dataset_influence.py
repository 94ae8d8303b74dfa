"""Checks of gold.dataset_influence."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "a dataset reaches at least the models that declare it",
        "SELECT dataset_id FROM {batch} WHERE models_direct > models_reached_declared OR models_reached_declared > models_reached"
        " OR authors > models_direct OR families > models_reached OR models_direct = 0",
        guards_against="a traversal that loses its starts",
    ),
    expect_no_rows(
        "attributed downloads are at most all downloads",
        "SELECT attributed, downloads FROM (SELECT sum(downloads_attributed) AS attributed FROM {batch})"
        " CROSS JOIN (SELECT coalesce(sum(downloads_30d), 0) AS downloads FROM {models}) WHERE attributed > downloads * (1 + 1e-6) + 1e-6",
        guards_against="downloads attributed twice",
    ),
    expect_no_rows(
        "ranks run from one without a gap",
        "SELECT ranks, rows FROM (SELECT count(DISTINCT rank) AS ranks, max(rank) AS last, count(*) AS rows FROM {batch})"
        " WHERE ranks <> rows OR last <> rows",
        guards_against="two datasets on one rank",
    ),
    expect_no_rows(
        "the shares of the relations add up to one, or there is none",
        "SELECT dataset_id FROM {batch} WHERE abs(finetune_share + adapter_share + quantized_share + merge_share - 1) > 1e-6"
        " OR (finetune_share IS NULL) <> (models_reached = models_direct)",
        guards_against="shares with another denominator",
    ),
]
