"""What the documentation rules need of a section, and a section as silver.parsed_sections stores it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

# Columns of silver.parsed_sections that the documentation rules read.
ASSESSED_COLUMNS = (
    *("ordinal", "section_classes", "generator", "is_placeholder", "is_boilerplate", "has_code", "has_citation", "has_usage_code"),
    *("sentences", "sentence_kinds", "sentence_starts", "sentence_ends"),
)


class CardSection(Protocol):
    """A section of a card. It is either parsed from text or read from silver.parsed_sections.

    `is_relevant` is a cheap test of a text for what a rule searches for: false only if no sentence of the text contains it.
    """

    @property
    def classes(self) -> tuple[str, ...]:
        """All section classes that its heading names."""

    @property
    def parent_overlap_share(self) -> float | None:
        """The part of its own sentences that also occur in a parent's card."""

    @property
    def is_shared(self) -> bool:
        """Whether so many cards contain its text that it does not count as own words."""

    @property
    def is_filled(self) -> bool:
        """Whether it contains anything but placeholders and boilerplate."""

    @property
    def has_code(self) -> bool: ...

    @property
    def has_citation(self) -> bool: ...

    @property
    def has_usage_code(self) -> bool: ...

    def may_contain(self, is_relevant: Callable[[str], bool]) -> bool:
        """Whether its text is relevant."""

    def own_sentences(self) -> Iterable[str]:
        """Own sentences in order, with figures that a tool inserted."""

    def own_sentences_near(self, is_relevant: Callable[[str], bool], *, with_tool: bool) -> Iterable[str]:
        """Those that are relevant, and perhaps others; `with_tool` includes figures that a tool inserted."""

    def span(self, sentence: str) -> tuple[int, int]:
        """The (start, end) of one of its sentences in the text of the card."""


@dataclass(frozen=True, slots=True)
class StoredSection:
    """A section from a row of silver.parsed_sections, with what other tables know about it."""

    classes: tuple[str, ...]
    generator: str | None
    is_filled: bool
    has_code: bool
    has_citation: bool
    has_usage_code: bool
    sentences: Sequence[str]
    kinds: Sequence[str]
    spans: Sequence[tuple[int, int]]
    parent_overlap_share: float | None = None
    is_shared: bool = False

    @classmethod
    def from_row(cls, row: Mapping[str, Any], parent_overlap_share: float | None = None, *, is_shared: bool = False) -> "StoredSection":
        """Build a section from ASSESSED_COLUMNS."""
        return cls(
            tuple(row["section_classes"]),
            row["generator"],
            not (row["is_placeholder"] or row["is_boilerplate"] or is_shared),
            row["has_code"],
            row["has_citation"],
            row["has_usage_code"],
            row["sentences"],
            row["sentence_kinds"],
            list(zip(row["sentence_starts"], row["sentence_ends"], strict=True)),
            parent_overlap_share,
            is_shared,
        )

    def may_contain(self, is_relevant: Callable[[str], bool]) -> bool:
        return is_relevant("\n".join(self.sentences))

    def own_sentences(self) -> list[str]:
        return self._own(with_tool=True)

    def own_sentences_near(self, is_relevant: Callable[[str], bool], *, with_tool: bool) -> list[str]:
        return [sentence for sentence in self._own(with_tool=with_tool) if is_relevant(sentence)]

    def span(self, sentence: str) -> tuple[int, int]:
        return self.spans[self.sentences.index(sentence)]

    def _own(self, *, with_tool: bool) -> list[str]:
        kinds = ("own", "tool") if with_tool else ("own",)
        return [sentence for sentence, kind in zip(self.sentences, self.kinds, strict=True) if kind in kinds]
