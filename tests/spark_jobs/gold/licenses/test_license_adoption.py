"""Adoption of licences, compared within cells."""

import math

import pytest
from pyspark.sql import Row, SparkSession

from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.spark_jobs.gold.licenses.license_adoption import transform
from tests.drawn import drawn

# Models with and without a dependant by licence, in two cells: the textbook layout of a stratified table.
# A third cell has one licence only. The fourth is the work of one author, who is the largest as the others have no name.
CELLS = {
    "text-generation": {"mit": (8, 2), "gemma": (5, 5)},
    "fill-mask": {"mit": (3, 7), "gemma": (1, 9)},
    "lonely": {"mit": (4, 4)},
    "large": {"mit": (1, 5), "gemma": (6, 2)},
}
ORIGINS = "namespace | country | country_reason \n x | DE |"

EDGES = """
    child_id           | parent_id | relation
    x/lonely-mit-1-0   | gone/x    | merge
    x/lonely-mit-1-0   | a/b       | adapter
"""


def expected_ratio(*tasks: str) -> tuple[float, float, float]:
    """Mantel-Haenszel and its interval, written out from the formulas of Robins, Breslow and Greenland."""
    sums = dict.fromkeys(("r", "s", "pr", "ps_qr", "qs"), 0.0)
    for task in tasks:
        (a, b), (c, d) = CELLS[task]["mit"], CELLS[task]["gemma"]
        n = a + b + c + d
        r, s, p, q = a * d / n, b * c / n, (a + d) / n, (b + c) / n
        for name, value in (("r", r), ("s", s), ("pr", p * r), ("ps_qr", p * s + q * r), ("qs", q * s)):
            sums[name] += value
    ratio = sums["r"] / sums["s"]
    variance = sums["pr"] / (2 * sums["r"] ** 2) + sums["ps_qr"] / (2 * sums["r"] * sums["s"]) + sums["qs"] / (2 * sums["s"] ** 2)
    factor = math.exp(1.959964 * math.sqrt(variance))
    return ratio, ratio / factor, ratio * factor


@pytest.fixture(scope="module")
def adoption(spark: SparkSession) -> dict[tuple[str, str], Row]:
    """The rows by licence and stratum."""
    models, licenses, impact = (
        ["model_id | author | pipeline_tag | downloads_30d"],
        ["model_id | comparable_license"],
        ["model_id | dependants"],
    )
    for task, cell in CELLS.items():
        for license, counts in cell.items():
            for dependants, count in zip((1, 0), counts, strict=True):
                for number in range(count):
                    name = f"x/{task}-{license}-{dependants}-{number}"
                    models.append(f"{name} | {'big' if task == 'large' else ''} | {task} | 2")
                    licenses.append(f"{name} | {license}")
                    impact.append(f"{name} | {dependants}")
    listed, declared = drawn(spark, MODELS, "\n".join(models)), drawn(spark, MODEL_LICENSES, "\n".join(licenses))
    catalogue = drawn(spark, LICENSE_CATALOGUE, "license | family \n mit | permissive \n gemma | model \n other | none")
    reached, accounts = drawn(spark, MODEL_IMPACT, "\n".join(impact)), drawn(spark, ACCOUNTS, "account \n")
    edges, publishers = drawn(spark, LINEAGE_EDGES, EDGES), drawn(spark, ORGANISATIONS, ORIGINS)
    rows = transform(listed, declared, catalogue, reached, accounts, edges, publishers).collect()
    return {(row.license, row.stratum): row for row in rows}


def test_the_ratio_compares_like_with_like_and_cells_of_one_licence_drop_out(adoption: dict[tuple[str, str], Row]) -> None:
    mit = adoption["mit", "all"]
    assert (mit.models, mit.known, mit.dependants, mit.median_downloads_30d) == (34, 62, 16, 2.0)
    assert (mit.model_share, mit.downloads_share) == pytest.approx((34 / 62, 34 / 62))
    assert (mit.adjusted_ratio, mit.adjusted_low, mit.adjusted_high) == pytest.approx(
        expected_ratio("text-generation", "fill-mask", "large")
    )
    assert mit.compared_share == pytest.approx(26 / 34)
    assert without_top(mit) == pytest.approx(expected_ratio("text-generation", "fill-mask"))
    assert adoption["family:permissive", "all"].adjusted_ratio == pytest.approx(mit.adjusted_ratio)
    assert adoption["gemma", "all"].adjusted_ratio == pytest.approx(1 / mit.adjusted_ratio)


def test_each_stratum_has_the_ratio_over_its_own_part_of_the_cells(adoption: dict[tuple[str, str], Row]) -> None:
    task = adoption["mit", "task:large"]
    assert (task.models, task.known) == (6, 14)
    assert (task.adjusted_ratio, task.adjusted_low, task.adjusted_high) == pytest.approx(expected_ratio("large"))
    assert without_top(task) == (None, None, None)
    assert (adoption["mit", "task:lonely"].adjusted_ratio, adoption["mit", "task:lonely"].compared_share) == (None, 0.0)
    every_model, unknown_kind = adoption["mit", "all"], adoption["mit", "author_kind:unknown"]
    assert unknown_kind.asDict() | {"stratum": "all"} == every_model.asDict()
    coverage = {"country_coverage_share": None, "country_downloads_coverage_share": None}
    german = adoption["mit", "country:DE"]
    assert german.asDict() | coverage | {"stratum": "all"} == every_model.asDict()
    assert (german.country_coverage_share, german.country_downloads_coverage_share) == (1.0, 1.0)


def test_a_model_is_in_the_stratum_of_each_of_its_relations(adoption: dict[tuple[str, str], Row]) -> None:
    assert {adoption["mit", stratum].models for stratum in ("relation:merge", "relation:adapter")} == {1}
    assert (adoption["mit", "relation:none"].models, adoption["mit", "relation:none"].known) == (33, 61)


def test_models_of_unknown_age_are_not_compared_with_those_of_the_quarter_of_the_floor(spark: SparkSession) -> None:
    listed = """
        model_id | created_at          | is_created_at_floor
        a/old    | 2022-03-02T23:29:04 | yes
        a/new    | 2022-03-20T00:00:00 | no
    """
    frames = (
        drawn(spark, MODELS, listed),
        drawn(spark, MODEL_LICENSES, "model_id | comparable_license \n a/old | mit \n a/new | gemma"),
        drawn(spark, LICENSE_CATALOGUE, "license | family \n other | none"),
        drawn(spark, MODEL_IMPACT, "model_id | dependants \n a/old | 1 \n a/new | 0"),
        drawn(spark, ACCOUNTS, "account \n"),
        drawn(spark, LINEAGE_EDGES, EDGES),
        drawn(spark, ORGANISATIONS, ORIGINS),
    )
    assert {row.compared_share for row in transform(*frames).where("stratum = 'all'").collect()} == {0.0}


def without_top(row: Row) -> tuple[float | None, float | None, float | None]:
    """The ratio without the largest authors, with its interval."""
    return row.adjusted_ratio_without_top, row.adjusted_low_without_top, row.adjusted_high_without_top
