"""What dataset cards say about personal and sensitive data."""

import pytest

from hublake.rules.cards.assessment import assess_card
from hublake.rules.cards.parsed_card import parse_card
from hublake.rules.cards.sensitive_data import words_on_sensitive_data


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("# Set\n## Personal and Sensitive Information\nAll names were replaced.", 4),
        ("# Set\n### Personal and Sensitive Information\n\nN/A\n", 0),
        ("# Set\n## Personal and Sensitive Information\n[More Information Needed]\n", 0),
        ("# Set\n## Personal and Sensitive Information\n<!-- State whether the dataset contains personal data. -->\n", 0),
        ("# Set\n## Privacy\n### Removal\nWrite to us and your rows are deleted.", 8),
        ("# Set\n## Collection\nThe letters contain no personal data of living people.", 9),
        ("# Set\n## Collection\nPatients were de-identified by two nurses before release.", 8),
        ("# Set\n## Collection\nPersonal data removed.", 0),
        ("# Set\n## Collection\nOur personal favourites were chosen by a vote of all members.", 0),
        ("# PII detection\nSentences in which a model should find phone numbers and street names.", 0),
        ("# Set\n\n```\npersonal data named in code, which is no statement of the author\n```\n", 0),
    ],
)
def test_own_words_on_sensitive_data_are_counted(card: str, words: int) -> None:
    assert words_on_sensitive_data(parse_card(card).sections) == words


TEMPLATE = """
# Dataset Card for Orrin

## Uses

### Out-of-Scope Use

<!-- This section addresses misuse. -->

[More Information Needed]

#### Personal and Sensitive Information

[More Information Needed]

## Bias, Risks, and Limitations

[More Information Needed]

### Recommendations

Users should be made aware of the risks, biases and limitations of the dataset. More information needed for further recommendations.
"""


def test_an_untouched_template_of_dataset_cards_documents_nothing() -> None:
    sections = parse_card(TEMPLATE).sections
    assessment = assess_card(sections)
    assert (assessment.filled, words_on_sensitive_data(sections), assessment.documentation.depth) == ((), 0, 1)


def test_the_sections_of_the_hub_s_template_of_dataset_cards_are_read_each_for_its_class() -> None:
    card = """# Dataset Card for Peat Letters
## Considerations for Using the Data
### Social Impact of Dataset
Heirs may learn of debts; we asked the families.
### Discussion of Biases
Letters by women are rare: 4 of 100.
### Other Known Limitations
Spelling before 1700 is not normalised.
### Personal and Sensitive Information
Names of living persons were removed.
"""
    sections = parse_card(card).sections
    found = assess_card(sections)
    assert (found.filled, words_on_sensitive_data(sections), found.documentation.depth) == (("limitations", "bias", "ethics"), 6, 4)
