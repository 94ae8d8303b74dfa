"""huggingface_hub, the official client, works with the practice hub as with the real one. docs/practice_hub.md lists what is tested."""

import re
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, ModelCard, get_hf_file_metadata, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    BadRequestError,
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils._pagination import paginate

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.faults import Faults
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.store import Store
from tests.sample_hub.conftest import GRANTED, UNLIMITED
from tests.sample_hub.test_file_routes import model_with_oddity, ordinary_model

TruthRows = list[dict[str, Any]]


@pytest.fixture
def api(hub: PracticeHub) -> HfApi:
    return HfApi(endpoint=hub.url, token=False)


def download(hub: PracticeHub, model_id: str, folder: Path, token: str | bool = False) -> Path:
    return Path(hf_hub_download(model_id, "README.md", endpoint=hub.url, cache_dir=folder, token=token))


def test_list_models_returns_every_model_with_the_fields_of_full(api: HfApi, hub: PracticeHub) -> None:
    models = list(api.list_models(full=True, cardData=True, fetch_config=True))
    assert len(models) == len({model.id for model in models}) == hub.store.count()
    assert all(model.sha and model.siblings is not None and model.created_at for model in models)


def test_list_models_follows_pages_with_expand(api: HfApi, hub: PracticeHub) -> None:
    hub.requests.clear()
    fields: Any = [
        "author",
        "baseModels",
        "cardData",
        "config",
        "createdAt",
        "downloads",
        "gated",
        "gguf",
        "safetensors",
        "sha",
        "siblings",
        "tags",
    ]
    models = list(api.list_models(sort="created_at", expand=[*fields, "inferenceProviderMapping", "transformersInfo"]))
    assert len(models) == hub.store.count()
    assert any(model.base_models for model in models) and any(model.safetensors for model in models) and any(model.gguf for model in models)


def test_list_models_respects_a_limit(api: HfApi) -> None:
    assert len(list(api.list_models(filter="transformers", limit=7))) == 7


def test_list_models_filters_by_author_search_task_and_tags(api: HfApi, truth_models: TruthRows) -> None:
    opened = [model_with_oddity(truth_models, "open_since_listed")]
    everything = list(api.list_models(full=True))
    author = next(model.author for model in everything if model.author)
    assert {model.id for model in api.list_models(author=author)} == {model.id for model in everything if model.author == author}
    assert all(author[:5].lower() in model.id.lower() for model in api.list_models(search=author[:5].upper()))
    found = list(api.list_models(pipeline_tag="text-generation", filter=["transformers", "safetensors"], limit=10))
    assert found and all(
        model.pipeline_tag == "text-generation" and {"transformers", "safetensors"} <= set(model.tags or ()) for model in found
    )
    assert all("fr" in (model.tags or ()) for model in api.list_models(filter="fr"))
    assert {"auto", "manual"} <= {model.gated for model in api.list_models(gated=True, full=True)}
    assert not {"auto", "manual"} & {model.gated for model in api.list_models(gated=False, full=True) if model.id not in opened}
    assert not list(api.list_models(pipeline_tag="no-such-task")) and not list(api.list_models(filter="no-such-tag"))


@pytest.mark.parametrize("key", ["downloads", "likes", "last_modified", "created_at", "trending_score"])
def test_list_models_sorts_descending(api: HfApi, key: Any) -> None:
    values = [
        getattr(model, key)
        for model in api.list_models(sort=key, limit=200, expand=["downloads", "likes", "lastModified", "createdAt", "trendingScore"])
    ]
    present = [value for value in values if value is not None]
    assert present == sorted(present, reverse=True) and values[: len(present)] == present


def test_config_and_card_data_come_only_with_their_switches(api: HfApi) -> None:
    with_both = list(api.list_models(fetch_config=True, cardData=True, filter="transformers", limit=100))
    assert any(model.config for model in with_both) and any(model.card_data for model in with_both)
    assert not [model for model in api.list_models(filter="transformers", limit=100) if model.config or model.card_data]
    assert not [dataset for dataset in api.list_datasets(limit=50) if dataset.card_data]


def test_an_invalid_expand_is_refused_with_the_list_of_valid_fields(api: HfApi) -> None:
    with pytest.raises(BadRequestError, match="expected one of"):
        list(api.list_models(expand=["usedStorage"]))


