"""Accounts of a synthetic hub: every author of a repository is a user or an organisation, and a few accounts were deleted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1
from random import Random
from typing import Any

from hublake.sample_hub.store import AccountKind, RepoType
from hublake.sample_hub.synthetic import words
from hublake.sample_hub.synthetic.draft import FLOOR, stamp

_GONE_SHARE = 0.015
_PLANS = ("team", "enterprise", "enterprise")
_SEATS = (("Utrecht", "NL"), ("Nagoya", "JP"), ("Lyon", "FR"), ("Pune", "IN"))  # stated by a third of the organisations


@dataclass(frozen=True, slots=True)
class SyntheticAccount:
    """One account. `overview` is None where the account was deleted."""

    name: str
    kind: AccountKind
    overview: Mapping[str, Any] | None
    models: int


def synthetic_accounts(authors: Iterable[tuple[str, Mapping[RepoType, int]]], seed: int) -> Iterator[SyntheticAccount]:
    """The account of each author; `authors` are names with the number of their repositories by type."""
    for name, repos in authors:
        rng = Random(f"{seed} owner {name}")
        kind: AccountKind = "organisation" if words.is_organisation(name) else "user"
        is_gone = rng.random() < _GONE_SHARE
        overview = _organisation(name, repos, rng) if kind == "organisation" else _user(name, repos, rng)
        yield SyntheticAccount(name, kind, None if is_gone else overview, repos["model"])


def truth_of(account: SyntheticAccount) -> dict[str, Any]:
    """The row of the account in the ground truth."""
    overview = account.overview or {}
    return {
        "account": account.name,
        "kind": account.kind,
        "status": 200 if account.overview else 404,
        "models": account.models,
        "is_verified": overview.get("isVerified"),
        "plan": overview.get("plan"),
        "followers": overview.get("numFollowers"),
        "country": _seat(account.name)[1] if account.overview and account.kind == "organisation" else None,
    }


def _hub_id(name: str, created: int) -> str:
    """Like the `_id` of a repository: it starts with the second of creation."""
    return f"{created:08x}{sha1(name.encode(), usedforsecurity=False).hexdigest()[:16]}"


def _seat(name: str) -> tuple[str | None, str | None]:
    """The city and country that the organisation states, if it does."""
    number = int(sha1(name.encode(), usedforsecurity=False).hexdigest(), 16)
    return _SEATS[number % 12] if number % 12 < len(_SEATS) else (None, None)


def _counts(repos: Mapping[RepoType, int], rng: Random) -> dict[str, int]:
    followers = int(rng.paretovariate(0.7)) - 1
    of_repos = {"numModels": repos["model"], "numDatasets": repos["dataset"], "numSpaces": repos["space"]}
    return {**of_repos, "numFollowers": followers, "numPapers": followers // 50}


def _user(name: str, repos: Mapping[RepoType, int], rng: Random) -> dict[str, Any]:
    membership = [words.organisation(rng.randrange(30))] if rng.random() < 0.1 else []
    created = FLOOR + rng.randrange(10**8)
    return {
        "_id": _hub_id(name, created),
        "avatarUrl": "/avatars/0.svg",
        "isPro": rng.random() < 0.05,
        "fullname": name,
        **_counts(repos, rng),
        **dict.fromkeys(("numDiscussions", "numUpvotes", "numLikes", "numFollowing"), 0),
        "orgs": [{"id": _hub_id(org, FLOOR), "name": org, "fullname": org, "avatarUrl": "/avatars/1.svg"} for org in membership],
        "user": name,
        "type": "user",
        "isFollowing": False,
        "createdAt": stamp(created),
    }


def _organisation(name: str, repos: Mapping[RepoType, int], rng: Random) -> dict[str, Any]:
    counts: dict[str, int | None] = {**_counts(repos, rng), "numUsers": rng.randint(1, 60)}
    if rng.random() < 0.05:  # the Hub has not counted yet
        counts = dict.fromkeys(counts)
    city, _ = _seat(name)
    details = "We publish what we train." if rng.random() < 0.4 else None
    overview = {
        "_id": _hub_id(name, FLOOR),
        "avatarUrl": "/avatars/1.svg",
        "name": name,
        "fullname": name.replace("-", " ").title(),
        "details": f"A group of researchers based in {city}. We publish what we train." if city else details,
        "isVerified": rng.random() < 0.1,
        "plan": rng.choice(_PLANS) if rng.random() < 0.2 else None,
    }
    present = {key: value for key, value in overview.items() if value is not None}
    return {**present, **counts, "type": "org", "isFollowing": False}
