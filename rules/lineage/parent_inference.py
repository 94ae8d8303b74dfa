"""Read a model's name as the name of its parent and what was done to it.

Tools and conventions keep the parent's name and append what was done to it: users of llama.cpp and AutoGPTQ append the format, the
Trainer of transformers writes `<base>-finetuned-<dataset>`, and publishers release `<base>-instruct` together with `<base>`.
hublake.rules.lineage.namesakes chooses the listed model with that name.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from hublake.lake.repo_ids import looks_like_model_id
from hublake.rules.lineage.canonical_names import canonical_name
from hublake.rules.lineage.relation_inference import QUANTIZATION_TERM, is_quantization_term

# Suffixes of the tuned variants that publishers release with a base model (instruction tuning and its methods, as in the TRL docs).
METHODS = frozenset("sft dpo ppo orpo kto rlhf grpo simpo cpo ipo".split())
TUNED = METHODS.union("instruct instruction instruction-tuned it chat aligned assistant".split())
MIN_KEY_LENGTH = 5  # letters of a name that may identify a parent
_FINETUNED = frozenset("finetuned finetune finetuning ft".split())
_BEGIN_CUT = _FINETUNED | {"fine"}
# Methods whose result is an adapter (PEFT's names); _ADAPTER_TUNING are the first words of prefix-tuning, prompt-tuning and p-tuning.
_ADAPTER_METHODS = frozenset("lora qlora dora adalora rslora longlora loha lokr ia3 peft adapter adapters".split())
_ADAPTER_TUNING, _TUNING = frozenset(("prefix", "prompt", "p")), frozenset(("tuning", "tuned", "tune"))
_MERGED = frozenset(("merge", "merged"))  # into the base: no adapter any more
_DERIVATION_TERM = re.compile("|".join((*sorted(TUNED | _FINETUNED), "fine", QUANTIZATION_TERM)))
# Parts of format names that mean nothing alone. Behind a format: Q4_K_M is split into three words, h6 is the head of exllamav2, g128 and
# 128g are group sizes, iq and imatrix are llama.cpp's importance matrix, gemm is a kernel of AutoAWQ, mlc marks a tool. In front of one:
# w4-g128-awq, 4-bit, 4_25bpw, i-GGUF, 16bit-GGUF, SOTA_GGUF (llama.cpp's name of its 2-bit types), weighted-GGUF, UD-GGUF (Unsloth).
_PRECISION = r"b?f(?:p?16|p?32)|float(?:16|32)|(?:16|32)bits?"
_PART_OF_BOTH = rf"{_PRECISION}|gs?\d{{2,3}}|\d{{2,3}}g|hb?[2-8]|[68]hb?|imat(?:rix)?|i?q|gemm|gemv|static|dynamic|cpu|cuda|ov|bits?|w\d"
_PART_BEHIND = re.compile(rf"(?:{_PART_OF_BOTH}|[ksml01]|xs|xxs|nl|xl|ct2|act|order|actorder|bpw|no|inc|sym|hf|1bits?|mlc|\d{{1,2}})")
_PART_BEFORE = re.compile(
    rf"(?:{_PART_OF_BOTH}|sota|weighted|ud|i|int|i?q\d{{1,2}}(?:nl|x{{0,2}}s|[mk])?|\d{{0,3}}bpw|bpw\d(?:\.\d{{1,2}})?)"
)
# Formats in which PEFT trains adapters on a model, as opposed to those of files and other runtimes.
_TRAINABLE = re.compile(r"gptq(?:model)?|awq|aqlm|hqq|eetq|bnb|[nf]p?4|int[48]|[48][-_]?bits?|quanti[sz]ed|quants?")
_FILE_TYPE = re.compile(r"gguf|ggml|i?q[2-8](?:k|nl|x{0,2}s|m)?")
# Pruna's marks of what a compressed ("smashed") copy gained, in this order: flora-7b-turbo-tiny-green-smashed.
_COMPRESSED, _GAINS = "smashed", ("green", "tiny", "turbo")
# Endings of files with weights, in PyTorch's, Keras', JAX's and other runtimes' forms, and of archives.
_FILE_ENDINGS = frozenset("bin safetensors pt pth ckpt h5 keras msgpack npz onnx tflite mlmodel mlpackage pb zip tar".split())
_MODEL = frozenset(("model", "models"))  # ggml-model-q4_0 is llama.cpp's default name of a file
_NAMES_OF_FILES = _MODEL | {"ggml", "gguf", "unsloth", "merged", "final", "output", "checkpoint"}
# 4b-128g and 4b-gptq are bits: behind a size always, without one only in front of a group size (flora-4b-gptq has four billion parameters).
_BITS, _SIZE, _GROUP_SIZE = re.compile("[2348]b"), re.compile(r"(?:\d{1,2}x)?\d{1,4}(?:\.\d{1,3})?[bm]"), re.compile(r"gs?\d{2,3}|\d{2,3}g")
# A number in front of these belongs to them: 4-bit, 4_25bpw, 8.0-bpw.
_COUNT, _COUNTED = re.compile(r"\d(?:\.\d{1,3})?"), re.compile(r"(?:\d{0,3}bpw|bits?)")
# What may follow "instruct" in the name of a tuned variant: the rest of the base's name.
_VERSION = re.compile(r"v\d[\d.]*|\d+\.\d+|hf|beta|alpha|preview|\d+k")
# A format that a dot separates, as in names of files, is a word of its own: flora-7b.Q4_K_M.gguf.
DOTTED_FORMAT = r"\.(gguf|ggml|i?q[2-8])"
_DOTTED_FORMAT = re.compile(DOTTED_FORMAT, re.IGNORECASE)
_WORD = re.compile(r"[^-_ ]+")
_OWNER_SEPARATOR = re.compile(r"_-_|__")  # owner_-_name and owner__name: an id as one word


class ImpliedName(NamedTuple):
    """One reading of a child's name: the words of the parent's name, which relation, and whether only the same author's models qualify.

    `start` and `end` are the parent's words within the child's; null where the words are not in one piece there.
    """

    words: tuple[str, ...]
    relation: str
    same_author_only: bool
    start: int | None = None
    end: int | None = None

    @property
    def key(self) -> str:
        return name_key(self.words)


def name_key(words: Sequence[str]) -> str:
    """A key that is equal for names of the same words in any order.

    >>> name_key(name_words("Acme/Flora_DPO 7B")) == name_key(name_words("b/flora-7b-dpo"))
    True
    """
    return "-".join(sorted(words))


def name_words(model_id: str) -> list[str]:
    """The words of a model's name without its author, in lower case."""
    own_name = model_id.rpartition("/")[2].lower()
    if "." in own_name:
        own_name = _DOTTED_FORMAT.sub(r"-\1", own_name)
    return [word for word in own_name.replace("_", "-").replace(" ", "-").split("-") if word]


