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
    size = f"{billions:.0f}B" if billions >= 1 else f"{billions * 1000:.0f}M"
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

LICENSES = (
    ("apache-2.0", 42), ("mit", 17), ("other", 10), ("cc-by-nc-4.0", 6), ("llama3.1", 4), ("gemma", 3), ("openrail", 4),
    ("creativeml-openrail-m", 4), ("cc-by-4.0", 3), ("bsd-3-clause", 2), ("gpl-3.0", 1), ("agpl-3.0", 1), ("unknown", 1),
)  # fmt: skip

LANGUAGES = (
    ("en", 60), ("zh", 8), ("fr", 5), ("de", 5), ("es", 5), ("ja", 4), ("ko", 3), ("ru", 3), ("pt", 2), ("ar", 2), ("hi", 2),
    ("sw", 1), ("nb", 1), ("multilingual", 2),
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
