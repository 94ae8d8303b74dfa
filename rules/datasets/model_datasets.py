"""The datasets that a model declares, each with what it is for: rows of silver.model_datasets before names are resolved."""

from collections.abc import Iterator
from typing import Any

from hublake.rules.datasets.dataset_roles import dataset_role, evaluated_datasets, only_evaluated
from hublake.rules.datasets.declared_datasets import declared_datasets, is_placeholder
from hublake.rules.declared_metadata import Record, declared_metadata


def dataset_rows(row: Record) -> Iterator[dict[str, Any]]:
    """One row per dataset. `row` has model_id, tags, role_tags, the declared datasets, eval_datasets and `results` of the card's index."""
    declared_anywhere = declared_datasets(*declared_metadata(row).by_source("datasets"), row["tags"] or ())
    results = row["eval_datasets"] or ()
    found = [*declared_anywhere, *only_evaluated(results, declared_anywhere)]
    evaluated = evaluated_datasets(row["results"], results) if found else {}
    for declared in found:
        role, evidence = dataset_role(declared, evaluated, row["role_tags"] or ())
        yield {
            "model_id": row["model_id"],
            "dataset_id": declared.value,
            "is_placeholder": is_placeholder(declared.value),
            "role": role,
            "role_evidence": evidence,
            "source": declared.source,
            "confidence": declared.confidence,
        }
