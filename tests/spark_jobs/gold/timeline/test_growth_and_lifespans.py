"""Growth by month without gaps, and when families fall silent."""

from datetime import date

import pytest
from pyspark.sql import SparkSession

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.spark_jobs.gold.timeline import family_lifespans, monthly_growth, time_to_derivative
from tests.drawn import drawn

DAY = date(2026, 4, 30)
GROWING = """
    model_id | author | created_at          | is_created_at_floor
    gpt2     |        | 2022-03-02T23:29:04 | yes
    a/old    | a      | 2022-03-02T23:29:04 | yes
    a/new    | a      | 2025-11-03T00:00:00 | no
    b/one    | b      | 2025-11-04T00:00:00 | no
    b/two    | b      | 2026-02-01T00:00:00 | no
    b/odd    | b      | 2099-01-01T00:00:00 | no
    b/undated | b     |                     | no
"""
EDGES = """
    child_id | parent_id | relation  | evidence  | parent_status
    b/one    | a/old     | finetune  | typed_tag | present
    b/two    | a/new     | quantized | typed_tag | present
    b/two    | b/one     | quantized | in_name   | present
    b/two    | x/gone    | merge     | typed_tag | missing
"""
HISTORY = """
    hub_id | model_id | author | valid_from | is_removed
    h1     | a/gone   | a      | 2026-04-02 | yes
    h2     | a/new    | a      | 2026-04-02 | no
"""


def test_months_have_no_gaps_and_everything_of_a_month_is_counted_once(spark: SparkSession) -> None:
    models, edges, history = drawn(spark, MODELS, GROWING), drawn(spark, LINEAGE_EDGES, EDGES), drawn(spark, MODEL_HISTORY, HISTORY)
    accounts = drawn(spark, ACCOUNTS, "account | kind \n a | organisation")
    licenses = drawn(spark, MODEL_LICENSES, "model_id | comparable_license \n b/two | mit")
    catalogue = drawn(spark, LICENSE_CATALOGUE, "license | family \n mit | permissive")
    times = time_to_derivative.transform(models, edges, history, accounts, licenses, catalogue, day=DAY)
    found = monthly_growth.transform(models, times, edges, history, accounts, day=DAY)
    rows = {(row.stratum, row.month): row for row in found.collect()}
    everything = [row for (stratum, _), row in sorted(rows.items()) if stratum == "all"]
    assert [row.month for row in everything] == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"]
    assert [row.new_models for row in everything] == [2, 0, 0, 1, 0, 0]
    assert [row.cumulative for row in everything] == [4, 4, 4, 5, 5, 5]  # with two models of the floor date
    assert [row.growth_share for row in everything] == [0.5, 0.0, 0.0, 0.2, 0.0, 0.0]
    assert [row.new_authors for row in everything] == [1, 0, 0, 0, 0, 0]  # a is older
    assert [row.removed for row in everything] == [0, 0, 0, 0, 0, 1]
    assert [(row.edges_finetune, row.edges_quantized, row.edges_merge) for row in everything][0:4:3] == [(1, 0, 0), (0, 1, 0)]
    assert rows["author_kind:organisation", "2025-11"].new_organisation_models == 1
    assert rows["author_kind:organisation", "2026-04"].removed == 1
    assert min(month for stratum, month in rows if stratum == "license_class:permissive") == "2026-02"
    assert rows["license_class:permissive", "2026-02"].removed is None
    assert rows["license_class:permissive", "2026-02"].growth_share == 1


FAMILIES = """
    model_id | author | created_at          | is_created_at_floor
    a/alive  | a      | 2025-01-01T00:00:00 | no
    b/1      | b      | 2025-01-11T00:00:00 | no
    b/2      | b      | 2026-04-30T00:00:00 | no
    a/own    | a      | 2025-01-21T00:00:00 | no
    a/dead   | a      | 2025-01-01T00:00:00 | no
    c/1      | c      | 2025-01-31T00:00:00 | no
    c/2      | c      | 2025-01-31T12:00:00 | no
    c/3      | c      | 2025-03-02T00:00:00 | no
    c/before | c      | 2024-12-31T00:00:00 | no
    a/alone  | a      | 2026-02-01T00:00:00 | no
    d/old    | d      | 2022-03-02T23:29:04 | yes
    e/single | e      | 2025-01-01T00:00:00 | no
"""
LINEAGE = """
    model_id | root_ids
    a/alive  | a/alive
    b/1      | a/alive
    b/2      | a/alive, d/old
    a/own    | a/alive
    a/dead   | a/dead
    c/1      | a/dead
    c/2      | a/dead
    c/3      | a/dead
    c/before | a/dead
    a/alone  | a/alone
    e/single | e/single
"""


@pytest.fixture(scope="module")
def families(spark: SparkSession) -> dict[str, dict[str, object]]:
    more = "a/copy   | a/alone\n"
    models = drawn(spark, MODELS, FAMILIES + "    a/copy | a | 2026-03-01T00:00:00 | no\n")
    found = family_lifespans.transform(models, drawn(spark, MODEL_LINEAGE, LINEAGE + more), day=DAY)
    return {row.root_id: row.asDict() for row in found.collect()}


def test_only_families_with_a_known_birth_and_another_member_have_a_row(families: dict[str, dict[str, object]]) -> None:
    assert set(families) == {"a/alive", "a/dead", "a/alone"}


def test_a_family_dies_with_the_first_long_silence_even_if_it_comes_back(families: dict[str, dict[str, object]]) -> None:
    alive = families["a/alive"]
    assert (alive["silent_90_days"], alive["silent_180_days"], alive["silent_365_days"]) == (100.0, 190.0, 375.0)
    assert (alive["members_by_others"], alive["active_months"], alive["lifespan_days"]) == (2, 2, 484.0)
    assert alive["is_censored"]  # it has a member on the last day


def test_members_of_others_after_the_birth_make_the_life_of_a_family(families: dict[str, dict[str, object]]) -> None:
    dead = families["a/dead"]
    assert (dead["members_by_others"], dead["lifespan_days"], dead["is_censored"]) == (3, 60.0, False)
    assert (dead["silent_90_days"], dead["silent_180_days"], dead["observed_days"]) == (150.0, 240.0, 484.0)
    assert (dead["months_to_half"], dead["months_to_90_percent"], dead["peak_month"]) == (0, 2, "2025-01")


def test_a_young_family_without_others_is_alive_and_has_no_halves(families: dict[str, dict[str, object]]) -> None:
    alone = families["a/alone"]
    assert (alone["members_by_others"], alone["last_member_at"], alone["lifespan_days"], alone["is_censored"]) == (0, None, 0.0, True)
    assert [alone[name] for name in ("silent_90_days", "months_to_half", "peak_month")] == [None, None, None]
