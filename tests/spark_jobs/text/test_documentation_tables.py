"""gold.card_documentation and gold.documentation_rates."""

from typing import TYPE_CHECKING

import pytest

from lake.tables.gold import CARD_DOCUMENTATION
from lake.tables.silver import CARD_SECTIONS, LINEAGE_EDGES, MODEL_CARDS, MODELS
from lake.vocabulary import SECTION_CLASSES
from spark_jobs.text import card_documentation, documentation_rates
from tests.drawn import drawn

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_every_model_has_a_row_and_one_without_text_has_nothing(spark: "SparkSession") -> None:
    models = drawn(spark, MODELS, "hub_id | model_id \n h1 | m/told \n h2 | m/empty \n h3 | m/none")
    cards = drawn(
        spark,
        MODEL_CARDS,
        """
        hub_id | model_id | language_of_text | datasets | text
        h1     | m/told   | en               |          | some text
        h2     | m/empty  |                  |          |
        """,
    )
    sections = drawn(
        spark,
        CARD_SECTIONS,
        """
        model_id | ordinal | section_classes | parent_overlap_share | text
        m/told   | 1       | bias            |                      | It works less well for older people.
        m/told   | 0       | limitations     | 1                    | Accuracy falls to 71% when the text is long.
        m/told   | 2       | risks           |                      | TODO
        """,
    )
    rows = {r.model_id: r for r in card_documentation.transform(models, cards, sections).collect()}
    told, empty, none = rows["m/told"], rows["m/empty"], rows["m/none"]
    assert (told.has_card, told.has_bias, told.bias_own_words, told.is_bias_inherited) == (True, True, 7, False)
    assert (told.has_limitations, told.is_limitations_inherited, told.has_risks, told.depth, told.specificity) == (
        True,
        True,
        False,
        4,
        1.0,
    )
    assert told.readability is not None
    for nothing in (empty, none):
        assert (nothing.has_card, nothing.has_bias, nothing.bias_own_words, nothing.depth, nothing.readability) == (
            False,
            False,
            0,
            0,
            None,
        )
    assert set(told.asDict()) == set(CARD_DOCUMENTATION.column_names) - {"snapshot_date"}


def test_rates_are_counted_over_cards_in_each_stratum(spark: "SparkSession") -> None:
    models = drawn(
        spark,
        MODELS,
        """
        model_id | downloads_30d | pipeline_tag
        a        | 100           | fill-mask
        b        | 1             | fill-mask
        c        | 0             |
        d        |               | fill-mask
        """,
    )
    documented = drawn(
        spark, CARD_DOCUMENTATION, "model_id | has_card | has_bias \n a | yes | yes \n b | yes | no \n c | yes | no \n d | no | no"
    )
    sections = drawn(
        spark,
        CARD_SECTIONS,
        """
        model_id | section_classes    | is_placeholder | is_boilerplate
        a        | training, citation | no             | no
        a        | training           | no             | no
        b        | training           | no             | yes
        c        | citation           | yes            | no
        """,
    )
    lineage = drawn(
        spark, LINEAGE_EDGES, "child_id | parent_id | relation | is_self_loop \n b | a | adapter | no \n c | c | finetune | yes"
    )
    rows = documentation_rates.transform(documented, sections, models, lineage).collect()
    found = {(r.stratum, r.section_class): (r.models, r.cards, r.filled) for r in rows}
    assert len(rows) == len(found)
    assert {stratum for stratum, _ in found} == {
        *("all", "popularity:top-1%", "popularity:with-downloads", "popularity:no-downloads"),
        *("task:fill-mask", "relation:adapter", "relation:none"),
    }
    assert {name for _, name in found} == set(SECTION_CLASSES)
    assert found["all", "bias"] == (4, 3, 1)
    assert found["all", "training"] == (4, 3, 1)
    assert found["all", "citation"] == (4, 3, 1)
    assert found["popularity:top-1%", "bias"] == (1, 1, 1)
    assert found["popularity:with-downloads", "bias"] == (2, 2, 1)
    assert found["popularity:no-downloads", "bias"] == (1, 1, 0)
    assert found["task:fill-mask", "bias"] == (3, 2, 1)
    assert found["relation:adapter", "bias"] == (1, 1, 0)
    assert found["relation:none", "bias"] == (3, 2, 1)


def test_the_interval_is_wilson_s(spark: "SparkSession") -> None:
    counts = spark.createDataFrame([(10, 100), (0, 5), (5, 5), (0, 0)], ["hits", "trials"])
    low, high = documentation_rates.wilson(counts.hits, counts.trials)
    rows = [tuple(r) for r in counts.select(low, high).collect()]
    # 10 of 100: 0.0552 to 0.1744, as tables of the interval give it.
    assert rows[0] == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert (rows[1][0], rows[2][1]) == pytest.approx((0.0, 1.0))
    assert rows[3] == (None, None)
