"""Cards of one piece of markup, repeated, are parsed in bounded time (pytest-timeout) to values that Arrow and JSON accept."""

import json

import pytest

from hublake.rules.cards.card_text import decode_card, word_count_and_language
from hublake.rules.cards.documentation import document
from hublake.rules.cards.front_matter import parse_fields, split_front_matter
from hublake.rules.cards.markup import MAX_CARD_CHARS
from hublake.rules.cards.parsed_card import ParsedSection, parse_card
from hublake.rules.cards.sections import MAX_SECTIONS, split_sections

SIZE = 60_000
PIECES = (
    *(
        "*",
        "_",
        "[",
        "`",
        ">",
        "|",
        "&",
        '"',
        "\n",
        "\t-",
        "- ",
        "> - ",
        ". ",
        "a-",
        "0.",
        "[a](",
        "![a](",
        "<a ",
        "<!--",
        "<h1>",
        "x <h1>",
    ),
    *(
        "# a\n",
        "a\n---\n",
        "---\n",
        "```\n",
        "**a**\n\n",
        "<pre>",
        "<pre></pre>",
        *("<!-->", "<!", "<?", "<style-a>", "<style", "</style", '<a "', "<a 'b\" ", "<a b=\"<c d='", "</pre", "<tr", "--!", "&#", "&a"),
        "<script>",
        "http://",
        '<a href="',
        "<![CDATA[",
        "[a]: <b> ",
    ),
    *("this model is a fine tuned version of x on ", "\x00", "\u202e", "\U0001f917"),
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", PIECES)
def test_a_card_of_one_repeated_piece_is_parsed_and_assessed(piece: str) -> None:
    content, text = decode_card((piece * (SIZE // len(piece))).encode(), "utf-8")
    front = split_front_matter(text or "")
    word_count_and_language(front.body)
    sections = parse_card(front.body).sections
    for section in sections:
        json.dumps(section.as_columns(), ensure_ascii=False).encode("utf-8")
    found = document([ParsedSection(section.section, (*section.classes, "bias")) for section in sections], "en")
    assert content in ("text", "not_text", "empty")
    assert found.depth in range(5)


def test_the_text_and_the_number_of_sections_are_limited() -> None:
    assert sum(len(s.text) for s in split_sections("a" * (MAX_CARD_CHARS + 5))) == MAX_CARD_CHARS
    assert len(split_sections("# a\n" * (MAX_SECTIONS + 5))) == MAX_SECTIONS


def test_yaml_cannot_create_objects_or_surrogates() -> None:
    front = split_front_matter('---\na: !!python/name:os.system\nb: "\\ud83d"\nlicense: "x\\0y"\n---\n')
    assert front.status in ("valid", "invalid")
    json.dumps(parse_fields(front.data or {}).as_columns()).encode("utf-8")
