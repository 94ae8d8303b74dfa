"""huggingface_hub, the official client, works with the practice hub as with the real one."""

from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, ModelCard, get_hf_file_metadata, hf_hub_download
from huggingface_hub.errors import (
    BadRequestError,
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
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


def test_an_invalid_expand_is_refused_with_the_list_of_valid_fields(api: HfApi) -> None:
    with pytest.raises(BadRequestError, match="expected one of"):
        list(api.list_models(expand=["usedStorage"]))


def test_model_info_accepts_old_names_and_other_letter_cases(api: HfApi, truth_models: TruthRows) -> None:
    row = next(row for row in truth_models if row["old_names"] and row["card_status"] == 200 and "/" in row["old_names"][0])
    for name in (row["model_id"], row["old_names"][0], row["model_id"].lower()):
        assert api.model_info(name).id == row["model_id"]
    info = api.model_info(row["model_id"], files_metadata=True)
    assert info.siblings and all(sibling.size is not None for sibling in info.siblings)


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
