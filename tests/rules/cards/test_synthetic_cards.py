"""The rules find in the cards of a synthetic hub what was planted there."""

from collections import Counter

from hublake.rules.cards.documentation import document
from hublake.rules.cards.parsed_card import parse_card
from hublake.sample_hub.synthetic.generate import stream_models


def test_own_words_are_found_and_placeholders_and_boilerplate_are_not() -> None:
    planted: Counter[str] = Counter()
    wrong = []
    for draft in stream_models(400, 11):
        if draft.oddity or draft.card is None:
            continue
        found = document(parse_card(draft.card.text).sections, "en").as_columns()
        for section, state in draft.card.sections.items():
            planted[state] += 1
            if state != "inherited" and found[f"has_{section}"] != (state == "own_words"):
                wrong.append((draft.model_id, section, state))
    assert wrong == []
    assert min(planted.values()) > 5 and set(planted) == {"own_words", "placeholder", "boilerplate", "inherited"}
