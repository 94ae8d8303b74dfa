"""Declared licences, languages and datasets of models: the strongest source wins."""

from typing import TYPE_CHECKING

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.datasets import DATASETS, MODEL_DATASETS
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.engine.quarantine import with_quarantine_reason
from hublake.spark_jobs.silver import license_catalogue, model_datasets, model_languages, model_licenses
from tests.drawn import drawn

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LISTED = """
    hub_id | model_id | tags                                            | card_data
    h1     | m/one    | en, trl, license:mit, dataset:squad             |
    h2     | m/two    | en, trl, license:gemma, license:other, dataset:generator | {"license": "other", "license_name": "own-1.0", "language": "fr"}
    h3     | m/three  |                                                 | [broken
    h4     | m/four   |                                                 |
    h6     | m/six    | \u200beng\u200b, multilingual\u200b               |
    h5     | m/five   |                                                 | {"license": "mit", "language": "sv", "datasets": "glue"}
"""
CARDS = """
    hub_id | model_id | fields_source | licenses   | languages | datasets
    h1     | m/one    | card          | apache-2.0 | de, unk   | squad, glue
    h4     | m/four   | card_data     | mit        | sv        | glue
    h5     | m/five   | card          |            |           |
"""


def test_licences_come_from_card_then_listing_then_tags(spark: "SparkSession") -> None:
    frame = model_licenses.transform(drawn(spark, MODELS, LISTED), drawn(spark, MODEL_CARDS, CARDS))
    rows = with_quarantine_reason(frame, MODEL_LICENSES).collect()
    assert sorted((r.model_id, r.license, r.source, r.license_name, r.is_known) for r in rows) == [
        ("m/four", "mit", "card_data", None, True),
        ("m/one", "apache-2.0", "card", None, True),
        ("m/one", "mit", "tag", None, True),
        ("m/two", "gemma", "tag", None, True),
        ("m/two", "other", "card_data", "own-1.0", True),
    ]
    assert {r.quarantine_reason for r in rows} == {None}


OTHERS = """
    hub_id | model_id | tags                  | file_names             | card_data
    h1     | m/named  | license:other         | LICENSE                | {"license": "other", "license_name": "Llama 3.1 Community"}
    h2     | m/file   | license:other         | README.md, LICENSE-MIT |
    h6     | m/same   | license:other         | README.md, LICENSE-MIT |
    h3     | m/own    | license:other         | LICENSE, a/LICENSE-MIT | {"license": "other", "license_name": "Own One"}
    h4     | m/family | license:gpl           |                        |
    h5     | m/text   | license:free as beer! |                        |
"""


def test_the_licence_behind_other_is_found_by_name_link_or_file(spark: "SparkSession") -> None:
    rows = model_licenses.transform(drawn(spark, MODELS, OTHERS), drawn(spark, MODEL_CARDS, "hub_id \n x")).collect()
    assert sorted((r.model_id, r.resolved_license, r.resolved_by, r.comparable_license, r.is_family) for r in rows) == [
        ("m/family", "gpl", "identifier", "gpl", True),
        ("m/file", "mit", "file_name", "mit", False),
        ("m/named", "llama3.1", "name", "llama3.1", False),
        ("m/own", None, None, "other:own-one", False),
        ("m/same", "mit", "file_name", "mit", False),
        ("m/text", None, None, "free as beer!", False),
    ]


def test_the_catalogue_has_a_row_for_every_licence(spark: "SparkSession") -> None:
    rows = {row.license: row for row in license_catalogue.transform(drawn(spark, MODELS, "hub_id \n h1")).collect()}
    assert (rows["llama3"].naming, rows["llama3"].text_read_date, rows["cc"].is_osi_approved) == ("Llama 3", None, None)
    assert rows["llama3.1"].text_read_date is not None


