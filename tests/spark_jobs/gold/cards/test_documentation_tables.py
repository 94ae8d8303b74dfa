"""The gold tables of cards."""

import math
from typing import TYPE_CHECKING

import pytest
from pyspark.sql import functions as F

from hublake.lake.enums import SECTION_CLASSES
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, SHARED_TEXTS, WARNING_INHERITANCE
from hublake.lake.schema.silver.cards import CARD_SECTIONS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.spark_jobs.gold.cards import card_documentation, card_terms, documentation_rates, shared_texts, warning_inheritance
from hublake.spark_jobs.steps.intervals import wilson
from hublake.spark_jobs.steps.section_texts import text_id
from tests.drawn import drawn
from tests.spark_jobs.card_frames import model_cards, sections_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_every_model_has_a_row_and_one_without_text_has_no_documentation(spark: "SparkSession") -> None:
    models = drawn(spark, MODELS, "hub_id | model_id \n h1 | m/full \n h2 | m/empty \n h3 | m/none \n h4 | m/welsh")
    text = "## Limitations\nAccuracy falls to 71% when the text is long.\n## Bias\nIt works less well for older people.\n## Risks\nTODO"
    cards = model_cards(spark, {"m/full": text, "m/empty": "", "m/welsh": "## Limitations\nIt is weak."})
    cards = cards.withColumn("language_of_text", F.when(F.col("model_id") == "m/welsh", "cy").otherwise(F.col("language_of_text")))
    sections = drawn(spark, CARD_SECTIONS, "model_id | ordinal | parent_overlap_share \n m/full | 1 | \n m/full | 0 | 1 \n m/full | 2 | ")
    none_shared = drawn(spark, SHARED_TEXTS, "text_id | text_ids | is_boilerplate")
    rows = {r.model_id: r for r in card_documentation.transform(models, cards, sections_of(cards), sections, none_shared).collect()}
    full, empty, none = rows["m/full"], rows["m/empty"], rows["m/none"]
    assert (full.has_card, full.has_bias, full.bias_own_words, full.is_bias_inherited) == (True, True, 7, False)
    assert (full.has_limitations, full.is_limitations_inherited, full.has_risks, full.depth, full.specificity) == (
        True,
        True,
        False,
        4,
        1.0,
    )
    assert full.readability is not None
    assert (full.sections_present, full.sections_filled) == (["limitations", "bias", "risks"], ["limitations", "bias"])
    assert [text[start:end] for start, end in zip(full.evidence_starts, full.evidence_ends, strict=True)] == [
        "Accuracy falls to 71% when the text is long."
    ]
    assert (rows["m/welsh"].has_limitations, rows["m/welsh"].depth) == (True, None)
    for row in (empty, none):
        assert (row.has_card, row.has_bias, row.bias_own_words, row.depth, row.readability) == (
            False,
            False,
            0,
            0,
            None,
        )
        assert (row.sections_present, row.evidence_starts) == ([], [])
    assert set(full.asDict()) == set(CARD_DOCUMENTATION.column_names) - {"snapshot_date"}


