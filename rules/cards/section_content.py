"""The content of a section: its blocks, sentences and measures, computed once however many cards contain the same HTML."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from hublake.lake.enums import SENTENCE_KINDS
from hublake.rules.cards.authoring_tools import attribute_to_tool, attributed_sentences
from hublake.rules.cards.markup import MAX_CACHED_CHARS, Block, split_blocks
from hublake.rules.cards.phrases import has_cue, lowercase, may_contain
from hublake.rules.cards.sentence_offsets import Span, locate_sentences
from hublake.rules.cards.sentences import (
    BIBTEX,
    Sentence,
    placeholder_or_boilerplate,
    prose_of,
    relevant_sentences,
    sentence_digest,
    sentences_of_blocks,
    template_source,
)
from hublake.rules.cards.words import count_words

# Code or a command that loads or runs a model.
_USAGE = re.compile(
    r"\bpipeline\(|\bpip3? install (?!-r)|\bimport[ (]\w|\b(?:load|create_model|require|library)\(|\b(?:vllm|sglang) serve\b"
    r"|\bollama (?:run|pull)\b|\bllama-(?:cli|server|run|mtmd)|\bmlx_lm[._]\w|\bgit clone\b|\bnpx \w|\bdocker run\b|\bcurl \S"
    r"|\bpython3? (?:-m )?(?!\S{0,80}(?:train|eval|finetune|run_|convert|quanti|card))[\w./-]{1,80}|\b(?:hf|huggingface-cli) download\b"
)
# A part of each: one pass of an automaton is faster than the expression.
_USAGE_MARKS = AhoCorasick(
    [
        *("from_pretrained", "pipeline(", "pip install", "pip3 install", "import", "load(", "create_model(", "require(", "library("),
        *("serve", "ollama ", "llama-", "mlx_lm", "git clone", "python", "npx ", "docker run", "curl ", "download"),
    ],
    implementation=Implementation.DFA,
)
# Instructions in words: the program to run it with, the folder to put it in, the form of a prompt.
_INSTRUCTION = ("instruction",)
# An instruction is short, and one of the first sentences that look like one.
MAX_CHARS_OF_INSTRUCTION = 500
MAX_INSTRUCTIONS = 50
_may_instruct = partial(may_contain, cues=_INSTRUCTION)
_INLINE_CODE = re.compile(r"<code>([^<]{4,200})</code>")


class Measures(NamedTuple):
    """`word_count` excludes code. The shares are parts of the characters shown; None if nothing is shown."""

    word_count: int
    code_share: float | None
    table_share: float | None


class SectionContent:
    """The HTML below a heading. Each property is computed on first access."""

    __slots__ = (
        *("_blocks", "_boilerplate", "_columns", "_has_usage_code", "_located", "_measures", "_near", "_relevance", "_sentences"),
        "html",
    )

    def __init__(self, html: str) -> None:
        self.html = html
        self._blocks: tuple[Block, ...] | None = None
        self._sentences: tuple[Sentence, ...] | None = None
        self._measures: Measures | None = None
        self._boilerplate: dict[str | None, tuple[bool, bool]] = {}
        self._has_usage_code: bool | None = None
        self._relevance: dict[Callable[[str], bool], bool] = {}
        self._near: dict[Callable[[str], bool], tuple[Sentence, ...]] = {}
        self._columns: dict[str | None, dict[str, Any]] = {}
        self._located: tuple[str, dict[str, Span]] | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        if self._blocks is None:
            self._blocks = tuple(split_blocks(self.html))
        return self._blocks

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        if self._sentences is None:
            self._sentences = tuple(sentences_of_blocks(self.blocks))
        return self._sentences

    @property
    def measures(self) -> Measures:
        if self._measures is None:
            self._measures = _measure(self.blocks)
        return self._measures

    @property
    def is_visible(self) -> bool:
        """Whether a reader sees anything of it."""
        return not self.html.isspace() and any(block.kind == "image" or block.text for block in self._lazy_blocks())

    def may_contain(self, is_relevant: Callable[[str], bool]) -> bool:
        """Whether its HTML is relevant."""
        found = self._relevance.get(is_relevant)
        if found is None:
            found = self._relevance[is_relevant] = is_relevant(without_emphasis(self.html))
        return found

    def sentences_near(self, is_relevant: Callable[[str], bool]) -> Sequence[Sentence]:
        """The sentences that are relevant, and the rows of relevant tables."""
        found = self._near.get(is_relevant)
        if found is None:
            blocks = (block for block in self.blocks if block.kind != "code" and is_relevant(without_emphasis(block.raw)))
            found = self._near[is_relevant] = tuple(chain.from_iterable(_sentences_near(block, is_relevant) for block in blocks))
        return found

    @property
    def has_code(self) -> bool:
        return "<pre" in self.html and any(block.kind == "code" for block in self.blocks)

    @property
    def has_citation(self) -> bool:
        """Whether it contains a BibTeX entry as code."""
        return "@" in self.html and "<pre" in self.html and any(BIBTEX.search(code) for code in self._code())

    @property
    def has_usage_code(self) -> bool:
        """Whether it contains code or a command that loads or runs a model, or words on how to prompt it."""
        if self._has_usage_code is None:
            self._has_usage_code = self._shows_usage()
        return self._has_usage_code

    def _shows_usage(self) -> bool:
        html = self.html
        if "<code" in html and _USAGE_MARKS.find_matches_as_indexes(html):
            if "<pre" in html and any(map(_shows_usage, self._code())):
                return True
            if any(map(_shows_usage, _INLINE_CODE.findall(html))):
                return True
        if not self.may_contain(_may_instruct):
            return False
        own = (text[:MAX_CHARS_OF_INSTRUCTION] for kind, text in self.sentences_near(_may_instruct) if kind == "own")
        return any(has_cue(lowercase(text), *_INSTRUCTION) for text in islice(own, MAX_INSTRUCTIONS))

    def placeholder_or_boilerplate(self, generator: str | None) -> tuple[bool, bool]:
        """Return (is nothing but a placeholder, is nothing but boilerplate) in a card of this generator."""
        found = self._boilerplate.get(generator)
        if found is None:
            sentences = attributed_sentences(self._lazy_blocks(), generator)
            found = self._boilerplate[generator] = placeholder_or_boilerplate(sentences)
        return found

    def boilerplate_source(self, generator: str | None) -> str | None:
        """The tool or template that wrote it; None unless it is nothing but boilerplate."""
        if not self.placeholder_or_boilerplate(generator)[1]:
            return None
        templates = (text for kind, text in self.sentences if kind == "template")
        return generator or next((source for text in templates if (source := template_source(text))), None)

    def spans(self, markdown: str) -> dict[str, Span]:
        """Map each sentence that tables store to its (start, end) in the Markdown of the section. Most cards have the same Markdown."""
        located = self._located
        if located is None or located[0] != markdown:
            located = (markdown, locate_sentences(markdown, (text for kind, text in self.sentences if kind in SENTENCE_KINDS)))
            self._located = located
        return located[1]

    def columns(self, generator: str | None) -> dict[str, Any]:
        """The columns of silver.parsed_sections that depend on nothing else in a card of this generator. Callers must not change them."""
        found = self._columns.get(generator)
        if found is None:
            found = self._columns[generator] = self._compute_columns(generator)
        return found

    def _compute_columns(self, generator: str | None) -> dict[str, Any]:
        is_placeholder, is_boilerplate = self.placeholder_or_boilerplate(generator)
        stored = [
            (attributed.kind, text, sentence_digest(text) if kind == "own" else None)
            for (kind, text), attributed in zip(self.sentences, attribute_to_tool(self.sentences, generator), strict=True)
            if kind in SENTENCE_KINDS
        ]
        return {
            **self.measures._asdict(),
            "is_placeholder": is_placeholder,
            "is_boilerplate": is_boilerplate,
            "boilerplate_source": self.boilerplate_source(generator),
            "generator": generator,
            "has_code": self.has_code,
            "has_citation": self.has_citation,
            "has_usage_code": self.has_usage_code,
            "sentences": [text for _, text, _ in stored],
            "sentence_kinds": [kind for kind, _, _ in stored],
            "sentence_digests": [digest for _, _, digest in stored],
        }

    def _lazy_blocks(self) -> Iterable[Block]:
        """The same blocks, split only as far as the caller reads."""
        return split_blocks(self.html) if self._blocks is None else self._blocks

    def _code(self) -> Sequence[str]:
        return [block.raw for block in self.blocks if block.kind == "code"]


def _sentences_near(block: Block, is_relevant: Callable[[str], bool]) -> Iterable[Sentence]:
    if block.kind != "prose":
        return sentences_of_blocks((block,))
    return relevant_sentences(block.raw, is_relevant)


def _shows_usage(code: str) -> bool:
    return "from_pretrained" in code or bool(_USAGE.search(code))


def without_emphasis(html: str) -> str:
    """Remove the tags that may stand inside a phrase ("do <em>not</em> use")."""
    if "<strong>" in html:
        html = html.replace("<strong>", "").replace("</strong>", "")
    return html.replace("<em>", "").replace("</em>", "") if "<em>" in html else html


def _measure(blocks: Iterable[Block]) -> Measures:
    words = 0
    chars = {"prose": 0, "table": 0, "code": 0, "image": 0}
    for block in blocks:
        text = prose_of(block.raw).text if block.kind == "prose" else block.text
        chars[block.kind] += len(text)
        words += 0 if block.kind == "code" else count_words(text)
    shown = sum(chars.values())
    return Measures(words, chars["code"] / shown if shown else None, chars["table"] / shown if shown else None)


_cached_content = lru_cache(maxsize=8_192)(SectionContent)


def section_content(html: str) -> SectionContent:
    """Return the content of this HTML, shared with other cards that contain it."""
    return _cached_content(html) if len(html) <= MAX_CACHED_CHARS else SectionContent(html)
