"""Facts of an item, read both ways."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from hublake.rules.listings import datasets as dataset_listing
from hublake.rules.listings import models as listing
from hublake.rules.listings.item import Item, Shape


def model_facts(body: Mapping[str, Any]) -> dict[str, Any]:
    """Of an item of the listing of models."""
    return _facts(listing.LISTED, listing.model_facts, body)


def dataset_facts(body: Mapping[str, Any]) -> dict[str, Any]:
    """Of an item of the listing of datasets."""
    return _facts(dataset_listing.LISTED, dataset_listing.dataset_facts, body)


def _facts(shape: Shape, facts: Callable[[Item], dict[str, Any]], body: Mapping[str, Any]) -> dict[str, Any]:
    """What is read key by key; where the item is as expected, it is the same as what is read in one pass."""
    item, regular = shape.item(body), shape.regular(json.dumps(body))
    assert (regular is None) == (bool(item.oddities) or _has_other_tags(body))
    found = facts(item)
    assert regular is None or facts(regular) == found
    return found


def _has_other_tags(body: Mapping[str, Any]) -> bool:
    """Tags that are no texts are left out and not told."""
    tags = body.get("tags")
    return isinstance(tags, list) and any(not isinstance(tag, str) for tag in tags)
