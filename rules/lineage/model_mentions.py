"""Recognise the names of models in a card's text: links to the Hub, its URLs, code spans and plain names."""

import re
from typing import NamedTuple

from hublake.rules.lineage.canonical_names import canonical_name

# Possessive quantifiers and bounds keep every expression linear.
_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,95}+"
_OWNER_AND_NAME = re.compile(f"{_PART}/{_PART}")
_PLAIN_NAME = re.compile(f"(?!_)({_PART}/{_PART})(?!/)")
_ONE_PART = re.compile(_PART)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200}+)\]\([ ]{0,2}<?([^()\s<>]{0,300}+)>?[^()\n]{0,80}+\)")
_REST_OF_A_LINK = re.compile(r"\]\([^()\s]{0,300}+\)")
_ADDRESS = re.compile(r"(?:https?://|www\.|huggingface\.co/|hf\.co/)[^\s()<>\[\]\"'`*|,{}]{1,300}+", re.IGNORECASE)
_HUB = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/", re.IGNORECASE)
_CODE_SPAN = re.compile(r"`{1,3}([^`\n]{1,200}+)`{1,3}")
_HOST = re.compile(r".*\.(?:com|org|net|io|edu|ai|co|cn|ml)")
# First segments of the Hub's own pages, which name no account.
_HUB_PAGES = frozenset(
    "datasets spaces collections papers docs blog models transformers course join front huggingface tasks learn organizations"
    " settings api new login pricing inference-api exbert posts chat".split()
)
# Segments that follow owner/name in the URL of a model.
_MODEL_PAGES = frozenset("tree blob raw resolve resolve-cache commit commits discussions edit".split())
_MARKUP = "*_`\"'[]<> "


class Mention(NamedTuple):
    """A link, URL, code span or name that ends at `end`; `model_id` is null if it names no model."""

    model_id: str | None
    end: int


def mention_at(text: str, position: int) -> Mention | None:
    """The mention that begins at `position`; null if plain text begins there.

    >>> mention_at("[BERT](https://huggingface.co/google-bert/bert-base-cased/tree/main)", 0)
    Mention(model_id='google-bert/bert-base-cased', end=68)
    >>> mention_at("bert-base-cased is", 0), mention_at("[SQuAD](https://huggingface.co/datasets/squad)", 0)
    (Mention(model_id='bert-base-cased', end=15), Mention(model_id=None, end=46))
    """
    if link := _LINK.match(text, position):
        return Mention(_named_by_link(link[1], link[2]), link.end())
    if rest := _REST_OF_A_LINK.match(text, position):
        return Mention(None, rest.end())
    if address := _ADDRESS.match(text, position):
        name = _named_by_address(address[0])
        return Mention(name if name and _is_complete(name) else None, address.end())
    if span := _CODE_SPAN.match(text, position):
        return Mention(_named_by_text(span[1]), span.end())
    if plain := _PLAIN_NAME.match(text, position):
        name = plain[1].rstrip("._")
        owner, _, own_name = name.partition("/")
        # "and/or" is no model: outside of links and code spans a name has a digit, a hyphen or an underscore.
        is_name = re.search(r"[\d_-]", own_name) and not _HOST.fullmatch(owner)
        return Mention(name if is_name else None, position + len(name))
    word = _ONE_PART.match(text, position)
    canonical = canonical_name(word[0].rstrip(".")) if word else None
    return Mention(canonical, position + len(canonical)) if canonical else None


def _named_by_link(label: str, target: str) -> str | None:
    """The target decides. If it is not a page of the Hub, the label may be a full or canonical name."""
    name = _named_by_address(target)
    text = label.strip(_MARKUP)
    if name is not None:
        # A link to one segment is a model only if the label repeats it: it may be an account's page.
        return name if _is_complete(name) or (text == name and re.search(r"[\d_-]", name)) else None
    return None if _HUB.match(target) else _named_by_text(text)


def _named_by_address(address: str) -> str | None:
    """owner/name or name in a URL of a model's page."""
    hub = _HUB.match(address)
    if hub is None:
        return None
    path = re.split(r"[?#]", address[hub.end() :], maxsplit=1)[0].strip("/").rstrip(".;:!").rstrip("/")
    parts = path.split("/")
    if parts[0].lower() in _HUB_PAGES or (len(parts) > 2 and parts[2] not in _MODEL_PAGES):
        return None
    return "/".join(parts[:2]) if all(_ONE_PART.fullmatch(part) for part in parts[:2]) else None


def _named_by_text(text: str) -> str | None:
    name = text.strip(_MARKUP)
    if _HUB.match(name):
        found = _named_by_address(name)
        return found if found and _is_complete(found) else None
    return canonical_name(name) or (name if _OWNER_AND_NAME.fullmatch(name) else None)


def _is_complete(name: str) -> bool:
    return "/" in name or canonical_name(name) is not None
