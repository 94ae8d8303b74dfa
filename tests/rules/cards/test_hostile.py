"""Cards made to hurt come to an end, and leave nothing that Arrow or JSON refuses. pytest-timeout watches."""

import json

import pytest

from hublake.rules.cards.card_text import describe, read_bytes
from hublake.rules.cards.documentation import CardSection, read
from hublake.rules.cards.front_matter import declared, read_card
from hublake.rules.cards.headings import inherited
from hublake.rules.cards.sections import MAX_CHARS, MAX_SECTIONS, split

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
def test_a_card_of_one_piece_repeated_is_read(piece: str) -> None:
    content, text = read_bytes((piece * (SIZE // len(piece))).encode(), "utf-8")
    front = read_card(text or "")
    describe(front.body)
    sections = split(front.body)
    named = inherited([(s.level, s.heading) for s in sections])
    found = read([CardSection((*classes, "bias"), s.text) for s, classes in zip(sections, named, strict=True)], "en")
    assert content in ("text", "not_text", "empty")
    assert 0 <= found.depth <= 4


def test_sections_are_bounded_in_text_and_in_number() -> None:
    assert sum(len(s.text) for s in split("a" * (MAX_CHARS + 5))) == MAX_CHARS
    assert len(split("# a\n" * (MAX_SECTIONS + 5))) == MAX_SECTIONS


def test_yaml_cannot_make_objects_or_surrogates() -> None:
    front = read_card('---\na: !!python/name:os.system\nb: "\\ud83d"\nlicense: "x\\0y"\n---\n')
    assert front.status in ("valid", "invalid")
    json.dumps(declared(front.data or {}).as_columns()).encode("utf-8")