def id_words(model_id: str) -> list[str]:
    """The words of a model's full id, its author's name included."""
    return name_words(model_id.replace("/", "-"))


def implied_names(words: Sequence[str]) -> list[ImpliedName]:
    """The readings of a name with these `name_words`, most specific first; none if the name implies no parent.

    >>> [name.words for name in implied_names(name_words("b/Flora-7B-Q4_K_M-GGUF"))]
    [('flora', '7b')]
    >>> [name.words for name in implied_names(name_words("b/bert-base-finetuned-a-finetuned-b"))]
    [('bert', 'base', 'finetuned', 'a')]
    >>> [(name.words, name.same_author_only) for name in implied_names(name_words("a/rose-7b-instruct-v2"))]
    [(('rose', '7b', 'v2'), True), (('rose', '7b'), True)]
    >>> implied_names(name_words("a/flora-7b"))
    []
    """
    if not any(map(is_derivation_term, words)):
        return []
    if any(map(is_quantization_term, words)):
        found = _without_format(words)
    elif not _BEGIN_CUT.isdisjoint(words) and (cuts := [index for index in range(1, len(words)) if _is_finetuned(words, index)]):
        found = _without_finetuning(words, cuts[-1])
    else:
        found = _without_tuning(words)
    return [name for name in found if _is_distinctive(name.words)]


