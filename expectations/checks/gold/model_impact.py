"""Checks of gold.model_impact."""

import great_expectations.expectations as gxe

from hublake.expectations.builders import IS_DERIVATION, PAIRS, Alike, never

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
    never(
        "dependants are the distinct children of the edges",
        f"SELECT counted, told FROM (SELECT count(*) AS counted FROM ({PAIRS})) CROSS JOIN"
        " (SELECT sum(dependants) AS told FROM {batch}) WHERE counted <> told",
        guards="children counted once for each relation, or lost in a join",
        screened_by=Alike(
            "string(sum(dependants))",
            f"SELECT string(count(DISTINCT xxhash64(child_id, parent_id))) FROM {{lineage_edges}} WHERE {IS_DERIVATION}",
        ),
    ),
]
