"""Convert the overview of one account to a row of silver.accounts. Every key is read, ignored for a reason, or reported."""

from typing import Any

from hublake.rules.cards.front_matter import clean_text
from hublake.rules.listings.hub_object import HubObject, HubObjectSchema, ValueType

ORGANISATION = "organisation"

# Keys that are stored for every account, and those stored only for organisations.
KEYS = {
    "isVerified": ValueType.FLAG,
    "numModels": ValueType.COUNT,
    "numDatasets": ValueType.COUNT,
    "numSpaces": ValueType.COUNT,
    "numPapers": ValueType.COUNT,
    "numFollowers": ValueType.COUNT,
    "createdAt": ValueType.TEXT,
}
ORGANISATION_KEYS = KEYS | {"fullname": ValueType.TEXT, "details": ValueType.TEXT, "plan": ValueType.TEXT, "numUsers": ValueType.COUNT}
# Keys that silver.accounts leaves out, each with the reason.
IGNORED = {
    "_id": "the name is the key: models carry no other",
    "user": "the requested name",
    "name": "the requested name",
    "type": "known from the route of the request",
    "avatarUrl": "a picture, often of a person",
    "orgs": "membership is personal",
    "isPro": "a person's subscription",
    "isFollowing": "describes the account that sends the request",
    "isEnterprise": "follows from plan",
    "numDiscussions": "a person's activity",
    "numUpvotes": "a person's activity",
    "numLikes": "a person's activity",
    "numFollowing": "a person's activity",
    "numBuckets": "a storage detail",
    "numKernels": "a repository type that is not crawled",
}
IGNORED_FOR_USERS = IGNORED | dict.fromkeys(("fullname", "details"), "stored for organisations only")

USER_OVERVIEW, ORGANISATION_OVERVIEW = HubObjectSchema(KEYS, IGNORED_FOR_USERS), HubObjectSchema(ORGANISATION_KEYS, IGNORED)


def account_row(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """The columns of silver.accounts that come from an overview; the overview may have any content.

    >>> row = account_row("user", {"fullname": "Ann Example", "numModels": 3, "isVerified": None})
    >>> row["display_name"], row["owned_models"], row["is_verified"], row["oddities"]
    (None, 3, False, [])
    """
    is_organisation = kind == ORGANISATION
    overview = (ORGANISATION_OVERVIEW if is_organisation else USER_OVERVIEW).validate(body)
    return {
        "display_name": _clean_text(overview, "fullname"),
        "details": _clean_text(overview, "details"),
        "is_verified": overview.get("isVerified") is True and is_organisation,
        "plan": _clean_text(overview, "plan"),
        "owned_models": overview.get("numModels"),
        "owned_datasets": overview.get("numDatasets"),
        "owned_spaces": overview.get("numSpaces"),
        "papers": overview.get("numPapers"),
        "followers": overview.get("numFollowers"),
        "members": overview.get("numUsers"),
        "created_at": overview.timestamp("createdAt"),
        "oddities": overview.oddities,
    }


def _clean_text(overview: HubObject, key: str) -> str | None:
    return clean_text(overview.get(key) or "") or None
