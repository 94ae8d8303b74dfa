"""Cards that each attack one weakness of the parser are parsed completely and within limits."""

import pytest

from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.card_text import decode_card, word_count_and_language
from hublake.rules.cards.front_matter import split_front_matter
from hublake.rules.cards.markup import MAX_CARD_CHARS
from hublake.rules.cards.parsed_card import parse_card
from hublake.rules.cards.sections import MAX_SECTIONS
from tests.ground_truth.adversarial_cards import CARDS


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", CARDS)
def test_an_adversarial_card_is_parsed_completely(name: str) -> None:
    content, text = decode_card(CARDS[name](), "utf-8")
    assert content == "text"
    front = split_front_matter(text or "")
    word_count_and_language(front.body)
    sections = parse_card(front.body).sections
    rows = [section.as_columns() for section in sections]
    assert len(rows) <= MAX_SECTIONS + 1
    for row in rows:
        assert 0 <= row["text_start"] <= row["text_end"] <= MAX_CARD_CHARS
        for start, end in zip(row["sentence_starts"], row["sentence_ends"], strict=True):
            assert row["text_start"] <= start <= end <= row["text_end"]
    assert assess_card(sections).documentation.depth in range(5)
