"""CycloneDX bills of materials in JSON, versions 1.6 and 1.7.

The library for CycloneDX has no classes for model cards (version 11.12), so the document is built as plain JSON; tests validate it with the
schemas that the library ships.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from hublake import __version__
from hublake.lake.hub_urls import HUB, dataset_url, model_url
from hublake.lake.terminal import json_text
from hublake.serving.bom.records import BomRecord

Json = dict[str, Any]

SPEC_VERSIONS = ("1.6", "1.7")


def cyclonedx(record: BomRecord, spec_version: str = "1.6") -> str:
    """The bill of materials of a model as one line of JSON. Equal records give equal texts."""
    ref = purl(record.model_id, record.sha)
    parents = [parent for parent in record.parents if not parent["is_guessed"]]
    datasets = [{"type": "data", "bom-ref": _dataset_ref(row["id"]), "name": row["id"]} for row in record.datasets]
    unique = {row["bom-ref"]: row for row in datasets}
    for row in unique.values():
        row["externalReferences"] = [{"type": "website", "url": dataset_url(row["name"])}]
        row["data"] = [{"type": "dataset", "name": row["name"]}]
    document = {
        "$schema": f"http://cyclonedx.org/schema/bom-{spec_version}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": spec_version,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{model_url(record.model_id)}@{record.sha}')}",
        "version": 1,
        "metadata": {
            "timestamp": f"{record.day}T00:00:00Z",
            "tools": {"components": [{"type": "application", "name": "hublake", "version": __version__}]},
            "component": _without_empty(_component(record, ref, parents, list(unique))),
        },
        "components": list(unique.values()),
        "dependencies": [{"ref": ref, "dependsOn": list(unique)}, *({"ref": name} for name in unique)],
    }
    return json_text(_without_empty(document))


def purl(model_id: str, sha: str | None) -> str:
    """The package URL of a model: `pkg:huggingface/owner/name@commit`.

    >>> purl("owner/a name", "ABC")
    'pkg:huggingface/owner/a%20name@abc'
    """
    name = "/".join(quote(part, safe="") for part in model_id.split("/"))
    return f"pkg:huggingface/{name}" + (f"@{quote(sha.lower(), safe='')}" if sha else "")


def _dataset_ref(dataset_id: str) -> str:
    return f"dataset:{quote(dataset_id, safe='/')}"


def _component(record: BomRecord, ref: str, parents: Sequence[Json], datasets: Sequence[str]) -> Json:
    owner, _, name = record.model_id.rpartition("/")
    return {
        "type": "machine-learning-model",
        "bom-ref": ref,
        "supplier": {"name": owner, "url": [f"{HUB}/{quote(owner)}"]} if owner else None,
        "group": owner,
        "name": name,
        "version": record.sha,
        "licenses": list(_licenses(record)),
        "purl": ref,
        "pedigree": {"ancestors": list(_ancestors(parents))},
        "externalReferences": list(_references(record)),
        "modelCard": {
            "modelParameters": {
                "task": record.pipeline_tag,
                "architectureFamily": record.model_type,
                "modelArchitecture": record.architecture,
                "datasets": [{"ref": dataset} for dataset in datasets],
            },
            "considerations": _considerations(record),
        },
        "properties": list(_properties(record)),
    }


def _references(record: BomRecord) -> Iterator[Json]:
    """The model's page, which is a git repository too; its files at the commit; papers."""
    page = model_url(record.model_id)
    yield {"type": "website", "url": page}
    yield {"type": "vcs", "url": page}
    if record.sha:
        yield {"type": "distribution", "url": f"{page}/tree/{quote(record.sha, safe='')}"}
    yield from ({"type": "documentation", "url": paper} for paper in record.papers)


def _licenses(record: BomRecord) -> Iterator[Json]:
    """Declared licences: the SPDX identifier where there is one, else the name with a link. Texts are not included."""
    for row in record.licenses:
        if row["spdx_id"]:
            found = {"id": row["spdx_id"]}
        else:
            found = {"name": row["name"] or row["title"] or row["license"], "url": _url(row["link"]) or _url(row["text_link"])}
        yield {"license": _without_empty({**found, "acknowledgement": "declared"})}


def _ancestors(parents: Sequence[Json]) -> Iterator[Json]:
    seen = set()
    for parent in parents:
        if parent["id"] in seen:
            continue
        seen.add(parent["id"])
        owner, _, name = parent["id"].rpartition("/")
        ref = purl(parent["id"], parent["sha"])
        yield _without_empty(
            {"type": "machine-learning-model", "group": owner, "name": name or parent["id"], "version": parent["sha"], "purl": ref}
        )


def _considerations(record: BomRecord) -> Json:
    """Own words of the card; sections that templates or tools wrote are left out."""
    texts: dict[str, list[str]] = {}
    for name, text in record.sections:
        texts.setdefault(name, []).append(text)
    concerns = [(name, text) for name in ("bias", "risks", "ethics") for text in texts.get(name, [])]
    return {
        "useCases": texts.get("intended_use"),
        "technicalLimitations": [*texts.get("limitations", []), *texts.get("out_of_scope", [])],
        "ethicalConsiderations": [{"name": f"{name}: {text}"} for name, text in concerns],
    }


def _properties(record: BomRecord) -> Iterator[Json]:
    values = {
        "snapshot_date": record.day,
        "created_at": None if record.is_created_at_floor else _time(record.created_at),
        "last_modified_at": _time(record.last_modified_at),
        "library_name": record.library_name,
        "parameters": record.parameters,
        "downloads_30d": record.downloads_30d,
        "is_gated": str(record.is_gated).lower(),
    }
    for name, value in values.items():
        if value is not None:
            yield {"name": f"hublake:{name}", "value": str(value)}
    for parent in record.parents:
        kind = "guessed_parent" if parent["is_guessed"] else "parent"
        how = f"{parent['relation']}, evidence {parent['evidence']}, confidence {parent['confidence']:.2f}"
        yield {"name": f"hublake:{kind}", "value": f"{parent['id']} ({how}{'' if parent['is_listed'] else ', not listed'})"}
    for dataset in record.datasets:
        yield {"name": "hublake:dataset", "value": f"{dataset['id']} (role {dataset['role']})"}
    for name, text in record.sections:
        if name == "environment":
            yield {"name": "hublake:environment", "value": text}


def _time(value: datetime | None) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def _url(text: str | None) -> str | None:
    """The text if it is a web address in ASCII without blanks, which is what the schema accepts."""
    is_address = text and text.startswith(("https://", "http://")) and text.isascii() and text.isprintable() and " " not in text
    return quote(text, safe=":/?#[]@!$&'()*+,;=%-._~") if text and is_address else None


def _without_empty(document: Any) -> Any:
    """The document without nulls, empty texts, lists and objects."""
    if isinstance(document, dict):
        return {name: kept for name, value in document.items() if (kept := _without_empty(value)) not in (None, "", [], {})}
    if isinstance(document, list):
        return [_without_empty(item) for item in document]
    return document
