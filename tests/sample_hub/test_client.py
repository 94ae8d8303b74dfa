"""The ecosystem's own client against a made hub: what it can do there, it can do here."""

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

from hublake.sample_hub.faults import Faults
from hublake.sample_hub.quota import Quotas
from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import Store
from tests.sample_hub.conftest import GRANTED, PLENTY
from tests.sample_hub.test_files import odd, plain

Planted = list[dict[str, Any]]


@pytest.fixture
def api(hub: Hub) -> HfApi:
    return HfApi(endpoint=hub.url, token=False)


def downloaded(hub: Hub, model_id: str, folder: Path, token: str | bool = False) -> Path:
    return Path(hf_hub_download(model_id, "README.md", endpoint=hub.url, cache_dir=folder, token=token))


def test_it_lists_every_model_with_everything_of_full(api: HfApi, hub: Hub) -> None:
    models = list(api.list_models(full=True, cardData=True, fetch_config=True))
    assert len(models) == len({model.id for model in models}) == hub.store.count()
    assert all(model.sha and model.siblings is not None and model.created_at for model in models)


def test_it_walks_page_by_page_with_expand(api: HfApi, hub: Hub) -> None:
    hub.requests.forget()
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


def test_it_follows_small_pages_to_the_limit(api: HfApi) -> None:
    assert len(list(api.list_models(filter="transformers", limit=7))) == 7


def test_it_is_told_which_fields_there_are(api: HfApi) -> None:
    with pytest.raises(BadRequestError, match="expected one of"):
        list(api.list_models(expand=["usedStorage"]))


def test_it_reads_one_model_also_by_an_old_name(api: HfApi, planted_models: Planted) -> None:
    row = next(row for row in planted_models if row["old_names"] and row["card_status"] == 200 and "/" in row["old_names"][0])
    for name in (row["model_id"], row["old_names"][0], row["model_id"].lower()):
        assert api.model_info(name).id == row["model_id"]
    info = api.model_info(row["model_id"], files_metadata=True)
    assert info.siblings and all(sibling.size is not None for sibling in info.siblings)


def test_it_downloads_and_reads_a_card(hub: Hub, planted_models: Planted, tmp_path: Path) -> None:
    model_id = plain(planted_models)
    path = downloaded(hub, model_id, tmp_path)
    assert model_id.split("/")[-1] in ModelCard.load(path).text
    expected = hub.store.file(next(row["hub_id"] for row in planted_models if row["model_id"] == model_id), "README.md")
    assert expected and path.read_bytes() == expected.body


@pytest.mark.parametrize("oddity", ["card_lfs", "card_empty", "card_utf16", "gated_manual"])
def test_it_downloads_odd_cards_whole(hub: Hub, planted_models: Planted, tmp_path: Path, oddity: str) -> None:
    row = next(row for row in planted_models if row["oddity"] == oddity)
    if row["card_status"] != 200:
        pytest.skip(f"the model planted as {oddity} came without a card")
    kept = hub.store.file(row["hub_id"], "README.md")
    assert kept and downloaded(hub, row["model_id"], tmp_path).read_bytes() == kept.body


def test_it_lists_the_tree(api: HfApi, planted_models: Planted) -> None:
    model_id = odd(planted_models, "siblings_many")
    entries = list(api.list_repo_tree(model_id, recursive=True))
    assert len([entry for entry in entries if entry.path.startswith("clips/")]) == 500


def test_it_knows_what_each_refusal_means(api: HfApi, hub: Hub, planted_models: Planted, tmp_path: Path) -> None:
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("nobody/nothing")
    with pytest.raises(RepositoryNotFoundError):
        downloaded(hub, odd(planted_models, "gone_since_listed"), tmp_path)
    with pytest.raises(EntryNotFoundError):
        downloaded(hub, odd(planted_models, "files_only_gitattributes"), tmp_path)
    with pytest.raises(DisabledRepoError):
        get_hf_file_metadata(f"{hub.url}/{odd(planted_models, 'disabled')}/resolve/main/README.md", token=False)
    with pytest.raises(RevisionNotFoundError):
        api.model_info(plain(planted_models), revision="refs/pr/1")
    gated = odd(planted_models, "gated_manual")
    for token in (False, "hf_stranger"):
        with pytest.raises(GatedRepoError):
            hf_hub_download(gated, "config.json", endpoint=hub.url, cache_dir=tmp_path, token=token)
    assert HfApi(endpoint=hub.url, token=GRANTED).model_info(gated).gated == "manual"


def test_it_waits_for_the_next_window_and_goes_on(small_store: Store) -> None:
    with Hub(small_store, quotas=Quotas(window_seconds=1, api=4)) as hub:
        items = list(paginate(f"{hub.url}/api/models", params={"limit": 10}, headers={}))
        assert len(items) == small_store.count()
        assert hub.requests.count(status=429) > 0


def test_it_gets_through_faults_that_it_tries_again(small_store: Store) -> None:
    faults = Faults(share=0.4, seed=2, kinds=("429", "500", "503", "reset"))
    with Hub(small_store, quotas=PLENTY, faults=faults) as hub:
        assert len(list(HfApi(endpoint=hub.url, token=False).list_models())) == small_store.count()