def test_languages_come_from_card_or_listing_and_otherwise_from_tags(spark: "SparkSession") -> None:
    nothing = drawn(spark, MODEL_DATASETS, "model_id \n x"), drawn(spark, DATASETS, "hub_id \n x")
    frame = model_languages.transform(drawn(spark, MODELS, LISTED), drawn(spark, MODEL_CARDS, CARDS), *nothing)
    rows = with_quarantine_reason(frame, MODEL_LANGUAGES).collect()
    assert sorted((r.model_id, r.language, r.declared_as, r.source) for r in rows) == [
        ("m/four", "sv", "sv", "card_data"),
        ("m/one", "de", "de", "card"),
        ("m/six", "en", "eng", "tag"),
        ("m/six", "multilingual", "multilingual", "tag"),
        ("m/two", "fr", "fr", "card_data"),
    ]
    without_card_data = drawn(spark, MODELS, LISTED).drop("card_data").selectExpr("*", "null as card_data")
    only_tags = model_languages.transform(without_card_data, drawn(spark, MODEL_CARDS, "hub_id \n x"), *nothing)
    assert sorted((r.model_id, r.language, r.source) for r in only_tags.collect()) == [
        ("m/one", "en", "tag"),
        ("m/six", "en", "tag"),
        ("m/six", "multilingual", "tag"),
        ("m/two", "en", "tag"),
    ]


NAMED = """
    hub_id | model_id            | tags | card_data
    h1     | m/opus-mt-de-en     | de   |
    h2     | m/GermanLlama-it    | en   |
    h3     | m/no-language-in-it |      |
"""


def test_name_and_datasets_are_facts_of_their_own(spark: "SparkSession") -> None:
    uses = """
        model_id         | dataset_id | resolved_id | role
        m/GermanLlama-it | squad      | r/squad     | tune
        m/GermanLlama-it | xnli       | x/xnli      | eval
        m/GermanLlama-it | gone       |             | tune
    """
    datasets = drawn(spark, DATASETS, "hub_id | dataset_id | languages \n 1 | r/squad | en, fr \n 2 | x/xnli | sw")
    cards = drawn(spark, MODEL_CARDS, "hub_id | model_id | language_of_text \n h2 | m/GermanLlama-it | de")
    frame = model_languages.transform(drawn(spark, MODELS, NAMED), cards, drawn(spark, MODEL_DATASETS, uses), datasets)
    rows = with_quarantine_reason(frame, MODEL_LANGUAGES).collect()
    assert sorted((r.model_id, r.kind, r.language, r.declared_as, r.direction, r.confidence) for r in rows if r.kind != "declared") == [
        ("m/GermanLlama-it", "in_dataset", "en", "r/squad", None, 0.82),
        ("m/GermanLlama-it", "in_dataset", "fr", "r/squad", None, 0.82),
        ("m/GermanLlama-it", "in_name", "de", "german", None, 0.92),
        ("m/opus-mt-de-en", "in_name", "de", "de", "source", 0.97),
        ("m/opus-mt-de-en", "in_name", "en", "en", "target", 0.97),
    ]


def test_datasets_have_one_row_each_and_placeholders_are_flagged(spark: "SparkSession") -> None:
    nothing = tuple(
        drawn(spark, table, f"{key} \n") for table, key in ((MODEL_CONFIGS, "model_id"), (DATASETS, "hub_id"), (LISTINGS, "hub_id"))
    )
    frame = model_datasets.transform(drawn(spark, MODELS, LISTED), drawn(spark, MODEL_CARDS, CARDS), *nothing)
    rows = with_quarantine_reason(frame, MODEL_DATASETS).collect()
    assert sorted((r.model_id, r.dataset_id, r.source, r.is_placeholder, r.dataset_status) for r in rows) == [
        ("m/four", "glue", "card_data", False, "unknown"),
        ("m/one", "glue", "card", False, "unknown"),
        ("m/one", "squad", "card", False, "unknown"),
        ("m/two", "generator", "tag", True, "placeholder"),
    ]
