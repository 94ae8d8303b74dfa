"""Techniques that sentences of a card state in their author's words, unless they deny, compare or only propose them.

conf/technique_phrases.csv lists the phrases. A phrase counts where a verb in front of it says what was done to the model ("was fine-tuned
with DPO"), or where it says so itself ("QLoRA fine-tune"); the section of a quoted original card ends the reading.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from hublake.lake.curated import curated
from hublake.rules.techniques.vocabulary import FoundTechnique

MAX_CHARS = 30_000
MAX_SENTENCE = 400
MAX_EVIDENCE = 200
WORDS_AFTER_VERB = 12
BEGINNING = 12  # letters of a phrase that are searched for first
CONFIDENCE_OF_TEXT = 0.8  # ours: no labels of cards' sentences exist

_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s+")
_TITLE = re.compile(r"[\"“][^\"”]{20,300}[\"”]")  # of a paper
_FENCES = (b"```", b"~~~")
_FENCE_INDENT = 3
_QUOTATION_OR_ROW = (">", "|")
_QUOTED_CARD = re.compile(r"^[^\w\n]{0,12}original (?:model )?(?:model ?card|card|description|readme)", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"[a-z0-9][a-z0-9'’+-]*")
_VERB = frozenset(
    "trained finetuned fine-tuned tuned aligned optimized optimised pretrained pre-trained merged quantized quantised pruned distilled "
    "post-trained adapted created built obtained produced compressed converted using used via applied applying".split()
)
_SUBJECTS = frozenset("this is was we our it".split())
# Words in front of a phrase, in its sentence, by which it is not a statement about this model.
_DENIALS = frozenset(
    (
        "no not never without nor neither isn't wasn't don't doesn't didn't haven't hasn't won't cannot can't instead rather than "
        "unlike versus vs compared comparison compare can could may might should would will if plan planned planning future todo "
        "upcoming support supports supported other another before prior avoid avoids recommend recommended need want try whether "
        "how see"
    ).split()
)


def text_techniques(text: str) -> list[FoundTechnique]:
    """The techniques that the sentences of a card without front matter state, each once; the sentence is the evidence.

    Cost: one search for all phrases; only the lines that have one are read further.

    >>> [found.technique for found in text_techniques("The model was aligned with Direct Preference Optimization.")]
    ['dpo']
    >>> text_techniques("It was not trained with DPO. You can fine-tune it with LoRA.")
    []
    """
    head = text[:MAX_CHARS]
    found: dict[tuple[str, str | None], FoundTechnique] = {}
    for line in _lines_with_phrases(head):
        for sentence in _SENTENCE_END.split(_TITLE.sub(" ", line)):
            for technique, detail in _stated(sentence[:MAX_SENTENCE]):
                evidence = " ".join(sentence.split())[:MAX_EVIDENCE]
                found.setdefault((technique, detail), FoundTechnique(technique, "text", evidence, CONFIDENCE_OF_TEXT, detail))
    return list(found.values())


def _lines_with_phrases(text: str) -> Iterator[str]:
    """The lines of prose above a quoted card that contain a phrase; not those of code, quotations and tables.

    All places are those of bytes: a search in them is faster than in text.
    """
    written = text.encode("utf-8", "replace")
    lower = written.lower()
    found = {lower.rfind(b"\n", 0, start) + 1 for _, start, _ in _automaton().find_matches_as_indexes(lower)}
    starts = sorted(start for start in found if written[start : start + 1] not in (b">", b"|"))  # most rows of tables
    if not starts:
        return
    quoted = _QUOTED_CARD.search(text) if b"original" in lower else None  # a search for the word is faster than the expression
    end = len(text[: quoted.start()].encode("utf-8", "replace")) if quoted else len(written)
    fences = _fences(written)
    for start in starts:
        is_code = bisect_right(fences, start) % 2
        if not is_code and start < end:
            line = written[start : _end_of_line(written, start)].decode("utf-8")
            if not line.lstrip().startswith(_QUOTATION_OR_ROW):
                yield line


def _fences(text: bytes) -> list[int]:
    """Where the lines of fences begin, in order. A search for the fixed marks is faster than an expression."""
    found = []
    for mark in _FENCES:
        place = text.find(mark)
        while place >= 0:
            start = text.rfind(b"\n", 0, place) + 1
            if place - start <= _FENCE_INDENT and not text[start:place].strip(b" "):
                found.append(start)
            place = text.find(mark, place + len(mark))
    return sorted(found)


def _end_of_line(text: bytes, start: int) -> int:
    end = text.find(b"\n", start)
    return len(text) if end < 0 else end


def _stated(sentence: str) -> Iterator[tuple[str, str | None]]:
    words = _WORD.findall(sentence.lower().replace("’", "'"))
    place = 0
    while place < len(words):
        spelled, stated = next(
            ((those, stated) for those, stated in _phrases().get(words[place], ()) if tuple(words[place : place + len(those)]) == those),
            ((), None),
        )
        if stated and _is_statement(words, place, is_complete=stated[2]):
            yield stated[0], stated[1]
        place += len(spelled) or 1


def _is_statement(words: list[str], place: int, *, is_complete: bool) -> bool:
    before = words[:place]
    if not _DENIALS.isdisjoint(before) or (place + 1 < len(words) and words[place + 1] in ("dataset", "datasets", "vs", "versus")):
        return False
    if is_complete:  # "a distilled version of", where it is about this model
        return not before or not _SUBJECTS.isdisjoint(before)
    return not _VERB.isdisjoint(before[-WORDS_AFTER_VERB:])


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], tuple[str, str | None, bool]]]]:
    """Phrases by their first word, longer ones first, with (technique, detail, whether it is a statement without a verb)."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, str | None, bool]]]] = {}
    for row in sorted(curated("technique_phrases"), key=lambda row: -len(row["phrase"].split())):
        words = tuple(row["phrase"].split())
        found.setdefault(words[0], []).append((words, (row["technique"], row["detail"] or None, row["needs_verb"] == "no")))
    return found


@cache
def _automaton() -> BytesAhoCorasick:
    """Finds the beginnings of phrases, within which hyphens and spaces count as written in the list; what follows is compared by words.

    Without phrases that contain another one they are so few that the search, with leftmost matches, skips text without their letters.
    """
    phrases = {row["phrase"].encode() for row in curated("technique_phrases")}
    beginnings = {phrase[:BEGINNING] for phrase in phrases if not any(other in phrase for other in phrases - {phrase})}
    return BytesAhoCorasick(sorted(beginnings), matchkind=MatchKind.LeftmostFirst, implementation=Implementation.DFA)
