"""Techniques that the configuration of a model states: the method of its quantisation, the type of its adapter."""

from hublake.rules.techniques.vocabulary import QUANTISATION, FoundTechnique, technique_groups

CONFIDENCE_OF_CONFIG = 0.99
_SPELLINGS = {"auto_round": "auto-round", "autoround": "auto-round", "intel/auto-round": "auto-round", "bnb": "bitsandbytes"}
_UNKNOWN = "quantization"


def config_techniques(quant_method: str | None, quant_bits: float | None, peft_type: str | None) -> list[FoundTechnique]:
    """The techniques by columns of silver.model_configs. A method outside the vocabulary is a quantisation with the method as its detail.

    >>> [(found.technique, found.bits) for found in config_techniques("auto-round", 4.0, None)]
    [('auto-round', 4.0)]
    >>> [(found.technique, found.detail) for found in config_techniques(None, None, "IA3")]
    [('peft', 'IA3')]
    """
    found: list[FoundTechnique] = []
    if quant_method or quant_bits:
        method = _SPELLINGS.get(quant_method or "", quant_method or _UNKNOWN)
        is_known = technique_groups().get(method) == QUANTISATION
        evidence = f"config.quantization_config: {quant_method or f'{quant_bits:g} bits'}"
        technique, detail = (method, None) if is_known else (_UNKNOWN, method)
        found.append(FoundTechnique(technique, "config", evidence, CONFIDENCE_OF_CONFIG, detail, quant_bits))
    if peft_type:
        kind, evidence = peft_type.upper(), f"config.peft.peft_type: {peft_type}"
        found.append(FoundTechnique("peft", "config", evidence, CONFIDENCE_OF_CONFIG, kind))
        if kind == "LORA":
            found.append(FoundTechnique("lora", "config", evidence, CONFIDENCE_OF_CONFIG))
    return found
