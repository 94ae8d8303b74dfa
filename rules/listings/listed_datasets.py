"""Convert one item of the Hub's dataset listing to a row of silver.datasets. Every key is read, ignored for a reason, or reported."""

from typing import Any

from hublake.rules.cards.front_matter import clean_text, parse_fields, text_values
from hublake.rules.declared_values import tag_values
from hublake.rules.languages.declared_languages import declared_languages
from hublake.rules.licenses.declared_licenses import declared_licenses
from hublake.rules.listings.hub_object import HubObject, HubObjectSchema, ValueType
from hublake.rules.listings.repository_items import CARD, REPOSITORY_KEYS, repository_columns, texts_under

KEYS = REPOSITORY_KEYS | {"description": ValueType.TEXT}
# Keys that silver.datasets leaves out, each with the reason; bronze stores them all.
IGNORED = {
    "_id": "read as hub_id by the crawler",
    "author": "the part of id before the slash; absent for canonical names",
    "private": "a public listing contains none",
    "citation": "text of the card",
    "key": "empty in every response seen",
    "mainSize": "not documented",
    "paperswithcode_id": "refers to a service that has ended",
    "resourceGroup": "private organisations only",
    "usedStorage": "not promised in listings",
    "downloadsLastMonth": "the same as downloads",
    "xetEnabled": "a storage detail",
    "gitalyUid": "a storage detail",
}

LISTED_DATASET = HubObjectSchema(KEYS, IGNORED)


def dataset_row(item: HubObject) -> dict[str, Any]:
    """The columns of silver.datasets without hub_id and snapshot_date, from an item of LISTED_DATASET.

    What the card declares takes precedence over the Hub's tags, which have prefixes in this listing.
    """
    dataset_id = item.values.id
    repository = repository_columns(item, dataset_id)
    tags, card_data = repository["tags"], item.values.cardData
    card, description = parse_fields(card_data or {}), item.values.description
    sizes = _field_values("size_categories", card_data, tags)
    return {
        "dataset_id": dataset_id,
        **repository,
        "licenses": [found.value for found in declared_licenses((), card.licenses, tags)],
        "languages": [found.value for found in declared_languages(card.languages or tag_values(tags, "language:"), (), ())],
        "task_categories": _field_values("task_categories", card_data, tags),
        "size_category": sizes[0] if sizes else None,
        "modalities": tag_values(tags, "modality:"),
        "file_formats": tag_values(tags, "format:"),
        "source_dataset_ids": _field_values("source_datasets", card_data, tags),
        "description": clean_text(description) or None if description else None,
        "has_card": CARD in texts_under("rfilename", item.values.siblings),
        "oddities": item.oddities,
    }


def _field_values(field: str, card_data: dict[str, Any] | None, tags: list[str]) -> list[str]:
    """The values of a field in the card; without any, those of the tags with its name as prefix.

    >>> _field_values("size_categories", {"size_categories": "1K<n<10K"}, [])
    ['1K<n<10K']
    >>> _field_values("size_categories", None, ["size_categories:n<1K"])
    ['n<1K']
    """
    return text_values((card_data or {}).get(field)) or tag_values(tags, f"{field}:")
