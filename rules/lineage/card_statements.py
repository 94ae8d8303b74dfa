"""Find the parents that a card's text states: "a fine-tuned version of [X](...)", "converted to GGUF format from X".

conf/derivation_phrases.csv lists the phrases, mostly those of tools' card templates. A name counts only in the sentence of the phrase, and
only as owner/name, as a link to the Hub, or as a canonical name.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from hublake.lake.curated import curated
from hublake.rules.lineage.canonical_names import canonical_name
from hublake.rules.lineage.model_mentions import Mention, mention_at

MAX_CHARS = 50_000  # statements are near the top; what follows is logs, tables and quoted cards
MAX_SENTENCE_CHARS = 300
MAX_LIST_CHARS = 3_000
MAX_PHRASES = 500  # a card that repeats a phrase without a name states nothing, and each phrase takes milliseconds
# Words between phrase and name: "fine-tuned version of the multilingual speech model [X]".
MAX_WORDS_BETWEEN = 8

_SPELLINGS = {
    "finetun": ("finetun", "fine-tun", "fine tun"),
    "pretrain": ("pretrain", "pre-train", "pre train"),
    "quantiz": ("quantiz", "quantis"),
    "initializ": ("initializ", "initialis"),
}
_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
_FENCE = re.compile(r"(?:```|~~~)[^`]{0,100}$")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s|[|>]")
# Below such a heading a quantiser quotes the card of the original, whose statements are the original's.
_QUOTED_CARD = re.compile(r"[\W_]{0,12}original (?:model )?(?:model ?card|card|description|readme)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_][\w'’+-]{0,100}+")
_SENTENCE_END = re.compile(r"[.!?;。！？](?=\s|$)|[。！？|]")
_JOINED_NAME = re.compile(r"[\s*_`\"')]{0,6}+(?:,\s{0,2}and\b|,|\band\b|&|\+)\s{1,2}(?:the )?[*_]{0,2}")
_TAG = re.compile(r"</?(?:b|i|em|strong|p|br|u|code|span|div|center|small)\b[^<>]{0,100}+>", re.IGNORECASE)
_COLON = re.compile(r"[\s*_)]{0,5}+[:：|]")
# Between phrase and name these words end the statement: what follows is a dataset, a tool or another clause.
_ENDING_WORDS = frozenset(
    "this these our here see available by with using via for and or which that whose who at to in on than unlike as like if you your is are"
    " was were be been can could not no scratch dataset datasets tokenizer architecture teacher library".split()
)
# Before the phrase, these words show that the sentence describes another model.
_OTHER_SUBJECT = re.compile(r"\b(?:see|check|unlike|compared?|instead|similar|other|another|not|previous|also)\b|\bnon-$", re.IGNORECASE)
# After the name, these words show that it is not a parent.
_NO_PARENT = re.compile(
    r"[\s*_`\"')]{0,6}+(?:'s )?(?:as (?:an?|the) )?(?:teacher|tokeni[sz]er|architecture|vocab|data ?set|corpus|config|library|script|repo)",
    re.IGNORECASE,
)
_NOT_WEIGHTS = re.compile(r"\b(?:architecture|topology|tokeni[sz]er|vocabulary|code|implementation|script|paper|tasks?)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\b[a-zA-Z0-9-]{0,100}+_\w{0,100}+")
_FROM_SCRATCH = re.compile(r"\bown (?:\w{1,30} )?(?:vocab|tokeni[sz]er)|from scratch", re.IGNORECASE)
_TUNING = re.compile(
    r"fine[- ]?tun|\btuned|further|additional|continu|domain[- ]adapt"
    "|微调|ファインチューニング|파인튜닝|afinad|ajust|affiné|feinabgestimmt|дообуч",
    re.IGNORECASE,
)
_THIS_IS = re.compile(r"\bthis\b[^.]{0,80}$", re.IGNORECASE)


class Phrase(NamedTuple):
    """A row of conf/derivation_phrases.csv. `form` is the position of the name; `relation` is null if the words leave it open."""

    form: str
    relation: str | None


class StatedParent(NamedTuple):
    """A parent that the card states, and the relation in its words; null if they leave it open."""

    name: str
    relation: str | None


def stated_parents(text: str, model_id: str) -> list[StatedParent]:
    """The parents that the card of `model_id` states, from the first statement; from all statements if it is a merge.

    `text` is the card without front matter. Cost: a search of at most MAX_CHARS characters for the phrases; if there is one, a second pass
    that splits the text, and a sentence for each phrase found.

    >>> stated_parents("This model is a fine-tuned version of [gpt2](https://huggingface.co/gpt2) on poems.", "a/b")
    [StatedParent(name='gpt2', relation='finetune')]
    >>> stated_parents("See [the fine-tuned version of](x) this model: a/b-tuned", "a/b")
    []
    """
    if not _may_state(text[:MAX_CHARS]):
        return []
    lines = "\n".join(_sentences_by_line(text[:MAX_CHARS]))
    found: list[StatedParent] = []
    for phrase, start, end in islice(_phrases_in(lines), MAX_PHRASES):
        names = [] if found and phrase.relation != "merge" else _names(lines, phrase, start, end, model_id)
        found.extend(StatedParent(name, phrase.relation) for name in names)
        if found and found[0].relation != "merge":
            break
    return list(dict.fromkeys(found))


def _may_state(text: str) -> bool:
    """Whether a phrase may be in a text, ignoring its lines. Code may interrupt one."""
    return "```" in text or "~~~" in text or bool(_automaton()[0].find_matches_as_indexes(" ".join(text.split()).lower()))


def _sentences_by_line(text: str) -> Iterator[str]:
    """Paragraphs, list items and headings, each on one line; code blocks and quoted cards are left out."""
    paragraph: list[str] = []
    is_code = False
    for raw in text.splitlines():
        line = " ".join(raw.split())
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code and _QUOTED_CARD.match(line):
            break
        elif not is_code:
            is_heading = line.startswith("#")
            if paragraph and (not line or is_heading or _ITEM.match(line)):
                yield " ".join(paragraph)
                paragraph = []
            if is_heading:
                yield line
            elif line:
                paragraph.append(line)
    if paragraph:
        yield " ".join(paragraph)


def _phrases_in(lines: str) -> Iterator[tuple[Phrase, int, int]]:
    """Every phrase with where it starts and ends, in order; none inside of a word."""
    automaton, phrases = _automaton()
    lower = lines.lower()
    if len(lower) != len(lines):  # some capitals have two letters in lower case, and positions must stay
        lower = lines.translate(_LOWER)
    for number, start, end in automaton.find_matches_as_indexes(lower):
        is_inside_word = (_is_letter(lower, start) and _is_letter(lower, start - 1)) or (
            _is_letter(lower, end - 1) and _is_letter(lower, end)
        )
        if not is_inside_word:
            yield phrases[number], start, end


def _is_letter(text: str, position: int) -> bool:
    return 0 <= position < len(text) and text[position].isascii() and text[position].isalnum()


@cache
def _automaton() -> tuple[AhoCorasick, tuple[Phrase, ...]]:
    """An automaton of all spellings of the phrases, and the phrase of each."""
    spelt: list[tuple[str, Phrase]] = []
    for row in curated("derivation_phrases"):
        phrase = Phrase(row["form"], None if row["relation"] == "inferred" else row["relation"])
        options = [_SPELLINGS[root] for root in _SPELLINGS if root in row["phrase"]]
        roots = [root for root in _SPELLINGS if root in row["phrase"]]
        for chosen in product(*options):
            text = row["phrase"]
            for root, spelling in zip(roots, chosen, strict=True):
                text = text.replace(root, spelling)
            spelt.append((text, phrase))
    return AhoCorasick([text for text, _ in spelt], matchkind=MatchKind.LeftmostLongest), tuple(phrase for _, phrase in spelt)


def _names(lines: str, phrase: Phrase, start: int, end: int, model_id: str) -> list[str]:
    """Names of the models that the phrase at `start` to `end` relates to the card's model; none if it describes something else."""
    line_start, line_end = lines.rfind("\n", 0, start) + 1, lines.find("\n", end)
    line_end = len(lines) if line_end < 0 else line_end
    lead = _end_of_sentence(lines[max(line_start, start - MAX_SENTENCE_CHARS) : start])
    rest = lines[end : min(line_end, end + MAX_SENTENCE_CHARS)]
    match phrase.form:
        case "after_name":
            names = _name_before(lead)
            lead = ""
        case "before_list":
            names = _listed_names(lines[end : end + MAX_LIST_CHARS])
        case "label":
            colon = _COLON.match(rest)
            names = _names_after(rest[colon.end() :], 0) if colon else []
        case "next_to_name":
            names = _names_after(rest, 0)
        case "this_is":
            names = _names_after(rest, MAX_WORDS_BETWEEN) if _THIS_IS.search(lead) else []
        case "with_tuning":
            is_weights = not _NOT_WEIGHTS.search(lead) and not _FROM_SCRATCH.search(rest)
            is_tuned = _TUNING.search(_without_names(f"{lead} {_SENTENCE_END.split(rest, maxsplit=1)[0]}"))
            names = _names_after(rest, MAX_WORDS_BETWEEN) if is_weights and is_tuned else []
        case _:
            names = _names_after(rest, MAX_WORDS_BETWEEN)
    if not names or any(_is_own(name, model_id) for name in names):
        return []
    is_of_another = _OTHER_SUBJECT.search(lead) or any(not _is_own(name, model_id) and name not in names for name in _mentioned_in(lead))
    return [] if is_of_another else names


