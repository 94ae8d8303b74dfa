"""The sentences of one card on limits, bias and risks, by the rules of gold.card_documentation."""

from collections.abc import Collection, Mapping
from typing import Any

from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.rules.cards.assessment import CardAssessment, assess_card
from hublake.rules.cards.parsed_card import parse_card

Row = dict[str, Any]


def card_statements(documented: Mapping[str, Any], text: str, card: Mapping[str, Any], shared: Collection[int] = ()) -> list[Row]:
    """The sentences for which each class counts as documented, in order: `sentence`, `classes`, and whether it `earned_depth`.

    `documented` and `card` are rows of gold.card_documentation and silver.model_cards; `shared` are the ordinals of sections whose text
    does not count, because very many cards contain it. Only classes that `documented` has are listed.
    """
    if not any(documented[f"has_{name}"] for name in DOCUMENTED_SECTIONS):
        return []
    sections = parse_card(text).sections
    for ordinal in shared:
        if ordinal < len(sections):
            sections[ordinal].is_shared = True
    return assessed_statements(assess_card(sections, card.get("language_of_text"), card.get("datasets") or ()), documented)


def assessed_statements(assessment: CardAssessment, documented: Mapping[str, Any]) -> list[Row]:
    """The same for a card that has already been assessed."""
    deepest = assessment.documentation.evidence
    found = []
    for statement in assessment.documentation.statements:
        classes = [name for name in DOCUMENTED_SECTIONS if name in statement.classes and documented[f"has_{name}"]]
        if classes:
            found.append({"sentence": statement.text, "classes": classes, "earned_depth": statement in deepest})
    return found
