"""One model's facts -> the parents it declares, each with its relation and the evidence for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hublake.lake.enums import RELATIONS
from hublake.lake.repo_ids import looks_like_model_id
from hublake.rules.lineage.parent_names import ParentName, parent_names
from hublake.rules.lineage.relations import Inferred, Marks, infer_relation

BASE_MODEL_TAG = "base_model:"
BARE_TAG = "bare_tag"

# How sure the link itself is. What the Hub resolved is a fact; a card may name what it only compares itself with;
# a bare tag may thank, compare or advertise.
LINK_CONFIDENCE = {"hub_base_models": 1.0, "typed_tag": 1.0, "card_relation": 0.95, "plain_tag": 0.95, "card_field": 0.95, BARE_TAG: 0.5}


@dataclass(frozen=True)
class ModelFacts:
    """What silver.models and the card say of a model that bears on its parents; texts as written."""

    model_id: str
    tags: Sequence[str] = ()
    file_names: Sequence[str] = ()
    library_name: str | None = None
    hub_parents: Sequence[str] = ()
    hub_relation: str | None = None
    base_models: Sequence[str] = ()
    base_model_relation: str | None = None


class DeclaredParent(NamedTuple):
    """One reading of one parent; `problem` says why `parent` cannot be a model's name, else it is None."""

    parent: str
    declared_parent: str
    relation: str
    evidence: str
    is_relation_declared: bool
    confidence: float
    problem: str | None


class _Claim(NamedTuple):
    declared: str
    evidence: str
    relation: str | None


def declared_parents(facts: ModelFacts) -> list[DeclaredParent]:
    """Every reading, in order of evidence; the same parent may stand there several times, once for each evidence and relation.

    Where nobody says the relation, it is inferred once for the model, from its marks and the number of its bases.
    Bare tags are no bases to it, for whether such models exist is not known here; among themselves they count, since
    merging tools list what they merged as tags. A model's own name as a tag says nothing; as a base it is a self loop, and kept.
    """
    read = [(claim, name) for claim in _claims(facts) for name in parent_names(claim.declared)]
    if not read:
        return []
    named = [(claim, name.name) for claim, name in read if name.problem is None]
    asked_of_bare_tags = {claim.evidence == BARE_TAG for claim, _ in read if claim.relation is None}
    inferred = {
        is_bare: infer_relation(_marks(facts, {name for claim, name in named if is_bare or claim.evidence != BARE_TAG}))
        for is_bare in asked_of_bare_tags
    }
    found = [_parent(claim, name, inferred) for claim, name in read]
    return list(dict.fromkeys(found))


def _parent(claim: _Claim, name: ParentName, inferred: Mapping[bool, Inferred]) -> DeclaredParent:
    """What a claim says; where it says no relation, that is inferred, of bare tags by themselves."""
    relation, sure = (claim.relation, 1.0) if claim.relation else inferred[claim.evidence == BARE_TAG]
    confidence = round(LINK_CONFIDENCE[claim.evidence] * sure, 4)
    return DeclaredParent(name.name, claim.declared, relation, claim.evidence, claim.relation is not None, confidence, name.problem)


def _claims(facts: ModelFacts) -> Iterator[_Claim]:
    yield from (_Claim(name, "hub_base_models", _relation(facts.hub_relation)) for name in facts.hub_parents)
    base_tags = [tag.removeprefix(BASE_MODEL_TAG) for tag in facts.tags if tag.startswith(BASE_MODEL_TAG)]
    typed = {base: relation for base in base_tags for relation in RELATIONS if base.startswith(f"{relation}:")}
    yield from (_Claim(base.partition(":")[2], "typed_tag", relation) for base, relation in typed.items())
    said = _relation(facts.base_model_relation)
    yield from (_Claim(base, "card_relation" if said else "card_field", said) for base in facts.base_models)
    named = {base.partition(":")[2] for base in typed}
    # The Hub writes a plain twin beside each typed tag: one edge, not two.
    yield from (_Claim(base, "plain_tag", None) for base in base_tags if base not in typed and base not in named)
    for tag in facts.tags:
        if "/" in tag and tag != facts.model_id and looks_like_model_id(tag):
            yield _Claim(tag, BARE_TAG, None)


def _relation(text: str | None) -> str | None:
    """One of RELATIONS, whatever its case; None for anything else, as the Hub does."""
    word = (text or "").strip().lower()
    return word if word in RELATIONS else None


def _marks(facts: ModelFacts, bases: set[str]) -> Marks:
    return Marks(
        name=facts.model_id.rpartition("/")[2].lower(),
        library=(facts.library_name or "").lower(),
        tags=frozenset(tag.lower() for tag in facts.tags),
        file_names=facts.file_names,
        bases=[base.lower() for base in sorted(bases)],
    )
