"""SPDX 3.0.1 bills of materials in JSON-LD, with the AI and Dataset profiles. Tests read them with the bindings of SPDX's own model."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from hublake import __version__
from hublake.lake.hub_urls import HUB, dataset_url, model_url
from hublake.lake.terminal import json_text
from hublake.serving.bom.cyclonedx import purl
from hublake.serving.bom.records import BomRecord

Json = dict[str, Any]

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
NO_ASSERTION = "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement"
NO_LICENSE_ASSERTION = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
CREATION = "_:creation"


def spdx(record: BomRecord) -> str:
    """The bill of materials of a model as one line of JSON. Equal records give equal texts."""
    base = f"{model_url(record.model_id)}/tree/{quote(record.sha or 'main', safe='')}"
    elements = list(_elements(record, base))
    document = {
        "type": "SpdxDocument",
        "spdxId": f"{base}#document",
        "creationInfo": CREATION,
        "rootElement": [f"{base}#model"],
        "element": [element["spdxId"] for element in elements],
        "profileConformance": ["core", "software", "ai", "dataset", "simpleLicensing"],
    }
    creation = {
        "type": "CreationInfo",
        "@id": CREATION,
        "specVersion": "3.0.1",
        "created": f"{record.day}T00:00:00Z",
        "createdBy": [f"{base}#hublake"],
    }
    return json_text({"@context": CONTEXT, "@graph": [creation, document, *elements]})


def _elements(record: BomRecord, base: str) -> Iterator[Json]:
    yield _element("SoftwareAgent", f"{base}#hublake", name=f"hublake {__version__}")
    owner = record.model_id.rpartition("/")[0]
    if owner:
        yield _element("Agent", f"{HUB}/{quote(owner)}", name=owner)
    yield _model(record, base, owner)
    licenses = [row["spdx_id"] or f"LicenseRef-{_license_ref(row['license'])}" for row in record.licenses]
    if licenses:
        expression = " AND ".join(sorted(set(licenses)))
        yield _element("simplelicensing_LicenseExpression", f"{base}#license", simplelicensing_licenseExpression=expression)
    yield _relationship(base, "declared-license", "hasDeclaredLicense", [f"{base}#license" if licenses else NO_LICENSE_ASSERTION])
    yield _relationship(base, "concluded-license", "hasConcludedLicense", [NO_LICENSE_ASSERTION])
    parents = sorted({parent["id"] for parent in record.parents if not parent["is_guessed"]})
    for parent in parents:
        yield _element("ai_AIPackage", model_url(parent), name=parent)
    if parents:
        yield _relationship(base, "descends", "descendantOf", [model_url(parent) for parent in parents])
    yield from _datasets(record, base)


def _model(record: BomRecord, base: str, owner: str) -> Json:
    texts = dict(reversed(record.sections))  # the first section of each class
    created = None if record.is_created_at_floor else record.created_at
    return _element(
        "ai_AIPackage",
        f"{base}#model",
        name=record.model_id,
        suppliedBy=f"{HUB}/{quote(owner)}" if owner else NO_ASSERTION,
        releaseTime=created.strftime("%Y-%m-%dT%H:%M:%SZ") if created else None,
        software_packageVersion=record.sha,
        software_downloadLocation=base,
        software_primaryPurpose="model",
        software_packageUrl=purl(record.model_id, record.sha),
        ai_typeOfModel=[name for name in (record.model_type, record.architecture) if name],
        ai_domain=[record.pipeline_tag] if record.pipeline_tag else None,
        ai_limitation=texts.get("limitations"),
        ai_informationAboutApplication=texts.get("intended_use"),
        ai_informationAboutTraining=texts.get("training"),
        externalRef=[{"type": "ExternalRef", "externalRefType": "documentation", "locator": [paper]} for paper in record.papers],
    )


def _datasets(record: BomRecord, base: str) -> Iterator[Json]:
    trained = sorted({row["id"] for row in record.datasets if row["role"] != "eval"})
    tested = sorted({row["id"] for row in record.datasets if row["role"] == "eval"})
    for name in sorted({*trained, *tested}):
        yield _element("dataset_DatasetPackage", dataset_url(name), name=name, dataset_datasetType=["noAssertion"])
    for kind, names in (("trainedOn", trained), ("testedOn", tested)):
        if names:
            yield _relationship(base, kind, kind, [dataset_url(name) for name in names])


def _element(type_: str, spdx_id: str, **properties: Any) -> Json:
    present = {name: value for name, value in properties.items() if value not in (None, "", [])}
    return {"type": type_, "spdxId": spdx_id, "creationInfo": CREATION, **present}


def _relationship(base: str, name: str, kind: str, to: list[str]) -> Json:
    return _element("Relationship", f"{base}#{name}", relationshipType=kind, to=to) | {"from": f"{base}#model"}


def _license_ref(license_: str) -> str:
    """The name of a licence with the characters that an SPDX identifier may have."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in ".-") else "-" for letter in license_)
