"""Checks of gold.model_impact."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import DERIVATIONS, IS_DERIVATION, AggregateMatch, expect_no_rows

CHECKS = [
    gxe.ExpectColumnSumToBeBetween(
        column="pagerank", min_value=0.999999, max_value=1.000001, severity="critical", notes="ranks are shares of one"
    ),
    gxe.ExpectColumnSumToBeBetween(
        column="pagerank_by_downloads", min_value=0.999999, max_value=1.000001, severity="critical", notes="ranks are shares of one"
    ),
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="descendants", column_B="dependants", or_equal=True, severity="critical", notes="a direct child is a descendant"
    ),
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="dependants", column_B="dependants_guessed", or_equal=True, severity="critical", notes="guessed children are children"
    ),
    expect_no_rows(
        "dependants sum to the number of distinct derivations",
        f"SELECT counted, reported FROM (SELECT count(*) AS counted FROM ({DERIVATIONS})) CROSS JOIN"
        " (SELECT sum(dependants) AS reported FROM {batch}) WHERE counted <> reported",
        guards_against="children that are counted once per relation, or lost in a join",
        prefilter=AggregateMatch(
            "string(sum(dependants))",
            f"SELECT string(count(DISTINCT xxhash64(child_id, parent_id))) FROM {{lineage_edges}} WHERE {IS_DERIVATION}",
        ),
    ),
]
