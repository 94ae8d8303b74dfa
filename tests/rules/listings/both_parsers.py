"""Rows of listed items, through both parsers of a schema."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from hublake.rules.listings import listed_datasets, listed_models, model_items
from hublake.rules.listings.hub_object import HubObject, HubObjectSchema


def parsed_model(body: Mapping[str, Any]) -> dict[str, Any]:
    """The row of an item of the model listing."""
    return _row(model_items.LISTED_MODEL, listed_models.model_row, body)


def parsed_dataset(body: Mapping[str, Any]) -> dict[str, Any]:
    """The row of an item of the dataset listing."""
    return _row(listed_datasets.LISTED_DATASET, listed_datasets.dataset_row, body)


def _row(schema: HubObjectSchema, to_row: Callable[[HubObject], dict[str, Any]], body: Mapping[str, Any]) -> dict[str, Any]:
    """The row of the item validated key by key; if the item matches the schema, decoding it in one pass must give the same row."""
    validated, decoded = schema.validate(body), schema.decode(json.dumps(body))
    assert (decoded is None) == (bool(validated.oddities) or _has_other_tags(body))
    row = to_row(validated)
    assert decoded is None or to_row(decoded) == row
    return row


def _has_other_tags(body: Mapping[str, Any]) -> bool:
    """Tags that are no texts are dropped without being reported."""
    tags = body.get("tags")
    return isinstance(tags, list) and any(not isinstance(tag, str) for tag in tags)
