"""Invented names and fixed lists for synthetic hubs. No person or organisation here exists; licences, tasks and codes are the Hub's."""

from random import Random

_HEADS = "ve lu mi ka zo ta ri pa no se du fi ga ho je ki lo ma ne or pi qua ru so tu un va wi xa yo ze".split()
_TAILS = "mora len vek dra phis tano rell bina shu goth pell rion sko tesh vara wyn xil yara zant brio".split()
_SUBJECTS = ("dialogues", "captions", "reviews", "transcripts", "qa-pairs", "recipes", "court-notes", "tables", "images", "clips")
_ORG_ENDS = ("-labs", "-ai", "forge", "-research", "works", "-nlp", "-institute", "soft", "-collective", "ml")


def _syllables(number: int) -> str:
    """A pronounceable word; distinct numbers give distinct words."""
    number, tail = divmod(number, len(_TAILS))
    word = _TAILS[tail]
    while True:
        number, head = divmod(number, len(_HEADS))
        word = _HEADS[head] + word
        if not number:
            return word
        number -= 1


def organisation(number: int) -> str:
    """The name of the number-th invented organisation."""
    return _syllables(number) + _ORG_ENDS[number % len(_ORG_ENDS)]


def person(number: int) -> str:
    """The handle of the number-th invented person, in one of the usual forms of handles."""
    word = _syllables(number)
    return (word, word.capitalize(), f"{word}{number % 90 + 10}", f"{word[:1].upper()}-{word}")[number % 4]


def is_organisation(name: str) -> bool:
    """Whether a name comes from `organisation`: no handle of a person has its suffixes."""
    return name.endswith(_ORG_ENDS)


def dataset_name(rng: Random) -> str:
    """A random name for a dataset that no model names."""
    return f"{_syllables(rng.randrange(300_000))}-{rng.choice(_SUBJECTS)}"


def base_name(rng: Random, billions: float) -> str:
    """A random name for a model without parents; it ends with the model's size, as such names do."""
    stem = _syllables(rng.randrange(300_000)).capitalize()
    size = f"{billions:.0f}B" if billions >= 10 else f"{round(billions, 1):g}B" if billions >= 1 else f"{billions * 1000:.0f}M"
    return f"{stem}{rng.choice(('', '', '-v2', '-2.5', '3'))}-{size}"


# (pipeline tag, model_type, architecture, weight)
TASKS = (
    ("text-generation", "llama", "LlamaForCausalLM", 30),
    ("text-generation", "qwen2", "Qwen2ForCausalLM", 18),
    ("text-generation", "mistral", "MistralForCausalLM", 8),
    ("text-classification", "bert", "BertForSequenceClassification", 9),
    ("fill-mask", "roberta", "RobertaForMaskedLM", 4),
    ("token-classification", "deberta-v2", "DebertaV2ForTokenClassification", 4),
    ("text2text-generation", "t5", "T5ForConditionalGeneration", 5),
    ("automatic-speech-recognition", "whisper", "WhisperForConditionalGeneration", 5),
    ("image-classification", "vit", "ViTForImageClassification", 4),
    ("sentence-similarity", "bert", "BertModel", 4),
    ("text-to-image", "", "", 5),
    ("reinforcement-learning", "", "", 4),
)

# Weights by the licence tags of 1.86 million models (2508.06811) and, for the rarer ones, of the 570,000 of July 2024.
LICENSES = (
    ("apache-2.0", 450), ("mit", 165), ("other", 120), ("openrail", 57), ("creativeml-openrail-m", 44), ("cc-by-nc-4.0", 22),
    ("llama2", 16), ("llama3", 15), ("gemma", 13), ("unknown", 13), ("llama3.1", 11), ("cc-by-4.0", 14), ("cc-by-nc-sa-4.0", 8),
    ("afl-3.0", 8), ("gpl-3.0", 6), ("cc-by-sa-4.0", 6), ("bsd-3-clause", 3), ("agpl-3.0", 2), ("cc0-1.0", 2),
)  # fmt: skip

# Names and links behind `other`: one that nobody knows, one with a known name, one with a known link.
OTHER_LICENSES = (
    ("community-terms", "LICENSE"), ("llama3.2-community-license", "LICENSE"), ("own-terms", "https://ai.google.dev/gemma/terms"),
)  # fmt: skip

# Weights by the language tags of the 570,000 models of July 2024.
LANGUAGES = (
    ("en", 513), ("zh", 42), ("fr", 37), ("de", 32), ("es", 30), ("ja", 27), ("ko", 27), ("ru", 21), ("pt", 18), ("ar", 16), ("hi", 13),
    ("sw", 6), ("nb", 2), ("multilingual", 14),
)  # fmt: skip

LANGUAGE_NAMES = {
    "en": "English", "zh": "Chinese", "fr": "French", "de": "German", "es": "Spanish", "ja": "Japanese", "ko": "Korean", "ru": "Russian",
    "pt": "Portuguese", "ar": "Arabic", "hi": "Hindi", "sw": "Swahili", "nb": "Norwegian", "multilingual": "several languages",
}  # fmt: skip

# Names of public datasets on the Hub, invented names, and the placeholders that training scripts write.
DATASETS = (
    "squad", "glue", "imagefolder", "generator", "wikitext", "mozilla-foundation/common_voice_17_0", "lumenpell/household-dialogues",
    "kamora-labs/court-notes", "zoshu/forum-answers-2m", "rivek-ai/field-reports", "pamora-data/lab-protocols",
    "nolen-texts/short-stories-clean",
)  # fmt: skip

QUANTIZATIONS = (("gguf", "GGUF"), ("gguf", "i1-GGUF"), ("awq", "AWQ"), ("gptq", "GPTQ-Int4"), ("mlx", "mlx-4bit"), ("bnb", "bnb-4bit"))
METHODS = ("sft", "dpo", "orpo", "grpo", "full")
PURPOSES = ("chat", "summaries", "ner", "legal", "medical", "stories", "qa", "code", "sentiment", "tickets", "roleplay", "search")
