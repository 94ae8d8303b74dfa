"""What a dataset's card says about personal and sensitive data in own words, by conf/sensitive_data_cues.csv.

A card that states that there is none ("contains no personal data") answers the question too.
"""

import re
from collections.abc import Iterable
from functools import cache

from hublake.lake.curated import curated
from hublake.rules.cards.cue_phrases import refers_elsewhere
from hublake.rules.cards.parsed_card import ParsedSection
from hublake.rules.cards.words import count_words

# Shorter mentions elsewhere are labels, links and titles.
MIN_WORDS_OF_MENTION = 6


def words_on_sensitive_data(sections: Iterable[ParsedSection]) -> int:
    """The number of words in own sentences on sensitive data: all below a heading that names it, otherwise sentences that mention it.

    >>> from hublake.rules.cards.parsed_card import parse_card
    >>> words_on_sensitive_data(parse_card("## Personal and Sensitive Information\\nNames were removed.\\n## Bias\\nUnknown.").sections)
    3
    """
    named, mentioned = 0, 0
    for section in sections:
        is_named = _is_below_such_a_heading(section)
        for sentence in section.own_sentences():
            if is_named:
                named += count_words(sentence)
            elif _expression("sentence").search(sentence.casefold()) and not refers_elsewhere(sentence):
                words = count_words(sentence)
                mentioned += words if words >= MIN_WORDS_OF_MENTION else 0
    return named or mentioned


def _is_below_such_a_heading(section: ParsedSection) -> bool:
    """Whether its heading, or the one above it, names sensitive data. A title does not: it is about the data set."""
    level, heading, path = section.section.level, section.section.heading, section.section.path
    return level > 1 and (names_sensitive_data(heading or "") or (len(path) > 1 and names_sensitive_data(path[-1])))


def names_sensitive_data(heading: str) -> bool:
    """Whether a heading names personal or sensitive data.

    >>> names_sensitive_data("Personal and Sensitive Information"), names_sensitive_data("🔒 Privacy"), names_sensitive_data("Sensitivity")
    (True, True, False)
    """
    return _expression("heading").search(heading.casefold()) is not None


@cache
def _expression(place: str) -> re.Pattern[str]:
    cues = [re.escape(row["cue"]) for row in curated("sensitive_data_cues") if row["place"] in (place, "both")]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(cues, key=len, reverse=True))})(?!\w)")
