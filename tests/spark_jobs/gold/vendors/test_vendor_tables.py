"""Series of vendors, what others make of them, and how often vendors release."""

from typing import Any

import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.vendors import MODEL_SERIES, RELEASE_CADENCE, SERIES_SUCCESSION, VENDOR_PROFILE, VENDOR_SERIES
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.spark_jobs.gold.vendors import model_series, release_cadence, series_succession, vendor_profile, vendor_series
from hublake.spark_jobs.silver import model_names
from tests.drawn import drawn

LISTED = """
    hub_id | model_id                    | created_at          | is_created_at_floor | downloads_30d | is_gated
    h1     | acme/Fox-1-7B               | 2025-01-01T12:00:00 | no                  | 100           | no
    h2     | acme/Fox-1-7B-Instruct      | 2025-01-01T18:00:00 | no                  | 10            | no
    h3     | acme/Fox-1-7B-GGUF          | 2025-01-01T20:00:00 | no                  | 1             | no
    h4     | acme-labs/Fox-2-9B          | 2025-04-11T12:00:00 | no                  | 50            | yes
    h5     | acme/Fox-1-7B-Instruct-0201 | 2025-02-01T00:00:00 | no                  | 5             | no
    h6     | bob/Fox-1-7B-GGUF           | 2025-01-03T12:00:00 | no                  | 7             | no
    h7     | bob/hound-7b                | 2025-04-20T00:00:00 | no                  | 3             | no
    h8     | eve/hare-7b                 | 2025-05-01T00:00:00 | no                  | 2             | no
    h9     | eve/my-thing                | 2025-12-01T00:00:00 | no                  |               | no
    h10    | meta-llama/Llama-2-7b-hf    | 2023-07-13T00:00:00 | no                  | 900           | yes
    h14    | meta-llama/Llama-2-7b-raw   | 2023-07-14T00:00:00 | no                  | 1             | yes
    h15    | meta-llama/Llama-2-7b-late  | 2023-09-01T00:00:00 | no                  | 1             | yes
    h11    | old/cat-1b                  | 2022-03-02T23:29:04 | yes                 | 4             | no
    h13    | eve/Fox-2-9B-sft-law        | 2025-05-02T00:00:00 | no                  | 1             | no
    h16    | ole/dog-1b                  | 2022-03-02T23:29:04 | yes                 | 4             | no
    h17    | ole/dog-2b                  | 2025-06-01T00:00:00 | no                  | 4             | no
    h18    | eve/dog-1b-tuned            | 2025-07-01T00:00:00 | no                  | 4             | no
    h19    | eve/my-merge                | 2025-07-01T00:00:00 | no                  | 4             | no
    h20    | eve/older                   | 2024-12-01T00:00:00 | no                  | 4             | no
    h12    | gpt2                        | 2022-03-02T23:29:04 | yes                 | 4             | no
"""
EDGES = """
    child_id                    | parent_id              | relation  | parent_status
    acme/Fox-1-7B-Instruct      | acme/Fox-1-7B          | finetune  | present
    acme/Fox-1-7B-Instruct-0201 | acme/Fox-1-7B-Instruct | finetune  | present
    acme-labs/Fox-2-9B          | acme/Fox-1-7B          | finetune  | present
    bob/Fox-1-7B-GGUF           | acme/Fox-1-7B          | quantized | present
    bob/hound-7b                | acme-labs/Fox-2-9B     | finetune  | present
    eve/Fox-2-9B-sft-law        | acme-labs/Fox-2-9B     | finetune  | present
    eve/hare-7b                 | bob/hound-7b           | finetune  | present
    eve/hare-7b                 | acme/Fox-1-7B-Instruct | merge     | present
    eve/dog-1b-tuned            | ole/dog-1b             | finetune  | present
    eve/my-merge                | eve/Fox-2-9B-sft-law   | merge     | present
    eve/older                   | acme-labs/Fox-2-9B     | finetune  | present
"""
ROOTS = """
    model_id                    | root_ids      | generation | is_root
    acme/Fox-1-7B               | acme/Fox-1-7B | 0          | yes
    acme/Fox-1-7B-Instruct      | acme/Fox-1-7B | 1          | no
    acme/Fox-1-7B-Instruct-0201 | acme/Fox-1-7B | 2          | no
    acme-labs/Fox-2-9B          | acme/Fox-1-7B | 1          | no
    bob/Fox-1-7B-GGUF           | acme/Fox-1-7B | 1          | no
    bob/hound-7b                | acme/Fox-1-7B | 2          | no
    eve/hare-7b                 | acme/Fox-1-7B | 3          | no
    eve/Fox-2-9B-sft-law        | acme/Fox-1-7B | 2          | no
    eve/my-thing                | eve/my-thing  | 0          | no
"""
OWNERS = """
    namespace  | institution | kind    | country
    acme       | Acme Corp   | company | FI
    acme-labs  | Acme Corp   | company | FI
    bob        |             | person  |
"""
LICENSES = """
    model_id               | license    | comparable_license
    acme/Fox-1-7B          | mit        | mit
    acme/Fox-1-7B-Instruct | other      | own-1.0
"""
CATALOGUE = "license | family \n mit | permissive"

