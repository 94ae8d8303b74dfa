"""Datasets, Spaces and accounts of a synthetic hub: their routes, the official client, and the ground truth."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import BadRequestError, HfHubHTTPError, RepositoryNotFoundError

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.replay import load_recording
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.store import File, RepoType, Store
from hublake.sample_hub.synthetic import datasets
from tests.sample_hub.conftest import UNLIMITED
from tests.sample_hub.http_client import HttpClient, get_once, read_rows
from tests.sample_hub.test_replay import OLD, TODAY, recorded

Rows = list[dict[str, Any]]


@pytest.fixture
def api(hub: PracticeHub) -> HfApi:
    return HfApi(endpoint=hub.url, token=False)


@pytest.fixture(scope="module")
def truth_rows(hub: PracticeHub, truth_dir: Path) -> Rows:
    return read_rows(truth_dir / "datasets.jsonl.gz")


@pytest.fixture(scope="module")
def accounts(hub: PracticeHub, truth_dir: Path) -> Rows:
    return read_rows(truth_dir / "accounts.jsonl.gz")


def dataset_with_oddity(truth_rows: Rows, oddity: str) -> str:
    return str(next(row["dataset_id"] for row in truth_rows if row["oddity"] == oddity))


def test_list_datasets_returns_every_dataset(api: HfApi, truth_rows: Rows) -> None:
    found = list(api.list_datasets(full=True))
    assert {dataset.id for dataset in found} == {row["dataset_id"] for row in truth_rows}
    assert any(dataset.card_data for dataset in found) and all(dataset.siblings for dataset in found)
    english = list(api.list_datasets(filter="language:en"))
    assert {dataset.id for dataset in english} == {row["dataset_id"] for row in truth_rows if "en" in row["languages"]}


def test_dataset_info_accepts_canonical_names(api: HfApi, tls_api: HfApi) -> None:
    assert api.dataset_info("squad").id == "rajpurkar/squad"
    assert api.dataset_info("RAJPURKAR/squad", revision="main").id == "rajpurkar/squad"
    with pytest.raises(RepositoryNotFoundError):
        tls_api.dataset_info("zoshu/forum-answers-2m")


def test_dataset_cards_are_downloaded(hub: PracticeHub, truth_rows: Rows, tmp_path: Path) -> None:
    for row in [
        next(row for row in truth_rows if row["card_status"] == 200),
        next(row for row in truth_rows if row["oddity"] == "card_lfs"),
    ]:
        path = hf_hub_download(row["dataset_id"], "README.md", repo_type="dataset", endpoint=hub.url, cache_dir=tmp_path, token=False)
        stored = hub.store.file(row["hub_id"], "README.md")
        assert stored and Path(path).read_bytes() == stored.body


def test_list_spaces_returns_the_models_that_they_run(api: HfApi, hub: PracticeHub) -> None:
    spaces = list(api.list_spaces(expand=["models", "sdk"]))
    assert len(spaces) == hub.store.count("space") > 10
    assert all(space.models and hub.store.find(space.models[0]) for space in spaces)


def test_the_client_reads_accounts_of_both_kinds(api: HfApi, accounts: Rows) -> None:
    names = {row["kind"]: row["account"] for row in accounts if row["status"] == 200 and row["models"]}
    user, org = api.get_user_overview(names["user"]), api.get_organization_overview(names["organisation"])
    models = {row["account"]: row["models"] for row in accounts}
    assert (user.username, user.num_models) == (names["user"], models[names["user"]])
    assert org.name == names["organisation"] and org.num_models in (None, models[names["organisation"]])
    with pytest.raises(HfHubHTTPError, match="This user does not exist"):
        api.get_user_overview(names["organisation"])


def test_overviews_have_ids_and_are_found_in_any_letter_case(hub: PracticeHub, accounts: Rows) -> None:
    names = {row["kind"]: row["account"] for row in accounts if row["status"] == 200}
    user, org = names["user"], names["organisation"]
    moved = get_once(hub.url, f"/api/users/{user.swapcase()}/overview")
    assert (moved.status, moved.headers["location"]) == (307, f"/api/users/{user}/overview")
    assert get_once(hub.url, f"/api/organizations/{org.upper()}/overview").json["name"] == org
    with HttpClient(hub.url) as client:
        users = [
            client.get(f"/api/users/{row['account']}/overview").json for row in accounts if (row["kind"], row["status"]) == ("user", 200)
        ]
        organisation, unknown = client.get(f"/api/organizations/{org}/overview").json, client.get(f"/api/organizations/{user}/overview")
    assert all(len(overview["_id"]) == 24 for overview in [*users, organisation])
    assert all(set(one) == {"id", "name", "fullname", "avatarUrl"} for overview in users for one in overview["orgs"])
    assert (unknown.status, unknown.json["error"]) == (404, "Sorry, we can't find the page you are looking for.")


def test_dataset_items_have_a_key_except_by_expand(hub: PracticeHub) -> None:
    default, full, expanded = (get_once(hub.url, f"/api/datasets?limit=5{query}").json for query in ("", "&full=true", "&expand=tags"))
    assert {item["key"] for item in [*default, *full]} == {""}
    assert not [item for item in expanded if "key" in item]


def test_every_author_is_one_account_or_a_deleted_one(hub: PracticeHub, accounts: Rows) -> None:
    assert [row["account"] for row in accounts] == [name for name, _ in hub.store.authors()]
    routes = {"user": "users", "organisation": "organizations"}
    with HttpClient(hub.url) as client:
        for row in accounts:
            other = "users" if row["kind"] == "organisation" else "organizations"
            assert client.get(f"/api/{routes[row['kind']]}/{row['account']}/overview").status == row["status"], row
            assert client.get(f"/api/{other}/{row['account']}/overview").status == 404, row
    assert set(Counter(row["status"] for row in accounts)) == {200, 404}


def test_counts_of_an_organisation_may_be_missing(tmp_path: Path, hub: PracticeHub, accounts: Rows) -> None:
    named = [row["account"] for row in accounts if row["kind"] == "organisation" and row["status"] == 200]
    overviews = [get_once(hub.url, f"/api/organizations/{name}/overview").json for name in named]
    assert {type(overview["numModels"]) for overview in overviews} == {int, type(None)}
    assert {overview.get("plan") for overview in overviews} == {None, "team", "enterprise"}


def test_every_dataset_card_has_the_status_of_the_ground_truth(hub: PracticeHub, truth_rows: Rows) -> None:
    with HttpClient(hub.url) as client:
        for row in truth_rows:
            assert client.get_following_redirects(f"/datasets/{row['dataset_id']}/resolve/main/README.md").status == row["card_status"], row
    assert {row["card_status"] for row in truth_rows} == {200, 401, 403, 404}


def test_a_dataset_card_is_served_through_its_cache(hub: PracticeHub, truth_rows: Rows) -> None:
    row = next(row for row in truth_rows if row["card_status"] == 200 and not row["oddity"] and not row["old_names"])
    dataset_id = row["dataset_id"]
    moved = get_once(hub.url, f"/datasets/{dataset_id}/resolve/main/README.md")
    assert moved.status == 307
    assert moved.headers["location"].startswith(f"/api/resolve-cache/datasets/{dataset_id}/{moved.headers['x-repo-commit']}/README.md?")
    assert get_once(hub.url, moved.headers["location"]).status == 200
    assert get_once(hub.url, f"/{dataset_id}/resolve/main/README.md").status == 401, "no model has that name"


def test_a_renamed_dataset_redirects_to_its_new_name(hub: PracticeHub) -> None:
    assert get_once(hub.url, "/api/datasets/squad?full=true").headers["location"] == "/api/datasets/rajpurkar/squad?full=true"
    file = get_once(hub.url, "/datasets/squad/resolve/main/README.md")
    assert file.status == 404 or file.headers["location"].startswith("/api/resolve-cache/datasets/rajpurkar/squad/"), "without a hop"


def test_expand_of_datasets_has_its_own_valid_fields(api: HfApi, hub: PracticeHub) -> None:
    (item,) = get_once(hub.url, "/api/datasets?limit=1&sort=createdAt&expand[]=tags&expand=citation").json
    assert set(item) <= {"_id", "id", "tags", "citation"}
    refused = get_once(hub.url, "/api/datasets?expand=baseModels")
    assert refused.status == 400 and '"paperswithcode_id"' in refused.json["error"]
    with pytest.raises(BadRequestError, match="at expand"):
        list(api.list_datasets(expand=["usedStorage"]))


@pytest.mark.parametrize("repo_type", ["model", "dataset", "space"])
@pytest.mark.parametrize("sort", ["createdAt", "lastModified"])
@pytest.mark.parametrize("direction", ["1", "-1"])
def test_a_listing_by_date_returns_every_repo_of_its_type_once(hub: PracticeHub, repo_type: RepoType, sort: str, direction: str) -> None:
    with HttpClient(hub.url) as client:
        pages = list(client.pages(f"/api/{repo_type}s?limit=37&sort={sort}&direction={direction}&expand[]={sort}"))
    items = [item for page in pages for item in page]
    assert len({item["_id"] for item in items}) == len(items) == hub.store.count(repo_type)
    assert [item[sort] for item in items] == sorted((item[sort] for item in items), reverse=direction == "-1")


def test_a_repo_pushed_during_a_listing_by_last_modified_moves_to_its_front(small_store: Store) -> None:
    query = "/api/models?limit=10&sort=lastModified&direction=-1&expand[]=lastModified&expand[]=sha"
    with PracticeHub(small_store, quotas=UNLIMITED) as hub, HttpClient(hub.url) as client:
        before = [item for page in client.pages(query) for item in page]
        pushed = before[-1]["id"]
        seen = []
        for number, page in enumerate(client.pages(query)):
            seen += [item["id"] for item in page]
            if number == 0:
                small_store.write_file(pushed, File("README.md", b"# new\n"))
        assert {item["id"] for item in before} - set(seen) == {pushed}, "the listing misses it"
        (first,) = client.get(query.replace("limit=10", "limit=1")).json
        assert first["id"] == pushed and first["lastModified"] > before[0]["lastModified"] and first["sha"] != before[-1]["sha"]


def test_hubs_of_three_hundred_models_have_every_oddity_of_datasets() -> None:
    assert {draft.oddity for draft in datasets.dataset_drafts(300, 1, 1_787_000_000)} - {""} == set(datasets.ODD_DATASETS)


def test_a_recording_without_datasets_has_no_datasets_and_no_accounts(tmp_path: Path) -> None:
    store = load_recording(recorded(tmp_path / "models.jsonl.gz", TODAY, OLD), tmp_path / "hub.sqlite")
    with PracticeHub(store, quotas=Quotas()) as hub:
        assert get_once(hub.url, "/api/datasets?sort=createdAt").json == []
        assert {get_once(hub.url, f"/api/{kind}/ann/overview").status for kind in ("users", "organizations")} == {404}
        assert get_once(hub.url, "/api/datasets/ann/today").status == 401, "a model of that name is not a dataset"


def test_a_recording_may_contain_datasets(tmp_path: Path) -> None:
    recorded(tmp_path / "in" / "models.jsonl.gz", OLD)
    recorded(tmp_path / "in" / "datasets.jsonl.gz", {"id": "bob/old", "tags": ["language:en"]}, {"id": "ann/words"})
    store = load_recording(tmp_path / "in", tmp_path / "hub.sqlite")
    assert (store.count("model"), store.count("dataset")) == (1, 2)
    with PracticeHub(store) as hub:
        assert {item["id"] for item in get_once(hub.url, "/api/datasets").json} == {"bob/old", "ann/words"}
