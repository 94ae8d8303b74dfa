"""The number of parameters that the name of a model states, and that of a published series which it names."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.rules.word_search import WordSearch

UNIT = {"b": 1_000_000_000, "m": 1_000_000}
CONTEXTS = {1_000_000, 2_000_000, 4_000_000, 10_000_000}  # tokens, in names such as 7B-1M
# 7B, 1.5b, 350M; 8x7B; A3B and E4B, which count what one token uses; 128E, a number of experts. The letter b alone is also bits and bytes,
# but then a word goes on (4bit, 8bpw).
_SIZE = re.compile(r"(?<![^-_./ ])(?:(\d{1,3})x|([aAeE]))?(\d{1,4}(?:[.pP]\d{1,3})?)([bBmM])(?![^-_./ ])")
_MAY_BE_SIZE = re.compile(r"[0-9][bBmM](?![A-Za-z0-9])")  # a cheap test that every name with a size passes
_EXPERTS = re.compile(r"(?<![^-_./ ])(\d{1,4})[eE](?![^-_./ ])")
_OF_TOKENS = re.compile(r"[-_./ ]+(?:tok|tokens?|steps?|samples?|words?|ctx|context|params?-ratio)(?![a-z])", re.IGNORECASE)
# Words of names in which the size is not that of these weights: a helper of a larger model, or a part of one.
OTHER_WEIGHTS = frozenset(
    (
        "draft",
        "drafter",
        "eagle",
        "eagle2",
        "eagle3",
        "medusa",
        "dflash",
        "dspark",
        "speculator",
        "speculators",
        "hydra",
        "mmproj",
    )
)
# Heads for several tokens at once. Most models with the word in their names have them beside all their weights; some repositories have
# nothing else (own_counts).
HEAD_WORDS = frozenset(("mtp", "mtpv"))
# Words of names whose weights were removed from, or added to, those of the series that they name.
CHANGED_SIZE = frozenset(
    (
        *("pruned", "prune", "pruning", "minitron", "slim", "slimmed", "shortened", "sheared", "sparse", "reap", "expanded", "upscaled"),
        *("depth", "frankenmerge", "passthrough", "tiny", "random", "mini", "micro", "nano", "distill", "distilled", "distil", "layers"),
    )
)
# Words right after a series that make it another member of its family, with a size of its own, unless conf/known_parameters.csv has it.
OTHER_MEMBERS = frozenset(
    (
        *("plus", "flash", "lite", "linear", "max", "ultra", "pro", "large", "medium", "small", "mini", "nano", "air", "turbo", "vision"),
        *(
            "vl",
            "vlm",
            "tts",
            "asr",
            "v",
            "audio",
            "omni",
            "moe",
            "caption",
            "embedding",
            "reranker",
            "x",
            "xl",
            "xxl",
            "next",
            "guard",
            "edge",
        ),
    )
)
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_OTHER_MEMBERS = {(word,) for word in OTHER_MEMBERS}
# Numbers with underscores between them: a version (`Qwen2_5-7B`), a size (`-1_5b`), or both (`llama_3_8b`).
_NUMBERS = re.compile(r"(?<!\d)((?:\d{1,4}\.)?\d+(?:_\d+)+)(?:([bBmM])(?![A-Za-z0-9]))?")
_SEPARATORS = "-_./ "


class NamedSize(NamedTuple):
    """What a name states. `parameters` is None if it states only what a token uses, or `is_upper_bound`: N experts times M."""

    parameters: int | None
    active_parameters: int | None
    is_upper_bound: bool
    evidence: str


def name_part(model_id: str) -> str:
    """The name without the owner.

    >>> name_part("acme/tiny-7B")
    'tiny-7B'
    """
    return model_id[model_id.rfind("/") + 1 :]


def parameters_in_name(model_id: str) -> NamedSize | None:
    """The size that a name states; None if there is none, or several that differ (`7b-to-1.5b`).

    Beside billions, one to ten millions are a context (`7B-1M`). N x M experts share attention, so their
    product is more than there are, and is not returned.

    >>> parameters_in_name("acme/tiny-1.5B-chat").parameters, parameters_in_name("acme/v2")
    (1500000000, None)
    >>> parameters_in_name("acme/moe-8x7b")
    NamedSize(parameters=None, active_parameters=None, is_upper_bound=True, evidence='8x7b')
    >>> parameters_in_name("acme/moe-30B-A3B")[:2]
    (30000000000, 3000000000)
    """
    name = name_part(model_id)
    if not _MAY_BE_SIZE.search(name):
        return None
    name = _with_points(name)
    found = [match for match in _SIZE.finditer(name) if match.end() == len(name) or not _OF_TOKENS.match(name, match.end())]
    if not found or (_search_other_weights().is_in(name) and not OTHER_WEIGHTS.isdisjoint(_words(name))):
        return None
    return _named_size(tuple([match[0] for match in found]), has_experts=_EXPERTS.search(name) is not None)


@lru_cache(1 << 12)
def _named_size(written: tuple[str, ...], *, has_experts: bool) -> NamedSize | None:
    """The size that these matches of _SIZE state together. Many names have the same."""
    found = [match for size in written if (match := _SIZE.fullmatch(size))]
    active = {_number(match) for match in found if match[2]}
    totals = {_number(match) for match in found if not match[1] and not match[2]}
    if max(totals, default=0) >= UNIT["b"]:
        totals -= CONTEXTS
    evidence = " ".join(written)[:100]
    if any(match[1] for match in found):
        return NamedSize(None, None, True, evidence)
    if len(totals) > 1 or len(active) > 1:
        return None
    if totals and has_experts and not active:  # 17B-128E counts what a token uses
        totals, active = set(), totals
    if totals and active and max(active) >= max(totals):
        return None
    return NamedSize(next(iter(totals), None), next(iter(active), None), False, evidence)


def published_parameters(model_id: str) -> NamedSize | None:
    """The size of the published series that a name contains, with the size that it states (conf/known_parameters.csv).

    >>> published_parameters("someone/Qwen2.5-7B-Instruct-tuned").parameters
    7616000000
    >>> published_parameters("someone/dolphin-mixtral-8x7b")[:2]
    (46703000000, 12880000000)
    >>> published_parameters("someone/Qwen2.5-9B"), published_parameters("someone/Qwen2.5-7B-pruned")
    (None, None)
    """
    name = _with_points(name_part(model_id).lower())
    words = _words(name)
    series = _series_of(words)
    if not series or not OTHER_WEIGHTS.isdisjoint(words):
        return None
    sizes = {match[0].replace("p", ".") for match in _SIZE.finditer(name) if match[2] != "a" and not _is_context(match)}
    own_words = {word for found in series for word in found}
    found = {_known()[key, size] for key in series for size in (sizes or {""}) if (key, size) in _known()}
    if len(found) != 1 or not CHANGED_SIZE.isdisjoint(set(words) - own_words):
        return None
    return next(iter(found))


@cache
def hint_of_size() -> str:
    """A regular expression, in the syntax of Java too, that is found in every name of which a rule of this module states a size.

    >>> bool(re.search(hint_of_size(), "acme/tiny-7B")), bool(re.search(hint_of_size(), "acme/tiny"))
    (True, False)
    """
    sizeless = sorted({words[0] for words, size in _known() if not size})
    return rf"(?i){_MAY_BE_SIZE.pattern}|(?<![a-z])(?:{'|'.join(sizeless)})(?![a-z])"


@cache
def _search_other_weights() -> WordSearch:
    return WordSearch(OTHER_WEIGHTS)


@cache
def _known() -> dict[tuple[tuple[str, ...], str], NamedSize]:
    """(words of the series, size in the name or "") -> its counts."""
    return {
        (_words(row["series"]), row["size"]): NamedSize(
            int(row["parameters"]), int(row["active_parameters"] or 0) or None, False, f"{row['series']} {row['size']}".strip()
        )
        for row in curated("known_parameters")
    }


@cache
def _series_by_first_word() -> dict[str, list[tuple[str, ...]]]:
    """The series that begin with a word, longest first."""
    by_word: dict[str, list[tuple[str, ...]]] = {}
    for words in sorted({words for words, _ in _known()}, key=len, reverse=True):
        by_word.setdefault(words[0], []).append(words)
    return by_word


def _series_of(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The series named in these words, from left to right, the longest at each place."""
    found, end, by_word = [], 0, _series_by_first_word()
    for start, word in enumerate(words):
        if start < end or word not in by_word:
            continue
        series = next((one for one in by_word[word] if words[start : start + len(one)] == one), None)
        if series:
            end = start + len(series)
            if not _is_other_member(series, words[end : end + 2]):
                found.append(series)
    return found


