"""The licences that a model declares, each with the one of the catalogue that is meant: rows of silver.model_licenses."""

from collections.abc import Iterator
from typing import Any

from hublake.rules.declared_metadata import Record, declared_metadata
from hublake.rules.licenses.catalogue import license_catalogue
from hublake.rules.licenses.declared_licenses import declared_licenses, known_license_ids
from hublake.rules.licenses.resolved_licenses import OTHER, comparable_license, resolve_license


def license_rows(row: Record) -> Iterator[dict[str, Any]]:
    """One row per licence. `row` has model_id, tags, file_names, and the declared licenses, license_name and license_link."""
    declared = declared_metadata(row)
    for found in declared_licenses(*declared.by_source("licenses"), row["tags"]):
        name, link = (declared.fields[field] if found.value == OTHER else None for field in ("license_name", "license_link"))
        resolved, resolved_by = resolve_license(found.value, name, link, row["file_names"]) or (None, None)
        entry = license_catalogue().get(resolved or found.value)
        yield {
            "model_id": row["model_id"],
            "license": found.value,
            "license_name": name,
            "license_link": link,
            "is_known": found.value in known_license_ids(),
            "resolved_license": resolved,
            "resolved_by": resolved_by,
            "comparable_license": comparable_license(found.value, name, resolved),
            "is_family": entry is not None and bool(entry.member_licenses),
            "source": found.source,
            "confidence": found.confidence,
        }
