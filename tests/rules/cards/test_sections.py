"""Where sections lie in a card, and what they are made of."""

import random

import pytest

from hublake.rules.cards.card_reading import read_card_text, read_sections
from hublake.rules.cards.cues import may_mention, mentioned
from hublake.rules.cards.generators import generator_of
from hublake.rules.cards.passages import MAX_CHARS_KEPT, passage
from hublake.rules.cards.safe_yaml import _parsed, _plain_mapping
from hublake.rules.cards.sections import split

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


def test_offsets_cut_a_section_s_own_text_out_of_the_card() -> None:
    sections = split(CARD)
    assert [(s.heading, s.path) for s in sections] == [
        (None, ()),
        ("Title", ()),
        ("Usage", ("Title",)),
        ("Bias", ("Title",)),
        ("Risks", ("Title",)),
        ("Of harm", ("Title", "Risks")),
    ]
    assert all(CARD[s.start : s.end] == s.text for s in sections)
    assert [s.text.splitlines()[:1] for s in sections] == [["intro"], [], ["```python"], ["It favours men."], [], ["It may harm."]]


def test_a_heading_inside_of_a_table_leaves_the_rows_above_it_where_they_are() -> None:
    before, within = read_sections("<table><tr><td>a</td><td>b</td></tr><tr><td><h2>Bias</h2></td><td>c</td></tr></table>\nd", None)
    assert [(block.kind, block.text) for block in before.section.passage.blocks] == [("table", "a | b")]
    assert [(block.kind, block.text) for block in within.section.passage.blocks] == [("table", "c"), ("prose", "d")]


def test_what_many_cards_hold_is_kept_and_what_is_long_is_not() -> None:
    short, long = "<p>Tuned.</p>", "<p>x</p>" * MAX_CHARS_KEPT
    assert passage(short) is passage(short)
    assert passage(long) is not passage(long)


@pytest.mark.parametrize("text", ["It is BIASED.", "Le modèle a des Préjugés.", "Модель имеет ПРЕДВЗЯТОСТЬ.", "存在偏见。"])
def test_a_passage_is_searched_in_whatever_case_it_is_written(text: str) -> None:
    assert may_mention(text) == bool(mentioned(text))
    assert may_mention(text)


def test_a_phrase_that_a_wrapped_line_parts_is_found() -> None:
    assert may_mention("<p>It is not\nexpected to perform well on other languages.</p>")
    assert not may_mention("<p>It is expected to perform well.</p>")


def test_shares_of_code_and_tables_are_of_the_characters_shown() -> None:
    usage, bias = (section for section in read_sections(CARD, None) if section.section.heading in ("Usage", "Bias"))
    assert (usage.section.passage.share_of("code"), usage.section.passage.share_of("table")) == (1.0, 0.0)
    assert bias.section.passage.share_of("table") == pytest.approx(0.63, abs=0.05)


def test_evidence_is_where_the_deepest_sentences_stand() -> None:
    card = "# M\n## Bias\nIt may be biased.\nWord errors are **12 %** more for women.\n"
    spans = [statement.span for statement in read_card_text(card).documentation.evidence]
    assert [card[start:end] for start, end in spans] == ["Word errors are **12 %** more for women."]


@pytest.mark.parametrize(
    ("card", "generator"),
    [
        ("<!-- This model card has been generated automatically according to the information the Trainer had access to. -->", "trainer"),
        ("# Model Trained Using AutoTrain\n\n- Loss: 0.1", "autotrain"),
        ("I was made with [huggingtweets](x).", "huggingtweets"),
        ("# My model\nI wrote this card.", None),
    ],
)
def test_a_tool_is_known_by_its_mark(card: str, generator: str | None) -> None:
    assert generator_of(card) == generator


def test_a_tool_s_figures_are_not_own_words_but_what_an_author_adds_is() -> None:
    card = (
        "# Model Trained Using AutoTrain\n## Validation Metrics\n- Loss: 0.12\n- F1: 0.9\n## Limitations\nIt was tried on letters only.\n"
    )
    read = read_card_text(card)
    assert (read.present, read.filled) == (("limitations", "evaluation"), ("limitations",))
    metrics = read.sections[1]
    assert (metrics.is_boilerplate, metrics.boilerplate_source) == (True, "autotrain")


TOOLS_ROW = "| Feature | Description |\n| --- | --- |\n| **Default Pipeline** | `tok2vec` |\n| **License** | |\n"


@pytest.mark.parametrize(
    ("text", "is_boilerplate"),
    [
        (TOOLS_ROW, True),
        (TOOLS_ROW + "\nIt confuses names of towns and people.\n", False),
        (TOOLS_ROW + "\n<table><tr><td>It confuses names of towns and people.</td></tr></table>\n", False),
    ],
    ids=["an empty cell", "a paragraph", "a table of one cell, for its looks"],
)
def test_where_a_tool_writes_all_rows_of_several_cells_are_its_own(text: str, is_boilerplate: bool) -> None:
    (section,) = read_sections(text, "spacy")
    assert section.is_boilerplate == is_boilerplate


@pytest.mark.parametrize(
    "block",
    ["a: x: y", "a: 1 # two", "a: [b, c]", "a:\n- b\n  - c", "a: |\n  b", "- a", "a: &x b", "no: 1\nyes: 2", "a: 'it''s'", 'a: "\\n"'],
)
def test_what_is_more_than_plain_yaml_goes_to_the_parser(block: str) -> None:
    found = _plain_mapping(block)
    assert found is None or found == _parsed(block)


@pytest.mark.parametrize(
    "block",
    ["a:\n- b\n- c\nd: e", "a:\n  - b\n\n  - c", "a:\n- b: c\n  d:\n  - e: f\n- b:\ng: h", "a:\n  b:\n    c: 1\n  d: 'e'", "a: it's, so"],
)
def test_nested_plain_yaml_is_read_line_by_line(block: str) -> None:
    found = _plain_mapping(block)
    assert found is not None
    assert found == _parsed(block)


def test_lines_in_any_order_and_column_are_read_as_the_parser_reads_them() -> None:
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
            assert (block, found) == (block, _parsed(block))
            compared += 1
    assert compared > 200
