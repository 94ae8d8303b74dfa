"""Parse what authors write as a base model into model names, or state why the text names no model."""

import re
from functools import lru_cache
from typing import NamedTuple

from hublake.lake.repo_ids import looks_like_model_id
from hublake.rules.visible_text import visible

PLACEHOLDER = "a placeholder"  # unless a listed model has that name, or the Hub resolved it

# Texts left where a name was forgotten: how languages print a missing value, and template placeholders.
PLACEHOLDER_PARENTS = frozenset(
    (
        *("none", "null", "nil", "nan", "n/a", "na", "undefined", "unknown", "tbd", "todo", "fixme", "xxx", "...", "-"),
        *("base_model", "model_name", "pretrained_model_name_or_path"),
        *("your-username/your-model", "username/model", "owner/name", "user/model"),
    )
)
_PLACEHOLDER = re.compile(r"(?:todo|tbd|fixme|your)[-_ ./:].*|x{3,}|<.*>|\[.*\]|\{.*\}", re.IGNORECASE | re.DOTALL)
_HUB_URL = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/|hf://", re.IGNORECASE)
# Path segments that follow owner/name in URLs of the Hub.
_HUB_PAGES = frozenset(("tree", "blob", "raw", "resolve", "resolve-cache", "commit", "commits", "discussions", "edit"))
_NOT_MODELS = frozenset(("datasets", "spaces", "collections", "papers", "docs", "blog"))
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATH = re.compile(r"[/~\\]|\.{1,2}[/\\]|[A-Za-z]:[/\\]")
# A model's folder in the cache of huggingface_hub: models--owner--name.
_CACHE_FOLDER = re.compile(r"(?:^|[/\\])models--([^/\\]+)")
MAX_CACHED_CHARS = 200  # the same few thousand bases are declared again and again; long texts are not


class ParentReference(NamedTuple):
    """`model_id` is the name of a model. If `problem` states why it cannot be one, it is the text as written, or the PLACEHOLDER."""

    model_id: str
    problem: str | None = None


def parse_parent_references(declared: str) -> list[ParentReference]:
    """The names in one declared base. A list separated by commas is split only if every part looks like owner/name. Blank text has none.

    >>> parse_parent_references(" https://huggingface.co/google/gemma-2b/tree/main ")
    [ParentReference(model_id='google/gemma-2b', problem=None)]
    >>> [parent.model_id for parent in parse_parent_references("a/b, c/d")]
    ['a/b', 'c/d']
    >>> parse_parent_references("/content/models/x")
    [ParentReference(model_id='/content/models/x', problem='a path')]
    """
    return list(_parse_cached(declared) if len(declared) <= MAX_CACHED_CHARS else _parse(declared))


def _parse(declared: str) -> list[ParentReference]:
    text = visible(declared).strip("\"'`").strip()
    if not text:
        return []
    parts = [_strip_location(part.strip()) for part in text.split(",") if part.strip()]
    if len(parts) > 1 and all("/" in part and _problem(part) in (None, PLACEHOLDER) for part in parts):
        return [ParentReference(part, _problem(part)) for part in dict.fromkeys(parts)]
    name = _strip_location(text)
    problem = _problem(name)
    return [ParentReference(name if problem in (None, PLACEHOLDER) else text, problem)]


_parse_cached = lru_cache(1 << 14)(_parse)


def _strip_location(text: str) -> str:
    """owner/name from a URL of the Hub, a path with the prefix `models/` or a path of the Hub's cache; any other text is unchanged."""
    cached = _CACHE_FOLDER.search(text)
    if cached:
        return "/".join(cached[1].split("--", 1))
    url = _HUB_URL.match(text)
    name = re.split(r"[?#]", text[url.end() :], maxsplit=1)[0] if url else text
    parts = name.strip("/").split("/") if url else name.removesuffix("/").split("/")
    if parts[0] == "models" and len(parts) > 2:
        parts = parts[1:]
    if url and parts[0] in _NOT_MODELS:
        return text
    if url and len(parts) > 2 and parts[2] in _HUB_PAGES:
        parts = parts[:2]
    return "/".join(parts)


def _problem(name: str) -> str | None:
    """Why a text cannot be the name of a model; silver.quarantine stores it with the edge."""
    if name.lower() in PLACEHOLDER_PARENTS or _PLACEHOLDER.fullmatch(name):
        return PLACEHOLDER
    if _PATH.match(name) or "\\" in name:
        return "a path"
    if _HUB_URL.match(name):
        return "an address of the Hub that is no model's"
    if _URL.match(name):
        return "an address outside the Hub"
    if looks_like_model_id(name):
        return None
    return "a path" if name.count("/") > 1 and " " not in name else "no name that the Hub allows"
