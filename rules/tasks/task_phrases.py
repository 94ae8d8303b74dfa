"""The task that a name or the text of a card speaks of, by phrases with weights (conf/task_phrases.csv).

A phrase counts once, more in the title and in the first lines of a card than further down. Code of the card is stronger than its words:
`pipeline("fill-mask")`, and the auto class that it loads.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from ahocorasick_rs import BytesAhoCorasick, Implementation

from hublake.lake.curated import curated
from hublake.rules.tasks.class_tasks import InferredTask, strongest_of_classes
from hublake.rules.tasks.vocabulary import task_of
from hublake.rules.word_search import WordSearch

MAX_CARD_CHARS = 2_500  # what a card is for is at its beginning, and the cost grows with the text
FIRST_CHARS = 700
TITLE_FACTOR, FIRST_FACTOR = 3, 2
_NO_SCORE = (0.0, 0.0, "")
MAX_NAME = 200

MIN_SCORE = 3
# Measured by benchmarks/task_truth.py on hub2022, by the score of the best task and its lead over the second.
CONFIDENCE_OF_PIPELINE, FACTOR_OF_CLASS = 0.98, 0.95
CONFIDENCE_OF_CLEAR, CONFIDENCE_OF_LEADING, CONFIDENCE_OF_UNCLEAR = 0.9, 0.7, 0.2
CLEAR_SCORE, CLEAR_LEAD = 9, 2.0
CONFIDENCE_OF_NAME = 0.8

_WORDS = re.compile(r"[a-z0-9]+")
# Letters in lower case, digits, the mark between texts, and a space for any other byte.
_SEPARATED = b"\0" + bytes(ord(chr(code).lower()) if chr(code).isascii() and chr(code).isalnum() else ord(" ") for code in range(1, 256))
_MARK = "\0"  # a word of its own, so that no phrase contains it
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TITLE = re.compile(r"^#{1,2} +(.{1,200})$", re.MULTILINE)
_PIPELINE = re.compile(r"""pipeline\(\s{0,20}(?:task\s{0,5}=\s{0,5})?["']([a-zA-Z0-9_-]{2,50})["']""")
_CLASS = re.compile(r"\b[A-Z][A-Za-z0-9]{1,60}?(?:For[A-Z][A-Za-z0-9]{2,40}|MTModel|LMHeadModel)\b")
_OTHER_MARKS = ("MTModel", "LMHeadModel")
_MARK_OF_CLASS = re.compile(r"For(?<=[A-Za-z0-9]For)[A-Z]")  # a search for the fixed beginning is fast
_BACKENDS = re.compile(r"^(?:TF|Flax)")


def task_in_text(text: str) -> InferredTask | None:
    """The task of a model by the Markdown of its card, without front matter. Cards of templates are read once.

    >>> task_in_text("# x" + chr(10) + "A model for named entity recognition (NER).").task
    'token-classification'
    >>> task_in_text('pipe = pipeline("summarization", model="x")').evidence
    'pipeline("summarization")'
    """
    return _task_in_beginning(text[:MAX_CARD_CHARS])


@lru_cache(1 << 10)
def _task_in_beginning(head: str) -> InferredTask | None:
    in_code = _task_in_code(head)
    if in_code and in_code.confidence >= CONFIDENCE_OF_PIPELINE:
        return in_code
    in_words = _best(_scores_of_card(head))
    return max((found for found in (in_code, in_words) if found), key=lambda found: found.confidence, default=None)


def task_in_name(model_id: str) -> InferredTask | None:
    """The task that the part of a name after the slash states.

    >>> task_in_name("acme/bert-finetuned-ner").task, task_in_name("acme/bert-base-uncased")
    ('token-classification', None)
    """
    name = model_id[model_id.rfind("/") + 1 :][:MAX_NAME]
    if not _search_in_names().is_in(name):
        return None
    scores: dict[str, float] = defaultdict(float)
    evidence: dict[str, str] = {}
    apart = _CAMEL.sub("-", name)
    spellings = (_WORDS.findall(text.casefold()) for text in ((name, apart) if apart != name else (name,)))
    for phrase in dict.fromkeys(phrase for words in spellings for phrase in _phrases_in(words)):
        scores[phrase_tasks()[phrase][0]] += phrase_tasks()[phrase][1]
        evidence.setdefault(phrase_tasks()[phrase][0], phrase)
    best = _best({task: (score, evidence[task]) for task, score in scores.items()}, minimum=2)
    if best is None or best.confidence == CONFIDENCE_OF_UNCLEAR:
        return None
    return best._replace(confidence=CONFIDENCE_OF_NAME)


def _task_in_code(text: str) -> InferredTask | None:
    """The task of the first pipeline, else of the strongest class."""
    for pipeline in _PIPELINE.finditer(text) if "pipeline(" in text else ():
        task = task_of(pipeline[1])
        if task:
            return InferredTask(task, CONFIDENCE_OF_PIPELINE, f'pipeline("{pipeline[1]}")')
    if not _may_have_class(text):  # most cards have none
        return None
    lines = filter(_may_have_class, text.splitlines())
    best = strongest_of_classes(sorted({_BACKENDS.sub("", match[0]) for line in lines for match in _CLASS.finditer(line)}))
    return best and best._replace(confidence=round(best.confidence * FACTOR_OF_CLASS, 3))


def _may_have_class(text: str) -> bool:
    return _MARK_OF_CLASS.search(text) is not None or any(mark in text for mark in _OTHER_MARKS)


def _scores_of_card(text: str) -> dict[str, tuple[float, str]]:
    """Task -> (score, the phrase that contributes most)."""
    title = _TITLE.search(text) if "#" in text else None
    scores: dict[str, tuple[float, float, str]] = {}
    for phrase, factor in _factors((title[1] if title else "", text[:FIRST_CHARS], text[FIRST_CHARS:])).items():
        task, weight = phrase_tasks()[phrase]
        points = weight * factor
        score, most, strongest = scores.get(task, _NO_SCORE)
        is_stronger = points > most or (points == most and phrase > strongest)
        scores[task] = (score + points, points, phrase) if is_stronger else (score + points, most, strongest)
    return {task: (score, strongest) for task, (score, _, strongest) in scores.items()}


def _best(scores: Mapping[str, tuple[float, str]], minimum: float = MIN_SCORE) -> InferredTask | None:
    ranked = sorted(((score, task) for task, (score, _) in scores.items()), key=lambda pair: (-pair[0], pair[1]))
    if not ranked or ranked[0][0] < minimum:
        return None
    score, task = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    if score >= CLEAR_LEAD * second and score >= CLEAR_SCORE:
        confidence = CONFIDENCE_OF_CLEAR
    else:
        confidence = CONFIDENCE_OF_LEADING if score > second else CONFIDENCE_OF_UNCLEAR
    return InferredTask(task, confidence, scores[task][1])


def _phrases_in(words: list[str]) -> Iterable[str]:
    """The phrases of names among the words; of two that begin at one place, the longer one."""
    for place, word in enumerate(words):
        for phrase in name_phrases().get(word, ()):
            if len(phrase) == 1 or tuple(words[place : place + len(phrase)]) == phrase:
                yield " ".join(phrase)
                break


def _factors(parts: tuple[str, str, str]) -> dict[str, int]:
    """The phrases in the parts of a card, as _phrases_in, each with the factor of the first part that contains it.

    An automaton is faster than a test of each word, on bytes faster than on text, and one search of all parts faster than one of each.
    """
    written = f" {_MARK} ".join([part.replace(_MARK, " ") for part in parts])
    words = b" " + b" ".join(written.encode("utf-8", "replace").translate(_SEPARATED).split()) + b" "
    # Matches come by their ends: of those that begin at one place, the longest is the last.
    longest = {start: index for index, start, _ in _automaton().find_matches_as_indexes(words, overlapping=True)}
    behind_title = words.find(b"\0")
    behind_first = words.find(b"\0", behind_title + 1)
    factors: dict[str, int] = {}
    for start in sorted(longest):
        phrase = _listed_phrases()[longest[start]]
        if phrase not in factors:
            factors[phrase] = TITLE_FACTOR if start < behind_title else FIRST_FACTOR if start < behind_first else 1
    return factors


@cache
def _listed_phrases() -> tuple[str, ...]:
    return tuple(phrase_tasks())


@cache
def _automaton() -> BytesAhoCorasick:
    return BytesAhoCorasick([f" {phrase} ".encode() for phrase in _listed_phrases()], implementation=Implementation.DFA)


@cache
def phrase_tasks() -> dict[str, tuple[str, float]]:
    """(task, weight) by phrase."""
    return {row["phrase"]: (row["task"], float(row["weight"])) for row in curated("task_phrases")}


@cache
def _search_in_names() -> WordSearch:
    """Finds a word in every name that has a phrase."""
    return WordSearch(name_phrases())


@cache
def name_phrases() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The phrases that count in a name."""
    return _by_first_word(row["phrase"] for row in curated("task_phrases") if row["counts_in_name"] == "yes")


def _by_first_word(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for phrase in phrases:
        words = tuple(phrase.split())
        found[words[0]].append(words)
    return {word: tuple(sorted(those, key=lambda those_words: (-len(those_words), those_words))) for word, those in found.items()}