def test_rates_are_counted_over_cards_in_each_stratum(spark: "SparkSession") -> None:
    models = drawn(
        spark,
        MODELS,
        """
        model_id | author | downloads_30d | pipeline_tag | library_name | created_at          | is_created_at_floor
        a        | org    | 100           | fill-mask    | transformers | 2023-05-01T00:00:00 | no
        b        | person | 1             | fill-mask    |              | 2022-03-02T00:00:00 | yes
        c        | person | 0             |              |              | 2023-06-01T00:00:00 | no
        d        |        |               | fill-mask    |              |                     | no
        """,
    )
    documented = drawn(
        spark,
        CARD_DOCUMENTATION,
        "model_id | has_card | sections_filled \n a | yes | bias, training, limitations \n b | yes | citation \n c | yes | \n d | no | ",
    )
    licenses = drawn(spark, MODEL_LICENSES, "model_id | license \n a | mit \n a | other \n b | mit")
    lineage = drawn(
        spark, LINEAGE_EDGES, "child_id | parent_id | relation | is_self_loop \n b | a | adapter | no \n c | c | finetune | yes"
    )
    accounts = drawn(spark, ACCOUNTS, "account | kind \n org | organisation \n person | user \n else | user")
    rows = documentation_rates.transform(documented, models, licenses, lineage, accounts).collect()
    found = {(r.stratum, r.section_class): (r.models, r.cards, r.filled) for r in rows}
    assert len(rows) == len(found)
    assert {stratum for stratum, _ in found} == {
        *("all", "popularity:top-1%", "popularity:with-downloads", "popularity:no-downloads", "popularity:top-100", "popularity:top-1000"),
        *("popularity:quartile-1", "popularity:quartile-4", "task:fill-mask", "library:transformers", "relation:adapter", "relation:none"),
        *("license:mit", "license:other", "license:none", "year:2023", "year:before-2022-03"),
        *("author_kind:organisation", "author_kind:user", "author_kind:unknown"),
    }
    assert {name for _, name in found} == set(SECTION_CLASSES)
    assert found["all", "bias"] == (4, 3, 1)
    assert found["all", "training"] == (4, 3, 1)
    assert found["all", "citation"] == (4, 3, 1)
    assert found["popularity:top-1%", "bias"] == (1, 1, 1)
    assert found["popularity:top-100", "bias"] == (2, 2, 1)
    assert found["popularity:quartile-4", "bias"] == (1, 1, 1)
    assert found["popularity:no-downloads", "bias"] == (1, 1, 0)
    assert found["task:fill-mask", "bias"] == (3, 2, 1)
    assert found["year:2023", "bias"] == (2, 2, 1)
    assert found["license:mit", "citation"] == (2, 2, 1)
    assert found["relation:adapter", "bias"] == (1, 1, 0)
    assert found["relation:none", "bias"] == (3, 2, 1)
    assert [found[f"author_kind:{kind}", "bias"] for kind in ("organisation", "user", "unknown")] == [(1, 1, 1), (2, 2, 0), (1, 0, 0)]
    intervals = {r.stratum: (r.filled_share_low, r.filled_share_high) for r in rows if r.section_class == "bias"}
    assert intervals["author_kind:user"] == pytest.approx((0.0, 0.6576), abs=1e-4)  # 0 of 2 (Wilson 1927)
    assert intervals["author_kind:unknown"] == (None, None)
    published = {(r.stratum, r.section_class): r.published_share for r in rows if r.published_share is not None}
    assert published == {("all", "limitations"): 0.174, ("all", "evaluation"): 0.154, ("all", "environment"): 0.02}


def test_a_warning_is_kept_lost_or_copied(spark: "SparkSession") -> None:
    edges = drawn(
        spark,
        LINEAGE_EDGES,
        """
        child_id | parent_id | relation | parent_status
        kept     | base      | finetune | present
        lost     | base      | finetune | present
        bare     | base      | adapter  | present
        kept     | gone      | merge    | missing
        """,
    )
    documented = drawn(
        spark,
        CARD_DOCUMENTATION,
        """
        model_id | has_card | bias_own_words | limitations_own_words
        base     | yes      | 12             | 0
        kept     | yes      | 8              | 3
        lost     | yes      | 0              | 5
        bare     | no       | 0              | 0
        """,
    )
    sections = drawn(
        spark,
        CARD_SECTIONS,
        """
        model_id | ordinal | section_classes | word_count | parent_overlap_share
        kept     | 1       | bias            | 6          | 1
        kept     | 2       | bias, risks     | 2          | 0
        """,
    )
    texts = spark.createDataFrame(
        [("kept", "Tuned.", []), ("lost", "See base.", [])], "model_id string, text string, base_models array<string>"
    )
    rows = warning_inheritance.transform(edges, documented, sections, texts).collect()
    found = {r.child_id: (r.section_class, r.has_child_card, r.child_own_words, r.is_lost, r.is_linked, r.overlap_share) for r in rows}
    assert found == {
        "kept": ("bias", True, 8, False, False, 0.75),
        "lost": ("bias", True, 0, True, True, None),
        "bare": ("bias", False, 0, True, False, None),
    }
    assert set(rows[0].asDict()) == set(WARNING_INHERITANCE.column_names) - {"snapshot_date"}