Tables = dict[str, DataFrame]


@pytest.fixture(scope="module")
def tables(spark: SparkSession) -> Tables:
    models = drawn(spark, MODELS, LISTED)
    names = model_names.transform(models)
    edges, lineage = drawn(spark, LINEAGE_EDGES, EDGES), drawn(spark, MODEL_LINEAGE, ROOTS)
    owners, licenses = drawn(spark, ORGANISATIONS, OWNERS), drawn(spark, MODEL_LICENSES, LICENSES)
    catalogue = drawn(spark, LICENSE_CATALOGUE, CATALOGUE)
    series = model_series.transform(models, names, edges, lineage, owners).localCheckpoint()
    by_series = vendor_series.transform(series, names, models, licenses, edges).localCheckpoint()
    cadence = release_cadence.transform(series, by_series).localCheckpoint()
    profile = vendor_profile.transform(cadence, by_series, series, models, licenses, catalogue, edges, lineage, owners)
    return {
        "model_series": series,
        "vendor_series": by_series,
        "release_cadence": cadence,
        "series_succession": series_succession.transform(by_series, series, edges),
        "vendor_profile": profile,
    }


def rows(tables: Tables, name: str, *key: str) -> dict[Any, Row]:
    return {tuple(row[column] for column in key) if len(key) > 1 else row[key[0]]: row for row in tables[name].collect()}


def test_the_columns_are_those_of_the_declarations(tables: Tables) -> None:
    for table in (MODEL_SERIES, VENDOR_SERIES, RELEASE_CADENCE, SERIES_SUCCESSION, VENDOR_PROFILE):
        assert {*tables[table.name].columns, "snapshot_date"} == set(table.column_names), table.name


def test_copies_and_models_that_extend_a_series_are_no_releases(tables: Tables) -> None:
    models = rows(tables, "model_series", "model_id")
    releases = {name for name, row in models.items() if row.is_release}
    assert releases == {
        *("acme/Fox-1-7B", "acme-labs/Fox-2-9B", "bob/hound-7b", "eve/hare-7b", "eve/my-thing"),
        *("eve/Fox-2-9B-sft-law", "meta-llama/Llama-2-7b-hf", "meta-llama/Llama-2-7b-raw"),
        *("meta-llama/Llama-2-7b-late", "old/cat-1b", "gpt2"),
        *("ole/dog-1b", "ole/dog-2b", "eve/dog-1b-tuned", "eve/older"),
    }
    assert not models["eve/my-merge"].is_release, "without a series, what extends any model of its vendor is none"
    copy = models["bob/Fox-1-7B-GGUF"]
    assert (copy.vendor, copy.series, copy.is_copy) == ("bob", None, True), "a copy of another vendor's model has no series of its own"
    assert models["eve/Fox-2-9B-sft-law"].series is None, "a name that begins with the parent's is no series of its own"
    assert models["acme-labs/Fox-2-9B"].vendor == "Acme Corp"
    assert (models["gpt2"].vendor, models["old/cat-1b"].released_at) == (None, None)


