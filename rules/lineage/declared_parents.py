"""Collect the parents that a model declares, each with its relation and the evidence for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hublake.lake.enums import RELATIONS
from hublake.lake.repo_ids import looks_like_model_id
from hublake.rules.lineage.card_statements import StatedParent
from hublake.rules.lineage.parent_references import PLACEHOLDER, ParentReference, parse_parent_references
from hublake.rules.lineage.relation_inference import InferredRelation, RelationClues, infer_relation
from hublake.rules.lineage.tags import BASE_MODEL_TAG

BARE_TAG = "bare_tag"
CARD_TEXT = "card_text"
FROM_HUB = ("hub_base_models", "typed_tag")

# Confidence in the link itself. What the Hub resolved is a fact. A card may name a model that it only compares itself with. A bare tag may
# be there for thanks, comparison or advertising.
EVIDENCE_CONFIDENCE = {
    "hub_base_models": 1.0,
    "typed_tag": 1.0,
    "card_relation": 0.95,
    "plain_tag": 0.95,
    "card_field": 0.95,
    # All of 150 statements drawn from cards of 2022 were right (docs/method/lineage.md), but a card may be copied from another model.
    CARD_TEXT: 0.95,
    BARE_TAG: 0.5,
}


@dataclass(frozen=True)
class ModelMetadata:
    """What silver.models and the card contain about a model's parents; texts as written.

    `stated_parents` are those that the text of the card states (hublake.rules.lineage.card_statements).
    """

    model_id: str
    tags: Sequence[str] = ()
    file_names: Sequence[str] = ()
    library_name: str | None = None
    hub_parents: Sequence[str] = ()
    hub_relation: str | None = None
    base_models: Sequence[str] = ()
    base_model_relation: str | None = None
    stated_parents: Sequence[StatedParent] = ()


class DeclaredParent(NamedTuple):
    """One claim that the model derives from `parent`. If `parent` cannot be the name of a model, `problem` is the reason."""

    parent: str
    declared_parent: str
    relation: str
    evidence: str
    is_relation_declared: bool
    confidence: float
    problem: str | None


class _Declaration(NamedTuple):
    """One text that declares parents, as written."""

    text: str
    evidence: str
    relation: str | None

    @property
    def needs_inference(self) -> bool:
        return self.relation is None or self.evidence == CARD_TEXT


def declared_parents(model: ModelMetadata) -> list[DeclaredParent]:
    """All claims, strongest evidence first. A parent appears once per evidence and relation.

    A relation that is not declared is inferred once per model, from the model's clues and the number of its bases. Bare tags do not count
    as bases there, because this rule does not know whether such models exist. For the relation of the bare tags themselves they do count,
    since merge tools list what they merged as tags. A model's own name is ignored as a bare tag; as a base it is kept as a self-loop.
    The card's text counts only if nothing else but bare tags names a model: quantisers copy the text of the original, with its statement.
    """
    parsed = _parsed(model)
    if not parsed:
        return []
    bases = {True: set[str](), False: set[str]()}  # by whether bare tags count
    for declaration, parent in parsed:
        if parent.problem is None:
            bases[True].add(parent.model_id)
            if declaration.evidence != BARE_TAG:
                bases[False].add(parent.model_id)
    needed = {declaration.evidence == BARE_TAG for declaration, _ in parsed if declaration.needs_inference}
    inferred = {of_bare_tags: infer_relation(_clues(model, bases[of_bare_tags])) for of_bare_tags in needed}
    return list(dict.fromkeys(_claim(declaration, parent, inferred) for declaration, parent in parsed))


def _parsed(model: ModelMetadata) -> list[tuple[_Declaration, ParentReference]]:
    parsed = [(declaration, parent) for declaration in _declarations(model) for parent in _references(declaration)]
    is_named = any(declaration.evidence != BARE_TAG and parent.problem is None for declaration, parent in parsed)
    stated = () if is_named else model.stated_parents
    return [*parsed, *((_Declaration(name, CARD_TEXT, relation), ParentReference(name)) for name, relation in stated)]


def _claim(declaration: _Declaration, parent: ParentReference, inferred: Mapping[bool, InferredRelation]) -> DeclaredParent:
    is_declared = declaration.relation is not None and declaration.evidence != CARD_TEXT
    relation, confidence = _relation(declaration, inferred)
    return DeclaredParent(
        parent=parent.model_id,
        declared_parent=declaration.text,
        relation=relation,
        evidence=declaration.evidence,
        is_relation_declared=is_declared,
        confidence=round(EVIDENCE_CONFIDENCE[declaration.evidence] * confidence, 4),
        problem=parent.problem,
    )


def _relation(declaration: _Declaration, inferred: Mapping[bool, InferredRelation]) -> tuple[str, float]:
    """The declared relation, or the inferred one. Cards of adapters say "fine-tuned" too; there the clues decide."""
    if declaration.relation is None:
        return inferred[declaration.evidence == BARE_TAG]
    is_adapter = declaration.evidence == CARD_TEXT and declaration.relation == "finetune" and inferred[False].relation == "adapter"
    return inferred[False] if is_adapter else (declaration.relation, 1.0)


def _references(declaration: _Declaration) -> list[ParentReference]:
    """The names in a declaration. The Hub resolved its own, so a name that looks like a placeholder is a name there."""
    found = parse_parent_references(declaration.text)
    if declaration.evidence not in FROM_HUB:
        return found
    is_name = (parent.problem == PLACEHOLDER and looks_like_model_id(parent.model_id) for parent in found)
    return [ParentReference(parent.model_id) if is_a_name else parent for parent, is_a_name in zip(found, is_name, strict=True)]


def _declarations(model: ModelMetadata) -> Iterator[_Declaration]:
    yield from (_Declaration(name, "hub_base_models", _known_relation(model.hub_relation)) for name in model.hub_parents)
    base_tags = [tag.removeprefix(BASE_MODEL_TAG) for tag in model.tags if tag.startswith(BASE_MODEL_TAG)]
    typed = {base: relation for base in base_tags for relation in RELATIONS if base.startswith(f"{relation}:")}
    yield from (_Declaration(base.partition(":")[2], "typed_tag", relation) for base, relation in typed.items())
    card_relation = _known_relation(model.base_model_relation)
    yield from (_Declaration(base, "card_relation" if card_relation else "card_field", card_relation) for base in model.base_models)
    bases_of_typed_tags = {base.partition(":")[2] for base in typed}
    # The Hub writes a plain tag next to each typed tag: together they are one edge.
    yield from (_Declaration(base, "plain_tag", None) for base in base_tags if base not in typed and base not in bases_of_typed_tags)
    for tag in model.tags:
        if "/" in tag and tag != model.model_id and looks_like_model_id(tag):
            yield _Declaration(tag, BARE_TAG, None)


def _known_relation(text: str | None) -> str | None:
    """One of RELATIONS in any case; None for any other text, as on the Hub."""
    word = (text or "").strip().lower()
    return word if word in RELATIONS else None


def _clues(model: ModelMetadata, bases: set[str]) -> RelationClues:
    return RelationClues(
        name=model.model_id.rpartition("/")[2].lower(),
        library=(model.library_name or "").lower(),
        tags=frozenset(tag.lower() for tag in model.tags),
        file_names=model.file_names,
        bases=[base.lower() for base in sorted(bases)],
    )
