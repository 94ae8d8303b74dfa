"""Are drawn bills of materials valid CycloneDX 1.6 and 1.7 and SPDX 3.0.1, equal for equal input, and how complete by OWASP's fields?

The second part applies the fields and weights that the OWASP AIBOM Generator publishes (1.0.2, its field registry as read on 2026-11-30) to
our documents. The generator itself is in no package registry, so it is not run. Warehouses come from `hublake demo` or a build:
    python -m benchmarks.bom_documents --warehouse demo/warehouse
    python -m benchmarks.bom_documents --warehouse demo/warehouse --draw 50 --fields
"""

import argparse
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # of the extra json-validation of cyclonedx-python-lib
from spdx_python_model import v3_0_1 as spdx_model

from benchmarks.figure import show
from hublake.serving.bom.documents import bom_documents
from hublake.serving.reader import PublishedTables

FORMS = {"CycloneDX 1.6": ("cyclonedx", "1.6"), "CycloneDX 1.7": ("cyclonedx", "1.7"), "SPDX 3.0.1": ("spdx", "1.6")}
PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})*)*", re.ASCII)
# Category -> its weight in the score, and its fields: where CycloneDX has a place for one, the path to it in our component.
# `$` is the document, a name in brackets the type of an external reference; None: the generator writes a property that we do not write.
OWASP_FIELDS: Mapping[str, tuple[int, Mapping[str, str | None]]] = {
    "required": (20, {name: f"$.{name}" for name in ("bomFormat", "specVersion", "serialNumber", "version")}),
    "metadata": (
        20,
        {
            "primaryPurpose": "modelCard.modelParameters.task",
            "suppliedBy": "supplier.name",
            **dict.fromkeys(("standardCompliance", "domain", "autonomyType", "africanDeploymentJurisdictions", "ndpaCompliance")),
            **dict.fromkeys(("nfiuAmlCompliance", "popiaCompliance", "kdpaCompliance", "gdpaCompliance", "regulatoryContactPoint")),
        },
    ),
    "component": (
        20,
        {
            **{name: name for name in ("name", "type", "version", "purl", "description", "licenses")},
            "external_references": "externalReferences",
        },
    ),
    "model card": (
        30,
        {
            "datasets": "modelCard.modelParameters.datasets",
            "typeOfModel": "modelCard.modelParameters.modelArchitecture",
            "intendedUse": "modelCard.considerations.useCases",
            "informationAboutApplication": "modelCard.considerations.useCases",
            "technicalLimitations": "modelCard.considerations.technicalLimitations",
            "ethicalConsiderations": "modelCard.considerations.ethicalConsiderations",
            **dict.fromkeys(("energyConsumption", "energyQuantity", "energyUnit", "hyperparameter", "safetyRiskAssessment", "metric")),
            **dict.fromkeys(("modelExplainability", "informationAboutTraining", "metricDecisionThreshold", "modelDataPreprocessing")),
            **dict.fromkeys(("useSensitivePersonalInformation", "vocab_size", "tokenizer_class", "context_length", "embedding_length")),
            **dict.fromkeys(("block_count", "attention_head_count", "attention_head_count_kv", "feed_forward_length")),
            **dict.fromkeys(("rope_dimension_count", "quantization_version", "quantization_file_type", "model_file_size")),
            "runtime_requirement": None,
        },
    ),
    "external references": (10, {"paper": "[documentation]", "vcs": "[vcs]", "website": "[website]", "downloadLocation": "[distribution]"}),
}
CRITICAL = ("bomFormat", "specVersion", "serialNumber", "version", "primaryPurpose", "suppliedBy", "name", "type")
IMPORTANT = (
    *("datasets", "purl", "description", "licenses", "ethicalConsiderations", "energyConsumption", "hyperparameter", "intendedUse"),
    *("technicalLimitations", "safetyRiskAssessment", "typeOfModel", "downloadLocation", "africanDeploymentJurisdictions"),
)


def drawn_documents(warehouse: str, draw: int, seed: int, form: tuple[str, str]) -> Iterator[str]:
    """The documents of models drawn at random."""
    published = PublishedTables(warehouse, {})
    day = published.value("SELECT max(snapshot_date) FROM silver.models")
    published.execute(
        "CREATE OR REPLACE TEMP TABLE selected AS SELECT model_id FROM silver.models WHERE snapshot_date = $day"
        " ORDER BY md5(model_id || $seed), model_id LIMIT $draw",
        {"day": day, "seed": str(seed), "draw": draw},
    )
    yield from bom_documents(published, day, *form)


def cyclonedx_validator(version: str) -> JsonStrictValidator:
    """The validator of the library of CycloneDX, with its schemas.

    Its parser takes a tenth of a second for an address: plain ones, which any IRI parser accepts, pass at once.
    """
    checkers = Draft7Validator.FORMAT_CHECKER.checkers
    check, raises = checkers["iri-reference"]
    if not isinstance(check, _PlainAddress):
        checkers["iri-reference"] = (_PlainAddress(check), raises)
    return JsonStrictValidator(SchemaVersion.from_version(version))