def test_model_info_accepts_old_names_and_other_letter_cases(api: HfApi, truth_models: TruthRows) -> None:
    row = next(row for row in truth_models if row["old_names"] and row["card_status"] == 200 and "/" in row["old_names"][0])
    for name in (row["model_id"], row["old_names"][0], row["model_id"].lower()):
        assert api.model_info(name).id == row["model_id"]


def test_files_metadata_has_sizes_blobs_and_the_hashes_of_large_files(api: HfApi, truth_models: TruthRows) -> None:
    info = api.model_info(model_with_oddity(truth_models, "card_lfs"), files_metadata=True)
    assert info.siblings and all(sibling.size is not None and sibling.blob_id for sibling in info.siblings)
    assert [sibling for sibling in info.siblings if sibling.lfs and len(sibling.lfs.sha256) == 64]
    dataset = next(iter(api.list_datasets(full=True, limit=1)))
    files = api.dataset_info(dataset.id, files_metadata=True).siblings
    assert files and all(sibling.size is not None for sibling in files)


def test_model_info_expands_bases_children_and_providers(api: HfApi, truth_edges: TruthRows) -> None:
    edge = next(edge for edge in truth_edges if edge["how"] == "exact" and edge["is_in_tags"] and edge["is_in_card"])
    child = api.model_info(edge["child"], expand=["baseModels", "childrenModelCount"])
    bases: Any = child.base_models
    assert edge["parent"] in [base["id"] for base in bases["models"]]
    parent = api.model_info(edge["parent"], expand=["childrenModelCount"])
    children: Any = parent.children_model_count
    assert sum(children.values()) > 0
    served = next(model for model in api.list_models(expand=["inferenceProviderMapping"]) if model.inference_provider_mapping)
    assert api.model_info(served.id, expand=["inferenceProviderMapping"]).inference_provider_mapping


def test_list_repo_files_returns_the_siblings(api: HfApi, truth_models: TruthRows) -> None:
    model_id = ordinary_model(truth_models)
    siblings = api.model_info(model_id).siblings
    assert siblings and api.list_repo_files(model_id) == [sibling.rfilename for sibling in siblings]


def test_metadata_of_a_card_has_commit_hash_and_size(hub: PracticeHub, api: HfApi, truth_models: TruthRows) -> None:
    model_id = ordinary_model(truth_models)
    metadata = get_hf_file_metadata(f"{hub.url}/{model_id}/resolve/main/README.md", token=False)
    blob = next(sibling for sibling in api.model_info(model_id, files_metadata=True).siblings or () if sibling.rfilename == "README.md")
    assert (metadata.commit_hash, metadata.etag, metadata.size) == (api.model_info(model_id).sha, blob.blob_id, blob.size)


def test_snapshot_download_gets_the_cards_of_a_repo(hub: PracticeHub, truth_models: TruthRows, tmp_path: Path) -> None:
    folder = snapshot_download(ordinary_model(truth_models), allow_patterns="*.md", endpoint=hub.url, cache_dir=tmp_path, token=False)
    assert [path.name for path in Path(folder).iterdir()] == ["README.md"]


def test_spaces_are_filtered_by_what_they_run_and_show_it_when_linked(api: HfApi, hub: PracticeHub) -> None:
    spaces = list(api.list_spaces(expand=["models", "datasets"]))
    model_id = next(space.models[0] for space in spaces if space.models)
    dataset_id = next(space.datasets[0] for space in spaces if space.datasets)
    assert {space.id for space in api.list_spaces(models=model_id)} == {space.id for space in spaces if model_id in (space.models or ())}
    assert {space.id for space in api.list_spaces(datasets=dataset_id)} == {s.id for s in spaces if dataset_id in (s.datasets or ())}
    assert not [space for space in api.list_spaces(full=True) if space.models or space.datasets]
    assert [space for space in api.list_spaces(linked=True) if space.models]


def test_space_info_has_author_sdk_and_runtime(api: HfApi) -> None:
    listed = next(iter(api.list_spaces(full=True, sort="likes", limit=1)))
    space = api.space_info(listed.id)
    assert (space.author, space.id) == (listed.id.split("/")[0], listed.id)
    assert space.sdk in ("gradio", "static", "docker") and space.runtime and space.runtime.stage


