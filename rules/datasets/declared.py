"""Datasets that a model declares, and those of them that name no data, by conf/placeholder_datasets.csv."""

from collections.abc import Iterable

from hublake.lake.curated import curated_words
from hublake.rules.declared_values import CONFIDENCE, Facet, after_prefix, remembered

MAX_CHARS = 300
_ADDRESSES = (
    *(f"{scheme}{host}/datasets/" for scheme in ("https://", "http://", "") for host in ("huggingface.co", "www.huggingface.co", "hf.co")),
    "datasets/",
)


@remembered
def datasets(card: Iterable[str], card_data: Iterable[str], tags: Iterable[str]) -> list[Facet]:
    """Datasets that a model declares, each with its strongest source."""
    found: dict[str, Facet] = {}
    for source, written in (("card", card), ("card_data", card_data), ("tag", after_prefix(tags, "dataset:"))):
        for text in written:
            name = dataset_id(text)
            if name:
                found.setdefault(name, Facet(name, text, source, CONFIDENCE[source]))
    return list(found.values())


def dataset_id(written: str) -> str:
    """A dataset as declared; an address on the Hub becomes the name, other addresses and free text stay.

    >>> dataset_id("https://huggingface.co/datasets/acme/squad/tree/main"), dataset_id("datasets/squad"), dataset_id("My tweets")
    ('acme/squad', 'squad', 'My tweets')
    """
    text = " ".join(written.split())[:MAX_CHARS]
    if not text.startswith(_ADDRESSES):
        return text
    address = next(address for address in _ADDRESSES if text.startswith(address))
    parts = text.removeprefix(address).partition("?")[0].split("/")
    is_nested = len(parts) > 1 and parts[1] not in ("tree", "blob", "viewer", "resolve", "")
    return "/".join(parts[:2]) if is_nested else parts[0]


def is_placeholder(name: str) -> bool:
    """Whether a name says nothing of the data.

    >>> is_placeholder("None"), is_placeholder("imagefolder"), is_placeholder("squad")
    (True, True, False)
    """
    return name.casefold() in curated_words("placeholder_datasets", "dataset")
