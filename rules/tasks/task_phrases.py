"""The task that a name or the text of a card speaks of, by phrases with weights (conf/task_phrases.csv).

A phrase counts once, more in the title and in the first lines of a card than further down. Code of the card is stronger than its words:
`pipeline("fill-mask")`, and the auto class that it loads.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, groupby, islice
from operator import itemgetter

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation
from numpy.typing import NDArray

from hublake.lake.curated import curated
from hublake.rules.tasks.class_tasks import InferredTask, strongest_of_classes
from hublake.rules.tasks.vocabulary import task_of
from hublake.rules.word_search import WordSearch

MAX_CARD_CHARS = 2_500  # what a card is for is at its beginning, and the cost grows with the text
FIRST_CHARS = 700
FACTORS = (3, 2, 1)  # of the title, the first characters and the others
TEXTS_AT_ONCE = 1_000  # some megabytes
Places = NDArray[np.int64]
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
    """The task of a model by the Markdown of its card, without front matter.

    >>> task_in_text("# x" + chr(10) + "A model for named entity recognition (NER).").task
    'token-classification'
    >>> task_in_text('pipe = pipeline("summarization", model="x")').evidence
    'pipeline("summarization")'
    """
    return tasks_in_texts([text])[0]


def tasks_in_texts(texts: Sequence[str]) -> list[InferredTask | None]:
    """`task_in_text` of each, in a third of the time: several are searched at once, and equal beginnings, as of templates, once.

    >>> [found and found.task for found in tasks_in_texts(["machine translation", "", "text summarization"])]
    ['translation', None, 'summarization']
    """
    heads = [text[:MAX_CARD_CHARS] for text in texts]
    found = {head: _task_in_code(head) for head in dict.fromkeys(heads)}
    uncertain = [head for head, in_code in found.items() if not in_code or in_code.confidence < CONFIDENCE_OF_PIPELINE]
    for begin in range(0, len(uncertain), TEXTS_AT_ONCE):
        searched = uncertain[begin : begin + TEXTS_AT_ONCE]
        for head, in_words in zip(searched, _tasks_in_words(searched), strict=True):
            in_code = found[head]
            if in_words and (in_code is None or in_words.confidence > in_code.confidence):
                found[head] = in_words
    return [found[head] for head in heads]


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


def _tasks_in_words(texts: Sequence[str]) -> list[InferredTask | None]:
    """The task with the highest score in each text; its evidence is the phrase that contributes most."""
    found: list[InferredTask | None] = [None] * len(texts)
    phrases, names, task_of_phrase, weight = _scored_phrases()
    text, phrase, factor = _phrases_in_texts(texts)
    if not len(text):
        return found
    task, points = task_of_phrase[phrase], weight[phrase] * factor
    order = np.lexsort((phrase, points, task, text))  # the strongest phrase of each task of a text is the last
    text, task, phrase, points = text[order], task[order], phrase[order], points[order]
    begins = np.flatnonzero(np.diff(text * len(names) + task, prepend=-1))
    score, strongest = np.add.reduceat(points, begins), phrase[np.append(begins[1:], len(phrase)) - 1]
    text, task = text[begins], task[begins]
    order = np.lexsort((task, -score, text))
    ranked = zip(text[order].tolist(), task[order].tolist(), score[order].tolist(), strongest[order].tolist(), strict=True)
    for place, of_text in groupby(ranked, key=itemgetter(0)):
        (_, best, first, evidence), *others = islice(of_text, 2)
        if first >= MIN_SCORE:
            found[place] = InferredTask(names[best], _confidence(first, others[0][2] if others else 0.0), phrases[evidence])
    return found


def _phrases_in_texts(texts: Sequence[str]) -> tuple[Places, Places, Places]:
    """(place of the text, place of the phrase, factor) of each phrase in each text, as _phrases_in, with the factor of the first part.

    An automaton is faster than a test of each word, on bytes faster than on text, and one search of all texts faster than one of each.
    """
    written = b"".join([_parts(text).encode("utf-8", "replace") for text in texts])
    letters = np.frombuffer(b" " + written.translate(_SEPARATED), np.uint8)
    is_space = letters == ord(" ")
    words = letters[np.append(True, ~(is_space[1:] & is_space[:-1]))]  # one space between words
    matches = _automaton().find_matches_as_indexes(words.tobytes(), overlapping=True)
    phrase, start, _ = np.fromiter(chain.from_iterable(matches), np.int64, 3 * len(matches)).reshape(-1, 3).T
    # Matches come by their ends: of those that begin at one place, the longest is the last.
    start, longest = np.unique(start[::-1], return_index=True)
    phrase = phrase[::-1][longest]
    text, part = np.divmod(np.searchsorted(np.flatnonzero(words == 0), start), len(FACTORS))
    _, first = np.unique(text * len(phrase_tasks()) + phrase, return_index=True)
    return text[first], phrase[first], np.asarray(FACTORS)[part[first]]


def _parts(text: str) -> str:
    """The title, the first characters and the others, with a mark behind each."""
    title = _TITLE.search(text) if "#" in text else None
    text = text.replace(_MARK, " ")
    return f"{title[1].replace(_MARK, ' ') if title else ''} {_MARK} {text[:FIRST_CHARS]} {_MARK} {text[FIRST_CHARS:]} {_MARK} "


def _best(scores: Mapping[str, tuple[float, str]], minimum: float) -> InferredTask | None:
    ranked = sorted(((score, task) for task, (score, _) in scores.items()), key=lambda pair: (-pair[0], pair[1]))
    if not ranked or ranked[0][0] < minimum:
        return None
    score, task = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    return InferredTask(task, _confidence(score, second), scores[task][1])


def _confidence(score: float, second: float) -> float:
    if score >= CLEAR_LEAD * second and score >= CLEAR_SCORE:
        return CONFIDENCE_OF_CLEAR
    return CONFIDENCE_OF_LEADING if score > second else CONFIDENCE_OF_UNCLEAR


def _phrases_in(words: list[str]) -> Iterable[str]:
    """The phrases of names among the words; of two that begin at one place, the longer one."""
    for place, word in enumerate(words):
        for phrase in name_phrases().get(word, ()):
            if len(phrase) == 1 or tuple(words[place : place + len(phrase)]) == phrase:
                yield " ".join(phrase)
                break


@cache
def _scored_phrases() -> tuple[list[str], list[str], Places, NDArray[np.float64]]:
    """The phrases and the tasks in alphabetical order; the place of the task of each phrase, and its weight."""
    phrases = sorted(phrase_tasks())
    names = sorted({task for task, _ in phrase_tasks().values()})
    task = np.array([names.index(phrase_tasks()[phrase][0]) for phrase in phrases], np.int64)
    return phrases, names, task, np.array([phrase_tasks()[phrase][1] for phrase in phrases])


@cache
def _automaton() -> BytesAhoCorasick:
    return BytesAhoCorasick([f" {phrase} ".encode() for phrase in _scored_phrases()[0]], implementation=Implementation.DFA)


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
