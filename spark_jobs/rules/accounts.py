"""The overview of one account -> what is kept of it. Each key is read, ignored for a reason, or reported."""

from typing import Any

from spark_jobs.rules.front_matter import clean
from spark_jobs.rules.listing import Item

ORGANISATION = "organisation"

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
OF_PERSONS = ("fullname", "details")  # kept of organisations alone


def account_facts(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Columns of silver.accounts that the overview tells, whatever it holds.

    >>> facts = account_facts("user", {"fullname": "Ann Example", "numModels": 3, "isVerified": None})
    >>> facts["display_name"], facts["owned_models"], facts["is_verified"], facts["oddities"]
    (None, 3, False, [])
    """
    item = Item(body)
    is_organisation = kind == ORGANISATION
    facts = {
        "display_name": _text(item, "fullname") if is_organisation else None,
        "details": _text(item, "details") if is_organisation else None,
        "is_verified": item.get("isVerified", bool) is True and is_organisation,
        "plan": _text(item, "plan") if is_organisation else None,
        "owned_models": item.count("numModels"),
        "owned_datasets": item.count("numDatasets"),
        "owned_spaces": item.count("numSpaces"),
        "papers": item.count("numPapers"),
        "followers": item.count("numFollowers"),
        "members": item.count("numUsers") if is_organisation else None,
        "created_at": item.time("createdAt"),
    }
    item.report_unknown_keys(IGNORED if is_organisation else {*IGNORED, *OF_PERSONS})
    return facts | {"oddities": item.oddities}


def _text(item: Item, key: str) -> str | None:
    return clean(item.get(key, str) or "") or None
