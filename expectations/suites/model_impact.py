"""Truths of gold.model_impact beside its declaration."""

import great_expectations.expectations as gxe

SUITE = [
    gxe.ExpectColumnSumToBeBetween(
        column="pagerank", min_value=0.999999, max_value=1.000001, severity="critical", notes="ranks are shares of one"
    ),
    gxe.ExpectColumnSumToBeBetween(
        column="pagerank_by_downloads", min_value=0.999999, max_value=1.000001, severity="critical", notes="ranks are shares of one"
    ),
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="descendants", column_B="dependants", or_equal=True, severity="critical", notes="a direct child is a descendant"
    ),
]
