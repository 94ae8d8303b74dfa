"""Cards labelled by hand: the labels are complete, sampling is reproducible, and the rules agree with the labels of the tuning half."""

import csv
from pathlib import Path

from benchmarks.card_accuracy import LABELS, kappa, macro_f1
from hublake.lake.enums import SECTION_CLASSES
from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.card_section import StoredSection
from hublake.rules.cards.front_matter import split_front_matter
from hublake.rules.cards.parsed_card import parse_card
from hublake.rules.cards.safe_yaml import _parse, _plain_mapping
from tests.ground_truth.sample import read_cards, sampled

MAX_REASON_CHARS = 120


def labels() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_labels_are_complete_and_contain_no_card_text() -> None:
    rows = labels()
    assert sorted(row["half"] for row in rows) == ["held_out"] * 100 + ["tune"] * 100
    assert len({row["model_id"] for row in rows}) == 200
    for row in rows:
        assert set(row["filled"].split()) <= set(row["present"].split()) <= set(SECTION_CLASSES)
        assert row["depth"] in "01234"
        assert 0 < len(row["reason"]) <= MAX_REASON_CHARS


def test_sampling_again_returns_the_labelled_cards(shared_data: Path) -> None:
    cards = read_cards(shared_data / "hub2022" / "cards.jsonl.gz")
    assert sorted(sampled(cards)) == sorted((row["half"], row["stratum"], row["model_id"]) for row in labels())


def test_the_rules_agree_with_the_labels_of_the_tuning_half(shared_data: Path) -> None:
    cards = read_cards(shared_data / "hub2022" / "cards.jsonl.gz")
    rows = [row for row in labels() if row["half"] == "tune"]
    assessments = [assess_card(parse_card(split_front_matter(cards[row["model_id"]]).body).sections) for row in rows]
    pairs = list(zip(rows, assessments, strict=True))
    assert macro_f1([(frozenset(row["present"].split()), frozenset(found.present)) for row, found in pairs]) >= 0.9
    assert macro_f1([(frozenset(row["filled"].split()), frozenset(found.filled)) for row, found in pairs]) >= 0.85
    depths = [(int(row["depth"]), depth) for row, found in pairs if (depth := found.documentation.depth) is not None]
    assert kappa(depths) >= 0.75


def test_stored_sections_are_assessed_like_the_text_that_they_come_from(shared_data: Path) -> None:
    for card in read_cards(shared_data / "hub2022" / "cards.jsonl.gz").values():
        sections = parse_card(split_front_matter(card).body).sections
        stored = [StoredSection.from_row(section.as_columns()) for section in sections]
        assert assess_card(stored) == assess_card(sections)


def test_front_matter_parsed_line_by_line_equals_the_parser_s_result(shared_data: Path) -> None:
    compared = 0
    for card in read_cards(shared_data / "hub2022" / "cards.jsonl.gz").values():
        block = card[4:].partition("\n---")[0] if card.startswith("---\n") else ""
        plain = _plain_mapping(block)
        if plain is not None:
            assert list(plain.items()) == list(_parse(block).items())
            compared += 1
    assert compared > 1_000
