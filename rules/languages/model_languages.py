"""The languages that a model declares and that its name states: rows of silver.model_languages."""

from collections.abc import Iterator
from typing import Any

from hublake.rules.declared_metadata import Record, declared_metadata
from hublake.rules.languages.declared_languages import declared_languages
from hublake.rules.languages.languages_in_names import languages_in_name


def declared_language_rows(row: Record) -> Iterator[dict[str, Any]]:
    """One row per language. `row` has model_id, tags and the declared languages."""
    for found in declared_languages(*declared_metadata(row).by_source("languages"), row["tags"]):
        yield {
            "model_id": row["model_id"],
            "kind": "declared",
            "language": found.value,
            "declared_as": found.written,
            "source": found.source,
            "confidence": found.confidence,
        }


def named_language_rows(row: Record) -> Iterator[dict[str, Any]]:
    """One row per language that the name states. `row` has model_id."""
    for found in languages_in_name(row["model_id"]):
        yield {
            "model_id": row["model_id"],
            "kind": "in_name",
            "language": found.language,
            "declared_as": found.written,
            "direction": found.direction,
            "source": "name",
            "confidence": found.confidence,
        }
