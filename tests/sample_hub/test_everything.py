"""Datasets, Spaces and accounts of a made hub: by their routes, by the ecosystem's client, and by what was planted."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import BadRequestError, HfHubHTTPError, RepositoryNotFoundError

from hublake.sample_hub import corpora
from hublake.sample_hub.quota import Quotas
from hublake.sample_hub.replay import load_recorded
from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import File, RepoType, Store
from tests.sample_hub.asking import Asking, ask, rows_of
from tests.sample_hub.conftest import PLENTY
from tests.sample_hub.test_replay import OLD, TODAY, recorded

Rows = list[dict[str, Any]]


@pytest.fixture
def api(hub: Hub) -> HfApi:
    return HfApi(endpoint=hub.url, token=False)


@pytest.fixture(scope="module")
def planted(hub: Hub, truth_dir: Path) -> Rows:
    return rows_of(truth_dir / "datasets.jsonl.gz")


@pytest.fixture(scope="module")
def accounts(hub: Hub, truth_dir: Path) -> Rows:
    return rows_of(truth_dir / "accounts.jsonl.gz")


def odd(planted: Rows, oddity: str) -> str:
    return str(next(row["dataset_id"] for row in planted if row["oddity"] == oddity))


def test_the_client_lists_every_dataset(api: HfApi, planted: Rows) -> None:
    found = list(api.list_datasets(full=True))
    assert {dataset.id for dataset in found} == {row["dataset_id"] for row in planted}
    assert any(dataset.card_data for dataset in found) and all(dataset.siblings for dataset in found)
    english = list(api.list_datasets(filter="language:en"))
    assert {dataset.id for dataset in english} == {row["dataset_id"] for row in planted if "en" in row["languages"]}


def test_the_client_reads_one_dataset_also_by_its_canonical_name(api: HfApi) -> None:
    assert api.dataset_info("squad").id == "rajpurkar/squad"
    assert api.dataset_info("RAJPURKAR/squad", revision="main").id == "rajpurkar/squad"
    with pytest.raises(RepositoryNotFoundError):
        api.dataset_info("zoshu/forum-answers-2m")


def test_the_client_downloads_a_card_of_a_dataset(hub: Hub, planted: Rows, tmp_path: Path) -> None:
    for row in [next(row for row in planted if row["card_status"] == 200), next(row for row in planted if row["oddity"] == "card_lfs")]:
        path = hf_hub_download(row["dataset_id"], "README.md", repo_type="dataset", endpoint=hub.url, cache_dir=tmp_path, token=False)
        kept = hub.store.file(row["hub_id"], "README.md")
        assert kept and Path(path).read_bytes() == kept.body


def test_the_client_lists_spaces_with_the_models_they_run(api: HfApi, hub: Hub) -> None:
    spaces = list(api.list_spaces(expand=["models", "sdk"]))
    assert len(spaces) == hub.store.count("space") > 10
    assert all(space.models and hub.store.find(space.models[0]) for space in spaces)


def test_the_client_reads_accounts_of_both_kinds(api: HfApi, accounts: Rows) -> None:
    names = {row["kind"]: row["account"] for row in accounts if row["status"] == 200 and row["models"]}
    user, org = api.get_user_overview(names["user"]), api.get_organization_overview(names["organisation"])
    models = {row["account"]: row["models"] for row in accounts}
    assert (user.username, user.num_models) == (names["user"], models[names["user"]])
    assert org.name == names["organisation"] and org.num_models in (None, models[names["organisation"]])
    with pytest.raises(HfHubHTTPError, match="404"):
        api.get_user_overview(names["organisation"])


def test_every_author_is_an_account_of_one_kind_or_has_gone(hub: Hub, accounts: Rows) -> None:
    assert [row["account"] for row in accounts] == [name for name, _ in hub.store.owners()]
    routes = {"user": "users", "organisation": "organizations"}
    with Asking(hub.url) as asking:
        for row in accounts:
            other = "users" if row["kind"] == "organisation" else "organizations"
            assert asking.get(f"/api/{routes[row['kind']]}/{row['account']}/overview").status == row["status"], row
            assert asking.get(f"/api/{other}/{row['account']}/overview").status == 404, row
    assert set(Counter(row["status"] for row in accounts)) == {200, 404}


def test_an_organisation_may_not_be_counted_yet(tmp_path: Path, hub: Hub, accounts: Rows) -> None:
    named = [row["account"] for row in accounts if row["kind"] == "organisation" and row["status"] == 200]
    told = [ask(hub.url, f"/api/organizations/{name}/overview").json for name in named]
    assert {type(overview["numModels"]) for overview in told} == {int, type(None)}
    assert {overview.get("plan") for overview in told} == {None, "team", "enterprise"}


def test_every_card_of_a_dataset_answers_as_the_truth_says(hub: Hub, planted: Rows) -> None:
    with Asking(hub.url) as asking:
        for row in planted:
            assert asking.followed(f"/datasets/{row['dataset_id']}/resolve/main/README.md").status == row["card_status"], row
    assert {row["card_status"] for row in planted} == {200, 401, 403, 404}


def test_a_card_of_a_dataset_goes_by_its_cache(hub: Hub, planted: Rows) -> None:
    row = next(row for row in planted if row["card_status"] == 200 and not row["oddity"] and not row["old_names"])
    dataset_id = row["dataset_id"]
    moved = ask(hub.url, f"/datasets/{dataset_id}/resolve/main/README.md")
    assert moved.status == 307
    assert moved.headers["location"].startswith(f"/api/resolve-cache/datasets/{dataset_id}/{moved.headers['x-repo-commit']}/README.md?")
    assert ask(hub.url, moved.headers["location"]).status == 200
    assert ask(hub.url, f"/{dataset_id}/resolve/main/README.md").status == 401, "no model has that name"


def test_a_renamed_dataset_answers_with_its_new_address(hub: Hub) -> None:
    assert ask(hub.url, "/api/datasets/squad?full=true").headers["location"] == "/api/datasets/rajpurkar/squad?full=true"
    location = ask(hub.url, "/datasets/squad/resolve/main/README.md").headers["location"]
    assert location == "/datasets/rajpurkar/squad/resolve/main/README.md"


def test_a_listing_of_datasets_takes_its_own_expands(api: HfApi, hub: Hub) -> None:
    (item,) = ask(hub.url, "/api/datasets?limit=1&sort=createdAt&expand[]=tags&expand=citation").json
    assert set(item) <= {"_id", "id", "tags", "citation"}
    refused = ask(hub.url, "/api/datasets?expand=baseModels")
    assert refused.status == 400 and '"paperswithcode_id"' in refused.json["error"]
    with pytest.raises(BadRequestError, match="at expand"):
        list(api.list_datasets(expand=["usedStorage"]))


@pytest.mark.parametrize("repo_type", ["model", "dataset", "space"])
@pytest.mark.parametrize("sort", ["createdAt", "lastModified"])
@pytest.mark.parametrize("direction", ["1", "-1"])
def test_a_walk_by_date_lists_every_repo_of_its_type_once(hub: Hub, repo_type: RepoType, sort: str, direction: str) -> None:
    with Asking(hub.url) as asking:
        pages = list(asking.pages(f"/api/{repo_type}s?limit=37&sort={sort}&direction={direction}&expand[]={sort}"))
    items = [item for page in pages for item in page]
    assert len({item["_id"] for item in items}) == len(items) == hub.store.count(repo_type)
    assert [item[sort] for item in items] == sorted((item[sort] for item in items), reverse=direction == "-1")


def test_a_repo_that_is_pushed_during_a_walk_by_change_jumps_to_its_front(small_store: Store) -> None:
    query = "/api/models?limit=10&sort=lastModified&direction=-1&expand[]=lastModified&expand[]=sha"
    with Hub(small_store, quotas=PLENTY) as hub, Asking(hub.url) as asking:
        before = [item for page in asking.pages(query) for item in page]
        pushed = before[-1]["id"]
        seen = []
        for number, page in enumerate(asking.pages(query)):
            seen += [item["id"] for item in page]
            if number == 0:
                small_store.write_file(pushed, File("README.md", b"# new\n"))
        assert {item["id"] for item in before} - set(seen) == {pushed}, "it passed the walk by"
        (first,) = asking.get(query.replace("limit=10", "limit=1")).json
        assert first["id"] == pushed and first["lastModified"] > before[0]["lastModified"] and first["sha"] != before[-1]["sha"]


def test_all_oddities_of_datasets_are_planted_from_three_hundred_models_on() -> None:
    assert {corpus.oddity for corpus in corpora.corpora(300, 1, 1_787_000_000)} - {""} == set(corpora.ODD)


def test_a_recording_without_datasets_has_none_and_knows_nobody(tmp_path: Path) -> None:
    store = load_recorded(recorded(tmp_path / "models.jsonl.gz", TODAY, OLD), tmp_path / "hub.sqlite")
    with Hub(store, quotas=Quotas()) as hub:
        assert ask(hub.url, "/api/datasets?sort=createdAt").json == []
        assert {ask(hub.url, f"/api/{kind}/ann/overview").status for kind in ("users", "organizations")} == {404}
        assert ask(hub.url, "/api/datasets/ann/today").status == 401, "a model of that name is no dataset"


def test_a_recording_may_hold_datasets(tmp_path: Path) -> None:
    recorded(tmp_path / "in" / "models.jsonl.gz", OLD)
    recorded(tmp_path / "in" / "datasets.jsonl.gz", {"id": "bob/old", "tags": ["language:en"]}, {"id": "ann/words"})
    store = load_recorded(tmp_path / "in", tmp_path / "hub.sqlite")
    assert (store.count("model"), store.count("dataset")) == (1, 2)
    with Hub(store) as hub:
        assert {item["id"] for item in ask(hub.url, "/api/datasets").json} == {"bob/old", "ann/words"}
