"""The techniques of a model from all its sources, and which of them it has from the model that it quantises."""

from collections.abc import Collection, Iterable

from hublake.rules.techniques.vocabulary import ADAPTERS, CONFIDENCE_OF_LORA, QUANTISATION, FoundTechnique, technique_groups

SOURCES_OF_GUESSED_LORA = ("file", "tool_card")


def consistent_techniques(found: Iterable[FoundTechnique]) -> list[FoundTechnique]:
    """All facts, each once for a source and its evidence, without two that another fact refutes.

    `full` where only an adapter was trained: settings of a trainer without an adapter are its evidence. That no LoRA is seen is none,
    because merged weights do not show it. And a `lora` that was guessed for an adapter whose type the configuration states. Nothing else is
    left out: sources that disagree remain as rows.

    >>> full = FoundTechnique("full", "tool_card", "axolotl without adapter", 0.9)
    >>> [fact.technique for fact in consistent_techniques([full, FoundTechnique("lora", "file", "adapter_config.json", 0.9)])]
    ['lora']
    """
    facts = list(found)
    has_adapter = any(fact.technique in ADAPTERS for fact in facts)
    has_other_type = any(fact.technique == "peft" and fact.detail not in (None, "LORA") for fact in facts)
    kept = [fact for fact in facts if not ((fact.technique == "full" and has_adapter) or (is_guessed_lora(fact) and has_other_type))]
    return distinct_facts(kept)


def distinct_facts(found: Iterable[FoundTechnique]) -> list[FoundTechnique]:
    """The first fact of each technique, source and evidence: the key of silver.model_techniques.

    >>> [fact.bits for fact in distinct_facts([FoundTechnique("mlx", "name", "mlx", 0.9, None, bits) for bits in (4, 8)])]
    [4]
    """
    distinct: dict[tuple[str, str, str], FoundTechnique] = {}
    for fact in found:
        distinct.setdefault((fact.technique, fact.source, fact.evidence), fact)
    return list(distinct.values())


def is_guessed_lora(fact: FoundTechnique) -> bool:
    """Whether LoRA is only the usual type of an adapter.

    >>> is_guessed_lora(FoundTechnique("lora", "file", "adapter_config.json", CONFIDENCE_OF_LORA))
    True
    """
    return fact.technique == "lora" and fact.source in SOURCES_OF_GUESSED_LORA and fact.confidence == CONFIDENCE_OF_LORA


def is_inherited(technique: str, relation: str | None, techniques_of_parent: Collection[str]) -> bool:
    """Whether a model has a technique only because its card or name repeats that of the model that it quantises.

    A quantisation is always a model's own: a repository that quantises quantised weights did so itself.

    >>> is_inherited("dpo", "quantized", ["dpo"]), is_inherited("dpo", "finetune", ["dpo"]), is_inherited("gguf", "quantized", ["gguf"])
    (True, False, False)
    """
    return relation == "quantized" and technique in techniques_of_parent and technique_groups()[technique] != QUANTISATION
