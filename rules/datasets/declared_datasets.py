"""Datasets that a model declares, and the placeholder names that identify no data, by conf/placeholder_datasets.csv."""

from collections.abc import Iterable

from hublake.lake.curated import curated_words
from hublake.rules.declared_values import SOURCE_CONFIDENCE, DeclaredValue, cached_if_short, tag_values

MAX_CHARS = 300
_HUB_PREFIXES = (
    *(f"{scheme}{host}/datasets/" for scheme in ("https://", "http://", "") for host in ("huggingface.co", "www.huggingface.co", "hf.co")),
    "datasets/",
)


@cached_if_short
def declared_datasets(card: Iterable[str], card_data: Iterable[str], tags: Iterable[str]) -> list[DeclaredValue]:
    """The datasets of a model, each from the strongest source that declares it."""
    found: dict[str, DeclaredValue] = {}
    for source, texts in (("card", card), ("card_data", card_data), ("tag", tag_values(tags, "dataset:"))):
        for written in texts:
            name = dataset_id(written)
            if name:
                found.setdefault(name, DeclaredValue(name, written, source, SOURCE_CONFIDENCE[source]))
    return list(found.values())


def dataset_id(written: str) -> str:
    """The name of a declared dataset: a URL on the Hub is reduced to its name; other URLs and free text stay as they are.

    >>> dataset_id("https://huggingface.co/datasets/acme/squad/tree/main"), dataset_id("datasets/squad"), dataset_id("My tweets")
    ('acme/squad', 'squad', 'My tweets')
    """
    text = " ".join(written.split())[:MAX_CHARS]
    if not text.startswith(_HUB_PREFIXES):
        return text
    prefix = next(prefix for prefix in _HUB_PREFIXES if text.startswith(prefix))
    parts = text.removeprefix(prefix).partition("?")[0].split("/")
    has_owner = len(parts) > 1 and parts[1] not in ("tree", "blob", "viewer", "resolve", "")
    return "/".join(parts[:2]) if has_owner else parts[0]


def is_placeholder(name: str) -> bool:
    """Whether a name identifies no data.

    >>> is_placeholder("None"), is_placeholder("imagefolder"), is_placeholder("squad")
    (True, True, False)
    """
    return name.casefold() in curated_words("placeholder_datasets", "dataset")
