"""Checks of gold.model_impact_without_guesses."""

import great_expectations.expectations as gxe

CHECKS = [
    gxe.ExpectColumnSumToBeBetween(
        column="pagerank", min_value=0.999999, max_value=1.000001, severity="critical", notes="ranks are shares of one"
    ),
    gxe.ExpectColumnValuesToBeBetween(
        column="dependants_guessed", min_value=0, max_value=0, severity="critical", notes="guessed edges are left out"
    ),
    gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A="descendants", column_B="dependants", or_equal=True, severity="critical", notes="a direct child is a descendant"
    ),
]
