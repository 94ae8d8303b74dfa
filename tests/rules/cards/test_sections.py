"""Offsets of sections and sentences in a card, and the content of sections."""

import random

import pytest

from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.authoring_tools import detect_generator
from hublake.rules.cards.cue_phrases import may_mention, mentioned_sections
from hublake.rules.cards.markup import MAX_CACHED_CHARS
from hublake.rules.cards.parsed_card import ParsedSection, parse_card, section_columns
from hublake.rules.cards.safe_yaml import _parse, _plain_mapping
from hublake.rules.cards.section_content import section_content
from hublake.rules.cards.sections import split_sections
from hublake.rules.cards.sentence_offsets import MAX_PRODUCT, locate_sentences

CARD = """intro

# Title

## Usage

```python
# Bias
x = 1
```

## Bias

It favours men.

| group | error |
|-------|-------|
| women | 12 %  |

Risks
-----
<h3 align="center">Of <b>harm</b></h3>

It may harm.
"""


def test_the_offsets_of_a_section_select_its_text_in_the_card() -> None:
    sections = split_sections(CARD)
    assert [(s.heading, s.path) for s in sections] == [
        (None, ()),
        ("Title", ()),
        ("Usage", ("Title",)),
        ("Bias", ("Title",)),
        ("Risks", ("Title",)),
        ("Of harm", ("Title", "Risks")),
    ]
    assert all(CARD[slice(*s.span)] == s.text for s in sections)
    assert [s.text.splitlines()[:1] for s in sections] == [["intro"], [], ["```python"], ["It favours men."], [], ["It may harm."]]


def test_a_heading_inside_a_table_leaves_the_rows_above_it_in_the_section_above() -> None:
    card = "<table><tr><td>a</td><td>b</td></tr><tr><td><h2>Bias</h2></td><td>c</td></tr></table>\nd"
    before, within = parse_card(card).sections
    assert [(block.kind, block.text) for block in before.section.content.blocks] == [("table", "a | b")]
    assert [(block.kind, block.text) for block in within.section.content.blocks] == [("table", "c"), ("prose", "d")]


def test_short_content_is_cached_and_long_content_is_not() -> None:
    short, long = "<p>Tuned.</p>", "<p>x</p>" * MAX_CACHED_CHARS
    assert section_content(short) is section_content(short)
    assert section_content(long) is not section_content(long)


def test_short_cards_of_equal_text_are_parsed_once() -> None:
    short, long = "# A\nIt was tried on letters.", "# A\n" + "word " * MAX_CACHED_CHARS
    assert section_columns(short) is section_columns("".join(short))
    assert section_columns(long) == section_columns(long)
    assert section_columns(long) is not section_columns(long)


@pytest.mark.parametrize("text", ["It is BIASED.", "Le modèle a des Préjugés.", "Модель имеет ПРЕДВЗЯТОСТЬ.", "存在偏见。"])
def test_cues_are_found_in_any_case(text: str) -> None:
    assert may_mention(text) == bool(mentioned_sections(text))
    assert may_mention(text)


def test_a_phrase_across_a_line_end_is_found() -> None:
    assert may_mention("<p>It is not\nexpected to perform well on other languages.</p>")
    assert not may_mention("<p>It is expected to perform well.</p>")


def test_shares_of_code_and_tables_are_of_the_characters_shown() -> None:
    usage, bias = (section.content.measures for section in split_sections(CARD) if section.heading in ("Usage", "Bias"))
    assert (usage.code_share, usage.table_share) == (1.0, 0.0)
    assert bias.table_share == pytest.approx(0.63, abs=0.05)


def test_evidence_spans_are_those_of_the_deepest_sentences() -> None:
    card = "# M\n## Bias\nIt may be biased.\nWord errors are **12 %** more for women.\n"
    spans = [statement.span for statement in assess_card(parse_card(card).sections).documentation.evidence]
    assert [card[start:end] for start, end in spans] == ["Word errors are **12 %** more for women."]


def test_sentences_are_stored_with_kind_offsets_and_digest_and_code_is_not() -> None:
    card = "## Bias\n[More Information Needed]\n\nIt **favours men** over\nwomen.\n\n- Mild\n- Paper:\n\n```\nx = 1\n```\n"
    (section,) = (section.as_columns() for section in parse_card(card).sections)
    spans = zip(section["sentence_starts"], section["sentence_ends"], strict=True)
    assert [(card[start:end], kind) for (start, end), kind in zip(spans, section["sentence_kinds"], strict=True)] == [
        ("[More Information Needed]", "placeholder"),
        ("It **favours men** over\nwomen.", "own"),
        ("Mild", "own"),
        ("Paper:", "label"),
    ]
    assert section["sentences"][1] == "It favours men over women."
    assert [digest is not None for digest in section["sentence_digests"]] == [False, True, False, False]
    assert section["has_code"]