def implied_spelling(model_id: str, name: ImpliedName) -> str:
    """The parent's name as it is written in the child's; canonical names as the Hub wrote them.

    >>> implied_spelling("q/Acme_-_Flora-7B-gguf", implied_names(name_words("q/Acme_-_Flora-7B-gguf"))[0])
    'Acme/Flora-7B'
    """
    canonical = canonical_name("-".join(name.words))
    if canonical or name.start is None or name.end is None:
        return canonical or "-".join(name.words)
    own_name = _DOTTED_FORMAT.sub(r"-\1", model_id.rpartition("/")[2])
    spans = [word.span() for word in _WORD.finditer(own_name)]
    written = own_name[spans[name.start][0] : spans[name.end - 1][1]]
    with_owner = "/".join(_OWNER_SEPARATOR.split(written))
    return with_owner if "/" in with_owner and looks_like_model_id(with_owner) else written


@lru_cache(1 << 15)  # names consist of a few thousand words, and most imply no parent: two million names take seconds
def is_derivation_term(word: str) -> bool:
    """Whether a word of a name can indicate a derivation."""
    return _DERIVATION_TERM.fullmatch(word) is not None


def _is_finetuned(words: Sequence[str], index: int) -> bool:
    return words[index] in _FINETUNED or (words[index] == "fine" and index + 1 < len(words) and words[index + 1] in _TUNING)


def _without_finetuning(words: Sequence[str], cut: int) -> list[ImpliedName]:
    """The name in front of the last term of fine-tuning, of which earlier ones are a part; none if the base follows: "ft-from-x"."""
    end, done = _end_of_base(words, cut), words[cut + 1 :]
    if "from" in done:
        return []
    return [ImpliedName(tuple(words[:end]), "adapter" if _is_adapter(done) else "finetune", False, 0, end)]


def _is_adapter(words: Sequence[str]) -> bool:
    """Whether words say that a method was used whose result is an adapter, which was not merged into the base."""
    is_tuned = any(first in _ADAPTER_TUNING and second in _TUNING for first, second in pairwise(words))
    return (is_tuned or not _ADAPTER_METHODS.isdisjoint(words)) and _MERGED.isdisjoint(words)


def is_plain_fine_tune(words: Sequence[str]) -> bool:
    """Whether a name ends in "ft" and says no more of the tuning: in names of one author it may be the counterpart of an adapter.

    >>> [is_plain_fine_tune(name_words(name)) for name in ("flora-poems-ft", "flora-ft-poems", "flora-finetuned")]
    [True, False, False]
    """
    return len(words) > 1 and words[-1] == "ft"


def names_adapter(words: Sequence[str]) -> bool:
    """Whether a name says that the model was trained as an adapter."""
    return not _ADAPTER_METHODS.isdisjoint(words)


def _end_of_base(words: Sequence[str], cut: int) -> int:
    """Where the base's name ends in front of the fine-tuning term at `cut`.

    Behind `ft` only the number of a run: what is in front of it is a base and its data, bert-base-uncased_mnli_ft_7.
    """
    is_run = words[cut] == "ft" and len(words) > cut + 1 and all(word.isdigit() for word in words[cut + 1 :])
    ends = range(cut, 0, -1) if is_run else ()
    return next((end for end in ends if canonical_name("-".join(words[:end]))), cut)


def _without_format(words: Sequence[str]) -> list[ImpliedName]:
    """The name without the formats at its end or beginning, first with the widths in front of them. A format in between belongs to it."""
    end = len(words)
    while end and _is_behind(words, end - 1):
        end -= 1
    formats = [index for index in range(end, len(words)) if is_quantization_term(words[index])]
    end = written_end = formats[0] if formats else len(words)
    while formats and end and _is_part_before(words[end - 1]):
        end -= 1
    if formats and words[formats[0]] == _COMPRESSED:
        for gain in _GAINS:
            end -= end > 1 and words[end - 1] == gain
    if formats and end and _COUNT.fullmatch(words[end - 1]) and _COUNTED.fullmatch(words[end]):
        end -= 1
    bits_end = end - 1 if formats and end > 1 and _is_bits(words, end - 1) else end
    start = 0
    while start < end and (is_quantization_term(words[start]) or (start and _is_part_behind(words[start]))):
        start += 1
    is_quantized = bool(formats) or start > 0
    ends = dict.fromkeys((written_end, end, bits_end)) if is_quantized and start < bits_end else ()
    return [ImpliedName(tuple(words[start:stop]), "quantized", False, start, stop) for stop in ends]


