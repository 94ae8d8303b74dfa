"""Whether a derivative may have its licence, given its parent's licence: ordered rules, of which the first that applies decides.

This reads clauses and is no legal advice. `clause` names the rule. A verdict depends on the direction: MIT into Apache-2.0 is fine,
CC BY-NC into MIT is not. Missing or unread terms are `unknown`, never a conflict.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.lake.enums import CLAUSE_READINGS
from hublake.rules.licenses.catalogue import ANY_MEMBER, License, license_catalogue

NOT_DECLARED = frozenset(("", "unknown"))
# Licences of data: whether their terms extend to the weights of a model is unsettled.
DATA_LICENSES = frozenset(("odbl", "cdla-sharing-1.0", "c-uda", "odc-by"))
# Whether an adapter, which contains no weight of its parent, is a derivative work is unsettled.
UNSETTLED_FOR_ADAPTERS = frozenset(("share_alike", "agreement", "use_restrictions"))
OTHER_TERMS_OF_USE = ("attachment", "policy")


class Verdict(NamedTuple):
    """`verdict` is one of VERDICTS, `clause` one of VERDICT_CLAUSES, `reading` how the less certain licence was read, if any was."""

    verdict: str
    clause: str
    reading: str | None = None


def verdict_on_sets(parents: Sequence[str], children: Sequence[str], relation: str, *, is_parent_named: bool = False) -> Verdict:
    """The verdict on an edge whose ends declare several licences: nobody states whether all apply or one may be chosen.

    So all pairs must agree. A licence is an identifier of the catalogue, or any other text, which is unread.

    >>> verdict_on_sets(["mit", "apache-2.0"], ["apache-2.0"], "finetune").verdict
    'ok'
    >>> verdict_on_sets(["mit", "gpl-3.0"], ["mit"], "finetune")
    Verdict(verdict='unknown', clause='several_licenses', reading='registry')
    """
    pairs = [
        verdict_on_pair(parent, child, relation, is_parent_named=is_parent_named)
        for parent in sorted(set(parents)) or [""]
        for child in sorted(set(children)) or [""]
    ]
    if len({pair.verdict for pair in pairs}) > 1:
        return Verdict("unknown", "several_licenses", _least_certain(pair.reading for pair in pairs))
    # Of equal verdicts, the clause of a duty says more than `same`.
    return next((pair for pair in pairs if pair.clause != "same"), pairs[0])


def verdict_on_pair(parent: str, child: str, relation: str, *, is_parent_named: bool = False) -> Verdict:
    """The verdict on a child under the licence `child` of a parent under `parent`; empty text: none declared.

    `is_parent_named`: the child's card names the parent's licence.

    >>> verdict_on_pair("cc-by-nc-4.0", "mit", "finetune")
    Verdict(verdict='conflict', clause='commercial_use', reading='name')
    >>> verdict_on_pair("mit", "apache-2.0", "merge").clause, verdict_on_pair("mit", "", "merge").clause
    ('notice', 'undeclared')
    """
    if parent in NOT_DECLARED or child in NOT_DECLARED:
        return Verdict("unknown", "undeclared")
    if parent not in license_catalogue() or child not in license_catalogue():
        return Verdict("unknown", "unread")
    return _verdict_on_licenses(parent, child, relation, is_parent_named)


@cache  # only licences of the catalogue get here, so the cache is bounded
def _verdict_on_licenses(parent: str, child: str, relation: str, is_parent_named: bool) -> Verdict:
    parent_license, child_license = license_catalogue()[parent], license_catalogue()[child]
    reading = _least_certain((parent_license.reading, child_license.reading))
    if parent_license.member_licenses or child_license.member_licenses:
        return _verdict_on_members(parent_license, child_license, relation, is_parent_named)._replace(reading=reading)
    verdict, clause = _apply_rules(parent_license, child_license, relation, is_parent_named)
    if relation == "adapter" and verdict == "conflict" and clause in UNSETTLED_FOR_ADAPTERS:
        verdict = "unknown"
    return Verdict(verdict, clause, reading)


def _verdict_on_members(parent: License, child: License, relation: str, is_parent_named: bool) -> Verdict:
    """A family name means one of its versions: all of them must give the same verdict. The same family at both ends is the same licence."""
    parents, children = parent.member_licenses or (parent.license,), child.member_licenses or (child.license,)
    if ANY_MEMBER in (*parents, *children):
        return Verdict("unknown", "unread")
    found = [verdict_on_pair(one, other, relation, is_parent_named=is_parent_named) for one in parents for other in children]
    if parent.license == child.license:
        found = [pair for pair in found if pair.clause == "same"]
    telling = [pair for pair in found if pair.clause != "same"] or found
    is_agreed = len({pair.verdict for pair in found}) == 1 and len({pair.clause for pair in telling}) == 1
    return telling[0] if is_agreed else Verdict("unknown", "unread")


def _apply_rules(parent: License, child: License, relation: str, is_parent_named: bool) -> tuple[str, str]:
    if not (parent.is_readable and child.is_readable):
        return "unknown", "unread"
    if parent.derivatives == "no":
        return ("conflict" if relation in ("finetune", "merge") else "unknown"), "no_derivatives"
    if parent.license == child.license:
        return "ok", "same"
    if parent.license in DATA_LICENSES:
        return "unknown", "scope"
    if parent.commercial_use == "no" and child.commercial_use != "no":
        return "conflict", "commercial_use"
    if parent.share_alike in ("same_license", "file", "library"):
        return _share_alike(parent, child), "share_alike"
    return _terms_to_pass_on(parent, child, is_parent_named)


def _share_alike(parent: License, child: License) -> str:
    """Copyleft. For two software licences the matrix of OSADL decides; it is about code, and for a file a model's weights are one file.

    Where the matrix says that it depends on how code is linked, the licence's own text decides: a derivative of AGPL-3.0 stays AGPL-3.0.
    """
    in_matrix = _software_pairs().get((parent.license, child.license))
    if child.license in parent.share_alike_accepts:
        return {"no": "conflict", "unknown": "unknown", "depends": "unknown"}.get(in_matrix or "", "ok")
    must_keep_license = parent.share_alike == "same_license"
    return {"yes": "ok", "no": "conflict", "unknown": "unknown"}.get(in_matrix or "", "conflict" if must_keep_license else "unknown")


def _terms_to_pass_on(parent: License, child: License, is_parent_named: bool) -> tuple[str, str]:
    if parent.passes_on == "unknown":
        return "unknown", "unread"
    if parent.passes_on == "use_restrictions":
        # An attachment of forbidden uses is met by another one of that kind; a policy that the parent's terms name is met only by itself.
        is_met = parent.use_restrictions == "attachment" and child.use_restrictions in OTHER_TERMS_OF_USE
        return ("ok" if is_met else "conflict"), "use_restrictions"
    if parent.passes_on == "agreement":
        return ("unknown" if is_parent_named else "conflict"), "agreement"
    in_matrix = _software_pairs().get((parent.license, child.license), "yes")
    if in_matrix == "no":
        return "conflict", "patent_terms"
    if in_matrix != "yes":
        return "unknown", "sources_disagree" if in_matrix == "disputed" else "software_matrix"
    return "ok", "none" if parent.passes_on == "nothing" else parent.passes_on


def _least_certain(readings: Iterable[str | None]) -> str | None:
    found = [reading for reading in readings if reading]
    return max(found, key=CLAUSE_READINGS.index, default=None)


@cache
def _software_pairs() -> dict[tuple[str, str], str]:
    return {(row["parent"], row["child"]): row["compatible"] for row in curated("software_license_pairs")}
