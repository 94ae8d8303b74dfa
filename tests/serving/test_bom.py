"""Bills of materials: valid by the schemas and models of CycloneDX and SPDX, with declared facts only."""

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from packageurl import PackageURL
from spdx_python_model import v3_0_1 as spdx_model

from benchmarks.bom_documents import OWASP_FIELDS, cyclonedx_validator, fields_present, owasp_score
from hublake.lake.errors import WrongUse
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.bom.cyclonedx import purl
from hublake.serving.commands import bom
from tests.nasty_names import NASTY_NAMES
from tests.serving.small_warehouse import write_tables
from tests.serving.test_graph_formats import write_rows

DRAWN = {
    "silver.models": """
        hub_id | model_id | author | sha | downloads_30d | pipeline_tag    | architecture     | model_type | created_at          | is_created_at_floor
        1      | a/base   | a      | AB1 | 900           | text-generation | LlamaForCausalLM | llama      | 2024-01-02T03:04:05 | no
        2      | b/tuned  | b      | cd2 | 70            | text-generation |                  |            | 2022-03-02T23:29:04 | yes
        3      | gpt2     |        |     |               |                 |                  |            |                     | no """,
    "silver.lineage_edges": """
        child_id | parent_id | relation | parent_status | is_self_loop | evidence   | confidence
        b/tuned  | a/base    | finetune | present       | no           | card_field | 0.9
        b/tuned  | gpt2      | finetune | present       | no           | in_name    | 0.8
        b/tuned  | gone/away | merge    | missing       | no           | card_field | 1""",
    "silver.model_licenses": """
        model_id | license | license_name   | license_link          | resolved_license
        a/base   | mit     |                |                       |
        b/tuned  | other   | My own licence | https://x.example/l y |
        b/tuned  | other2  | Second         | https://x.example/l   | """,
    "silver.license_catalogue": "license | name | spdx_id \n mit | MIT License | MIT",
    "silver.model_datasets": """
        model_id | dataset_id | resolved_id | role  | is_placeholder
        b/tuned  | squad      | r/squad     | train | no
        b/tuned  | d/test     |             | eval  | no
        b/tuned  | None       |             | train | yes""",
    "silver.card_sections": """
        model_id | ordinal | section_class | text            | word_count | is_placeholder | is_boilerplate
        b/tuned  | 1       | limitations   | It fails often. | 3          | no             | no
        b/tuned  | 2       | bias          | Copied text.    | 2          | no             | yes
        b/tuned  | 3       | risks         | Not own words.  | 3          | no             | no
        b/tuned  | 4       | environment   | 3 kg of CO2.    | 4          | no             | no""",
    "gold.card_documentation": "model_id | sections_filled \n b/tuned | limitations, environment",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tables(tmp_path_factory.mktemp("bom"), DRAWN, snapshot_date=date(2026, 1, 2)))