def test_near_copies_are_grouped_and_those_of_very_many_cards_are_no_own_words(spark: "SparkSession") -> None:
    warning = "The model {} may repeat prejudices of the news on which it was trained and should be checked by people who speak Danish"
    rows = [(f"m/{n}", "bias", ["bias"], warning.format(n), False, None) for n in ("one", "two", "three 3", "three 4")]
    rows.append(
        ("m/else", "limitations", ["limitations"], "It knows nothing of verse, songs, laws or weather at sea in winter.", False, None)
    )
    names = "model_id string, section_class string, section_classes array<string>, text string, is_placeholder boolean"
    sections = spark.createDataFrame(rows, f"{names}, boilerplate_source string").withColumns(
        {"ordinal": F.lit(0), "parent_overlap_share": F.when(F.col("model_id") == "m/two", 0.9), "text_id": text_id()}
    )
    models = spark.createDataFrame([(row[0], "m") for row in rows], "model_id string, author string")
    shared = shared_texts.transform(sections, models, min_cards=2, min_cards_of_boilerplate=3).cache()
    found = shared.collect()
    assert [(r.section_class, r.cards, r.free_cards, r.authors, r.variants, r.example_id) for r in found] == [("bias", 4, 3, 1, 3, "m/one")]
    assert found[0].is_boilerplate
    cards = model_cards(spark, {row[0]: f"## Bias\n{row[3]}" for row in rows})
    documented = card_documentation.transform(models, cards, sections_of(cards), sections, shared).collect()
    by_model = {r.model_id: (r.depth, r.shared_text_ids) for r in documented}
    assert [by_model[f"m/{n}"] for n in ("one", "three 3")] == [(1, [found[0].text_id])] * 2
    assert by_model["m/else"] == (3, [])


def test_a_card_of_nothing_but_a_generator_s_mark_has_a_generator(spark: "SparkSession") -> None:
    mark = "<!-- This model card has been generated automatically according to the information the Trainer had access to. -->"
    cards = model_cards(spark, {"m": mark})
    none_shared = drawn(spark, SHARED_TEXTS, "text_id | text_ids | is_boilerplate")
    sections = drawn(spark, CARD_SECTIONS, "model_id | ordinal")
    (row,) = card_documentation.transform(cards, cards, sections_of(cards), sections, none_shared).collect()
    assert (row.has_card, row.generator, row.sections_present, row.depth) == (True, "trainer", [], 0)


def test_terms_are_counted_in_own_sentences_only(spark: "SparkSession") -> None:
    texts = {
        "a": "## Bias\nIt is biased. Its bias is known. There are no known biases in speech.\n```\nbias=True\n```",
        "b": "## Recommendations\n"
        "Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model.",
        "c": "It may leak personal data.\n## Use\nDo not feed it personal data.",
    }
    cards = model_cards(spark, texts)
    rows = card_terms.transform(cards, sections_of(cards)).collect()
    found = {(r.model_id, r.term): (r.topic, r.occurrences, r.denials) for r in rows}
    assert found == {("a", "bias*"): ("bias", 2, 1), ("a", "biased"): ("bias", 1, 0), ("c", "personal data"): ("privacy", 2, 0)}
    assert {r.term: r.tf_idf for r in rows}["personal data"] == pytest.approx(2 * math.log(3))


def test_the_interval_is_wilson_s(spark: "SparkSession") -> None:
    counts = spark.createDataFrame([(10, 100), (0, 5), (5, 5), (0, 0)], ["hits", "trials"])
    low, high = wilson(counts.hits, counts.trials)
    rows = [tuple(r) for r in counts.select(low, high).collect()]
    # 10 of 100: 0.0552 to 0.1744, as tables of the interval give it.
    assert rows[0] == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert (rows[1][0], rows[2][1]) == pytest.approx((0.0, 1.0))
    assert rows[3] == (None, None)