def test_sentences_of_a_very_long_section_are_located_one_after_the_other() -> None:
    sentences = [f"{number} It fails again." for number in range(1_200)]
    text = "\n\n".join(sentences)
    assert len(text) * len(sentences) > MAX_PRODUCT
    spans = locate_sentences(text, sentences)
    assert [text[slice(*spans[sentence])] for sentence in sentences] == sentences


@pytest.mark.parametrize(
    ("card", "generator"),
    [
        ("<!-- This model card has been generated automatically according to the information the Trainer had access to. -->", "trainer"),
        ("# Model Trained Using AutoTrain\n\n- Loss: 0.1", "autotrain"),
        ("I was made with [huggingtweets](x).", "huggingtweets"),
        ("# My model\nI wrote this card.", None),
    ],
)
def test_a_generator_is_detected_by_its_mark(card: str, generator: str | None) -> None:
    assert detect_generator(card) == generator


def test_figures_of_a_tool_are_not_own_words_but_additions_of_the_author_are() -> None:
    card = (
        "# Model Trained Using AutoTrain\n## Validation Metrics\n- Loss: 0.12\n- F1: 0.9\n## Limitations\nIt was tried on letters only.\n"
    )
    sections = parse_card(card).sections
    assessment = assess_card(sections)
    assert (assessment.present, assessment.filled) == (("limitations", "evaluation"), ("limitations",))
    metrics = sections[1].as_columns()
    assert (metrics["is_boilerplate"], metrics["boilerplate_source"]) == (True, "autotrain")
    assert metrics["sentence_kinds"] == ["tool", "tool"]


TOOL_ROW = "| Feature | Description |\n| --- | --- |\n| **Default Pipeline** | `tok2vec` |\n| **License** | |\n"


@pytest.mark.parametrize(
    ("text", "is_boilerplate"),
    [
        (TOOL_ROW, True),
        (TOOL_ROW + "\nIt confuses names of towns and people.\n", False),
        (TOOL_ROW + "\n<table><tr><td>It confuses names of towns and people.</td></tr></table>\n", False),
    ],
    ids=["an empty cell", "a paragraph", "a layout table of one cell"],
)
def test_rows_of_several_cells_are_boilerplate_if_the_tool_writes_whole_cards(text: str, is_boilerplate: bool) -> None:
    (section,) = split_sections(text)
    assert ParsedSection(section, ("other",), "spacy").is_boilerplate == is_boilerplate


@pytest.mark.parametrize(
    "block",
    ["a: x: y", "a: 1 # two", "a: [b, c]", "a:\n- b\n  - c", "a: |\n  b", "- a", "a: &x b", "no: 1\nyes: 2", "a: 'it''s'", 'a: "\\n"'],
)
def test_yaml_that_is_not_plain_goes_to_the_parser(block: str) -> None:
    found = _plain_mapping(block)
    assert found is None or found == _parse(block)


@pytest.mark.parametrize(
    "block",
    ["a:\n- b\n- c\nd: e", "a:\n  - b\n\n  - c", "a:\n- b: c\n  d:\n  - e: f\n- b:\ng: h", "a:\n  b:\n    c: 1\n  d: 'e'", "a: it's, so"],
)
def test_nested_plain_yaml_is_parsed_line_by_line(block: str) -> None:
    found = _plain_mapping(block)
    assert found is not None
    assert found == _parse(block)


def test_random_lines_and_indents_are_parsed_as_the_parser_does() -> None:
    dice = random.Random(3)
    lines = [
        "a:",
        "b: x",
        "- x",
        "- c: y",
        "- d:",
        "a: 1",
        "e: 'q r'",
        "",
        "g: null",
        "i: it's",
        "x y",
        "n:  2",
        "-  o: 1",
        "-   p",
        "true: 1",
    ]
    compared = 0
    for _ in range(8_000):
        block = "\n".join(" " * dice.choice((0, 0, 0, 2, 2, 4, 1)) + dice.choice(lines) for _ in range(dice.randint(1, 6)))
        found = _plain_mapping(block)
        if found is not None:
            assert (block, found) == (block, _parse(block))
            compared += 1
    assert compared > 200


def test_a_sentence_found_whole_ends_where_it_ends() -> None:
    row = "model.Q8_K.gguf | 1.7 GB | part 1"
    assert locate_sentences(f"| {row} |", [row]) == {row: (2, 2 + len(row))}
