"""Which fields a crawl requests of a listing, and which after the hub has answered 400.

The Hub has refused expands in two wordings so far, and may find a third: the wording is a hint and never decides a crawl.
"""

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

# Every `expand` value that the Hub's own Python client types for models (ModelInfo of huggingface_hub 2.4), and xetEnabled, which the
# Hub names in its own error message; without those that listings are known to refuse: childrenModelCount and usedStorage
# (huggingface/huggingface_hub#3182).
MODEL_EXPANDS = (
    "author", "baseModels", "cardData", "config", "createdAt", "disabled", "downloads", "downloadsAllTime", "evalResults", "gated",
    "gguf", "inference", "inferenceProviderMapping", "lastModified", "library_name", "likes", "mask_token", "model-index", "pipeline_tag",
    "private", "resourceGroup", "safetensors", "sha", "siblings", "spaces", "tags", "transformersInfo", "trendingScore", "widgetData",
    "xetEnabled",
)  # fmt: skip
# The same for datasets and Spaces (DatasetInfo, SpaceInfo), without usedStorage.
DATASET_EXPANDS = (
    "author", "cardData", "citation", "createdAt", "description", "disabled", "downloads", "downloadsAllTime", "gated", "lastModified",
    "likes", "mainSize", "paperswithcode_id", "private", "resourceGroup", "sha", "siblings", "tags", "trendingScore",
)  # fmt: skip
SPACE_EXPANDS = (
    "author", "cardData", "createdAt", "datasets", "disabled", "lastModified", "likes", "models", "private", "region", "resourceGroup",
    "runtime", "sdk", "sha", "siblings", "subdomain", "tags", "trendingScore",
)  # fmt: skip

# Fields with which complete listings of the Hub have been walked (models: a census of all repositories in October 2026; the others: the
# fields that the Hub's own clients request most), for when a refusal cannot be read.
KNOWN_GOOD: Mapping[str, frozenset[str]] = {
    "model": frozenset((
        "author", "baseModels", "cardData", "config", "createdAt", "disabled", "downloads", "downloadsAllTime", "gated", "gguf",
        "lastModified", "library_name", "likes", "pipeline_tag", "private", "safetensors", "sha", "siblings", "tags", "transformersInfo",
    )),
    "dataset": frozenset((
        "author", "cardData", "createdAt", "disabled", "downloads", "gated", "lastModified", "likes", "private", "sha", "siblings", "tags",
    )),
    "space": frozenset((
        "author", "cardData", "createdAt", "disabled", "lastModified", "likes", "private", "sdk", "sha", "siblings", "tags",
    )),
}  # fmt: skip
NEEDED = frozenset({"sha", "siblings"})  # without these no card can be fetched
WITHOUT_EXPANDS = (("full", "true"), ("cardData", "true"), ("config", "true"))  # the older switches, where no expand is accepted
LONGEST_MESSAGE = 65_536  # characters

# `Invalid option: expected one of "author"|"baseModels" * at expand[1]`, and `"expand" must be one of [author, baseModels]`.
ALTERNATIVES = re.compile(r'expected one of ("[^"]*+"(?:\|"[^"]*+")*+)(?=([^"]*+))')
BRACKETED = re.compile(r"must be one of \[([^\[\]]*+)\]")
EXPAND_PARAMETERS = frozenset({"expand", "expand[]"})


def accepted_expands(message: str) -> frozenset[str]:
    """Return the values that a refusal says to be valid for `expand`; empty if it cannot be read, or is about another parameter.

    >>> sorted(accepted_expands('{"error":"* Invalid option: expected one of \\\\"sha\\\\"|\\\\"tags\\\\" * at expand[1]"}'))
    ['sha', 'tags']
    >>> sorted(accepted_expands('{"error":"\\\\"expand\\\\" must be one of [sha, tags]"}'))
    ['sha', 'tags']
    >>> accepted_expands('expected one of "createdAt"|"likes" * at sort')
    frozenset()
    """
    text = message[:LONGEST_MESSAGE].replace('\\"', '"')
    for names, following in ALTERNATIVES.findall(text):
        if "expand" in following:
            return frozenset(name.strip('"') for name in names.split("|"))
    for found in BRACKETED.finditer(text):
        if "expand" in text[max(0, found.start() - 40) : found.start()]:
            return frozenset(name.strip().strip("\"'") for name in found[1].split(",")) - {""}
    return frozenset()


def narrowed_expands(message: str, requested: Collection[str], known_good: Collection[str]) -> tuple[str, ...] | None:
    """Return the fields to request after a 400, always fewer than before; () means the older switches, None that nothing is left to try.

    >>> narrowed_expands('"expand" must be one of [sha, siblings, tags]', ["sha", "siblings", "spaces", "tags"], ["sha", "siblings"])
    ('sha', 'siblings', 'tags')
    >>> narrowed_expands("Bad Request", ["sha", "siblings", "spaces", "tags"], ["sha", "siblings", "tags"])
    ('sha', 'siblings', 'tags')
    >>> narrowed_expands("Bad Request", ["sha", "siblings"], ["sha", "siblings"]), narrowed_expands("Bad Request", (), ["sha"])
    ((), None)
    """
    if not requested:
        return None
    accepted = accepted_expands(message)
    named = tuple(name for name in requested if name in accepted)
    known = tuple(name for name in requested if name in known_good)
    if set(named) >= NEEDED and len(named) < len(requested):
        return named
    return known if known and len(known) < len(requested) else ()


def requested_expands(url: str) -> tuple[str, ...]:
    """Return the fields that the URL of a page requests."""
    return tuple(value for name, value in parse_qsl(urlsplit(url).query) if name in EXPAND_PARAMETERS)


def with_expands(url: str, names: Collection[str]) -> str:
    """Return the URL of the same page with other fields.

    >>> with_expands("https://h/api/models?limit=9&expand%5B%5D=sha&expand%5B%5D=tags&cursor=x%3D", ["sha"])
    'https://h/api/models?limit=9&cursor=x%3D&expand%5B%5D=sha'
    """
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in EXPAND_PARAMETERS]
    chosen = [("expand[]", name) for name in names] or list(WITHOUT_EXPANDS)
    return parts._replace(query=urlencode([*kept, *chosen])).geturl()
