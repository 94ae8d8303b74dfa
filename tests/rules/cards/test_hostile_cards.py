"""Cards that attack one weakness each are read to the end, and within bounds."""

import pytest

from hublake.rules.cards.card_reading import read_card_text
from hublake.rules.cards.card_text import describe, read_bytes
from hublake.rules.cards.front_matter import read_card
from hublake.rules.cards.sections import MAX_CHARS, MAX_SECTIONS
from tests.truth.hostile import CARDS


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", CARDS)
def test_a_hostile_card_is_read_to_the_end(name: str) -> None:
    content, text = read_bytes(CARDS[name](), "utf-8")
    assert content == "text"
    front = read_card(text or "")
    describe(front.body)
    reading = read_card_text(front.body)
    assert len(reading.sections) <= MAX_SECTIONS + 1
    assert all(0 <= s.section.start <= s.section.end <= MAX_CHARS for s in reading.sections)
    assert 0 <= reading.documentation.depth <= 4
