"""The parents that a model declares."""

from typing import Any

from hublake.lake.enums import EVIDENCE
from hublake.rules.lineage.declared_parents import EVIDENCE_CONFIDENCE, DeclaredParent, ModelMetadata, declared_parents


def parents(**metadata: Any) -> list[DeclaredParent]:
    return declared_parents(ModelMetadata("acme/tuned", **metadata))


def summary(found: list[DeclaredParent]) -> list[tuple[str, str, str, bool]]:
    return [(p.parent, p.relation, p.evidence, p.is_relation_declared) for p in found]


def test_a_plain_tag_and_its_typed_tag_are_one_edge() -> None:
    found = parents(tags=["base_model:acme/base", "base_model:adapter:acme/base"])
    assert summary(found) == [("acme/base", "adapter", "typed_tag", True)]


def test_a_plain_tag_alone_has_an_inferred_relation() -> None:
    assert summary(parents(tags=["base_model:acme/base", "gguf"])) == [("acme/base", "quantized", "plain_tag", False)]


def test_an_owner_named_like_a_relation_makes_no_typed_tag() -> None:
    assert summary(parents(tags=["base_model:merge/base"])) == [("merge/base", "finetune", "plain_tag", False)]


def test_parents_resolved_by_the_hub_come_first_with_their_relation() -> None:
    found = parents(hub_parents=["acme/base"], hub_relation="merge", base_models=["acme/old"])
    assert summary(found) == [("acme/base", "merge", "hub_base_models", True), ("acme/old", "finetune", "card_field", False)]


def test_the_relation_of_a_card_is_accepted_in_any_case() -> None:
    found = parents(base_models=["acme/base"], base_model_relation=" Quantized ")
    assert summary(found) == [("acme/base", "quantized", "card_relation", True)]


def test_an_unknown_relation_counts_as_not_declared() -> None:
    assert summary(parents(base_models=["acme/base"], base_model_relation="distilled")) == [("acme/base", "finetune", "card_field", False)]


def test_every_base_of_a_card_is_kept_although_the_hub_keeps_only_one() -> None:
    found = parents(tags=["base_model:finetune:acme/a"], base_models=["acme/b", "acme/a, acme/c"])
    assert {p.parent for p in found if p.evidence == "card_field"} == {"acme/a", "acme/b", "acme/c"}


def test_several_bases_and_a_merge_tag_are_a_merge() -> None:
    found = parents(tags=["mergekit", "base_model:acme/a", "base_model:acme/b"])
    assert {(p.parent, p.relation) for p in found} == {("acme/a", "merge"), ("acme/b", "merge")}


def test_a_bare_tag_shaped_like_a_name_is_weak_evidence() -> None:
    found = parents(tags=["acme/base", "acme/tuned", "dataset:acme/data", "a/b/c", "text-generation"])
    assert summary(found) == [("acme/base", "finetune", "bare_tag", False)]
    assert found[0].confidence <= 0.5


def test_several_bare_tags_and_a_merge_tag_are_a_merge() -> None:
    assert [p.relation for p in parents(tags=["mergekit", "acme/a", "acme/b"])] == ["merge", "merge"]


def test_bare_tags_do_not_turn_a_declared_base_into_a_merge() -> None:
    found = parents(tags=["merge", "acme/other", "base_model:acme/base"])
    assert ("acme/base", "finetune", "plain_tag", False) in summary(found)


def test_a_model_may_declare_itself() -> None:
    assert summary(parents(base_models=["acme/tuned"])) == [("acme/tuned", "finetune", "card_field", False)]


def test_a_path_is_kept_with_its_problem_and_does_not_count_as_a_base() -> None:
    found = parents(tags=["merge", "base_model:adapter:/srv/base", "base_model:acme/base"])
    assert [(p.parent, p.relation, p.problem) for p in found] == [("/srv/base", "adapter", "a path"), ("acme/base", "finetune", None)]


def test_a_model_without_any_base_declares_no_parent() -> None:
    assert parents(tags=["base_model:", "gguf", "license:mit"], base_models=[" "]) == []


def test_confidence_decreases_with_weaker_evidence_and_for_inferred_relations() -> None:
    assert [*EVIDENCE_CONFIDENCE, "in_name"] == list(EVIDENCE)
    assert sorted(EVIDENCE_CONFIDENCE.values(), reverse=True) == list(EVIDENCE_CONFIDENCE.values())
    declared, inferred = parents(base_models=["acme/base"], base_model_relation="finetune")[0], parents(base_models=["acme/base"])[0]
    assert declared.confidence > inferred.confidence
