"""The number of parameters of a model by each source that states it, and which of them is published.

`parameters` is the number of weights of the model that a user runs: unpacked, without draft heads, with the base of an adapter.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from hublake.rules.architectures.network_size import Network, network_size
from hublake.rules.architectures.parameters_in_name import NamedSize, may_be_head, name_part, parameters_in_name
from hublake.rules.architectures.stored_weights import TOTAL_ONLY, StoredWeights, stored_weights
from hublake.rules.architectures.weight_formats import is_adapter, weight_format

# Share of the counts of a source that are within 10 % of the truth (docs/method/architectures.md). The strongest source of a model has the
# highest confidence.
CURATED = 0.89
GGUF = 0.86
CONFIG = 0.9
NAME, NAME_OF_ONE_DIGIT = 0.85, 0.72
PARENT_OF_QUANTISED = 0.95
PARENT_OF_ADAPTER = 0.94
PARENT_OF_PARENT = 0.9
PARENT_CONTRADICTED = 0.3  # the name states another size: pruned, or quantised from another model
PARTIAL = 0.0

LARGEST_ADAPTER = 500_000_000  # numbers; recorded models with the marks of an adapter and more of them are merged weights
PART = 0.5  # of what the name states: fewer stored numbers are an adapter, a draft head or a projector
LARGEST_MODEL = 10**14  # weights; the largest published models have some 10**12, and jokes 10**16
HEAD = 0.1  # of what the name states: the smallest packed models have more numbers, heads for several tokens at once have fewer
NEAR = 1.25  # names round
TOLERANCE = 1.02  # of a published count, which is rounded
SURPLUS = 1.3  # of a published count: embeddings stored twice and heads of a draft model add up to this


class ModelFacts(NamedTuple):
    """What the listing says about the weights of one model."""

    model_id: str
    tags: Sequence[str]
    library_name: str | None
    file_names: Collection[str]
    peft_base: str | None
    quant_method: str | None
    quant_bits: float | None
    quant_group: int | None
    dtypes: Sequence[str]
    dtype_counts: Sequence[int]
    safetensors_total: int | None
    gguf_total: int | None
    network: Network | None


class ParameterCount(NamedTuple):
    """One row of silver.model_parameters."""

    source: str
    parameters: int | None
    active_parameters: int | None
    is_packed: bool
    is_upper_bound: bool
    is_partial: bool
    unpacked_by: str | None
    confidence: float
    evidence: str


def own_counts(facts: ModelFacts, published: NamedSize | None) -> list[ParameterCount]:
    """The counts that a model states itself: `published_parameters` of its name, stored weights, GGUF, settings of the network, name."""
    named = parameters_in_name(facts.model_id)
    if _is_head(facts, _reference(published, named)):
        published = named = None
    found = [_named("curated", published, CURATED), _named("name", named, _certainty(named)), _stored(facts, published, named)]
    if facts.gguf_total:
        is_partial = _is_part(facts.gguf_total, _reference(published, named), facts)
        confidence = PARTIAL if is_partial else GGUF
        found.append(ParameterCount("gguf", facts.gguf_total, None, False, False, is_partial, None, confidence, "gguf.total"))
    size = network_size(facts.network) if facts.network else None
    if size:
        count = ParameterCount(
            "config", size.parameters, size.active_parameters, False, False, False, None, CONFIG, "settings of the network"
        )
        found.append(count)
    return [_credible(count) for count in found if count]


def strongest(counts: Sequence[ParameterCount]) -> ParameterCount | None:
    """The count to publish: the one of the whole model with the highest confidence."""
    return max((count for count in counts if count.parameters and count.confidence), key=lambda count: count.confidence, default=None)


def _is_head(facts: ModelFacts, reference: int | None) -> bool:
    """Whether a name with `MTP` is that of a head alone, by its few numbers; the size is then that of the model beside which it runs."""
    if not reference or not may_be_head(facts.model_id):
        return False
    stored = max(facts.safetensors_total or 0, facts.gguf_total or 0, sum(facts.dtype_counts))
    return 0 < stored < HEAD * reference


def _credible(count: ParameterCount) -> ParameterCount:
    return count if (count.parameters or 0) <= LARGEST_MODEL else count._replace(confidence=PARTIAL)


def _certainty(named: NamedSize | None) -> float:
    """7B and 70B, of one significant digit, are rounded more than 1.5B."""
    digits = str(named.parameters).rstrip("0") if named else ""
    return NAME_OF_ONE_DIGIT if len(digits) == 1 else NAME


def _named(source: str, size: NamedSize | None, confidence: float) -> ParameterCount | None:
    if size is None:
        return None
    confidence = confidence if size.parameters else PARTIAL
    evidence = f"name: {size.evidence}"
    return ParameterCount(source, size.parameters, size.active_parameters, False, size.is_upper_bound, False, None, confidence, evidence)


def _stored(facts: ModelFacts, published: NamedSize | None, named: NamedSize | None) -> ParameterCount | None:
    if not (facts.dtypes or facts.safetensors_total):
        return None
    method, bits = weight_format(facts.quant_method, facts.quant_bits, facts.tags, facts.library_name, name_part(facts.model_id))
    counts = dict(zip(facts.dtypes, facts.dtype_counts, strict=True))
    stored = stored_weights(counts, facts.safetensors_total, method, bits, facts.quant_group)
    if stored is None:
        return None
    reference = _reference(published, named)
    parameters, unpacked_by, confidence = _unpacked(stored, reference)
    if method == "gguf" and not counts:  # a total without types beside GGUF files is that of one of them
        unpacked_by, confidence = None, GGUF
    is_partial = parameters is not None and _is_part(parameters, reference, facts)
    if is_partial and stored.is_packed:  # more likely packed than a part
        parameters, is_partial = None, False
    if published and parameters and published.parameters and TOLERANCE < parameters / published.parameters <= SURPLUS:
        confidence = min(confidence, CURATED - 0.01)
    if is_partial or parameters is None:
        confidence = PARTIAL
    evidence = f"safetensors: {', '.join(facts.dtypes) or 'total'}" + (f"; {method} {bits or ''}".rstrip() if method else "")
    return ParameterCount("safetensors", parameters, None, stored.is_packed, False, is_partial, unpacked_by, confidence, evidence[:300])


def _unpacked(stored: StoredWeights, reference: int | None) -> tuple[int | None, str | None, float]:
    """Of two possible counts the one that is nearer to what the name states; without a name as counted."""
    first, other = stored.parameters, stored.other_parameters
    if not (reference and other):
        return first, stored.unpacked_by, stored.confidence
    if first is None:
        is_near = 1 / NEAR <= other / reference <= NEAR
        return (other, "name", TOTAL_ONLY) if is_near else (None, None, PARTIAL)
    nearest = min((first, other), key=lambda count: max(count / reference, reference / count))
    return nearest, stored.unpacked_by if nearest == first else "name", stored.confidence


def _reference(published: NamedSize | None, named: NamedSize | None) -> int | None:
    return (published.parameters if published else None) or (named.parameters if named else None)


def _is_part(parameters: int, reference: int | None, facts: ModelFacts) -> bool:
    """Whether there are far fewer numbers than the name states; without a size in the name, whether the files are an adapter."""
    if reference:
        return parameters < PART * reference
    return parameters <= LARGEST_ADAPTER and is_adapter(
        facts.peft_base, facts.tags, facts.library_name, facts.file_names, name_part(facts.model_id)
    )
