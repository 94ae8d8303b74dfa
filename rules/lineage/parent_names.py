"""What authors type where a base model's name belongs -> names of models, or the reason why it is none."""

import re
from functools import lru_cache
from typing import NamedTuple

from hublake.lake.repo_ids import looks_like_model_id

# Words that stand where a name was forgotten: what languages print for nothing, and what templates ask to be replaced.
PLACEHOLDERS = frozenset(
    (
        *("none", "null", "nil", "nan", "n/a", "na", "undefined", "unknown", "tbd", "todo", "fixme", "xxx", "...", "-"),
        *("base_model", "model_name", "pretrained_model_name_or_path"),
        *("your-username/your-model", "username/model", "owner/name", "user/model"),
    )
)
_PLACEHOLDER = re.compile(r"(?:todo|tbd|fixme|your)[-_ ./:].*|x{3,}|<.*>|\[.*\]|\{.*\}", re.IGNORECASE | re.DOTALL)
_HUB = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://", re.IGNORECASE)
# What follows owner/name in the Hub's own addresses.
_HUB_PAGES = frozenset(("tree", "blob", "raw", "resolve", "resolve-cache", "commit", "commits", "discussions", "edit"))
_NOT_MODELS = frozenset(("datasets", "spaces", "collections", "papers", "docs", "blog"))
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATH = re.compile(r"[/~\\]|\.{1,2}[/\\]|[A-Za-z]:[/\\]")
# Folder of a model in huggingface_hub's cache: models--owner--name.
_CACHED = re.compile(r"(?:^|[/\\])models--([^/\\]+)")
REMEMBERED = 200  # letters: the same few thousand bases are declared over and over, but no long text is


class ParentName(NamedTuple):
    """`name` is a model's name unless `problem` says why it is none; then it is the text as typed."""

    name: str
    problem: str | None = None


def parent_names(declared: str) -> list[ParentName]:
    """Names in one declared base; several only where commas join texts that all look like owner/name. Blank: none.

    >>> parent_names(" https://huggingface.co/google/gemma-2b/tree/main ")
    [ParentName(name='google/gemma-2b', problem=None)]
    >>> [parent.name for parent in parent_names("a/b, c/d")]
    ['a/b', 'c/d']
    >>> parent_names("/content/models/x")
    [ParentName(name='/content/models/x', problem='a path')]
    """
    return list(_known(declared) if len(declared) <= REMEMBERED else _read(declared))


def _read(declared: str) -> list[ParentName]:
    text = declared.strip().strip("\"'`").strip()
    if not text:
        return []
    parts = [_without_address(part.strip()) for part in text.split(",") if part.strip()]
    if len(parts) > 1 and all("/" in part and _problem(part) is None for part in parts):
        return [ParentName(part) for part in dict.fromkeys(parts)]
    name = _without_address(text)
    problem = _problem(name)
    return [ParentName(name) if problem is None else ParentName(text, problem)]


_known = lru_cache(1 << 14)(_read)


def _without_address(text: str) -> str:
    """owner/name out of a Hub address, a `models/` prefix or the Hub's cache; anything else as it is."""
    cached = _CACHED.search(text)
    if cached:
        return "/".join(cached[1].split("--", 1))
    address = _HUB.match(text)
    name = re.split(r"[?#]", text[address.end() :], maxsplit=1)[0] if address else text
    parts = name.strip("/").split("/") if address else name.removesuffix("/").split("/")
    if parts[0] == "models" and len(parts) > 2:
        parts = parts[1:]
    if address and parts[0] in _NOT_MODELS:
        return text
    if address and len(parts) > 2 and parts[2] in _HUB_PAGES:
        parts = parts[:2]
    return "/".join(parts)


def _problem(name: str) -> str | None:
    if name.lower() in PLACEHOLDERS or _PLACEHOLDER.fullmatch(name):
        return "a placeholder"
    if _PATH.match(name) or "\\" in name:
        return "a path"
    if _HUB.match(name):
        return "an address of the Hub that is no model's"
    if _ADDRESS.match(name):
        return "an address outside the Hub"
    if looks_like_model_id(name):
        return None
    return "a path" if name.count("/") > 1 and " " not in name else "no name that the Hub allows"
