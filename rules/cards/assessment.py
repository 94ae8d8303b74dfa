"""Assess a card: its documentation, and which section classes are present in it and filled with own words."""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import NamedTuple

from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.rules.cards.card_section import CardSection
from hublake.rules.cards.cue_phrases import OTHER_SECTIONS, may_mention, other_sections_mentioned, states_step
from hublake.rules.cards.documentation import Documentation, document
from hublake.rules.cards.headings import OTHER, in_vocabulary_order

# Documented classes are filled by their sentences, not by any content below their heading.
NOT_FILLED_BY_CONTENT = frozenset((OTHER, *DOCUMENTED_SECTIONS))

# A step is one of the first sentences below its heading.
MAX_STEPS = 50

# The same object each time: the content of a section remembers its result.
_may_mention_others = partial(may_mention, classes=OTHER_SECTIONS)

# Code in sections of these classes repeats a training run or a test.
NOT_USAGE = frozenset(("training", "evaluation"))


class CardAssessment(NamedTuple):
    """`present` and `filled` are section classes in the order of the vocabulary, without `other`."""

    documentation: Documentation
    present: tuple[str, ...]
    filled: tuple[str, ...]


def assess_card(sections: Sequence[CardSection], language: str | None = "en", datasets: Sequence[str] = ()) -> CardAssessment:
    """Assess the sections of one card, in order. `language` is that of its text, `datasets` those that its front matter declares.

    >>> from hublake.rules.cards.parsed_card import parse_card
    >>> card = parse_card("# M\\n## Bias\\n[More Information Needed]\\n## Training\\nTrained on poems for 3 days.")
    >>> assessment = assess_card(card.sections)
    >>> assessment.present, assessment.filled, assessment.documentation.depth
    (('bias', 'training'), ('training',), 1)
    """
    documentation = document(sections, language, datasets)
    named = {name for section in sections for name in section.classes} - {OTHER}
    stated = {name for statement in documentation.statements for name in statement.classes}
    filled: set[str] = set()
    for section in sections:
        by_content = _filled_by_content(section.classes)
        if by_content and not filled.issuperset(by_content) and section.is_filled:
            filled.update(by_content if "how_to_start" not in by_content or _shows_how(section) else set(by_content) - {"how_to_start"})
    without_heading = set(_classes_by_content(sections, named))
    # Code and instructions may stand below another heading. What a tool wrote fills nothing.
    shown: set[str] = set()
    if "how_to_start" not in filled:
        for section in sections:
            if NOT_USAGE.isdisjoint(section.classes) and section.has_usage_code:
                shown.add("how_to_start")
                if section.is_filled:
                    filled.add("how_to_start")
                    break
    present = in_vocabulary_order(named | stated | documentation.in_passing | without_heading | shown)
    return CardAssessment(documentation, present, in_vocabulary_order(filled | stated | without_heading))


def _shows_how(section: CardSection) -> bool:
    """Whether it shows how to load, run or prompt the model: a link alone, or a text on its qualities, does not."""
    return section.has_code or section.has_usage_code or any(map(states_step, islice(section.own_sentences(), MAX_STEPS)))


@lru_cache(maxsize=1_024)
def _filled_by_content(classes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in classes if name not in NOT_FILLED_BY_CONTENT)


def _classes_by_content(sections: Sequence[CardSection], named: set[str]) -> Iterator[str]:
    """Yield classes that no heading names: a citation, and, without any heading, what sentences mention."""
    if "citation" not in named and any(section.has_citation for section in sections):
        yield "citation"
    if not named:
        for section in sections:
            for sentence in section.own_sentences_near(_may_mention_others, with_tool=False):
                yield from other_sections_mentioned(sentence)
