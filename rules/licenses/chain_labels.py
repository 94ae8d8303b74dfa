"""Labels of a chain of models from a root to one of its descendants, by the mechanical rules of a published study.

Stalnaker et al. (TOSEM) labelled chains of three models and more by comparing texts: any id with `llama` counts as Meta's. These labels
are reproduced for comparison. The labels of gold.license_chains.labels follow the clauses of the licences instead.
"""

from collections.abc import Sequence
from itertools import pairwise

UNKNOWN = "UNKNOWN"  # how the study writes that a model declares no licence
MIN_MODELS = 3


def stalnaker_labels(model_ids: Sequence[str], licenses: Sequence[Sequence[str]]) -> list[str]:
    """The labels of a chain, in alphabetical order; none for fewer than three models. A model without a licence has none in its list.

    >>> stalnaker_labels(["a/x", "a/llama-y", "a/z"], [["mit"], ["llama2"], []])
    ... # doctest: +NORMALIZE_WHITESPACE
    ['ends_with_unknown_license', 'license_change', 'single_owner', 'undeclared_llama_dependency', 'unknown_license']
    """
    if len(model_ids) < MIN_MODELS:
        return []
    sets = [tuple(sorted(found)) or (UNKNOWN,) for found in licenses]
    is_named = ["llama" in model_id.lower() for model_id in model_ids]
    is_licensed = [any("llama" in text.lower() for text in found) for found in sets]
    derived = list(zip(is_named, is_licensed, strict=True))[1:]
    labels = {
        "license_change": any(one != following for one, following in pairwise(sets)),
        "unknown_license": (UNKNOWN,) in sets,
        "ends_with_unknown_license": sets[-1] == (UNKNOWN,),
        "llama_naming_issue": any(licensed and not named for named, licensed in derived),
        "missing_llama_license": any(named and not licensed for named, licensed in derived),
        "undeclared_llama_dependency": any(
            parent and not (named and licensed) for parent, (named, licensed) in zip(is_named, derived, strict=False)
        ),
        "single_owner": len({model_id.partition("/")[0] for model_id in model_ids}) == 1,
        "ambiguous_base": "/" not in model_ids[0],
    }
    return sorted(label for label, is_given in labels.items() if is_given)
