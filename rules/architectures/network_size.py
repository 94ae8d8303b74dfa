"""The number of weights of a transformer, from the settings of its network.

Weights of norms and biases are left out: below 1 % from 100 million weights on. Used for the model types whose layers are known to have
these matrices (the modelling code of the Transformers library); a configuration says nothing about those of other types.
"""

from typing import NamedTuple

# Decoders whose feed-forward layers have three matrices (gate, up, down), and models whose layers have two.
GATED = frozenset(
    (
        *("llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "phi3", "olmo", "olmo2", "olmo3", "smollm3", "granite"),
        *("mixtral", "qwen3_moe", "olmoe", "starcoder3", "ministral", "exaone4", "seed_oss", "cohere"),
    )
)
UNGATED = frozenset(("gpt2", "gpt_neox", "opt", "bert", "roberta", "xlm-roberta", "starcoder2", "electra", "camembert"))
TIED = frozenset(("gpt2", "opt", "bert", "roberta", "xlm-roberta", "electra", "camembert", "gemma", "gemma2", "gemma3_text", "cohere"))


class NetworkSize(NamedTuple):
    """All weights, and those that one token passes, if they are fewer."""

    parameters: int
    active_parameters: int | None


class Network(NamedTuple):
    """Settings of silver.model_configs."""

    model_type: str | None
    hidden_size: int | None
    layers: int | None
    intermediate_size: int | None
    vocabulary_size: int | None
    attention_heads: int | None
    key_value_heads: int | None
    head_size: int | None
    is_embedding_tied: bool | None
    experts: int | None
    experts_per_token: int | None
    expert_size: int | None


def network_size(network: Network) -> NetworkSize | None:
    """None if the type is not known or a setting is missing.

    >>> llama = Network("llama", 4096, 32, 14336, 128256, 32, 8, None, False, None, None, None)
    >>> network_size(llama)  # Llama 3.1 8B: 8,030,261,248
    NetworkSize(parameters=8029995008, active_parameters=None)
    >>> mixtral = Network("mixtral", 4096, 32, 14336, 32000, 32, 8, None, False, 8, 2, None)
    >>> network_size(mixtral)  # Mixtral 8x7B: 46,702,792,704, of which a token passes 12.9 billion
    NetworkSize(parameters=46702526464, active_parameters=12879659008)
    """
    width, layers, vocabulary, heads = network.hidden_size, network.layers, network.vocabulary_size, network.attention_heads
    kind = network.model_type or ""
    if kind not in GATED | UNGATED or not (width and layers and vocabulary and heads):
        return None
    inner = (network.expert_size or network.intermediate_size) if network.experts else network.intermediate_size
    inner = inner or (4 * width if kind == "gpt2" else None)
    if not inner or (network.experts and not network.experts_per_token):
        return None
    head_size = network.head_size or width // heads
    key_values = (network.key_value_heads or heads) * head_size
    attention = 2 * width * heads * head_size + 2 * width * key_values
    expert = (3 if kind in GATED else 2) * width * inner
    is_tied = kind in TIED if network.is_embedding_tied is None else network.is_embedding_tied
    embeddings = vocabulary * width * (1 if is_tied else 2)
    routed, router = network.experts or 1, width * (network.experts or 0)
    total = embeddings + layers * (attention + routed * expert + router)
    if not network.experts:
        return NetworkSize(total, None)
    return NetworkSize(total, embeddings + layers * (attention + (network.experts_per_token or 0) * expert + router))
