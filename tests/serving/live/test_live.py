"""`hublake model --live` and `hublake models --live` on a small hub."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hublake.serving.commands import model, models
from tests.crawler.scripted_hub import Answer, ReceivedRequest, ScriptedHub, card_answer, json_answer

SHA = "c" * 40
CARD = b"""---
license: cc-by-nc-4.0
---
# Tuned

## Bias, Risks, and Limitations

The model repeats stereotypes about women in its training data and fails on dialects.
"""
FILES = [{"rfilename": "README.md"}]
HUB: dict[str, dict[str, Any]] = {
    "m/base": {"tags": ["license:llama3"], "cardData": {"license": "llama3"}, "childrenModelCount": {"finetune": 3, "adapter": 0}},
    "m/tuned": {
        "tags": ["base_model:finetune:m/base", "base_model:m/base", "en"],
        "baseModels": {"relation": "finetune", "models": [{"id": "m/base"}]},
        "cardData": {"license": "cc-by-nc-4.0", "base_model": "m/base"},
        "siblings": FILES,
        "downloads": 5,
        "createdAt": "2025-01-01T00:00:00.000Z",
    },
    "m/new": {"tags": ["base_model:m/old"], "cardData": {"base_model": ["m/old", "m/gone", "./local"]}, "downloads": 50},
    "m/self": {"tags": ["base_model:m/self"], "cardData": {"base_model": "m/self"}},
    "m/a": {"cardData": {"base_model": "m/b"}},
    "m/b": {"cardData": {"base_model": "m/a"}},
}


def item(model_id: str) -> dict[str, Any]:
    return {"_id": f"id-{model_id}", "id": model_id, "sha": SHA, "siblings": [], "tags": [], **HUB[model_id]}


def route(request: ReceivedRequest) -> Answer:
    if request.path == "/api/models":
        names = ["m/new", "m/tuned", "m/base"]
        wanted = request.query.get("filter", [])
        return json_answer([item(name) for name in names if all(tag in HUB[name]["tags"] for tag in wanted)])
    if request.path == "/api/models/m/old":
        return Answer(307, headers={"Location": "/api/models/m/tuned"})
    name = request.path.removeprefix("/api/models/")
    if name in HUB:
        return json_answer(item(name))
    return card_answer(CARD) if request.path == f"/m/tuned/resolve/{SHA}/README.md" else Answer(404)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedHub]:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with ScriptedHub(route) as running:
        yield running


def run(hub: ScriptedHub, *arguments: str) -> Result:
    command = models if arguments[0] == "models" else model
    return CliRunner().invoke(command, [*arguments[1:], "--live", "--endpoint", hub.url])


def facts(hub: ScriptedHub, *arguments: str) -> dict[str, Any]:
    result = run(hub, "model", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_one_model_has_its_card_its_ancestors_and_verdicts(hub: ScriptedHub) -> None:
    found = facts(hub, "m/tuned")
    assert [(edge["parent_id"], edge["relation"], edge["parent_status"]) for edge in found["ancestry"]] == [
        ("m/base", "finetune", "present")
    ]
    assert found["lineage"]["root_ids"] == ["m/base"]
    assert (found["license_chain"]["path"], found["license_chain"]["licenses"]) == (["m/base", "m/tuned"], ["llama3", "cc-by-nc-4.0"])
    assert found["license_edges"][0]["verdict"] == "conflict"
    assert found["documentation"]["has_bias"]
    assert found["documentation"]["sentences"] == ["The model repeats stereotypes about women in its training data and fails on dialects."]
    assert hub.paths() == ["/api/models/m/tuned", f"/m/tuned/resolve/{SHA}/README.md", "/api/models/m/base"]


def test_a_base_model_has_the_hubs_own_count_of_derivatives(hub: ScriptedHub) -> None:
    children = facts(hub, "m/base")["children"]
    assert children == {"models": 3, "by_relation": [{"relation": "finetune", "models": 3, "guessed": 0}], "most_downloaded": []}


def test_renamed_missing_and_impossible_parents_are_told_apart(hub: ScriptedHub) -> None:
    found = facts(hub, "m/new")
    assert {edge["parent_id"]: edge["parent_status"] for edge in found["ancestry"] if edge["steps"] == 0} == {
        "m/tuned": "renamed",
        "m/gone": "missing",
    }
    assert found["lineage"] == {"root_ids": ["m/base"], "generation": 2, "is_root": False}
    assert [row["reason"].split(":")[-1].strip() for row in found["quarantine"]] == ["./local"]


@pytest.mark.parametrize(("name", "parents"), [("m/self", []), ("m/a", ["m/b", "m/a"])])
def test_a_self_loop_and_a_cycle_end(hub: ScriptedHub, name: str, parents: list[str]) -> None:
    assert [edge["parent_id"] for edge in facts(hub, name)["ancestry"]] == parents


def test_text_says_what_the_hub_alone_does_not_tell(hub: ScriptedHub) -> None:
    output = run(hub, "model", "m/tuned").output
    assert "fine-tuned from m/base" in output
    assert "read a warehouse" in output
    assert "hf_secret" not in output


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("model", "m/none"), 2, "shows no model 'm/none'"),
        (("model", "a/b/c"), 2, "is no name of a model"),
        (("model", "m/base", "--warehouse", "w"), 2, "omit --warehouse and --as-of"),
        (("models", "--country", "FR"), 2, "has no filter --country"),
        (("models", "--language", "en", "--language", "de"), 2, "takes one value of --language"),
        (("models", "--relation", "merge"), 2, "with --root only"),
        (("models", "--sort", "impact"), 2, "cannot sort by impact"),
        (("models", "--statistics"), 2, "omit --live"),
    ],
)
def test_what_the_hub_cannot_answer_is_refused(hub: ScriptedHub, arguments: tuple[str, ...], code: int, problem: str) -> None:
    result = run(hub, *arguments)
    assert problem in f"{result.output} {result.exception}"
    assert result.exit_code == code or result.exception is not None


def test_models_are_filtered_by_the_hub_and_by_what_it_lacks(hub: ScriptedHub) -> None:
    result = run(hub, "models", "--language", "en", "--min-downloads", "2", "--created-after", "2024-01-01", "--format", "json")
    assert [json.loads(line)["model_id"] for line in result.output.splitlines()] == ["m/tuned"]
    query = hub.requests[0].query
    assert (query["filter"], query["sort"]) == (["en"], ["downloads"])


def test_derivatives_of_a_model_are_listed_by_relation(hub: ScriptedHub) -> None:
    result = run(hub, "models", "--root", "m/base", "--relation", "finetune", "--format", "json")
    assert [json.loads(line)["relation"] for line in result.output.splitlines()] == ["finetune"]
    assert hub.requests[0].query["filter"] == ["base_model:finetune:m/base"]