def documents(warehouse: str, *arguments: str) -> list[str]:
    result = CliRunner().invoke(bom, ["--warehouse", warehouse, *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def component(warehouse: str, model_id: str) -> dict[str, Any]:
    (text,) = documents(warehouse, model_id)
    found: dict[str, Any] = json.loads(text)["metadata"]["component"]
    return found


def problems(text: str, version: str) -> object:
    return cyclonedx_validator(version).validate_str(text)


def read_spdx(text: str) -> Iterator[object]:
    """The elements of a document, as the bindings of SPDX's model read them; they reject unknown types, properties and values."""
    objects = spdx_model.SHACLObjectSet()
    spdx_model.JSONLDDeserializer().read(io.BytesIO(text.encode()), objects)
    objects.link()
    spdx_model.JSONLDSerializer().write(objects, io.BytesIO())  # fails for a property that is required and missing
    return iter(objects.foreach())


@pytest.mark.parametrize("version", ["1.6", "1.7"])
def test_documents_are_valid_cyclonedx(warehouse: str, version: str) -> None:
    for text in documents(warehouse, "--all", "--spec", version):
        assert problems(text, version) is None
        assert json.loads(text)["specVersion"] == version


def test_documents_are_valid_spdx_with_one_declared_and_one_concluded_licence(warehouse: str) -> None:
    for text in documents(warehouse, "--all", "--format", "spdx"):
        elements = list(read_spdx(text))
        assert elements
        kinds = [row["relationshipType"] for row in json.loads(text)["@graph"] if row["type"] == "Relationship"]
        assert kinds.count("hasDeclaredLicense") == kinds.count("hasConcludedLicense") == 1


def test_declared_parents_are_ancestors_and_guesses_are_only_properties(warehouse: str) -> None:
    found = component(warehouse, "b/tuned")
    assert [parent["purl"] for parent in found["pedigree"]["ancestors"]] == ["pkg:huggingface/gone/away", "pkg:huggingface/a/base@ab1"]
    values = [row["value"] for row in found["properties"] if row["name"] == "hublake:guessed_parent"]
    assert values == ["gpt2 (finetune, evidence in_name, confidence 0.80)"]


def test_licences_have_their_spdx_identifier_or_else_name_and_address(warehouse: str) -> None:
    assert component(warehouse, "a/base")["licenses"] == [{"license": {"id": "MIT", "acknowledgement": "declared"}}]
    assert component(warehouse, "b/tuned")["licenses"] == [
        {"license": {"name": "My own licence", "acknowledgement": "declared"}},
        {"license": {"name": "Second", "url": "https://x.example/l", "acknowledgement": "declared"}},
    ]
    assert "licenses" not in component(warehouse, "gpt2")


def test_considerations_are_the_authors_own_words(warehouse: str) -> None:
    considerations = component(warehouse, "b/tuned")["modelCard"]["considerations"]
    assert considerations == {"technicalLimitations": ["It fails often."]}


def test_datasets_are_those_that_are_meant_without_placeholders(warehouse: str) -> None:
    (text,) = documents(warehouse, "b/tuned")
    assert [row["name"] for row in json.loads(text)["components"]] == ["d/test", "r/squad"]
    graph = json.loads(documents(warehouse, "b/tuned", "--format", "spdx")[0])["@graph"]
    to = {row["relationshipType"]: row["to"] for row in graph if row["type"] == "Relationship"}
    assert to["trainedOn"] == ["https://huggingface.co/datasets/r/squad"]
    assert to["testedOn"] == ["https://huggingface.co/datasets/d/test"]


def test_an_unknown_time_of_creation_is_left_out(warehouse: str) -> None:
    names = {row["name"] for row in component(warehouse, "b/tuned")["properties"]}
    assert "hublake:created_at" not in names


def test_equal_input_gives_equal_bytes(warehouse: str) -> None:
    for arguments in (["--all"], ["--all", "--format", "spdx"]):
        assert documents(warehouse, *arguments) == documents(warehouse, *arguments)


def test_filters_choose_models_and_a_file_has_a_document_per_line(warehouse: str, tmp_path: Path) -> None:
    documents(warehouse, "--all", "--author", "b", "--out", str(tmp_path))
    (line,) = (tmp_path / "bom.cyclonedx.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["metadata"]["component"]["name"] == "tuned"


@pytest.mark.parametrize("arguments", [[], ["a/base", "--all"], ["a/base", "--author", "b"]])
def test_either_one_model_or_all_is_given(warehouse: str, arguments: list[str]) -> None:
    assert CliRunner().invoke(bom, [*arguments, "--warehouse", warehouse]).exit_code == 2


@pytest.mark.parametrize("name", ["owner/name", "gpt2", "o-w.n/N_a.m-e"])
def test_package_urls_are_those_of_their_library_but_keep_the_case_of_names(name: str) -> None:
    owner, _, last = name.rpartition("/")
    theirs = PackageURL("huggingface", owner or None, last, "ABC").to_string()
    assert purl(name, "ABC") == theirs


def test_hostile_names_stay_valid_and_are_read_back_equal(tmp_path: Path) -> None:
    write_rows(tmp_path, MODELS, [{"hub_id": str(n), "model_id": name, "author": name} for n, name in enumerate(NASTY_NAMES)])
    texts = documents(str(tmp_path), "--all")
    assert all(text.isprintable() for text in texts)
    assert {problems(text, "1.6") for text in texts} == {None}
    read = [json.loads(text)["metadata"]["component"] for text in texts]
    assert sorted("/".join(filter(None, (row.get("group"), row["name"]))) for row in read) == sorted(NASTY_NAMES)
    for text in documents(str(tmp_path), "--all", "--format", "spdx"):
        list(read_spdx(text))


def test_a_dataset_has_no_bill_of_materials_and_the_message_lists_who_names_it(warehouse: str) -> None:
    result = CliRunner().invoke(bom, ["d/test", "--warehouse", warehouse])
    assert isinstance(result.exception, WrongUse)
    assert "'d/test' is a dataset of 2026-01-02, and no model; 1 models name it" in str(result.exception)
    assert "hublake models --dataset d/test" in str(result.exception)


def test_fields_of_the_owasp_generator_are_found_where_cyclonedx_has_them(warehouse: str) -> None:
    (text,) = documents(warehouse, "b/tuned")
    present = fields_present(json.loads(text))
    found = {field for field, is_present in present.items() if is_present}
    assert {"required: specVersion", "component: licenses", "model card: datasets", "model card: technicalLimitations"} <= found
    assert {"external references: vcs", "external references: downloadLocation", "metadata: suppliedBy"} <= found
    assert not {"model card: energyUnit", "component: description", "external references: paper", "model card: typeOfModel"} & found
    assert sum(len(fields) for _, fields in OWASP_FIELDS.values()) == len(present) == 57


def test_the_score_weighs_categories_and_falls_where_important_fields_lack() -> None:
    names = [f"{category}: {name}" for category, (_, fields) in OWASP_FIELDS.items() for name in fields]
    assert owasp_score(dict.fromkeys(names, True)) == 100
    without_model_card = {name: not name.startswith("model card") for name in names}
    assert owasp_score(without_model_card) == pytest.approx(70 * 0.95)
    assert owasp_score(without_model_card | {"required: bomFormat": False, "component: name": False}) < 70 * 0.95 * 0.9


def test_references_are_the_repository_the_files_at_the_commit_and_papers(tmp_path: Path) -> None:
    row = {"hub_id": "1", "model_id": "a/b", "author": "a", "sha": "AB1", "tags": ["arxiv:2302.13971", "arxiv:../x", "arxiv:2302.13971"]}
    write_rows(tmp_path, MODELS, [row])
    references = {row["type"]: row["url"] for row in component(str(tmp_path), "a/b")["externalReferences"]}
    assert references == {
        "website": "https://huggingface.co/a/b",
        "vcs": "https://huggingface.co/a/b",
        "distribution": "https://huggingface.co/a/b/tree/AB1",
        "documentation": "https://arxiv.org/abs/2302.13971",
    }
