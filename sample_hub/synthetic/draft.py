"""One model of a synthetic hub while it is generated, and the item that the Hub lists for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha1
from random import Random
from typing import Any, Literal

from hublake.sample_hub.store import File, Repo
from hublake.sample_hub.synthetic import weights
from hublake.sample_hub.synthetic.cards import Card

# Repositories older than the Hub's first recorded dates have this date (2022-03-02T23:29:04.000Z).
FLOOR = 0x621FFDC0
_FORMATS = {"safetensors": "safetensors", "gguf": "gguf", "pytorch": "bin", "onnx": "onnx"}

How = Literal[
    "exact", "renamed", "wrong_case", "url", "removed", "local_path", "no_slash", "placeholder", "blank", "joined_names", "self",
    "undeclared",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edge:
    """A derivation: the true parent (`parent_id`, None where it cannot be known) and how the hub declares it (`declared`, `tag`).

    `declared` is the parent in the card. `tag` is the parent's id in the Hub's typed tag, None where there is no such tag.
    """

    relation: str
    how: How
    declared: str | None
    parent_id: str | None = None
    parent_hub_id: str | None = None
    tag: str | None = None

    @property
    def status(self) -> str:
        """present, renamed, missing or self."""
        if self.how in ("self", "renamed"):
            return self.how
        return "present" if self.parent_id else "missing"


@dataclass(slots=True)
class ModelDraft:
    """All data of one model.

    `front` is the front matter as the Hub parses it, `front_text` the text of the author where that differs.
    """

    number: int
    hub_id: str
    model_id: str
    created: int  # Unix second
    rng: Random
    relation: str | None = None
    edges: list[Edge] = field(default_factory=list)
    depth: int | None = 0  # longest path from a root over declared edges; None inside a cycle
    roots: tuple[str, ...] = ()
    is_base: bool = False  # whether other models may derive from it
    days_to_derivative: float | None = None  # the planted wait for its first derivative; None if it is no possible parent
    downloads: int = 0
    likes: int = 0
    task: str = ""
    model_type: str = ""
    architecture: str = ""
    library: str = ""
    parameters: int | None = None
    quantization: str = ""
    languages: list[str] = field(default_factory=list)
    front: dict[str, Any] | None = field(default_factory=dict)
    front_text: str | None = None
    user_tags: list[str] = field(default_factory=list)
    arxiv: str = ""
    file_names: list[str] = field(default_factory=list)
    card: Card | None = None
    card_kind: str = "none"
    card_bytes: bytes | None = None
    card_path: str = "README.md"
    is_card_lfs: bool = False
    is_card_listed: bool = True
    other_files: list[File] = field(default_factory=list)
    gated: str = ""
    is_gone: bool = False
    is_disabled: bool = False
    old_names: list[str] = field(default_factory=list)
    item_changes: dict[str, Any] = field(default_factory=dict)  # fields that an oddity replaces; None removes a field
    oddity: str = ""
    is_in_large_hub: bool = False  # only there do bulky oddities have their full size

    @property
    def sha(self) -> str:
        return sha1(f"{self.hub_id} head".encode(), usedforsecurity=False).hexdigest()

    def rng_of(self, purpose: str) -> Random:
        """A random stream of its own, so that an additional choice does not change the following ones."""
        return Random(f"{self.hub_id} {purpose}")


def stamp(second: int) -> str:
    """A timestamp in the Hub's format."""
    return f"{datetime.fromtimestamp(second, UTC).isoformat()[:19]}.000Z"


def repo_of(draft: ModelDraft, end: int) -> Repo:
    """The model as stored. `end` is the latest timestamp (Unix seconds) of any change."""
    files = list(draft.other_files)
    if draft.card_bytes is not None:
        files.append(File(draft.card_path, draft.card_bytes, draft.is_card_lfs))
    item = _item(draft, end)
    sha = str(item["sha"])
    return Repo(draft.hub_id, draft.model_id, sha, item, draft.gated, draft.is_disabled, draft.is_gone, files, draft.old_names)


def tags_of(draft: ModelDraft) -> list[str]:
    """Tags in the Hub's order: library and formats, type, author's tags, languages, datasets, arXiv, bases, licence, region."""
    front: Mapping[str, Any] = draft.front or {}
    tags = [draft.library, *_formats(draft), draft.model_type, draft.task, *draft.user_tags, *draft.languages]
    tags += [f"dataset:{name}" for name in texts(front.get("datasets"))]
    tags += [f"arxiv:{draft.arxiv}"] if draft.arxiv else []
    for edge in draft.edges:
        if edge.tag:
            # Where only adapter_config.json names the base, the Hub adds the typed tag without the plain tag.
            tags += [f"base_model:{edge.tag}"] if edge.parent_hub_id and (draft.library != "peft" or "base_model" in front) else []
            tags.append(f"base_model:{edge.relation}:{edge.tag}")
    tags += [f"license:{name}" for name in texts(front.get("license"))]
    tags += ["endpoints_compatible"] if draft.library == "transformers" else []
    tags += ["4-bit"] if weights.quantization_config(draft.quantization) else []
    return list(dict.fromkeys(tag for tag in (*tags, "region:us") if tag))