@dataclass(frozen=True)
class _PlainAddress:
    """Accepts plain web addresses; all other values are checked by `check`."""

    check: Callable[[object], bool]

    def __call__(self, value: object) -> bool:
        return (isinstance(value, str) and PLAIN_ADDRESS.fullmatch(value) is not None) or self.check(value)


def is_valid_spdx(text: str) -> bool:
    """Whether the bindings of SPDX's model read the document, and can write it: no unknown type or value, no required one missing."""
    objects = spdx_model.SHACLObjectSet()
    try:
        spdx_model.JSONLDDeserializer().read(io.BytesIO(text.encode()), objects)
        objects.link()
        spdx_model.JSONLDSerializer().write(objects, io.BytesIO())
    except (ValueError, TypeError, KeyError):
        return False
    return any(objects.foreach())


def digest(documents: Iterator[str]) -> str:
    """SHA-256 of all documents."""
    found = hashlib.sha256()
    for text in documents:
        found.update(text.encode())
    return found.hexdigest()


def digest_of_another_process(args: argparse.Namespace, name: str, hash_seed: str) -> str:
    """The digest of the same documents, written by a process with another seed of Python's hashes."""
    command = [sys.executable, "-m", "benchmarks.bom_documents", "--warehouse", args.warehouse, "--draw", str(args.draw)]
    command += ["--seed", str(args.seed), "--digest", name]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


def fields_present(document: Mapping[str, Any]) -> dict[str, bool]:
    """Whether each field of OWASP_FIELDS has a value, by category and name."""
    component = document["metadata"]["component"]
    references = {f"[{row['type']}]" for row in component.get("externalReferences", ())}
    found = {}
    for category, (_, fields) in OWASP_FIELDS.items():
        for name, path in fields.items():
            is_reference = (path or "").startswith("[")
            value: Any = document if (path or "").startswith("$.") else component
            for part in (path or "").removeprefix("$.").split("."):
                value = value.get(part) if isinstance(value, Mapping) else None
            found[f"{category}: {name}"] = path in references if is_reference else value not in (None, "", [], {})
    return found


def owasp_score(present: Mapping[str, bool]) -> float:
    """The generator's published formula: the share of fields present in each category by its weight, less where important ones lack."""
    score = 0.0
    for category, (weight, fields) in OWASP_FIELDS.items():
        score += weight * mean(present[f"{category}: {name}"] for name in fields)
    absent = [name.partition(": ")[2] for name, is_present in present.items() if not is_present]
    critical, important = (sum(name in names for name in absent) for names in (CRITICAL, IMPORTANT))
    return score * (0.8 if critical > 3 else 0.9 if critical >= 2 else 1) * (0.95 if important >= 5 else 1)


def print_fields(warehouse: str, documents: Iterator[str]) -> None:
    """The share of documents with each field, OWASP's score, and ours for the same models."""
    texts = [json.loads(text) for text in documents]
    names = ["/".join(filter(None, (row.get("group"), row["name"]))) for row in (text["metadata"]["component"] for text in texts)]
    present = [fields_present(text) for text in texts]
    for field in present[0]:
        show(f"  {field}", mean(found[field] for found in present), unit="of documents")
    ours = PublishedTables(warehouse, {}).rows(
        "SELECT avg(completeness_share) FROM gold.bom_completeness WHERE model_id IN (SELECT unnest($names))"
        " AND snapshot_date = (SELECT max(snapshot_date) FROM gold.bom_completeness)",
        names=names,
    )[0][0]
    score = mean(owasp_score(found) for found in present)
    show("score of our documents by OWASP's fields, of 100", score, 100 * ours, unit="", peer_name="gold.bom_completeness")


def main() -> None:
    """Print the numbers of invalid documents, whether equal input gives equal bytes, and with --fields the fields present."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", required=True)
    parser.add_argument("--draw", type=int, default=1_000, help="number of models")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fields", action="store_true", help="print the fields instead")
    parser.add_argument("--digest", choices=FORMS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.digest:
        print(digest(drawn_documents(args.warehouse, args.draw, args.seed, FORMS[args.digest])))
        return
    if args.fields:
        print_fields(args.warehouse, drawn_documents(args.warehouse, args.draw, args.seed, FORMS["CycloneDX 1.6"]))
        return
    for name, form in FORMS.items():
        texts = list(drawn_documents(args.warehouse, args.draw, args.seed, form))
        validator = cyclonedx_validator(form[1])
        is_valid = is_valid_spdx if form[0] == "spdx" else lambda text, validator=validator: validator.validate_str(text) is None
        show(f"{name}: invalid documents, of {len(texts):,}", sum(not is_valid(text) for text in texts), unit="documents", bar="0")
        digests = {digest(iter(texts)), *(digest_of_another_process(args, name, hash_seed) for hash_seed in ("1", "2"))}
        show(f"{name}: different bytes for equal input, in 3 processes", len(digests) - 1, unit="documents", bar="0")


if __name__ == "__main__":
    main()
