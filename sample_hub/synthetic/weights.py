"""How the weights of a synthetic model are stored, and what the Hub counts in its files: the forms of recorded responses."""

from random import Random
from typing import Any

BITS, GROUP = 4, 64
UNPACKED_SINCE = 1_735_689_600  # 2025: the Hub has multiplied packed numbers since some time before mid-2026; older counts are as stored
EVALUATED = ("kellumora/arithmetic", "veshu/reading")

# Settings in the configuration, by format. MLX writes no method.
_SETTINGS: dict[str, dict[str, Any]] = {
    "gptq": {"quant_method": "gptq", "bits": BITS},
    "awq": {"quant_method": "awq", "bits": BITS},
    "bnb": {"quant_method": "bitsandbytes", "load_in_4bit": True},
    "mlx": {"bits": BITS, "group_size": GROUP},
}


def quantization_config(quantization: str) -> dict[str, Any] | None:
    """config.quantization_config of a format; None for full weights and GGUF."""
    return _SETTINGS.get(quantization)


def safetensors(weights: int, quantization: str, created: int) -> dict[str, Any]:
    """The numbers by type, and their total. A tenth of the weights of a quantised model are embeddings, which stay as they are."""
    counts = _counts(weights, quantization, created) if quantization in _SETTINGS else {"BF16": weights}
    return {"parameters": counts, "total": sum(counts.values())}


def _counts(weights: int, quantization: str, created: int) -> dict[str, int]:
    plain = weights // 10
    quantised = weights - plain
    if quantization == "mlx":  # a scale and a bias for each group
        return {"BF16": plain + 2 * quantised // GROUP, "U32": quantised * BITS // 32}
    in_one_number = 2 if quantization == "bnb" else 32 // BITS
    packed = quantised if created >= UNPACKED_SINCE else quantised // in_one_number
    return {"BF16": plain, "U8" if quantization == "bnb" else "I32": packed}


def eval_results(task: str, rng: Random) -> list[dict[str, Any]] | None:
    """Results in files of the repository; few models have any, and some files cannot be read."""
    if task != "text-generation" or rng.random() > 0.05:
        return None
    found = [{"data": {"dataset": {"id": name, "task_id": "default"}, "value": round(rng.uniform(10, 90), 1)}} for name in EVALUATED]
    return found if rng.random() < 0.8 else [{"error": "value is missing"}]
