"""silver.model_cards -> silver.card_sections."""

from typing import TYPE_CHECKING

import pytest

from hublake.lake.schema.silver.cards import CARD_SECTIONS, MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.engine.quarantine import with_quarantine_reason
from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.silver.card_sections import transform
from tests.drawn import drawn

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PARENT = "# Base\n## Bias\nIt favours men over women. It knows no slang at all.\n"
CHILD = "# Tuned\nNew words about this model here.\n## Bias\nIt **favours men** over women. It was tested by two nurses.\n## License\nMIT"


def cards(spark: "SparkSession", **texts: str) -> "DataFrame":
    frame = drawn(spark, MODEL_CARDS, "\n".join(["hub_id | model_id", *(f"{name} | {name}" for name in texts)]))
    return frame.drop("text").join(spark.createDataFrame(list(texts.items()), ["model_id", "text"]), "model_id", how="left")


def edges(spark: "SparkSession", text: str) -> "DataFrame":
    return drawn(spark, LINEAGE_EDGES, text)


def test_sections_are_in_order_with_their_classes(spark: "SparkSession") -> None:
    text = "intro words\n\n# M\n\n## Bias, Risks, and Limitations\n\n[More Information Needed]\n\n## Training procedure\n\n- seed: 42\n"
    frame = with_quarantine_reason(transform(cards(spark, m=text), edges(spark, "child_id \n x").limit(0)), CARD_SECTIONS)
    rows = frame.orderBy("ordinal").collect()
    assert [(r.ordinal, r.level, r.heading, r.section_class, r.word_count, r.is_placeholder, r.is_boilerplate) for r in rows] == [
        (0, 0, None, "other", 2, False, False),
        (1, 1, "M", "other", 0, True, False),
        (2, 2, "Bias, Risks, and Limitations", "limitations", 3, True, False),
        (3, 2, "Training procedure", "training", 2, False, True),
    ]
    assert rows[2].section_classes == ["limitations", "bias", "risks"]
    assert {r[QUARANTINE_REASON] for r in rows} == {None}


def test_texts_on_documented_classes_have_a_name_that_figures_do_not_change(spark: "SparkSession") -> None:
    warning = "## Bias\nIt repeats prejudices of {} newspapers from the years before the war."
    frame = transform(
        cards(
            spark,
            a=warning.format(12),
            b=warning.format(3),
            gap="## Bias\n[More Information Needed]",
            other=warning.replace("Bias", "Usage"),
        ),
        edges(spark, "child_id \n x").limit(0),
    )
    named = {row.model_id: row.text_id for row in frame.collect()}
    assert named["a"] == named["b"] is not None
    assert (named["gap"], named["other"]) == (None, None)


def test_overlap_is_the_part_of_own_sentences_in_a_parent_s_card(spark: "SparkSession") -> None:
    lineage = edges(
        spark,
        """
        child_id | parent_id | relation | parent_status
        child    | parent    | finetune | present
        child    | other     | merge    | renamed
        child    | missing   | merge    | missing
        """,
    )
    rows = transform(cards(spark, parent=PARENT, other="Nothing alike is said in here.", child=CHILD), lineage).collect()
    found = {(r.model_id, r.heading): r.parent_overlap_share for r in rows}
    assert found["child", "Bias"] == pytest.approx(0.5)
    assert found["child", "Tuned"] == 0.0
    assert found["child", "License"] is None
    assert found["parent", "Bias"] is None


def test_a_model_is_not_its_own_parent_and_a_missing_one_has_no_card(spark: "SparkSession") -> None:
    lineage = edges(
        spark,
        "child_id | parent_id | relation | parent_status \n parent | parent | finetune | present \n child | gone | finetune | missing",
    )
    rows = transform(cards(spark, parent=PARENT, child=CHILD), lineage).collect()
    assert {r.parent_overlap_share for r in rows} == {None}
