"""Shares of countries, concentration and institutions, on six models whose shares a reader can compute."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.spark_jobs.gold.origins import concentration, country_share, institution_impact
from tests.drawn import drawn

# gpt2 is OpenAI's; q/1 derives from gpt2, p/1 from gpt2 and f/1, p/2 from q/1.
LISTED = """
    model_id | author | downloads_30d | likes | created_at          | is_created_at_floor
    gpt2     |        | 40            | 2     | 2022-03-02T23:29:04 | yes
    f/1      | f      | 10            | 1     | 2024-01-02T00:00:00 | no
    f2/1     | f2     | 10            | 1     | 2024-01-02T00:00:00 | no
    q/1      | q      | 20            |       | 2024-01-02T00:00:00 | no
    p/1      | p      | 20            |       | 2025-01-02T00:00:00 | no
    p/2      | p      |               |       | 2025-01-02T00:00:00 | no
"""
PUBLISHERS = """
    namespace        | institution | country | region        | country_reason | kind       | kind_source | method  | confidence
    openai-community | OpenAI      | US      | north_america |                | company    | curated     | curated | 1
    f                | Lab         | FR      | europe        |                | university | curated     | curated | 1
    f2               | Lab         | FR      | europe        |                | university | curated     | curated | 1
    q                |             |         |               | person         | person     | account     | account | 1
    p                |             |         |               | unlisted       | unknown    | none        | none    | 0
"""
LINEAGE = """
    model_id | component_id | root_ids  | generation
    gpt2     | f/1          | gpt2      | 0
    f/1      | f/1          | f/1       | 0
    f2/1     | f2/1         | f2/1      | 0
    q/1      | f/1          | gpt2      | 1
    p/1      | f/1          | f/1, gpt2 | 1
    p/2      | f/1          | gpt2      | 2
"""
EDGES = """
    child_id | parent_id | relation  | evidence  | parent_status | declared_parent
    q/1      | gpt2      | quantized | typed_tag | present       | gpt2
    p/1      | gpt2      | merge     | typed_tag | present       | gpt2
    p/1      | f/1       | merge     | in_name   | present       | f/1
    p/2      | q/1       | finetune  | typed_tag | present       | q/1
    f2/1     | f/1       | finetune  | typed_tag | present       | f/1
"""
IMPACT = """
    model_id | dependants
    gpt2     | 2
    f/1      | 1
    f2/1     | 0
    q/1      | 1
    p/1      | 0
    p/2      | 0
"""


def frames(spark: SparkSession) -> tuple[DataFrame, DataFrame, DataFrame]:
    return drawn(spark, MODELS, LISTED), drawn(spark, ORGANISATIONS, PUBLISHERS), drawn(spark, MODEL_LINEAGE, LINEAGE)


def test_shares_with_the_unknown_sum_to_one_and_origin_follows_the_roots(spark: SparkSession) -> None:
    accounts = drawn(spark, ACCOUNTS, "account | kind\nq | user")
    found = country_share.transform(*frames(spark), drawn(spark, MODEL_IMPACT, IMPACT), accounts).collect()
    rows = {row["country"]: row for row in found if row["stratum"] == "all"}
    counts = ("models", "downloads_by_publisher", "downloads_by_origin", "likes", "dependants")
    assert {country: tuple(row[name] for name in counts) for country, row in rows.items()} == {
        "US": (1, 40, 70.0, 2, 2),
        "FR": (2, 20, 30.0, 2, 1),
        "person": (1, 20, 0.0, 0, 1),
        "unknown": (2, 20, 0.0, 0, 0),
    }
    us = rows["US"]
    assert (us["coverage_share"], us["downloads_coverage_share"], us["organisation_coverage_share"]) == (0.5, 0.6, 0.75)
    assert (us["origin_coverage_share"], us["region"], rows["unknown"]["region"]) == (1.0, "north_america", None)
    assert (us["without_top_model_share"], rows["FR"]["without_top_model_share"]) == (0.0, 1 / 3)
    assert (us["published_share"], rows["FR"]["published_share"]) == (0.158, None)
    for stratum in {row["stratum"] for row in found}:
        of_stratum = [row for row in found if row["stratum"] == stratum]
        assert abs(sum(row["models_share"] for row in of_stratum) - 1) < 1e-9
    floor = {row["country"]: row["models"] for row in found if row["stratum"] == "year:before-2022-03"}
    assert floor == {"US": 1}


def test_a_stratum_without_downloads_has_no_shares_of_them(spark: SparkSession) -> None:
    models, organisations, lineage = frames(spark)
    silent = models.withColumn("downloads_30d", F.lit(0).cast("long"))
    accounts = drawn(spark, ACCOUNTS, "account | kind\nq | user")
    rows = country_share.transform(silent, organisations, lineage, drawn(spark, MODEL_IMPACT, IMPACT), accounts).collect()
    shares = ("downloads_by_publisher_share", "downloads_by_origin_share", "origin_coverage_share", "downloads_coverage_share")
    assert {row[name] for row in rows for name in shares} == {None}, "several countries with a share of one would close the gate"


def test_concentration_is_among_known_units_and_states_its_coverage(spark: SparkSession) -> None:
    rows = {(row["unit"], row["measure"], row["stratum"]): row for row in concentration.transform(*frames(spark)).collect()}
    country = rows["country", "downloads_by_publisher", "all"]
    assert (country["units"], country["total"], country["coverage_share"]) == (2, 60.0, 0.6)
    assert abs(country["hhi"] - 5 / 9) < 1e-12
    assert (country["hhi_without_top_model"], country["top_1_without_top_model_share"]) == (1.0, 1.0)
    namespace = rows["namespace", "downloads_by_publisher", "all"]
    assert (namespace["units"], namespace["coverage_share"], namespace["top_1_share"]) == (5, 1.0, 0.4)
    assert rows["institution", "downloads_by_origin", "all"]["top_1_share"] == 0.7
    assert rows["kind", "models", "year:2024"]["units"] == 2
    empty = rows["country", "downloads_by_publisher", "year:2025"]
    assert (empty["units"], empty["hhi"], empty["coverage_share"]) == (0, None, 0.0)


def test_an_institution_counts_over_its_namespaces_and_its_own_derivatives_do_not_count(spark: SparkSession) -> None:
    models, organisations, lineage = frames(spark)
    found = institution_impact.transform(models, organisations, drawn(spark, LINEAGE_EDGES, EDGES), lineage).collect()
    rows = {row["institution"]: row for row in found}
    lab, openai = rows["Lab"], rows["OpenAI"]
    assert (lab["namespaces"], lab["kind"], lab["country"], lab["models"]) == (["f", "f2"], "university", "FR", 2)
    assert (lab["dependants"], lab["dependants_guessed"], lab["lineage_h_index"]) == (1, 1, 1)
    assert (openai["dependants"], openai["dependants_guessed"], openai["lineage_h_index"]) == (2, 0, 1)
    assert (lab["downloads_by_origin"], openai["downloads_by_origin"]) == (30.0, 70.0)
