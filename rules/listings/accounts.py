"""The overview of one account -> what is kept of it. Each key is read, ignored for a reason, or reported."""

from typing import Any

from hublake.rules.cards.front_matter import clean
from hublake.rules.listings.item import Item, Kind, Shape

ORGANISATION = "organisation"

# What is kept of any account, and of organisations beside it.
KEYS = {
    "isVerified": Kind.FLAG,
    "numModels": Kind.COUNT,
    "numDatasets": Kind.COUNT,
    "numSpaces": Kind.COUNT,
    "numPapers": Kind.COUNT,
    "numFollowers": Kind.COUNT,
    "createdAt": Kind.TEXT,
}
KEYS_OF_ORGANISATIONS = KEYS | {"fullname": Kind.TEXT, "details": Kind.TEXT, "plan": Kind.TEXT, "numUsers": Kind.COUNT}
# Keys that silver.accounts leaves out, each with the reason.
IGNORED = {
    "_id": "the name is the key: models carry no other",
    "user": "the name that was asked for",
    "name": "the name that was asked for",
    "type": "follows from the route that knew it",
    "avatarUrl": "a picture, often of a person",
    "orgs": "membership is personal",
    "isPro": "a person's subscription",
    "isFollowing": "of the one who asks",
    "isEnterprise": "follows from plan",
    "numDiscussions": "a person's activity",
    "numUpvotes": "a person's activity",
    "numLikes": "a person's activity",
    "numFollowing": "a person's activity",
    "numBuckets": "a detail of storage",
    "numKernels": "a kind of repository that is not crawled",
}
IGNORED_OF_PERSONS = IGNORED | dict.fromkeys(("fullname", "details"), "kept of organisations alone")

OF_PERSONS, OF_ORGANISATIONS = Shape(KEYS, IGNORED_OF_PERSONS), Shape(KEYS_OF_ORGANISATIONS, IGNORED)


def account_facts(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Columns of silver.accounts that the overview tells, whatever it holds.

    >>> facts = account_facts("user", {"fullname": "Ann Example", "numModels": 3, "isVerified": None})
    >>> facts["display_name"], facts["owned_models"], facts["is_verified"], facts["oddities"]
    (None, 3, False, [])
    """
    is_organisation = kind == ORGANISATION
    item = (OF_ORGANISATIONS if is_organisation else OF_PERSONS).item(body)
    return {
        "display_name": _text(item, "fullname"),
        "details": _text(item, "details"),
        "is_verified": item.get("isVerified") is True and is_organisation,
        "plan": _text(item, "plan"),
        "owned_models": item.get("numModels"),
        "owned_datasets": item.get("numDatasets"),
        "owned_spaces": item.get("numSpaces"),
        "papers": item.get("numPapers"),
        "followers": item.get("numFollowers"),
        "members": item.get("numUsers"),
        "created_at": item.time("createdAt"),
        "oddities": item.oddities,
    }


def _text(item: Item, key: str) -> str | None:
    return clean(item.get(key) or "") or None
