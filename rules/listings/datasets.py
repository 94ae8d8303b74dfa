"""One item of the Hub's listing of datasets -> the facts of one dataset. Each key is read, ignored for a reason, or reported."""

from typing import Any

from hublake.rules.cards.front_matter import clean, declared, texts
from hublake.rules.declared_values import after_prefix
from hublake.rules.languages.declared import languages
from hublake.rules.licenses.declared import licenses
from hublake.rules.listings.item import Item, Kind, Shape
from hublake.rules.listings.models import CARD, REPOSITORY_KEYS, names_of, repository_facts

KEYS = REPOSITORY_KEYS | {"description": Kind.TEXT}
# Keys that silver.datasets leaves out, each with the reason; bronze keeps them all.
IGNORED = {
    "_id": "read as hub_id by the crawler",
    "author": "the part of id before the slash; absent for canonical names",
    "private": "a public listing holds none",
    "citation": "text of the card",
    "key": "empty in every answer seen",
    "mainSize": "not documented",
    "paperswithcode_id": "of a service that has ended",
    "resourceGroup": "private organisations only",
    "usedStorage": "not promised in listings",
    "downloadsLastMonth": "the same as downloads",
    "xetEnabled": "a detail of storage",
    "gitalyUid": "a detail of storage",
}


LISTED = Shape(KEYS, IGNORED)


def dataset_facts(item: Item) -> dict[str, Any]:
    """Columns of silver.datasets but for hub_id, snapshot_date and card_data (as a mapping under that name), of an item of LISTED.

    What the card says counts before what the Hub's tags say; tags carry prefixes here.
    """
    dataset_id = item.values.id
    repository = repository_facts(item, dataset_id)
    tags, card_data = repository["tags"], repository["card_data"]
    card, description = declared(card_data or {}), item.values.description
    sizes = _named("size_categories", card_data, tags)
    return {
        "dataset_id": dataset_id,
        **repository,
        "licenses": [found.value for found in licenses((), card.licenses, tags)],
        "languages": [found.value for found in languages(card.languages or after_prefix(tags, "language:"), (), ())],
        "task_categories": _named("task_categories", card_data, tags),
        "size_category": sizes[0] if sizes else None,
        "modalities": after_prefix(tags, "modality:"),
        "file_formats": after_prefix(tags, "format:"),
        "source_dataset_ids": _named("source_datasets", card_data, tags),
        "description": clean(description) or None if description else None,
        "has_card": CARD in names_of(item.values.siblings, "rfilename"),
        "oddities": item.oddities,
    }


def _named(field: str, card_data: dict[str, Any] | None, tags: list[str]) -> list[str]:
    """Values of a field: of the card, else of the tags that begin with its name.

    >>> _named("size_categories", {"size_categories": "1K<n<10K"}, []), _named("size_categories", None, ["size_categories:n<1K"])
    (['1K<n<10K'], ['n<1K'])
    """
    return texts((card_data or {}).get(field)) or after_prefix(tags, f"{field}:")
