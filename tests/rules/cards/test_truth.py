"""Cards that were marked by hand: the marks are whole, the draw gives them again, and the half to tune on is read as marked."""

import csv
from pathlib import Path

from benchmarks.card_truth import MARKS, kappa, macro_f1
from hublake.lake.enums import SECTION_CLASSES
from hublake.rules.cards.card_reading import read_card_text
from hublake.rules.cards.front_matter import read_card
from hublake.rules.cards.safe_yaml import _parsed, _plain_mapping
from tests.truth.draw import drawn, read_cards

LONGEST_REASON = 120


def marks() -> list[dict[str, str]]:
    with MARKS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_marks_are_whole_and_hold_no_card_text() -> None:
    rows = marks()
    assert sorted(row["half"] for row in rows) == ["held_out"] * 100 + ["tune"] * 100
    assert len({row["model_id"] for row in rows}) == 200
    for row in rows:
        assert set(row["filled"].split()) <= set(row["present"].split()) <= set(SECTION_CLASSES)
        assert row["depth"] in "01234"
        assert 0 < len(row["reason"]) <= LONGEST_REASON


def test_the_draw_gives_the_marked_cards_again(shared_data: Path) -> None:
    cards = read_cards(shared_data / "hub2022" / "cards.jsonl.gz")
    assert sorted(drawn(cards)) == sorted((row["half"], row["stratum"], row["model_id"]) for row in marks())


def test_the_half_to_tune_on_is_read_as_marked(shared_data: Path) -> None:
    cards = read_cards(shared_data / "hub2022" / "cards.jsonl.gz")
    rows = [row for row in marks() if row["half"] == "tune"]
    readings = [read_card_text(read_card(cards[row["model_id"]]).body) for row in rows]
    pairs = list(zip(rows, readings, strict=True))
    assert macro_f1([(frozenset(row["present"].split()), frozenset(read.present)) for row, read in pairs]) >= 0.9
    assert macro_f1([(frozenset(row["filled"].split()), frozenset(read.filled)) for row, read in pairs]) >= 0.85
    assert kappa([(int(row["depth"]), read.documentation.depth) for row, read in pairs]) >= 0.75


def test_front_matter_read_line_by_line_is_what_the_parser_says(shared_data: Path) -> None:
    compared = 0
    for card in read_cards(shared_data / "hub2022" / "cards.jsonl.gz").values():
        block = card[4:].partition("\n---")[0] if card.startswith("---\n") else ""
        plain = _plain_mapping(block)
        if plain is not None:
            assert list(plain.items()) == list(_parsed(block).items())
            compared += 1
    assert compared > 1_000
