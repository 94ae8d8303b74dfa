"""How many weights a model has, from the numbers that the Hub counted in its safetensors files.

Quantised weights are packed: eight weights of 4 bits in one I32. The Hub multiplies by the weights in a number for the methods that it
knows (gptq, awq, bitsandbytes, compressed-tensors, mxfp4) and leaves out their scales. Older counts and other methods are as stored.
"""

from collections.abc import Mapping
from typing import NamedTuple

# Bits of one number of a type. Floating-point types store one weight in a number.
INTEGER_BITS = {"I8": 8, "U8": 8, "I16": 16, "U16": 16, "I32": 32, "U32": 32, "I64": 64, "U64": 64}
EIGHT_BIT_FLOATS = frozenset(("F8_E4M3", "F8_E5M2", "F8_E4M3FN", "F8_E8M0"))
SMALL_SHARE = 0.02  # of all numbers: integers beyond it are weights; below it they are positions, tables or indices

MLX_GROUP = 64  # the default of mlx_lm.convert
FOUR_BITS = 4.0  # of most packed weights
EIGHT_BITS = 8.0  # one weight in a number, whatever the method
FOUR_BIT_METHODS = frozenset(("nvfp4", "mxfp4"))  # whose other tensors often have 8 bits, which tags then state
NVFP4_GROUP = 16  # weights that share a scale (format of NVIDIA)
PACKED_METHODS = frozenset(("gptq", "awq", "bitsandbytes", "compressed-tensors", "mxfp4", "auto-round", "autoround", "modelopt", "nvfp4"))
# Formats that the Hub's count cannot be unpacked for: weights are codes of several numbers, or of a varying number of bits.
OPAQUE_METHODS = frozenset(
    ("exl2", "exl3", "aqlm", "quip", "quip#", "vptq", "spqr", "higgs", "hqq", "eetq", "quanto", "torchao", "fp_quant")
)


# Methods by which a total without types may count weights or packed numbers: tools store both forms.
UNKNOWN_PACKING = frozenset(("mlx", "nvfp4", "modelopt", "mxfp4"))


class StoredWeights(NamedTuple):
    """`parameters` is None if the numbers are packed in a form that cannot be unpacked; `unpacked_by` names the rule.

    `other_parameters` is what it would be in the other of two possible forms: counted by the Hub as weights, or as stored.
    """

    parameters: int | None
    is_packed: bool
    unpacked_by: str | None
    confidence: float
    other_parameters: int | None = None


# Share of models whose count is within 10 % of what their parent has, by rule (benchmarks/architecture_truth.py; docs/method).
AS_STORED = 0.97
MULTIPLIED = 0.9
TOTAL_ONLY = 0.7
UNPACKED = 0.9
OPAQUE = 0.0


def stored_weights(
    counts: Mapping[str, int], total: int | None, method: str | None, bits: float | None, group: int | None
) -> StoredWeights | None:
    """The number of weights; None if nothing was counted. `counts` are numbers by type; older answers have only a total.

    >>> stored_weights({"BF16": 7_000_000}, 7_000_000, None, None, None).parameters
    7000000
    >>> mlx = {"U32": 1_000_000, "BF16": 250_000}  # 8,000,000 weights of 4 bits with 125,000 scales and as many biases
    >>> stored_weights(mlx, 1_250_000, "mlx", 4, 64)[:3]
    (8000000, True, 'mlx')
    >>> stored_weights({}, 1_250_000, "mlx", 4, 64)[:2]
    (None, True)
    """
    if method in OPAQUE_METHODS:
        return StoredWeights(None, True, None, OPAQUE) if counts or total else None
    if not counts:
        return _of_total(total, method, bits)
    packed = {name: number for name, number in counts.items() if name in INTEGER_BITS}
    plain = sum(counts.values()) - sum(packed.values())
    if sum(packed.values()) <= SMALL_SHARE * sum(counts.values()):
        return StoredWeights(plain or sum(packed.values()), False, None, AS_STORED)
    if method == "mlx" and bits:
        return _mlx(packed, plain, bits, group or MLX_GROUP)
    if method in PACKED_METHODS:
        return _known_to_the_hub(counts, packed, plain, FOUR_BITS if method in FOUR_BIT_METHODS else bits or FOUR_BITS)
    if bits == 8 or (method is None and set(packed) <= {"I8"}):  # one weight in a byte
        return StoredWeights(sum(counts.values()), False, None, MULTIPLIED)
    return StoredWeights(None, True, None, OPAQUE)


def _of_total(total: int | None, method: str | None, bits: float | None) -> StoredWeights | None:
    """Without the types, the numbers are the weights only where they are not quantised, or by a method that the Hub multiplies for."""
    if not total:
        return None
    if method in UNKNOWN_PACKING or (method is None and bits not in (None, EIGHT_BITS)):
        return StoredWeights(None, True, None, OPAQUE, total)
    if method in PACKED_METHODS or bits:
        return StoredWeights(total, True, "hub", TOTAL_ONLY)
    return StoredWeights(total, False, None, AS_STORED)


def _mlx(packed: Mapping[str, int], plain: int, bits: float, group: int) -> StoredWeights:
    """U32 contains the weights; each group has a scale and a bias among the other numbers, or a scale in U8 (mxfp4, nvfp4)."""
    numbers = packed.get("U32", 0)
    weights = round(numbers * INTEGER_BITS["U32"] / bits)
    scales = 0 if "U8" in packed else round(2 * weights / group)
    return StoredWeights(weights + max(plain - scales, 0), True, "mlx", UNPACKED)


def _known_to_the_hub(counts: Mapping[str, int], packed: Mapping[str, int], plain: int, bits: float) -> StoredWeights:
    """The count as the Hub multiplies it, and as it would be if it had not."""
    width = max(INTEGER_BITS[name] for name in packed)
    in_one_number = max(int(width // bits), 1)
    numbers = sum(packed.values())
    scales = sum(number for name, number in counts.items() if name in EIGHT_BIT_FLOATS)
    if scales and bits == FOUR_BITS:  # one scale of 8 bits for 16 weights shows whether the Hub has multiplied
        is_multiplied = numbers >= scales * NVFP4_GROUP * 0.75
        weights = (numbers if is_multiplied else numbers * in_one_number) + plain - scales
        return StoredWeights(weights, True, "hub" if is_multiplied else "scales", UNPACKED)
    if in_one_number == 1:
        return StoredWeights(numbers + plain, False, None, MULTIPLIED)
    return StoredWeights(numbers + plain, True, "hub", MULTIPLIED, numbers * in_one_number + plain)