def test_a_bad_token_raises_the_error_of_the_hub(hub: PracticeHub) -> None:
    with pytest.raises(HfHubHTTPError, match="Invalid credentials in Authorization header"):
        list(HfApi(endpoint=hub.url, token="junk").list_models(limit=1))


PAGE = Path(__file__).parents[2] / "docs" / "practice_hub.md"


def test_the_documentation_names_the_test_of_each_assertion() -> None:
    tests = {name for name in globals() if name.startswith("test_") and name != "test_the_documentation_names_the_test_of_each_assertion"}
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    elsewhere = (PAGE.parents[1] / "tests/sample_hub/test_datasets_spaces_accounts.py").read_text()
    assert tests <= named
    assert all(f"def {name}(" in elsewhere for name in named - tests)


def test_a_card_is_downloaded_and_parsed(hub: PracticeHub, truth_models: TruthRows, tmp_path: Path) -> None:
    model_id = ordinary_model(truth_models)
    path = download(hub, model_id, tmp_path)
    assert model_id.split("/")[-1] in ModelCard.load(path).text
    expected = hub.store.file(next(row["hub_id"] for row in truth_models if row["model_id"] == model_id), "README.md")
    assert expected and path.read_bytes() == expected.body


@pytest.mark.parametrize("oddity", ["card_lfs", "card_empty", "card_utf16", "gated_manual"])
def test_irregular_cards_are_downloaded_completely(hub: PracticeHub, truth_models: TruthRows, tmp_path: Path, oddity: str) -> None:
    row = next(row for row in truth_models if row["oddity"] == oddity)
    if row["card_status"] != 200:
        pytest.skip(f"the model with the oddity {oddity} has no card")
    stored = hub.store.file(row["hub_id"], "README.md")
    assert stored and download(hub, row["model_id"], tmp_path).read_bytes() == stored.body


def test_list_repo_tree_returns_all_files(api: HfApi, truth_models: TruthRows) -> None:
    model_id = model_with_oddity(truth_models, "siblings_many")
    entries = list(api.list_repo_tree(model_id, recursive=True))
    assert len([entry for entry in entries if entry.path.startswith("clips/")]) == 500


def test_each_error_response_raises_the_matching_exception(
    tls_api: HfApi, tls_hub: PracticeHub, truth_models: TruthRows, tmp_path: Path
) -> None:
    api, hub = tls_api, tls_hub
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("nobody/nothing")
    with pytest.raises(RepositoryNotFoundError):
        download(hub, model_with_oddity(truth_models, "gone_since_listed"), tmp_path)
    with pytest.raises(EntryNotFoundError):
        download(hub, model_with_oddity(truth_models, "files_only_gitattributes"), tmp_path)
    with pytest.raises(DisabledRepoError):
        get_hf_file_metadata(f"{hub.url}/{model_with_oddity(truth_models, 'disabled')}/resolve/main/README.md", token=False)
    with pytest.raises(RevisionNotFoundError):
        api.model_info(ordinary_model(truth_models), revision="refs/pr/1")
    gated = model_with_oddity(truth_models, "gated_manual")
    for token in (False, "hf_stranger"):
        with pytest.raises(GatedRepoError):
            hf_hub_download(gated, "config.json", endpoint=hub.url, cache_dir=tmp_path, token=token)
    assert HfApi(endpoint=hub.url, token=GRANTED).model_info(gated).gated == "manual"


def test_pagination_waits_for_the_next_rate_limit_window(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=Quotas(window_seconds=1, api=4)) as hub:
        items = list(paginate(f"{hub.url}/api/models", params={"limit": 10}, headers={}))
        assert len(items) == small_store.count()
        assert hub.requests.count(status=429) > 0


def test_the_client_retries_injected_faults(small_store: Store) -> None:
    faults = Faults(share=0.4, seed=2, kinds=("429", "500", "503", "reset"))
    with PracticeHub(small_store, quotas=UNLIMITED, faults=faults) as hub:
        assert len(list(HfApi(endpoint=hub.url, token=False).list_models())) == small_store.count()
