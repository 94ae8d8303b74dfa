"""The techniques of a model from all its sources, and which of them it has from the model that it quantises."""

from collections.abc import Collection, Iterable

from hublake.rules.techniques.vocabulary import ADAPTERS, QUANTISATION, FoundTechnique, technique_groups


def consistent_techniques(found: Iterable[FoundTechnique]) -> list[FoundTechnique]:
    """All facts, without `full` where another source says that only an adapter was trained, and each fact of a source once.

    Nothing else is left out: sources that disagree remain as rows. Settings of a trainer without an adapter are the evidence for `full`,
    and an adapter is evidence against it; that no LoRA is seen is none, because merged weights do not show it.

    >>> full = FoundTechnique("full", "tool_card", "axolotl without adapter", 0.9)
    >>> [fact.technique for fact in consistent_techniques([full, FoundTechnique("lora", "file", "adapter_config.json", 0.9)])]
    ['lora']
    """
    facts = list(found)
    has_adapter = any(fact.technique in ADAPTERS for fact in facts)
    kept = [fact for fact in facts if fact.technique != "full" or not has_adapter]
    return list({(fact.technique, fact.source, fact.evidence): fact for fact in reversed(kept)}.values())[::-1]


def is_inherited(technique: str, relation: str | None, techniques_of_parent: Collection[str]) -> bool:
    """Whether a model has a technique only because its card or name repeats that of the model that it quantises.

    A quantisation is always a model's own: a repository that quantises quantised weights did so itself.

    >>> is_inherited("dpo", "quantized", ["dpo"]), is_inherited("dpo", "finetune", ["dpo"]), is_inherited("gguf", "quantized", ["gguf"])
    (True, False, False)
    """
    return relation == "quantized" and technique in techniques_of_parent and technique_groups()[technique] != QUANTISATION
