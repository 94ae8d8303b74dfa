"""What happens to the licence between a model and one that derives from it, and what its name must be."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from hublake.rules.licenses.catalogue import License, license_catalogue

# Values of the clauses that order licences, from wide to narrow. Values of equal rank are different terms: neither is narrower.
_RANKS: dict[str, dict[str, int]] = {
    "commercial_use": {"yes": 0, "limited": 1, "no": 2},
    "derivatives": {"yes": 0, "no": 1},
    "share_alike": {"no": 0, "file": 1, "library": 1, "use_terms": 1, "same_license": 2},
    "use_restrictions": {"none": 0, "attachment": 1, "policy": 1, "field_of_use": 1, "research": 2},
}
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def license_transition(parents: Sequence[str], children: Sequence[str]) -> str:
    """One of LICENSE_TRANSITIONS for two sets of licences, each as `comparable_license`; `unknown` counts as not declared.

    >>> license_transition(["mit"], ["cc-by-nc-4.0"]), license_transition(["llama2"], []), license_transition(["gemma"], ["llama3"])
    ('narrowed', 'dropped', 'changed')
    """
    parent_set, child_set = set(parents) - {"unknown"}, set(children) - {"unknown"}
    if not parent_set or not child_set:
        return "both_unknown" if not (parent_set or child_set) else "dropped" if parent_set else "declared"
    if parent_set == child_set:
        return "same"
    catalogue = license_catalogue()
    if len(parent_set) > 1 or len(child_set) > 1:
        return "changed"
    parent, child = catalogue.get(parent_set.pop()), catalogue.get(child_set.pop())
    return _compare(parent, child) if parent and child else "changed"


def _compare(parent: License, child: License) -> str:
    """By the partial order of clauses: narrower in one clause and wider in none is narrowed; anything unread or opposed is changed."""
    directions = set()
    for clause, ranks in _RANKS.items():
        before, after = getattr(parent, clause), getattr(child, clause)
        if before not in ranks or after not in ranks or (before != after and ranks[before] == ranks[after]):
            return "changed"
        directions.add(_sign(ranks[after] - ranks[before]))
    limits = parent.output_limit or "none", child.output_limit or "none"
    if limits[0] != limits[1] and "none" not in limits:
        return "changed"
    directions.add(_sign((limits[1] != "none") - (limits[0] != "none")))
    return {frozenset((1,)): "narrowed", frozenset((-1,)): "widened"}.get(frozenset(directions - {0}), "changed")


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


class NameClause(NamedTuple):
    """How the own name of a derivative must begin, as letters and digits in lower case, and the accounts that it does not bind."""

    prefixes: list[str]
    licensors: list[str]


def name_clause(parents: Sequence[str]) -> NameClause | None:
    """The naming clauses of a parent's licences; None if there is none. A licensor names its own models as it likes.

    >>> name_clause(["llama3"])
    NameClause(prefixes=['llama3'], licensors=['facebook', 'meta-llama'])
    >>> name_clause(["llama2"]) is None
    True
    """
    clauses = [found for found in map(license_catalogue().get, sorted(set(parents))) if found and found.naming]
    if not clauses:
        return None
    prefixes = [_NOT_ALPHANUMERIC.sub("", (clause.naming or "").lower()) for clause in clauses]
    return NameClause(prefixes, sorted({account for clause in clauses for account in clause.licensors}))
