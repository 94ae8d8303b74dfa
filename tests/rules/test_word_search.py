"""The search that decides whether a rule reads a name finds every name in which the rule finds something."""

from collections.abc import Callable
from itertools import product

import pytest

from hublake.rules.architectures.parameters_in_name import parameters_in_name
from hublake.rules.languages.languages_in_names import languages_in_name
from hublake.rules.tasks.domains import domains_of
from hublake.rules.tasks.task_phrases import task_in_name
from hublake.rules.techniques.stated_techniques import name_techniques
from hublake.rules.word_search import WordSearch

WORDS = (
    *(
        "IQ1_S",
        "TQ1_0",
        "Q4_K_M",
        "gguf",
        "GPTQ-Int4",
        "w4a16",
        "fp8",
        "4bit",
        "6.0bpw",
        "8-bits",
        "mlx",
        "lora",
        "QLoRA",
        "dpo",
        "abliterated",
    ),
    *("slerp", "ner", "asr", "text-classification", "sentiment", "rerank", "ocr", "opus-mt-en-de", "mms-tts-deu", "spacy-fr_core_news_sm"),
    *("german", "zh", "en-fr", "medical", "legal", "finance", "8x7B", "vae", "tokenizer", "mmproj", "draft-0.5B", "1.5b", "270m"),
)
NAMES = [f"a/{first}{sep}{second}" for (first, second), sep in product(product(WORDS, ("Model", *WORDS)), "-_")]
RULES: dict[str, Callable[[str], object]] = {
    "techniques": lambda name: list(name_techniques(name)),
    "languages": languages_in_name,
    "task": task_in_name,
    "domains": lambda name: domains_of(name, ()),
    "parameters": parameters_in_name,
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_finds_the_same_without_the_search(rule: Callable[[str], object], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [rule(name) for name in NAMES]
    monkeypatch.setattr(WordSearch, "is_in", lambda *_: True)
    assert [rule(name) for name in NAMES] == found
    assert sum(map(bool, found)) > len(NAMES) / 20