def _is_other_member(series: tuple[str, ...], following: tuple[str, ...]) -> bool:
    """Whether the words after a series make it another member of its family: `Air`, or a version after a series without one."""
    if not following or series[-1][0].isdigit() or not following[0][0].isdigit():
        return following[:1] in _OTHER_MEMBERS
    return following[1:] not in (("b",), ("m",), ("x",), ("k",))


def _with_points(name: str) -> str:
    """The name with points instead of the underscores of versions and sizes; other underscores before a size separate.

    >>> [_with_points(name) for name in ("qwen2_5-7b", "qwen-1_8b", "llama_3_8b", "qwen2_5_7b", "qwen3_0_6b", "llama2_7b")]
    ['qwen2.5-7b', 'qwen-1.8b', 'llama_3-8b', 'qwen2.5-7b', 'qwen3-0.6b', 'llama2-7b']
    """
    return _NUMBERS.sub(_with_point, name) if "_" in name else name


def _with_point(match: re.Match[str]) -> str:
    """Sizes with a point begin with 0 or 1. Between a version and a size 1 may belong to either (`3_1_8b`): then no size is read."""
    *version, whole, last = match[1].split("_")
    unit = match[2]
    if not unit:
        return match[1].replace("_", ".")
    is_word = match.start() == 0 or match.string[match.start() - 1] in _SEPARATORS
    is_short = len(last) == 1
    if version and is_short and whole == "1":
        return f"{'.'.join(version)}.1_{last}"
    if is_short and (whole == "0" if version else whole in ("0", "1") and is_word):
        return f"{'.'.join(version)}-{whole}.{last}{unit}" if version else f"{whole}.{last}{unit}"
    return f"{'.'.join([*version, whole])}-{last}{unit}"


def _is_context(match: re.Match[str]) -> bool:
    return match[4] in "mM" and _number(match) in CONTEXTS


def may_be_head(model_id: str) -> bool:
    """Whether the name has a word of HEAD_WORDS.

    >>> may_be_head("acme/tiny-7B-MTP"), may_be_head("acme/tiny-7B")
    (True, False)
    """
    name = name_part(model_id).lower()
    return "mtp" in name and not HEAD_WORDS.isdisjoint(_words(name))


def _words(name: str) -> tuple[str, ...]:
    """Runs of letters, and numbers: `Qwen2.5-7b` -> qwen, 2.5, 7, b."""
    return tuple(_WORD.findall(name.lower()))


def _number(match: re.Match[str]) -> int:
    return round(float(match[3].lower().replace("p", ".")) * UNIT[match[4].lower()])