def _end_of_sentence(text: str) -> str:
    """What follows the last end of a sentence."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    return text[ends[-1] :] if ends else text


def _names_after(text: str, words: int) -> list[str]:
    """Names of models behind at most `words` other words of the same sentence, several where commas and the like join them."""
    position = 0
    while position < len(text):
        if mention := mention_at(text, position):
            if mention.model_id is not None:
                return _joined_names(text, mention)
            position, words = mention.end, words - 1
        elif tag := _TAG.match(text, position):
            position = tag.end()
        elif word := _WORD.match(text, position):
            is_article = word[0].lower() in ("the", "a", "an", "model")
            words -= not is_article
            if word[0].lower() in _ENDING_WORDS or words < 0:
                return []
            position = word.end()
        elif _SENTENCE_END.match(text, position):
            return []
        else:
            position += 1
    return []


def _joined_names(text: str, first: Mention) -> list[str]:
    """`first` and the names that follow it; none if the words after them show that they are not parents."""
    names, end = [first.model_id], first.end
    while (joint := _JOINED_NAME.match(text, end)) and (following := mention_at(text, joint.end())) and following.model_id:
        names.append(following.model_id)
        end = following.end
    return [] if _NO_PARENT.match(text, end) else [name for name in names if name is not None]


def _name_before(lead: str) -> list[str]:
    """The last name before the phrase, if it ends within 12 characters of it."""
    found = [mention for mention in _mentions(lead) if mention.model_id is not None]
    return [name for name, end in found[-1:] if name is not None and len(lead) - end <= 12]


def _listed_names(text: str) -> list[str]:
    """The first name of each list item that follows, up to the first line that is not an item."""
    names: list[str] = []
    for number, line in enumerate(text.split("\n")):
        if number and not _ITEM.match(line):
            break
        names.extend([mention.model_id for mention in _mentions(line) if mention.model_id is not None][: None if number == 0 else 1])
    return names


def _mentioned_in(text: str) -> list[str]:
    return [mention.model_id for mention in _mentions(text) if mention.model_id is not None]


def _mentions(text: str) -> Iterator[Mention]:
    """All mentions in a sentence."""
    return (mention for _, mention in _located_mentions(text))


def _located_mentions(text: str) -> Iterator[tuple[int, Mention]]:
    """All mentions in a sentence with where they start."""
    position = 0
    while position < len(text):
        mention = mention_at(text, position)
        word = None if mention else _WORD.match(text, position)
        if mention:
            yield position, mention
        position = mention.end if mention else word.end() if word else position + 1


def _without_names(sentence: str) -> str:
    """A sentence without names of models, links and identifiers, whose words state nothing."""
    position, kept = 0, []
    for start, mention in _located_mentions(sentence):
        kept.append(sentence[position:start])
        position = mention.end
    return _IDENTIFIER.sub("", " ".join((*kept, sentence[position:])))


def _is_own(name: str, model_id: str) -> bool:
    """Whether a name is that of the card's own model, with or without the account; a canonical name is the canonical model's."""
    own = model_id.lower()
    return name.lower() == own or ("/" not in name and canonical_name(name) is None and name.lower() == own.rpartition("/")[2])