def _item(draft: ModelDraft, end: int) -> dict[str, Any]:
    rng = draft.rng
    downloads = draft.downloads
    modified = min(draft.created + int(rng.expovariate(1 / 2_000_000)), end)
    item: dict[str, Any] = {
        "_id": draft.hub_id,
        "id": draft.model_id,
        "private": False,
        "pipeline_tag": draft.task,
        "library_name": draft.library,
        "tags": tags_of(draft),
        "downloads": downloads,
        "downloadsAllTime": downloads * rng.randint(1, 30),
        "likes": draft.likes,
        "trendingScore": rng.choice((0.2, 1, 1, 2, 5, 40)) if downloads > 200 else 0,
        "modelId": draft.model_id,
        "author": draft.model_id.split("/")[0] if "/" in draft.model_id else None,
        "sha": draft.sha,
        "lastModified": stamp(modified),
        "createdAt": stamp(draft.created),
        "gated": draft.gated or False,
        "disabled": draft.is_disabled,
        "mask_token": "<mask>" if draft.task == "fill-mask" else None,
        "config": _config(draft),
        "cardData": draft.front or None,
        "transformersInfo": {"auto_model": "AutoModel", "pipeline_tag": draft.task}
        if draft.library == "transformers" and draft.task
        else None,
        "siblings": [{"rfilename": name} for name in _siblings(draft)],
        "safetensors": _safetensors(draft),
        "gguf": _gguf(draft),
        "baseModels": _base_models(draft),
        "evalResults": weights.eval_results(draft.task, draft.rng_of("evaluation")),
        "inference": "warm" if downloads > 5_000 else None,
        "inferenceProviderMapping": _providers(draft) if downloads > 5_000 else None,
        "usedStorage": 2 * (draft.parameters or 0),
    }
    item |= draft.item_changes
    return {key: value for key, value in item.items() if value is not None and value != ""}


def _formats(draft: ModelDraft) -> list[str]:
    endings = {name.rpartition(".")[2] for name in draft.file_names}
    return [tag for tag, ending in _FORMATS.items() if ending in endings]


def _siblings(draft: ModelDraft) -> list[str]:
    card = [draft.card_path] if draft.card_bytes is not None and draft.is_card_listed else []
    return sorted([*draft.file_names, *card, *(file.path for file in draft.other_files)])


def _config(draft: ModelDraft) -> dict[str, Any] | None:
    if draft.library == "peft":
        bases = [edge.declared for edge in draft.edges if edge.declared] or [edge.tag for edge in draft.edges if edge.tag]
        return {"peft": {"base_model_name_or_path": bases[0] if bases else None, "task_type": "CAUSAL_LM"}}
    if not draft.architecture:
        return {"diffusers": {"_class_name": "StableDiffusionPipeline"}} if draft.library == "diffusers" else None
    config: dict[str, Any] = {"architectures": [draft.architecture], "model_type": draft.model_type}
    settings = weights.quantization_config(draft.quantization)
    if settings:
        config["quantization_config"] = settings
    if draft.task == "text-generation":
        config["tokenizer_config"] = {
            "bos_token": "<s>",
            "eos_token": "</s>",
            "chat_template": "{% for message in messages %}{{ message.content }}{% endfor %}",
        }
    return config


def _safetensors(draft: ModelDraft) -> dict[str, Any] | None:
    if draft.parameters is None or "safetensors" not in _formats(draft):
        return None
    return weights.safetensors(draft.parameters, draft.quantization, draft.created)


def _gguf(draft: ModelDraft) -> dict[str, Any] | None:
    if draft.quantization != "gguf" or draft.parameters is None:
        return None
    return {"total": draft.parameters, "architecture": draft.model_type or "llama", "context_length": 8192}


def _base_models(draft: ModelDraft) -> dict[str, Any] | None:
    """Existing bases only, by their current names."""
    found = [{"_id": edge.parent_hub_id, "id": edge.tag} for edge in draft.edges if edge.tag and edge.parent_hub_id]
    return {"relation": draft.relation, "models": found} if found else None


def _providers(draft: ModelDraft) -> list[dict[str, str]] | None:
    if draft.task != "text-generation":
        return None
    return [{"provider": "rentedgpus", "providerId": draft.model_id.lower(), "status": "live", "task": "conversational"}]


def texts(value: Any) -> list[str]:
    """The strings of a field that should contain one string or a list of strings."""
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str) and text]
