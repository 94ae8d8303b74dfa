"""One model's facts -> the parents it declares."""

from typing import Any

from hublake.lake.enums import EVIDENCE
from hublake.rules.lineage.declared_parents import LINK_CONFIDENCE, DeclaredParent, ModelFacts, declared_parents


def parents(**facts: Any) -> list[DeclaredParent]:
    return declared_parents(ModelFacts("acme/tuned", **facts))


def short(found: list[DeclaredParent]) -> list[tuple[str, str, str, bool]]:
    return [(p.parent, p.relation, p.evidence, p.is_relation_declared) for p in found]


def test_a_plain_tag_beside_its_typed_twin_is_one_edge() -> None:
    found = parents(tags=["base_model:acme/base", "base_model:adapter:acme/base"])
    assert short(found) == [("acme/base", "adapter", "typed_tag", True)]


def test_a_plain_tag_alone_has_an_inferred_relation() -> None:
    assert short(parents(tags=["base_model:acme/base", "gguf"])) == [("acme/base", "quantized", "plain_tag", False)]


def test_a_name_that_holds_a_relation_word_is_no_typed_tag() -> None:
    assert short(parents(tags=["base_model:merge/base"])) == [("merge/base", "finetune", "plain_tag", False)]


def test_what_the_hub_resolved_comes_first_with_its_relation() -> None:
    found = parents(hub_parents=["acme/base"], hub_relation="merge", base_models=["acme/old"])
    assert short(found) == [("acme/base", "merge", "hub_base_models", True), ("acme/old", "finetune", "card_field", False)]


def test_the_card_says_the_relation_in_any_letter_case() -> None:
    found = parents(base_models=["acme/base"], base_model_relation=" Quantized ")
    assert short(found) == [("acme/base", "quantized", "card_relation", True)]


def test_an_unknown_word_for_the_relation_is_not_a_declaration() -> None:
    assert short(parents(base_models=["acme/base"], base_model_relation="distilled")) == [("acme/base", "finetune", "card_field", False)]


def test_every_base_of_the_card_is_kept_though_the_hub_keeps_one() -> None:
    found = parents(tags=["base_model:finetune:acme/a"], base_models=["acme/b", "acme/a, acme/c"])
    assert {p.parent for p in found if p.evidence == "card_field"} == {"acme/a", "acme/b", "acme/c"}


def test_several_bases_with_a_merge_tag_are_merged() -> None:
    found = parents(tags=["mergekit", "base_model:acme/a", "base_model:acme/b"])
    assert {(p.parent, p.relation) for p in found} == {("acme/a", "merge"), ("acme/b", "merge")}


def test_a_bare_tag_shaped_like_a_name_is_weak_evidence() -> None:
    found = parents(tags=["acme/base", "acme/tuned", "dataset:acme/data", "a/b/c", "text-generation"])
    assert short(found) == [("acme/base", "finetune", "bare_tag", False)]
    assert found[0].confidence <= 0.5


def test_bare_tags_name_what_was_merged() -> None:
    assert [p.relation for p in parents(tags=["mergekit", "acme/a", "acme/b"])] == ["merge", "merge"]


def test_bare_tags_make_no_merge_of_a_declared_base() -> None:
    found = parents(tags=["merge", "acme/other", "base_model:acme/base"])
    assert ("acme/base", "finetune", "plain_tag", False) in short(found)


def test_a_model_may_declare_itself() -> None:
    assert short(parents(base_models=["acme/tuned"])) == [("acme/tuned", "finetune", "card_field", False)]


def test_a_path_is_kept_with_its_problem_and_counts_as_no_base() -> None:
    found = parents(tags=["merge", "base_model:adapter:/srv/base", "base_model:acme/base"])
    assert [(p.parent, p.relation, p.problem) for p in found] == [("/srv/base", "adapter", "a path"), ("acme/base", "finetune", None)]


def test_a_model_without_a_word_on_its_parents_declares_none() -> None:
    assert parents(tags=["base_model:", "gguf", "license:mit"], base_models=[" "]) == []


def test_confidence_falls_with_the_evidence_and_where_the_relation_is_inferred() -> None:
    assert [*LINK_CONFIDENCE, "in_name"] == list(EVIDENCE)
    assert sorted(LINK_CONFIDENCE.values(), reverse=True) == list(LINK_CONFIDENCE.values())
    said, guessed = parents(base_models=["acme/base"], base_model_relation="finetune")[0], parents(base_models=["acme/base"])[0]
    assert said.confidence > guessed.confidence
