"""Name, task, library, size, files and front matter of a synthetic model; inherited from its first parent where it has one."""

from collections.abc import Sequence
from random import Random
from typing import Any

from hublake.sample_hub.synthetic import words
from hublake.sample_hub.synthetic.cards import CardContext
from hublake.sample_hub.synthetic.draft import ModelDraft
from hublake.sample_hub.synthetic.parents import Parent

# A mixture of experts, whose name also states the weights that a token passes; and its share among large text generators.
MIXTURE, MIXTURES = ("qwen3_moe", "Qwen3MoeForCausalLM"), 0.3
_COMMON_FILES = (".gitattributes",)
_LIBRARY_OF_FORMAT = {"gguf": "gguf", "awq": "transformers", "gptq": "transformers", "mlx": "mlx", "bnb": "transformers"}


def weighted_choice(rng: Random, pairs: Sequence[tuple[str, int]]) -> str:
    """A random word; `pairs` are words with their weights."""
    return rng.choices([word for word, _ in pairs], [weight for _, weight in pairs])[0]


def random_author(rng: Random, models: int) -> str:
    """A random organisation or person. A few of them publish most of the models."""
    if rng.random() < 0.3:
        return words.organisation(int((30 + models // 500) * rng.random() ** 3))
    return words.person(int((20 + models // 4) * rng.random() ** 1.7))


def model_name(draft: ModelDraft, parents: Sequence[Parent]) -> str:
    """A name for the model. The name of a child begins with that of its parent, as nearly everywhere on the Hub."""
    rng = draft.rng
    if not parents:
        name = words.base_name(rng, (draft.parameters or 1e8) / 1e9)
        return f"{name}-A{max((draft.parameters or 0) // 8_000_000_000, 1)}B" if draft.architecture == MIXTURE[1] else name
    name, purpose = parents[0].name, rng.choice(words.PURPOSES)
    if draft.relation == "quantized":
        return f"{name}-{dict(words.QUANTIZATIONS)[draft.quantization]}"
    if draft.relation == "merge":
        return f"{name}-{rng.choice(('slerp', 'ties', 'dare-ties', 'merge'))}"
    return f"{name}-lora-{purpose}" if draft.relation == "adapter" else f"{name}-{rng.choice(('finetuned', 'sft', 'v2', 'dpo'))}-{purpose}"


def set_attributes(draft: ModelDraft, parents: Sequence[Parent]) -> None:
    """Set task, architecture, size, library, tags and files."""
    rng, relation = draft.rng, draft.relation
    if parents:
        first = parents[0]
        draft.task, draft.model_type, draft.architecture, draft.parameters = (
            first.task,
            first.model_type,
            first.architecture,
            first.parameters,
        )
    else:
        draft.task, draft.model_type, draft.architecture = _random_task(rng)
        draft.parameters = int(10 ** rng.uniform(7.3, 10.9)) if draft.architecture else None
        if draft.task == "text-generation" and (draft.parameters or 0) > 8e9 and draft.rng_of("experts").random() < MIXTURES:
            draft.model_type, draft.architecture = MIXTURE
    if relation == "quantized":
        _set_quantized(draft)
    elif relation == "adapter":
        draft.library, draft.architecture = "peft", ""
        draft.user_tags += ["lora", rng.choice(words.METHODS[:3])]
        draft.parameters = (draft.parameters or 10**8) // 200
        draft.file_names += [*_COMMON_FILES, "adapter_config.json", "adapter_model.safetensors"]
    else:
        _set_full_weights(draft)
        draft.user_tags += {"merge": ["merge", "mergekit"], "finetune": [rng.choice(("trl", "generated_from_trainer", "unsloth"))]}.get(
            relation or "", []
        )
        draft.file_names += ["mergekit_config.yml"] if relation == "merge" else []


def set_front_matter(draft: ModelDraft, license_id: str, rng: Random) -> None:
    """Set well-formed front matter. No key is present in all cards."""
    front: dict[str, Any] = {}
    if rng.random() < 0.75:
        front["license"] = license_id
        if license_id == "other":
            front["license_name"], front["license_link"] = words.OTHER_LICENSES[len(draft.model_id) % len(words.OTHER_LICENSES)]
    if rng.random() < 0.4:
        draft.languages = list(dict.fromkeys(weighted_choice(rng, words.LANGUAGES) for _ in range(rng.choice((1, 1, 1, 2, 4)))))
        front["language"] = draft.languages if len(draft.languages) > 1 else draft.languages[0]
    if draft.library and rng.random() < 0.7:
        front["library_name"] = draft.library
    if rng.random() < 0.3:
        front["datasets"] = rng.sample(words.DATASETS, rng.choice((1, 1, 2)))
    if draft.user_tags and rng.random() < 0.5:
        front["tags"] = list(draft.user_tags)
    draft.front = front
    _declare_bases(draft, rng)


def as_parent(draft: ModelDraft, context: CardContext, license_id: str) -> Parent:
    """What the children of this model inherit from it."""
    old_name = draft.old_names[0] if draft.old_names else None
    inherited = (draft.task, draft.model_type, draft.architecture, draft.parameters)
    has_written_card = draft.card_kind == "written"
    origin = (draft.hub_id, draft.model_id, old_name, draft.depth or 0, draft.roots)
    return Parent(*origin, *inherited, license_id, draft.downloads, context, has_written_card, draft.is_gone)


def _declare_bases(draft: ModelDraft, rng: Random) -> None:
    assert draft.front is not None
    declared = [edge.declared for edge in draft.edges if edge.declared is not None]
    if declared:
        draft.front["base_model"] = declared if len(declared) > 1 or rng.random() < 0.3 else declared[0]
        if rng.random() < 0.25 or draft.oddity == "base_joined_names":
            draft.front["base_model_relation"] = draft.relation


def _random_task(rng: Random) -> tuple[str, str, str]:
    return rng.choices([task[:3] for task in words.TASKS], [task[3] for task in words.TASKS])[0]


def _set_quantized(draft: ModelDraft) -> None:
    draft.quantization = draft.rng.choice(words.QUANTIZATIONS)[0]
    draft.library = _LIBRARY_OF_FORMAT[draft.quantization]
    if draft.quantization == "gguf":
        draft.file_names += [*_COMMON_FILES, "model.Q4_K_M.gguf", "model.Q8_0.gguf"]
        draft.architecture = ""
    else:
        draft.user_tags.append(draft.quantization)
        draft.file_names += [*_COMMON_FILES, "config.json", "model.safetensors"]


def _set_full_weights(draft: ModelDraft) -> None:
    """A model with full weights, in the files of its library."""
    if draft.task == "text-to-image":
        draft.library = "diffusers"
        draft.file_names += [*_COMMON_FILES, "model_index.json", "unet/diffusion_pytorch_model.safetensors"]
    elif draft.task == "reinforcement-learning":
        draft.library = "stable-baselines3"
        draft.file_names += [*_COMMON_FILES, "config.json", "ppo-agent.zip"]
    else:
        draft.library = draft.rng.choice(("transformers", "transformers", "transformers", ""))
        weights = ("model.safetensors", "model.safetensors", "pytorch_model.bin")
        draft.file_names += [*_COMMON_FILES, "config.json", draft.rng.choice(weights), "tokenizer.json", "tokenizer_config.json"]