def test_origin_follows_lineage_then_the_name_then_the_own_series(tables: Tables) -> None:
    models = rows(tables, "model_series", "model_id")
    found = {name: (row.origin_series, row.origin_source) for name, row in models.items()}
    assert found["eve/hare-7b"] == (["fox-1"], "lineage")
    assert found["acme/Fox-1-7B"] == (["fox-1"], "own")
    assert found["eve/my-thing"] == ([], "none")
    assert found["gpt2"] == (["gpt2"], "name")


def test_a_series_counts_what_others_made_of_it(tables: Tables) -> None:
    series = rows(tables, "vendor_series", "vendor", "series")
    first, second = series["Acme Corp", "fox-1"], series["Acme Corp", "fox-2"]
    assert (first.models, first.copies, first.sizes, first.licenses, first.downloads_30d) == (4, 1, ["7b"], ["mit", "own-1.0"], 116)
    assert (first.descendants, first.descendants_by_others) == (7, 6), "fox-2, the copy and five of eve and bob; not its own models"
    assert (first.successor_series, first.first_other_derivative_days) == ("fox-2", 2)
    assert first.quantised_by_others_share == pytest.approx(1 / 3)
    assert (second.descendants_by_others, second.successor_series, second.quantised_by_others_share) == (5, None, 0)
    assert second.first_other_derivative_days == 8, "what is older than the model it derives from does not count"
    dog = series["ole", "dog"]
    unknown = (dog.first_at, dog.first_other_derivative_days, dog.successor_series)
    assert unknown == (None, None, None), "its first model is of the floor date: the day is unknown, not that of the next model"
    assert (dog.descendants_by_others, dog.last_at.year) == (1, 2025)
    assert series["meta-llama", "llama-2"].first_other_derivative_days is None, "nobody builds on it: unknown, not at once"
    assert ("bob", "hound") in series, "others build on it"
    assert ("eve", "hare") not in series, "a single name that nobody builds on is no series"


def test_the_next_series_takes_its_share_of_new_derivatives(tables: Tables) -> None:
    succession = rows(tables, "series_succession", "series")
    assert set(succession) == {"fox-1"}
    fox = succession["fox-1"]
    assert (fox.next_series, fox.days_between, fox.is_window_complete) == ("fox-2", 100, True)
    assert (fox.derivatives_before, fox.derivatives_after, fox.derivatives_of_next, fox.moved_share) == (0, 1, 2, pytest.approx(2 / 3))


def test_cadence_counts_days_and_uses_curated_dates(tables: Tables) -> None:
    cadence = rows(tables, "release_cadence", "vendor", "series")
    acme, series = cadence["Acme Corp", ""], cadence["Acme Corp", "fox-1"]
    assert (acme.releases, acme.median_days_between, acme.releases_12m, acme.is_dormant) == (2, 100, 2, True)
    assert (acme.own_copies_same_day_share, series.releases, series.median_days_between) == (0.5, 1, None)
    llama = cadence["meta-llama", ""]
    assert (llama.releases, llama.first_at.date().isoformat(), llama.curated_dates) == (2, "2023-07-18", 1)
    assert llama.median_days_between == 45, "a model of the series that was created shortly before was released with it"
    assert ("old", "") not in cadence, "the day of its only release is not known"


def test_a_profile_sums_up_a_vendor(tables: Tables) -> None:
    profiles = rows(tables, "vendor_profile", "vendor")
    acme, bob = profiles["Acme Corp"], profiles["bob"]
    assert (acme.accounts, acme.kind, acme.country, acme.models, acme.released_series) == (["acme", "acme-labs"], "company", "FI", 5, 2)
    assert (acme.latest_series, acme.licenses_by_year) == (["fox-2", "fox-1"], ["2025 mit 1"])
    assert (acme.open_license_share, acme.license_coverage_share, acme.gated_share) == (0.5, 0.5, 0.5)
    assert (acme.own_reuse_share, acme.models_by_others, acme.models_from_others, acme.ecosystem) == (pytest.approx(3 / 8), 5, 0, 8)
    old = profiles["old"]
    assert (old.releases, old.releases_12m, old.median_days_between, old.gated_share) == (0, 0, None, 0), (
        "its only release has no known day"
    )
    assert (bob.models_from_others, bob.models_by_others, bob.latest_series, bob.country) == (2, 1, ["hound"], None)