def _is_behind(words: Sequence[str], index: int) -> bool:
    """Whether a word is a format or a part of one, or the word "model" behind a format."""
    word = words[index]
    is_model = word in _MODEL and index > 0 and is_quantization_term(words[index - 1])
    return is_model or is_quantization_term(word) or _is_part_behind(word) or _is_bits_of_group(words, index)


def _is_bits(words: Sequence[str], index: int) -> bool:
    """Whether 4b is a number of bits, and no size."""
    if _is_bits_of_group(words, index):
        return True
    is_marked = _BITS.fullmatch(words[index]) is not None and words[index + 1 : index + 2] == ["gptq"]
    return is_marked and any(map(_SIZE.fullmatch, words[:index]))


def _is_bits_of_group(words: Sequence[str], index: int) -> bool:
    group = words[index + 1] if index + 1 < len(words) else ""
    return _BITS.fullmatch(words[index]) is not None and _GROUP_SIZE.fullmatch(group) is not None


@lru_cache(1 << 15)
def _is_part_behind(word: str) -> bool:
    return _PART_BEHIND.fullmatch(word) is not None


@lru_cache(1 << 15)
def _is_part_before(word: str) -> bool:
    return _PART_BEFORE.fullmatch(word) is not None


def is_part_of_format(word: str) -> bool:
    """Whether a word in front of a format may belong to it: then it is part of the parent's name only if a listed model has it."""
    return is_quantization_term(word) or _is_part_before(word)


@lru_cache(1 << 15)
def is_file_type(word: str) -> bool:
    """Whether a word of a name is a type of llama.cpp's files: a name in which one remains is that of a file.

    >>> is_file_type("q4"), is_file_type("gguf"), is_file_type("4bit")
    (True, True, False)
    """
    return _FILE_TYPE.fullmatch(word) is not None


def names_file(words: Sequence[str]) -> bool:
    """Whether what remains of a name is that of a file: a format or a type of file is in it, or it begins with "model".

    >>> names = (["model", "whisper"], ["flora", "q4", "pure"], ["flora", "4bit", "poems"], ["flora", "bin"], ["flora", "7b"])
    >>> [names_file(words) for words in names]
    [True, True, True, True, False]
    """
    return words[0] in _MODEL or any(is_file_type(word) or is_quantization_term(word) or word in _FILE_ENDINGS for word in words)


def is_trainable(words: Sequence[str]) -> bool:
    """Whether all formats in a quantised model's name are those of models on which adapters are trained.

    >>> [is_trainable(name_words(name)) for name in ("flora-7b-gptq-4bit", "flora-7b-gguf", "flora-7b-onnx-int8")]
    [True, False, False]
    """
    return all(_TRAINABLE.fullmatch(word) for word in words if is_quantization_term(word))


def _without_tuning(words: Sequence[str]) -> list[ImpliedName]:
    """The name without its last term of tuning, and without all adjacent ones, if only a version follows."""
    last = max(index for index, word in enumerate(words) if word in TUNED or index == 0)
    version = tuple(words[last + 1 :])
    if not last or not all(map(_VERSION.fullmatch, version)) or _is_earlier_stage(words, last):
        return []
    first = last
    while first > 1 and words[first - 1] in TUNED:
        first -= 1
    bases = [(*words[:last], *version), tuple(words[:last]), (*words[:first], *version)]
    return [ImpliedName(base, "finetune", True) for base in dict.fromkeys(bases)]


def _is_earlier_stage(words: Sequence[str], last: int) -> bool:
    """Whether the last term of tuning is a stage that comes before an earlier one: flora-chat-sft is what flora-chat was made from."""
    return words[last] == "sft" and not TUNED.isdisjoint(words[:last])


def _is_distinctive(words: Sequence[str]) -> bool:
    """Whether a name is canonical, or none that unrelated models share: a short one (model, bert, v2), or one that tools give to files."""
    is_long = len(words) > 1 and len("-".join(words)) >= MIN_KEY_LENGTH and not _NAMES_OF_FILES.issuperset(words)
    return is_long or canonical_name("-".join(words)) is not None
