"""Times to the first derivative, with those models that have none yet."""

from datetime import date

from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema import Table
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.spark_jobs.gold.timeline.time_to_derivative import KINDS, transform
from tests.drawn import drawn

DAY = date(2026, 1, 11)
LISTED = """
    model_id | author | created_at          | likes | is_created_at_floor | parameters
    a/base   | a      | 2026-01-01T00:00:00 | 12    | no                  | 7000000000
    a/own    | a      | 2026-01-02T12:00:00 | 0     | no                  |
    b/tune   | b      | 2026-01-04T00:00:00 | 0     | no                  |
    b/guess  | b      | 2026-01-01T06:00:00 | 0     | no                  |
    b/early  | b      | 2025-12-31T00:00:00 | 0     | no                  |
    c/lonely | c      | 2026-01-11T00:00:00 | 0     | no                  |
    d/old    | d      | 2022-03-02T23:29:04 | 0     | yes                 |
    e/late   | e      | 2099-01-01T00:00:00 | 0     | no                  |
    e/undated | e     |                     | 0     | no                  |
"""
EDGES = """
    child_id | parent_id | relation  | evidence  | parent_status | is_cycle | is_self_loop
    a/own    | a/base    | quantized | typed_tag | present       | no       | no
    b/tune   | a/base    | finetune  | plain_tag | renamed       | no       | no
    b/guess  | a/base    | finetune  | in_name   | present       | no       | no
    b/early  | a/base    | adapter   | typed_tag | present       | no       | no
    e/late   | c/lonely  | finetune  | typed_tag | present       | no       | no
    b/tune   | d/old     | finetune  | typed_tag | present       | no       | no
    c/lonely | b/tune    | merge     | typed_tag | present       | yes      | no
    b/tune   | b/tune    | finetune  | typed_tag | present       | no       | yes
    b/tune   | x/gone    | merge     | typed_tag | missing       | no       | no
"""
# 65920080 is 2024-01-01T00:00:00 UTC.
HISTORY = """
    hub_id                   | model_id | author | valid_from | valid_to   | is_removed | licenses
    6592008000000000000000aa | x/gone   | x      | 2026-01-01 | 2026-01-05 | no | gemma
    6592008000000000000000aa | x/gone   | x      | 2026-01-05 |            | yes | mit
    6592008000000000000000bb | x/back   | x      | 2026-01-01 | 2026-01-05 | yes |
    6592008000000000000000bb | x/back   | x      | 2026-01-05 |            | no |
    6592008000000000000000cc | c/lonely | c      | 2026-01-05 |            | yes |
"""


def rows(spark: SparkSession, history: str = HISTORY) -> dict[tuple[str, str, str], dict[str, object]]:
    def frame(table: Table, text: str) -> DataFrame:
        return drawn(spark, table, text)

    found = transform(
        frame(MODELS, LISTED),
        frame(LINEAGE_EDGES, EDGES),
        frame(MODEL_HISTORY, history),
        frame(ACCOUNTS, "account | kind \n a | organisation"),
        frame(
            MODEL_LICENSES,
            "model_id | comparable_license \n a/base | mit \n a/own | mit \n a/own | gemma \n b/tune | odd \n b/early | unknown",
        ),
        frame(LICENSE_CATALOGUE, "license | family \n mit | permissive \n gemma | model"),
        day=DAY,
    )
    return {(row.model_id, row.relation, row.derived_by): row.asDict() for row in found.collect()}


def test_every_model_has_its_time_or_is_censored_and_says_why_it_is_left_out(spark: SparkSession) -> None:
    found = rows(spark)
    base = {kind: found["a/base", *kind] for kind in KINDS}
    assert len(base) == 15
    assert (base["any", "any"]["days"], base["any", "any"]["first_child_id"]) == (1.5, "a/own")
    assert (base["any", "others"]["days"], base["finetune", "others"]["first_child_id"]) == (3.0, "b/tune")
    assert base["finetune", "own"]["days"] is None
    assert (base["finetune", "own"]["is_censored"], base["finetune", "own"]["censored_by"]) == (True, "snapshot")
    assert base["any", "any"]["observed_days"] == 10.0  # until the newest model; the one of 2099 is no clock
    # A guessed derivative counts in a column of its own, one that is older than the model is counted and left out.
    assert (base["any", "any"]["days_with_guesses"], base["finetune", "others"]["days_with_guesses"]) == (0.25, 0.25)
    assert (base["adapter", "others"]["older_derivatives"], base["adapter", "others"]["days"]) == (1, None)

    def only(name: str) -> dict[str, object]:
        (kind,) = [key for key in found if key[0] == name]
        assert kind[1:] == ("any", "any")
        return found[kind]

    assert only("c/lonely")["is_censored"]  # what derives from it comes after the observation
    assert only("c/lonely")["observed_days"] == 0
    assert only("b/tune")["is_censored"]  # its derivatives are itself and one on a cycle
    assert [only("d/old")[name] for name in ("exclusion", "days", "observed_days", "is_censored", "created_month")] == [
        "floor",
        None,
        None,
        False,
        None,
    ]
    assert only("e/undated")["exclusion"] == only("e/late")["exclusion"] == "unknown_date"


def test_a_removed_model_takes_part_until_it_was_found_missing(spark: SparkSession) -> None:
    found = rows(spark)
    gone = found["x/gone", "any", "any"]
    assert (gone["days"], gone["first_child_id"]) == (734.0, "b/tune")
    assert (gone["observed_days"], gone["license_class"], gone["size_class"]) == (735.0, "permissive", "unknown")
    assert (found["x/gone", "adapter", "any"]["censored_by"], found["x/gone", "adapter", "any"]["observed_days"]) == ("removal", 735.0)
    assert not [key for key in found if key[0] == "x/back"]
    assert len([key for key in found if key[0] == "c/lonely"]) == 1  # another repository has the name now


def test_models_are_in_the_groups_of_their_size_licence_author_and_popularity(spark: SparkSession) -> None:
    found = rows(spark)
    base, own, tune = (found["a/base", "any", "any"], found["a/own", "any", "any"], found["b/tune", "any", "any"])
    assert [base[name] for name in ("size_class", "license_class", "author_kind", "created_month")] == [
        "4b-to-16b",
        "permissive",
        "organisation",
        "2026-01",
    ]
    assert [own[name] for name in ("license_class", "size_class", "popularity")] == ["several", "unknown", None]
    assert [tune["license_class"], found["b/early", "any", "any"]["license_class"]] == ["unread", "undeclared"]
    assert (base["is_root"], base["is_notable"], tune["is_root"], tune["is_notable"]) == (True, True, False, False)
    assert found["b/guess", "any", "any"]["is_root"]  # nobody declared its parent
