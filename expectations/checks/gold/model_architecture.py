"""Checks of gold.model_architecture."""

from hublake.expectations.builders import expect_no_rows, expect_share_at_most
from hublake.lake.enums import SIZE_BOUNDS, SIZE_CLASSES

_ORDER = ", ".join(f"'{name}'" for name in SIZE_BOUNDS)

CHECKS = [
    expect_no_rows(
        "a known family has an architecture with its source",
        "SELECT model_id, architecture, architecture_family, architecture_source FROM {batch} "
        "WHERE (architecture_family = 'unknown') <> (architecture IS NULL) OR (architecture IS NULL) <> (architecture_source IS NULL)"
        " OR (architecture IS NULL) <> (architecture_confidence IS NULL)",
        guards_against="families without evidence",
    ),
    expect_no_rows(
        "a count of parameters has a source and a class of size",
        "SELECT model_id, parameters, parameters_from, size_class FROM {batch} WHERE (parameters IS NULL) <> (parameters_from IS NULL)"
        " OR (parameters IS NULL) <> (size_class = 'unknown')",
        guards_against="counts without evidence",
    ),
    expect_no_rows(
        "larger classes have larger models",
        "SELECT size_class, smallest, below FROM (SELECT size_class, min(parameters) AS smallest, max(max(parameters)) OVER "
        f"(ORDER BY array_position(array({_ORDER}), size_class) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS below "
        f"FROM {{batch}} WHERE size_class <> '{SIZE_CLASSES[-1]}' GROUP BY size_class) WHERE smallest <= below",
        guards_against="bounds of sizes that overlap",
    ),
    expect_no_rows(
        "a token passes no more weights than there are",
        "SELECT model_id, parameters, active_parameters FROM {batch} WHERE active_parameters > parameters",
        guards_against="active weights of one model beside all weights of another",
    ),
    # Of recorded models of August 2026, without configurations, 65 % have an architecture and a size; of the 120,000 most downloaded of
    # July 2024, without configurations and counts, 79 % and 35 %.
    expect_share_at_most(
        "most models have a known architecture",
        "architecture_family",
        "architecture_family = 'unknown'",
        limit=0.6,
        guards_against="listings without configurations and tags",
    ),
    expect_share_at_most(
        "enough models have a known number of parameters",
        "size_class",
        "size_class = 'unknown'",
        limit=0.8,
        guards_against="listings without counts of weights",
    ),
]
