"""silver.parsed_sections and silver.card_sections."""

from typing import TYPE_CHECKING

import pytest

from hublake.lake.schema.silver.cards import CARD_SECTIONS, PARSED_SECTIONS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.engine.quarantine import with_quarantine_reason
from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.silver import card_sections, parsed_sections
from tests.drawn import drawn
from tests.spark_jobs.card_frames import model_cards, sections_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PARENT = "# Base\n## Bias\nIt favours men over women. It knows no slang at all.\n"
CHILD = "# Tuned\nNew words about this model here.\n## Bias\nIt **favours men** over women. It was tested by two nurses.\n## License\nMIT"


def transformed(spark: "SparkSession", lineage: "DataFrame | None" = None, **texts: str) -> "DataFrame":
    """silver.card_sections of cards, given by their model_id."""
    cards = model_cards(spark, texts)
    return card_sections.transform(sections_of(cards), cards, lineage or edges(spark, "child_id \n x").limit(0))


def edges(spark: "SparkSession", text: str) -> "DataFrame":
    return drawn(spark, LINEAGE_EDGES, text)


def test_sections_are_in_order_with_their_classes(spark: "SparkSession") -> None:
    text = "intro words\n\n# M\n\n## Bias, Risks, and Limitations\n\n[More Information Needed]\n\n## Training procedure\n\n- seed: 42\n"
    frame = with_quarantine_reason(transformed(spark, m=text), CARD_SECTIONS)
    rows = frame.orderBy("ordinal").collect()
    assert [(r.ordinal, r.level, r.heading, r.section_class, r.word_count, r.is_placeholder, r.is_boilerplate) for r in rows] == [
        (0, 0, None, "other", 2, False, False),
        (1, 1, "M", "other", 0, True, False),
        (2, 2, "Bias, Risks, and Limitations", "limitations", 3, True, False),
        (3, 2, "Training procedure", "training", 2, False, True),
    ]
    assert rows[2].section_classes == ["limitations", "bias", "risks"]
    assert {r[QUARANTINE_REASON] for r in rows} == {None}
    assert set(CARD_SECTIONS.column_names) - set(frame.columns) == {"snapshot_date"}


def test_section_texts_are_cut_out_of_the_card_whatever_its_line_ends(spark: "SparkSession") -> None:
    text = "intro\r\n\r\n# Título 🤗\r\rSé **breve**.\r\n- x\r\n## Bias\r\nNone"
    in_ascii = text.replace("í", "i").replace("é", "e").replace("🤗", ":)")
    rows = transformed(spark, m=text, n=in_ascii).orderBy("model_id", "ordinal").collect()
    assert [(r.heading, r.text) for r in rows] == [
        *((None, "intro"), ("Título 🤗", "Sé **breve**.\n- x"), ("Bias", "None")),
        *((None, "intro"), ("Titulo :)", "Se **breve**.\n- x"), ("Bias", "None")),
    ]


def test_parsed_sections_have_one_kind_span_and_digest_per_sentence(spark: "SparkSession") -> None:
    cards = model_cards(spark, {"m": "# M\nIt was tested by two nurses. More information needed.\n```\nx = 1\n```\n"})
    frame = with_quarantine_reason(parsed_sections.transform(cards), PARSED_SECTIONS)
    (row,) = frame.collect()
    assert (row.sentences, row.sentence_kinds) == (["It was tested by two nurses.", "More information needed."], ["own", "placeholder"])
    assert (row.sentence_starts, row.sentence_ends) == ([4, 33], [32, 57])
    assert [digest is not None for digest in row.sentence_digests] == [True, False]
    assert (row.has_code, row.has_citation, row.has_usage_code, row[QUARANTINE_REASON]) == (True, False, False, None)


def test_a_card_that_the_parser_fails_on_is_quarantined(spark: "SparkSession", monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(parsed_sections, "section_columns", fail)
    (row,) = parsed_sections._sections({"model_id": "m", "text": "# M"})
    assert (row["model_id"], row[QUARANTINE_REASON]) == ("m", "unreadable_card: RecursionError: too deep")


def test_texts_on_documented_classes_have_an_identifier_that_ignores_figures(spark: "SparkSession") -> None:
    warning = "## Bias\nIt repeats prejudices of {} newspapers from the years before the war."
    frame = transformed(
        spark,
        a=warning.format(12),
        b=warning.format(3),
        gap="## Bias\n[More Information Needed]",
        other=warning.replace("Bias", "Usage"),
    )
    text_ids = {row.model_id: row.text_id for row in frame.collect()}
    assert text_ids["a"] == text_ids["b"] is not None
    assert (text_ids["gap"], text_ids["other"]) == (None, None)


def test_overlap_is_the_share_of_own_sentences_that_a_parent_s_card_contains(spark: "SparkSession") -> None:
    lineage = edges(
        spark,
        """
        child_id | parent_id | relation | parent_status
        child    | parent    | finetune | present
        child    | other     | merge    | renamed
        child    | missing   | merge    | missing
        """,
    )
    rows = transformed(spark, lineage, parent=PARENT, other="Nothing alike is said in here.", child=CHILD).collect()
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
    rows = transformed(spark, lineage, parent=PARENT, child=CHILD).collect()
    assert {r.parent_overlap_share for r in rows} == {None}


def test_a_parent_s_card_without_a_sentence_shares_nothing(spark: "SparkSession") -> None:
    lineage = edges(spark, "child_id | parent_id | relation | parent_status \n child | parent | finetune | present")
    rows = transformed(spark, lineage, parent="<!-- nothing visible -->", child=CHILD).collect()
    assert {r.heading: r.parent_overlap_share for r in rows} == {"Tuned": 0.0, "Bias": 0.0, "License": None}
