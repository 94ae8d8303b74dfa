"""The keys of an item of the Hub's model listing. Every key is read by the rule of some table, ignored for a reason, or reported."""

from hublake.rules.listings.hub_object import HubObjectSchema, ValueType
from hublake.rules.listings.repository_items import REPOSITORY_KEYS

KEYS = REPOSITORY_KEYS | {
    "modelId": ValueType.TEXT,
    "pipeline_tag": ValueType.TEXT,
    "library_name": ValueType.TEXT,
    "config": ValueType.OBJECT,
    "gguf": ValueType.OBJECT,
    "safetensors": ValueType.OBJECT,
    "baseModels": ValueType.OBJECT,
    "transformersInfo": ValueType.OBJECT,
    "evalResults": ValueType.LIST,
    "usedStorage": ValueType.COUNT,
}
# Keys that no table of silver is computed from, each with the reason; bronze stores them all.
IGNORED = {
    "_id": "read as hub_id by the crawler",
    "author": "the part of id before the slash; absent for canonical names",
    "private": "a public listing contains none",
    "mask_token": "a detail of the widget",
    "widgetData": "examples for the model page",
    "model-index": "benchmark claims; read from the card",
    "inference": "state of a hosted service",
    "inferenceProviderMapping": "state of hosted services",
    "spaces": "users of the model, capped at 100 by the Hub",
    "childrenModelCount": "counted from the children themselves",
    "resourceGroup": "private organisations only",
    "xetEnabled": "a storage detail",
    "gitalyUid": "a storage detail",
    "securityRepoStatus": "not promised in listings",
}

LISTED_MODEL = HubObjectSchema(KEYS, IGNORED)
