"""What stands between two headings, read once however many cards hold it: its blocks, its sentences, what they could speak of."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.rules.cards.cues import may_mention
from hublake.rules.cards.generators import judged
from hublake.rules.cards.markup import Block, blocks
from hublake.rules.cards.sentences import BIBTEX, Sentence, of_blocks, verdict
from hublake.rules.cards.words import count_words

# Nearly half of all sections stand in another card as well, and such are short: a longer one is read anew each time.
MAX_CHARS_KEPT = 2_000

# One of these stands in all code that shows usage.
USAGE_MARKS = ("from_pretrained", "pipeline(", "pip install", "pip3 install", "import ")
_USAGE = re.compile(r"\bpipeline\(|\bpip3? install\b|\bimport \w")


class Passage:
    """HTML of which each question is answered when it is first asked."""

    __slots__ = ("_blocks", "_may_mention", "_sentences", "_verdicts", "html")

    def __init__(self, html: str) -> None:
        self.html = html
        self._blocks: tuple[Block, ...] | None = None
        self._sentences: tuple[Sentence, ...] | None = None
        self._may_mention: bool | None = None
        self._verdicts: dict[str | None, tuple[bool, bool]] = {}

    @property
    def blocks(self) -> tuple[Block, ...]:
        if self._blocks is None:
            self._blocks = tuple(blocks(self.html))
        return self._blocks

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        if self._sentences is None:
            self._sentences = tuple(of_blocks(self.blocks))
        return self._sentences

    @property
    def is_shown(self) -> bool:
        """Whether a reader sees anything of it."""
        return any(block.kind == "image" or block.text for block in self._each_block())

    @property
    def may_mention(self) -> bool:
        """Whether one of its sentences could speak of a documented class."""
        if self._may_mention is None:
            self._may_mention = may_mention(self.html)
        return self._may_mention

    def mentioning(self, classes: tuple[str, ...] = DOCUMENTED_SECTIONS) -> Iterator[Sentence]:
        """Sentences of the blocks that could speak of one of the classes."""
        return of_blocks(block for block in self.blocks if block.kind != "code" and may_mention(block.raw, classes))

    @property
    def cites(self) -> bool:
        """Whether it shows a BibTeX entry as code."""
        return "@" in self.html and "<pre" in self.html and any(BIBTEX.search(code) for code in self._codes())

    @property
    def shows_usage(self) -> bool:
        """Whether it shows code that loads a model."""
        return "<pre" in self.html and any("from_pretrained" in code or _USAGE.search(code) for code in self._codes())

    @property
    def word_count(self) -> int:
        return sum(count_words(block.text) for block in self.blocks if block.kind != "code")

    def share_of(self, kind: str) -> float | None:
        """Part of the characters shown that are code, or table; null where nothing is shown."""
        shown = sum(len(block.text) for block in self.blocks)
        return sum(len(block.text) for block in self.blocks if block.kind == kind) / shown if shown else None

    def verdict(self, generator: str | None) -> tuple[bool, bool]:
        """(is only a gap, is only a template's or a tool's) in a card that this tool began."""
        found = self._verdicts.get(generator)
        if found is None:
            found = self._verdicts[generator] = verdict(judged(self._each_block(), generator))
        return found

    def _each_block(self) -> Iterable[Block]:
        """The same blocks, cut only as far as somebody reads."""
        return blocks(self.html) if self._blocks is None else self._blocks

    def _codes(self) -> Sequence[str]:
        return [block.raw for block in self.blocks if block.kind == "code"]


_kept = lru_cache(maxsize=8_192)(Passage)


def passage(html: str) -> Passage:
    """The passage of this HTML, which other cards may have asked before."""
    return _kept(html) if len(html) <= MAX_CHARS_KEPT else Passage(html)


NOTHING = Passage("")
