"""Techniques in the sentences and settings that training tools write into cards.

The templates of PEFT, TRL, mergekit, LazyMergekit, axolotl, LLaMA-Factory, Unsloth, AutoTrain, diffusers, gguf-my-repo, mlx-lm and Heretic.
A template's own words are exact: an author who writes about a technique does not use them.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from hublake.rules.techniques.vocabulary import CONFIDENCE_OF_LORA, FoundTechnique, merge_method

MAX_CHARS = 100_000
MAX_EVIDENCE = 200
CONFIDENCE_OF_TEMPLATE = 0.99
CONFIDENCE_OF_FULL = 0.9  # a trainer's settings without an adapter
CONFIDENCE_OF_4_BIT_LOAD = 0.9  # QLoRA is LoRA on a base that was loaded in 4 bits; the type of the adapter is not in the card
CONFIDENCE_OF_4_BIT_BASE = 0.6  # Unsloth: a base in 4 bits is trained with LoRA, but the base in the card may be a default

_TRAINING_CONFIG = re.compile(
    r"The following `([a-z0-9_-]{2,30})` quantization config was used during training:[^\S\n]{0,20}\n"
    r"((?:[^\S\n]{0,20}\n|[-*] [^\n]{1,300}\n?){1,40})"
)
_FOUR_BIT = re.compile(r"^[-*] _?load_in_4bit: True", re.MULTILINE)
_PEFT_VERSION = re.compile(r"^(?:[-*] |#{1,4} )?(?:PEFT:? v?[0-9]|PEFT version:? v?[0-9])", re.MULTILINE)

# TRL writes the name of its trainer; the names are those of its card templates.
_TRAINER = re.compile(
    r"This model was trained with ((?:Iterative ?)?SFT|DPO|ORPO|KTO|CPO|BCO|GRPO|RLOO|PPO|Online DPO|XPO|Nash-MD|GKD|Reward|PRM"
    r"|Stepwise Reward|MiniLLM|GOLD)(?=[.,])"
)
_TRAINERS = {"iterative sft": "sft", "iterativesft": "sft", "online dpo": "online-dpo", "reward": "reward_model", "prm": "reward_model"}
_TRAINERS |= {"stepwise reward": "reward_model", "minillm": "distillation", "gold": "distillation"}
_TRL_OF_2023 = re.compile(r"This is a \[TRL language model\]\([^)\s]{1,100}\) that has been fine-tuned with reinforcement learning")

_MERGE = re.compile(r"This model was merged using the ([^\n]{1,300}?) merge method")
_LAZY_MERGE = re.compile(
    r"is a merge of (?:the following models using \[(?:LazyM|m)ergekit\]|pre-trained language models created using \[mergekit\])"
)
_LAZY_MOE = re.compile(r"is a Mixture of Experts \(MoE\) made with the following models using \[LazyMergekit\]")
_METHOD_SETTING = re.compile(r"^[^\S\n]{0,8}merge_method:[^\S\n]{0,4}[\"']?([a-z_]{2,30})[\"']?[^\S\n]{0,20}$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]{1,100})\]\([^)\s]{1,200}\)")
_EXTRACTED = re.compile(r"This is a LoRA extracted from a language model")

_AXOLOTL = re.compile(
    r"See axolotl config</summary>\s{0,10}(?:axolotl version: `[^`\n]{1,60}`\s{0,10})?```ya?ml\n(.{1,20000}?)\n```", re.DOTALL
)
_TOP_SETTING = re.compile(r"^([a-z_0-9]{2,50}):[^\S\n]{0,4}([^\n#]{0,200})", re.MULTILINE)
_OBJECTIVES = ("dpo", "ipo", "orpo", "kto", "simpo", "grpo")  # values of rl
_COMPLETIONS = re.compile(r"^[^\S\n]{1,8}(?:- )?type:[^\S\n]{0,4}([^\n#]{1,100})", re.MULTILINE)

_FACTORY = re.compile(
    r"^[^\S\n]{0,8}finetuning_type:[^\S\n]{0,4}([a-z]{2,20})[^\S\n]{0,20}$|--finetuning_type[ =]([a-z]{2,20})\b", re.MULTILINE
)
_FACTORY_STAGE = re.compile(
    r"^[^\S\n]{0,8}stage:[^\S\n]{0,4}(pt|sft|rm|ppo|dpo|kto)[^\S\n]{0,20}$|--stage[ =](pt|sft|rm|ppo|dpo|kto)\b", re.MULTILINE
)
_FACTORY_BITS = re.compile(r"^[^\S\n]{0,8}quantization_bit:[^\S\n]{0,4}4[^\S\n]{0,20}$|--quantization_bit[ =]4\b", re.MULTILINE)
_STAGES = {"pt": "cpt", "sft": "sft", "rm": "reward_model", "ppo": "ppo", "dpo": "dpo", "kto": "kto"}

_UNSLOTH_BASE = re.compile(r"\*\*Finetuned from model ?:\*\* ?([^\s]{1,200}-bnb-4bit)\b")
_DIFFUSERS_LORA = re.compile(r"These are (?:[^\n]{1,200}? )?(?:DreamBooth )?LoRA (?:DreamBooth )?(?:adap(?:tion|tation|ter) )?weights for ")
_TO_GGUF = re.compile(r"was (?:finetuned and )?converted to GGUF format")
_TO_MLX = re.compile(r"was converted to MLX format from")
_MLX_BITS = re.compile(r"^(?:# |The Model \[)[^\s\]]{1,200}?-([2-8])[- ]?bit\b", re.MULTILINE)
_DECENSORED = re.compile(r"This is a (?:further )?decensored version of [^\n]{1,300}?, made (?:using|with) \[Heretic\]")


def tool_card_techniques(text: str) -> list[FoundTechnique]:
    """The techniques that tools wrote into a card without front matter, each once.

    >>> tool_card_techniques("This model was trained with DPO, a method introduced in [x](y).")[0].technique
    'dpo'
    >>> tool_card_techniques("This model was trained with a DPO dataset.")
    []
    """
    head = text[:MAX_CHARS]
    automaton, rules = _marks()
    found: dict[tuple[str, str | None], FoundTechnique] = {}
    for place in sorted({rules[mark] for mark, _, _ in automaton.find_matches_as_indexes(head.encode("utf-8", "replace"))}):
        for technique in RULES[place][0](head):
            found.setdefault((technique.technique, technique.detail), technique)
    return list(found.values())


def _found(
    technique: str, evidence: str, confidence: float = CONFIDENCE_OF_TEMPLATE, detail: str | None = None, bits: float | None = None
) -> FoundTechnique:
    return FoundTechnique(technique, "tool_card", " ".join(evidence.split())[:MAX_EVIDENCE], confidence, detail, bits)


def _of_peft(text: str) -> Iterator[FoundTechnique]:
    config = _TRAINING_CONFIG.search(text)
    version = _PEFT_VERSION.search(text)
    if config or version:
        evidence = (config or version)[0][:80]  # type: ignore[index]
        yield _found("peft", evidence)
        yield _found("lora", evidence, CONFIDENCE_OF_LORA)
    if config and config[1] == "bitsandbytes" and _FOUR_BIT.search(config[2]):
        yield _found("qlora", "bitsandbytes load_in_4bit: True", CONFIDENCE_OF_4_BIT_LOAD)
    if _EXTRACTED.search(text):
        yield _found("lora", "LoRA extracted from a language model")
    adaption = _DIFFUSERS_LORA.search(text)
    if adaption:
        yield _found("lora", adaption[0])


def _of_trl(text: str) -> Iterator[FoundTechnique]:
    for trainer in _TRAINER.finditer(text):
        name = trainer[1].lower()
        yield _found(_TRAINERS.get(name, name), trainer[0])
    reinforced = _TRL_OF_2023.search(text)
    if reinforced:
        yield _found("ppo", reinforced[0])


def _of_mergekit(text: str) -> Iterator[FoundTechnique]:
    """The method of the sentence; the configuration below it states the same and decides where the sentence cannot be read."""
    sentence, setting = _MERGE.search(text), _METHOD_SETTING.search(text)
    mixture, lazy = _LAZY_MOE.search(text), _LAZY_MERGE.search(text)
    method = merge_method(_LINK.sub(r"\1", sentence[1]).replace("*", "")) if sentence else None
    method = method or (merge_method(setting[1]) if setting else None)
    if sentence and (method or lazy):
        yield _found("merge", sentence[0], detail=method)
    elif setting and method:
        yield _found("merge", setting[0], detail=method)
    elif mixture or lazy:
        yield _found("merge", (mixture or lazy)[0], detail="moe" if mixture else None)  # type: ignore[index]


def _of_axolotl(text: str) -> Iterator[FoundTechnique]:
    block = _AXOLOTL.search(text)
    if not block:
        return
    settings = {key: value.strip().strip("\"'").lower() for key, value in _TOP_SETTING.findall(block[1])}
    adapter, objective = settings.get("adapter", ""), settings.get("rl", "")
    if adapter in ("lora", "qlora"):
        yield _found("lora", f"axolotl adapter: {adapter}")
    if adapter == "qlora" or (adapter == "lora" and settings.get("load_in_4bit") == "true"):
        yield _found("qlora", f"axolotl adapter: {adapter}, load_in_4bit")
    if adapter in ("lora", "qlora") and settings.get("peft_use_dora") == "true":
        yield _found("dora", "axolotl peft_use_dora: true")
    if adapter in ("", "null", "none", "~") and "unfrozen_parameters" not in settings and "relora_steps" not in settings:
        yield _found("full", "axolotl without adapter", CONFIDENCE_OF_FULL)
    if objective in _OBJECTIVES:
        yield _found(objective, f"axolotl rl: {objective}")
    elif settings.get("reward_model") == "true":
        yield _found("reward_model", "axolotl reward_model: true")
    elif "pretraining_dataset" in settings or set(_COMPLETIONS.findall(block[1])) == {"completion"}:
        yield _found("cpt", "axolotl on plain text", CONFIDENCE_OF_FULL)
    else:
        yield _found("sft", "axolotl without rl")


def _of_llama_factory(text: str) -> Iterator[FoundTechnique]:
    kind = _FACTORY.search(text)
    if not kind:
        return
    name = kind[1] or kind[2]
    if name in ("lora", "full", "freeze", "oft"):
        yield _found("peft" if name == "oft" else name, f"finetuning_type {name}", detail="OFT" if name == "oft" else None)
    if name == "lora" and _FACTORY_BITS.search(text):
        yield _found("qlora", "finetuning_type lora, quantization_bit 4")
    stage = _FACTORY_STAGE.search(text)
    if stage:
        yield _found(_STAGES[stage[1] or stage[2]], f"stage {stage[1] or stage[2]}")


def _of_unsloth(text: str) -> Iterator[FoundTechnique]:
    base = _UNSLOTH_BASE.search(text)
    if base:
        yield _found("qlora", base[0], CONFIDENCE_OF_4_BIT_BASE)
        yield _found("lora", base[0], CONFIDENCE_OF_4_BIT_BASE)


def _of_converters(text: str) -> Iterator[FoundTechnique]:
    converted = _TO_GGUF.search(text)
    if converted:
        yield _found("gguf", converted[0])
    converted = _TO_MLX.search(text)
    bits = _MLX_BITS.search(text) if converted else None
    if converted and bits:  # MLX weights may be unquantised
        yield _found("mlx", converted[0], bits=float(bits[1]))
    decensored = _DECENSORED.search(text)
    if decensored:
        yield _found("abliteration", decensored[0], detail="heretic")


# Each rule with what every card has in which it finds anything: a search for all of these is faster than the expressions.
RULES: tuple[tuple[Callable[[str], Iterator[FoundTechnique]], tuple[str, ...]], ...] = (
    (_of_peft, ("quantization config was used during training", "PEFT", "a LoRA extracted", "These are ")),
    (_of_trl, ("model was trained with ", "TRL language model")),
    (_of_mergekit, ("merge method", "merge_method:", "is a merge of ", "is a Mixture of Experts")),
    (_of_axolotl, ("See axolotl config",)),
    (_of_llama_factory, ("finetuning_type",)),
    (_of_unsloth, ("**Finetuned from model",)),
    (_of_converters, ("converted to GGUF format", "converted to MLX format", "decensored version of")),
)


@cache
def _marks() -> tuple[BytesAhoCorasick, list[int]]:
    """An automaton of all marks, and the place of the rule of each. With leftmost matches, it skips text without beginnings of marks."""
    marks = [(mark, place) for place, (_, those) in enumerate(RULES) for mark in those]
    written = [mark.encode() for mark, _ in marks]
    automaton = BytesAhoCorasick(written, matchkind=MatchKind.LeftmostFirst, implementation=Implementation.DFA)
    return automaton, [place for _, place in marks]
